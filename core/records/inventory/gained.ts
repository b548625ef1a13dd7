import type { Activity } from '../../activity/activity.ts';
import { clean } from '../../activity/clean.ts';

/** What a detail is cut to: a few lines of a message. */
const MAX_DETAIL = 600;

/** A principal that an audit of access found to be able to do what it was not able to before. */
interface Gain {
  readonly account: string;
  readonly region: string;
  /** When the audit began, ms; the same whoever goes on with it. */
  readonly at: number;
  readonly arn: string;
  /** AROA… or AIDA…. */
  readonly id: string;
  /** What it is able to, through which statement, and who gave it that, for people. */
  readonly detail: string;
}

/** Its id comes from the audit, so that whoever goes on with one tells the same. */
export const gainId = (id: string, at: number): string => `able-${id}-${at}`;

/** A gain as an activity of the principal's own, so that it is told with what the principal then does. */
export const gained = ({ account, region, at, arn, id, detail }: Gain): Activity => {
  const name = arn.split('/').at(-1) ?? arn;
  const type = arn.includes(':user/') ? 'user' : 'role';
  return {
    id: gainId(id, at),
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
