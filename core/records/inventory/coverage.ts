import type { Activity } from '../../activity/activity.ts';
import { clean } from '../../activity/clean.ts';

/** What a detail is cut to: one line of a message. */
const MAX_DETAIL = 200;

/** Something that Launchtrail should hear or reach and does not. */
interface Loss {
  readonly account: string;
  readonly region: string;
  /** When it was lost, or when that was certain, ms; the same whoever finds it. */
  readonly at: number;
  readonly what: 'heartbeat' | 'region' | 'subscriber' | 'verify';
  /** Why that is so, for people. */
  readonly detail: string;
}

/** A loss of coverage as an activity of Launchtrail's own. Its id comes from what is lost and since when, so that it is told once. */
export const lost = ({ account, region, at, what, detail }: Loss): Activity => ({
  id: `lost-${what}-${region}-${at}`,
  at,
  account,
  region,
  kind: 'coverage.lose',
  action: `launchtrail:${what}`,
  actor: {
    key: what === 'verify' ? 'coverage/verify' : `coverage/${region}`,
    label: 'Launchtrail',
    class: 'unknown',
    account,
  },
  origin: { agent: 'other', console: false },
  outcome: 'succeeded',
  links: [],
  detail: clean(detail, MAX_DETAIL),
});
