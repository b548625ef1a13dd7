import type { Activity } from '../../activity/activity.ts';
import { clean } from '../../activity/clean.ts';
import { gainId } from '../../activity/gains.ts';

/** What a detail is cut to: a few lines of a message. */
const MAX_DETAIL = 600;

/** A principal that an audit of access found to be able to do what it was not able to before. */
interface Gain {
  readonly account: string;
  readonly region: string;
  /** When the audit began that found it, ms; the same whoever goes on with it. */
  readonly found: number;
  /** When the record was written that gave it, ms; when the audit began where none is known to have. */
  readonly at: number;
  readonly arn: string;
  /** AROA… or AIDA…. */
  readonly id: string;
  /** What it is able to, through which statement, and who gave it that, for people. */
  readonly detail: string;
}

/** A gain as an activity of the principal's own, so that it is told with what the principal then does. */
export const gained = ({ account, region, found, at, arn, id, detail }: Gain): Activity => {
  const name = arn.split('/').at(-1) ?? arn;
  const type = arn.includes(':user/') ? 'user' : 'role';
  return {
    id: gainId(id, found),
    at,
    account,
    region,
    kind: 'access.gain',
    action: 'iam:GetAccountAuthorizationDetails',
    actor: { key: id, label: `${type}/${clean(name, 128)}`, class: 'unknown', account, arn },
    origin: { agent: 'other', console: false },
    outcome: 'succeeded',
    links: [],
    detail: clean(detail, MAX_DETAIL),
  };
};
