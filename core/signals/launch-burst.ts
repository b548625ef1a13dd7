import type { Activity } from '../activity/activity.ts';
import { type ActorClass, subjectLabel } from '../activity/actor.ts';
import {
  ACCELERATED,
  capacityOf,
  isAccelerated,
  isCostly,
  isVeryLarge,
  VERY_LARGE,
} from '../activity/instance-types.ts';
import { subjectScope } from '../history/facts.ts';
import {
  DEAR_COUNTS,
  instancesCounted,
  instancesPlanned,
  instancesStarted,
  LEAST_VCPUS,
  ordinaryStarted,
  windowTotal,
} from '../history/peaks.ts';
import { capacityInTeam, inTeam } from './circle.ts';
import type { Memory } from './memory.ts';
import { ABOVE_OWN, ownPeak } from './own-peak.ts';
import { CHANGES, count, established, LAUNCHES, type Signal, span } from './signal.ts';

/** Below this a multiple of little is still little. */
const WORTH_NOTING = 8;
/** The same of vCPUs: few and large instances are as much as many small ones. */
const VCPUS_WORTH_NOTING = 256;
/** Times one's own highest vCPUs that are beyond a larger type for larger work. */
const VCPUS_ABOVE_OWN = 8;
/** Migrations and load tests do it, too: with a new type of instance it stays LOW. */
const OWN_RATE = 0.6;
/** Part left, at the least, where others of the circle ask for as much. */
const LEAST = 0.35;
/** Strength at the policy's threshold; it grows with every doubling of it, and of what the subject is known for. */
const AT_THRESHOLD = 0.7;
const PER_DOUBLING = 0.15;

/** Nobody types what a program starts, and its work has days and weeks of more and less: it alone stays LOW. */
const PROGRAMS: readonly ActorClass[] = ['workload', 'automation'];
const BY_PROGRAM = 0.95;
/** The same of one that stays below that multiple of its own height: a release, a backfill, the end of a month. */
const BUSY_PROGRAM = 0.6;

/** Many instances in one window: above the policy's threshold, or far above what this subject has ever started. */
export const launchBurst: Signal = {
  id: 'launch-burst',
  family: 'volume',
  description: 'More instances in one window than the policy allows or this subject has ever started',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service') return undefined;
    const change = activity.launch === undefined;
    if (change && (activity.outcome !== 'succeeded' || (activity.plan?.count ?? 0) === 0)) return undefined;
    const started = change
      ? instancesPlanned(activity, memory.recent)
      : windowTotal(instancesStarted, activity, memory.recent);
    const own = ownPeak(change ? 'planned' : 'instances', activity, memory);
    const counts = (earlier: Activity): boolean =>
      change ? (earlier.plan?.count ?? 0) > 0 || isOfSame(earlier, activity) : instancesStarted(earlier) > 0;
    const refs = memory.recent.filter(counts).map(({ id }) => id);
    const dear = [activity, ...memory.recent].some(({ launch, plan }) => isCostly(change ? plan : launch));
    const plain = change ? started : windowTotal(instancesCounted, activity, memory.recent);
    const how = dear ? ` (accelerated ones and whole hosts as ${DEAR_COUNTS} each)` : '';
    const did = change ? `had services keep ${dear ? 'what counts as ' : ''}` : 'started ';
    const much = dear && !change ? `, which count as ${started}` : '';
    const words = `${subjectLabel(activity.actor)} ${did}${count(plain, 'instance')} within ${span(policy.timeWindow)}${much}${how}`;
    const { instances: threshold } = policy.rateThreshold;
    if (started >= threshold && started >= 2 * own) {
      const above = AT_THRESHOLD + PER_DOUBLING * Math.log2(started / threshold);
      const ofOwn = own === 0 ? 0 : PER_DOUBLING * Math.log2(started / (2 * own));
      const program = PROGRAMS.includes(activity.actor.class);
      const strength = Math.min(1, Math.max(above, Math.min(program ? BY_PROGRAM : 1, above + ofOwn)));
      // a program at work here has days of more; what it never had is costly ones
      const costs = dear && !isDearHabit(activity, memory);
      const cap = !program || own === 0 || costs ? 1 : started < ABOVE_OWN * own ? BUSY_PROGRAM : BY_PROGRAM;
      return {
        strength: Math.min(cap, strength),
        reason: `${words}; the policy's threshold is ${threshold}`,
        refs,
      };
    }
    if (!established(memory, policy) || own === 0) return undefined;
    const vcpus = windowTotal(capacityStarted, activity, memory.recent);
    const usual = change ? 1 : Math.max(LEAST, capacityInTeam(activity, vcpus, memory, policy).part);
    // a few dear ones are the trade of those who share this permission set
    const trade = (): number =>
      plain < WORTH_NOTING ? inTeam(activity, [ACCELERATED], memory, policy).part : 1;
    const byNumber =
      started < WORTH_NOTING || started < ABOVE_OWN * own
        ? 0
        : Math.min(trade(), usual) *
          Math.min(1, OWN_RATE + PER_DOUBLING * Math.log2(started / (ABOVE_OWN * own)));
    const ordinary = windowTotal(ordinaryStarted, activity, memory.recent);
    const height = Math.max(LEAST_VCPUS / 2, ownPeak('vcpus', activity, memory));
    // the work of a program has weeks of more and less
    const isBeyond =
      !change &&
      !PROGRAMS.includes(activity.actor.class) &&
      ordinary >= Math.max(VCPUS_WORTH_NOTING, VCPUS_ABOVE_OWN * height);
    const byCapacity = isBeyond
      ? usual * Math.min(1, OWN_RATE + PER_DOUBLING * Math.log2(ordinary / (VCPUS_ABOVE_OWN * height)))
      : 0;
    if (byNumber === 0 && byCapacity === 0) return undefined;
    return {
      strength: Math.max(byNumber, byCapacity),
      novelty: true,
      reason:
        byNumber >= byCapacity
          ? `${words}, but is known for fewer than ${2 * own}`
          : `${words} with some ${ordinary} vCPUs, but is known for fewer than ${2 * height}`,
      refs,
    };
  },
};

const capacityStarted = ({ outcome, launch }: Activity): number =>
  outcome === 'succeeded' && launch !== undefined ? capacityOf(launch) : 0;

/** Whether the subject has long used accelerated instances and whole hosts, so far as it does now. */
const isDearHabit = (activity: Activity, memory: Memory): boolean =>
  [activity, ...memory.recent].every(({ launch, plan }) =>
    [...(launch?.types ?? []), ...(plan?.types ?? [])].every(
      (type) =>
        (!isAccelerated(type) || isHabit(activity, memory, ACCELERATED)) &&
        (!isVeryLarge(type) || isHabit(activity, memory, VERY_LARGE)),
    ),
  );

const isHabit = (activity: Activity, memory: Memory, sort: string): boolean =>
  memory.familiarity(subjectScope(activity), 'family', sort) === 'familiar' ||
  memory.familiarity(subjectScope(activity), 'plan', sort) === 'familiar';

/** Whether another change is of the same group, fleet or node group: its limits are raised before its number. */
const isOfSame = (earlier: Activity, { region, links }: Activity): boolean =>
  earlier.kind === 'fleet.change' &&
  earlier.region === region &&
  earlier.links.some(
    ({ id, role }) => role !== 'used' && links.some((link) => link.role !== 'used' && link.id === id),
  );
