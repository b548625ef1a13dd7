import { type Activity, linked } from '../activity/activity.ts';
import { capacityOf, isCostly } from '../activity/instance-types.ts';
import { aboutOf, does } from '../activity/kinds.ts';

/**
 * One accelerated instance, or a whole host, costs, and earns a miner, at least as much as this many ordinary ones; one alone is no
 * burst.
 */
export const DEAR_COUNTS = 6;

interface Wanted {
  readonly count: number;
  readonly types: readonly string[];
}

const worths = new WeakMap<Wanted, number>();

/** Instances with accelerated ones and whole hosts counted by what they are worth; worked out once, as fifty looks ask for it. */
function worth(wanted: Wanted): number {
  const known = worths.get(wanted);
  if (known !== undefined) return known;
  const counted = isCostly(wanted) ? DEAR_COUNTS * wanted.count : wanted.count;
  worths.set(wanted, counted);
  return counted;
}

/** Instances that a launch asked for or got, accelerated ones and whole hosts sixfold; 0 for anything else or when nothing started. */
export function instancesStarted({ outcome, launch }: Activity): number {
  return outcome === 'succeeded' && launch !== undefined ? worth(launch) : 0;
}

/** The same as they are, one for one. */
export const instancesCounted = ({ outcome, launch }: Activity): number =>
  outcome === 'succeeded' ? (launch?.count ?? 0) : 0;

/** vCPUs below which a height is none: four ordinary instances. */
export const LEAST_VCPUS = 16;

/** vCPUs of the ordinary instances that an activity started: accelerated ones and whole hosts are asked about by themselves. */
export const ordinaryStarted = ({ outcome, launch }: Activity): number =>
  outcome === 'succeeded' && launch !== undefined && !isCostly(launch) ? capacityOf(launch) : 0;

/** Snapshots and copies that an activity made. */
export function copiesMade(activity: Activity): number {
  if (activity.outcome !== 'succeeded') return 0;
  if (!does(activity.kind, 'make') || aboutOf(activity.kind) !== 'snapshot') return 0;
  return Math.max(
    1,
    activity.links.filter(({ type, role }) => type === 'snapshot' && role === 'made').length,
  );
}

/** Sum over an activity and the recent ones before it. */
export function windowTotal(
  measure: (activity: Activity) => number,
  activity: Activity,
  recent: readonly Activity[],
): number {
  return recent.reduce((sum, earlier) => sum + measure(earlier), measure(activity));
}

/**
 * Instances that a subject's changes within the window make services keep, accelerated ones and whole hosts sixfold: of each group or
 * fleet the largest number, since a new number takes the place of the one before. A group seldom says what it launches,
 * so its types are those that the same subject gave its template.
 */
export function instancesPlanned(activity: Activity, recent: readonly Activity[]): number {
  const changes = [...recent, activity].filter(
    ({ outcome, plan }) => outcome === 'succeeded' && plan !== undefined,
  );
  const given = Map.groupBy(
    changes.flatMap((change) => templatesGiven(change)),
    ({ template }) => template,
  );
  const most = new Map<string, number>();
  for (const change of changes) {
    const { plan, links, region } = change;
    if (plan === undefined || plan.count === 0) continue;
    const of = links.find(({ role }) => role !== 'used');
    const name = `${region} ${of?.type} ${of?.id}`;
    const types = templatesUsed(change).flatMap((template) => given.get(template) ?? []);
    const planned = worth({ count: plan.count, types: [...plan.types, ...types.map(({ type }) => type)] });
    most.set(name, Math.max(most.get(name) ?? 0, planned));
  }
  return [...most.values()].reduce((sum, planned) => sum + planned, 0);
}

/** Types that a change makes a service launch: its own, and those that the same subject gave its template within the window. */
export function typesPlanned(change: Activity, recent: readonly Activity[]): string[] {
  const templates = templatesUsed(change);
  const given = recent.flatMap(templatesGiven).filter(({ template }) => templates.includes(template));
  return [...(change.plan?.types ?? []), ...given.map(({ type }) => type)];
}

const inRegion = ({ region }: Activity, ids: readonly string[]): string[] =>
  ids.map((id) => `${region} ${id}`);

const templatesUsed = (change: Activity): string[] =>
  inRegion(change, linked(change, 'launch-template', 'used'));

/** Types that a change gives a template. */
function templatesGiven(change: Activity): { template: string; type: string }[] {
  const ids = [...linked(change, 'launch-template', 'made'), ...linked(change, 'launch-template', 'changed')];
  return inRegion(change, ids).flatMap((template) =>
    (change.plan?.types ?? []).map((type) => ({ template, type })),
  );
}

/**
 * The heights that a subject has reached within the window, as facts: `instances:8` means at least eight. Kept as the
 * first time a power of two was reached, so that a retry cannot count twice and small launches cannot buy a big one.
 */
export function peaksOf(activity: Activity, before: readonly Activity[]): string[] {
  // what may have failed has reached no height
  const recent = before.some(isPartial) ? before.filter((each) => !isPartial(each)) : before;
  return [
    ...heights('instances', instancesStarted(activity), () =>
      windowTotal(instancesStarted, activity, recent),
    ),
    ...heights('vcpus', ordinaryStarted(activity), () =>
      windowTotal(ordinaryStarted, activity, recent),
    ).filter((height) => Number(height.slice('vcpus:'.length)) >= LEAST_VCPUS),
    ...heights('planned', plannedBy(activity), () => instancesPlanned(activity, recent)),
    ...heights('copies', copiesMade(activity), () => windowTotal(copiesMade, activity, recent)),
  ];
}

const isPartial = ({ joined }: Activity): boolean => joined === 'partial';

const plannedBy = ({ outcome, plan }: Activity): number => (outcome === 'succeeded' ? (plan?.count ?? 0) : 0);

function heights(name: string, own: number, sum: () => number): string[] {
  if (own === 0) return [];
  const powers = Math.floor(Math.log2(sum()));
  return Array.from({ length: powers + 1 }, (_, power) => `${name}:${2 ** power}`);
}
