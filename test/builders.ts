import { type Activity, byTime, type Launch, type Network, type Origin } from '../core/activity/activity.ts';
import type { Actor } from '../core/activity/actor.ts';
import type { Kind } from '../core/activity/kinds.ts';
import { DAY, emptySheet, type FactSheet, factsOf, learn, setSuspect } from '../core/history/facts.ts';
import { looksBack } from '../core/history/looking-back.ts';
import { peaksOf } from '../core/history/peaks.ts';
import { recentBefore } from '../core/history/recent.ts';
import type { Suspicion } from '../core/history/sighting.ts';
import { explore } from '../core/lineage/lineage.ts';
import { entriesOf, RESOURCES } from '../core/lineage/timelines.ts';
import type { Timelines } from '../core/lineage/walk.ts';
import { defaultPolicy, type Policy } from '../core/policy/policy.ts';
import { linksInPlace } from '../core/records/cloudtrail/names.ts';
import { type Memory, memoryOf } from '../core/signals/memory.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';

/** Noon of the day that most tests call today. */
export const NOW = Date.UTC(2026, 5, 15, 12);
export const HOUR = 3_600_000;

let serial = 0;

export const anActor = (overrides: Partial<Actor> = {}): Actor => ({
  key: 'AROAEXAMPLEDEPLOY0001',
  label: 'role/Deploy',
  class: 'automation',
  account: ACCOUNT,
  credential: 'temporary',
  ...overrides,
});

export const aPerson = (name = 'alice@example.com', overrides: Partial<Actor> = {}): Actor =>
  anActor({
    key: 'AROAEXAMPLEADMIN00001',
    label: 'role/Admin',
    class: 'human',
    person: { key: name, label: name },
    ...overrides,
  });

export const anOrigin = (overrides: Partial<Origin> = {}): Origin => ({
  ip: '192.0.2.10',
  prefix: '192.0.2.0/24',
  agent: 'terraform',
  console: false,
  ...overrides,
});

/** An origin whose network a database knows. */
export const from = (ip: string, network?: Network): Origin =>
  anOrigin({
    ip,
    prefix: `${ip.split('.').slice(0, 3).join('.')}.0/24`,
    ...(network && { network }),
  });

export const aLaunch = (overrides: Partial<Launch> = {}): Launch => ({
  count: 1,
  types: ['m7g.large'],
  images: ['ami-00000000000000001'],
  snapshots: [],
  groups: [],
  tagKeys: [],
  ...overrides,
});

/** An activity; a launch unless the kind says otherwise. */
export function anActivity(overrides: Partial<Activity> = {}): Activity {
  serial += 1;
  const kind: Kind = overrides.kind ?? 'instance.launch';
  const place = { account: overrides.account ?? ACCOUNT, region: overrides.region ?? 'eu-west-1' };
  return {
    id: `${serial.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    at: NOW,
    account: ACCOUNT,
    region: 'eu-west-1',
    kind,
    action: kind === 'instance.launch' ? 'ec2:RunInstances' : `ec2:${kind}`,
    actor: anActor(),
    origin: anOrigin(),
    outcome: 'succeeded',
    ...(kind === 'instance.launch' && { launch: aLaunch() }),
    ...overrides,
    links: linksInPlace(overrides.links ?? [], place),
  };
}

/** The same activity on each of some earlier days. */
export const onDaysBefore = (days: readonly number[], overrides: Partial<Activity> = {}): Activity[] =>
  days.map((day) => anActivity({ at: NOW - day * DAY, ...overrides }));

/** The resource timelines that some activities stand in, as a store would answer them. */
export function timelinesFrom(activities: readonly Activity[]): Timelines {
  const timelines = new Map<string, Activity[]>();
  for (const { account, subject, activity } of activities.toSorted(byTime).flatMap(entriesOf)) {
    if (account === RESOURCES) timelines.set(subject, [...(timelines.get(subject) ?? []), activity]);
  }
  return (key) => timelines.get(key) ?? [];
}

/** What history would answer about an activity if just these activities had come before (or after). */
export function memoryAfter(
  others: readonly Activity[],
  activity: Activity,
  {
    policy = defaultPolicy,
    suspect = [],
    suspicion = 'finding',
  }: { policy?: Policy; suspect?: readonly Activity[]; suspicion?: Suspicion } = {},
): Memory {
  const timeline = [...others, activity].sort(byTime);
  const sheets = new Map<string, FactSheet>();
  for (const each of timeline) {
    const own = timeline.filter(
      ({ account, actor }) =>
        account === each.account &&
        actor.key === each.actor.key &&
        actor.person?.key === each.actor.person?.key,
    );
    const facts = factsOf(each, peaksOf(each, recentBefore(own, each, policy.timeWindow)));
    for (const { scope } of facts) {
      const { sheet } = learn(sheets.get(scope) ?? emptySheet(scope), facts, each);
      sheets.set(scope, sheet);
    }
  }
  for (const each of suspect) {
    for (const [scope, sheet] of sheets) sheets.set(scope, setSuspect(sheet, each, suspicion).sheet);
  }
  const own = timeline.filter(
    ({ account, actor }) =>
      account === activity.account &&
      actor.key === activity.actor.key &&
      actor.person?.key === activity.actor.person?.key,
  );
  const { lineage } = explore(activity, timelinesFrom(timeline), policy);
  const recent = recentBefore(own.filter(looksBack), activity, policy.timeWindow);
  return memoryOf(activity, sheets, recent, policy, lineage);
}
