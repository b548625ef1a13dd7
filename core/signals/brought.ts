import type { Activity } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { does } from '../activity/kinds.ts';
import { sourcesOf, targetsOf } from '../activity/links.ts';
import { resourceKey } from '../activity/resources.ts';
import { personOf, RESTORE } from '../history/circles.ts';
import { subjectScope } from '../history/facts.ts';
import { type Chain, isBackup } from '../lineage/chain.ts';
import type { Policy } from '../policy/policy.ts';
import { inTeam, isAtCircle, isKnownElsewhere } from './circle.ts';
import type { Memory } from './memory.ts';
import { networkNovelty } from './network-novelty.ts';
import { established } from './signal.ts';

/** From here on a network is that of another place, and not of another room: its country is new or not known. */
const STRANGE = 0.7;

/** What is asked of memory about data: where it comes from, and whose habit that is. */
type OfData = Pick<Memory, 'lineage' | 'familiarity'>;

/**
 * Memory with only those steps by which the activity itself brings data: a volume attached to an instance is not
 * answerable for what came onto the instance before. Of an activity that brings nothing, all steps.
 */
export function broughtBy<T extends OfData>(activity: Activity, memory: T): T {
  const { lineage } = memory;
  if (!does(activity.kind, 'bring') || lineage.steps.length === 0) return memory;
  const targets = new Set(targetsOf(activity).map(resourceKey));
  // a machine that is written anew is told with all its disks, and those it had have come before
  const there = new Set(
    lineage.steps
      .filter(({ into }) => targets.has(resourceKey(into)))
      .flatMap(({ from }) => from.filter(({ type }) => type === 'volume').map(resourceKey)),
  );
  const reached = new Set(
    sourcesOf(activity)
      .map(resourceKey)
      .filter((key) => !there.has(key)),
  );
  // steps come nearest first, so one pass follows them all
  const steps = lineage.steps.filter(({ into, from }) => {
    if (!reached.has(resourceKey(into))) return false;
    for (const source of from) reached.add(resourceKey(source));
    return true;
  });
  // not spread: what came before may not be asked of every kind
  return Object.assign(Object.create(memory), { lineage: { ...lineage, steps } });
}

/**
 * Whether the subject puts snapshots (or images of instances) back to use as a habit that this chain cannot itself have
 * taught.
 *
 * A volume filled from a snapshot is not judged and would be habit enough a day later. So a subject's own steps in the
 * chain that are older than the settling time are no habit, and neither is restoring where it never brought data onto an
 * instance this way, or only in a finding, or never launched and now does so for the data.
 */
export function restoresByHabit(activity: Activity, chain: Chain, memory: Memory, policy: Policy): boolean {
  // of whom no record tells, nobody knows the habits
  if (!chain.habitual || does(activity.kind, 'unrecorded')) return false;
  if (isFromElsewhere(activity, memory, policy)) return false;
  const scope = subjectScope(activity);
  if (does(activity.kind, 'bring') && memory.familiarity(scope, 'kind', activity.kind) !== 'familiar')
    return false;
  const own = ({ account, actor }: Activity): boolean =>
    account === activity.account && subjectKey(actor) === subjectKey(activity.actor);
  // who restores onto standing servers has not thereby learnt to bring data onto instances of their own
  if (
    memory.lineage.launches.some(own) &&
    memory.familiarity(scope, 'kind', 'instance.launch') !== 'familiar'
  )
    return false;
  return !broughtBy(activity, memory).lineage.steps.some(
    (step) =>
      own(step.activity) &&
      (step.activity.kind === 'image.create' || step.from.some(({ type }) => type === 'snapshot')) &&
      activity.at - step.activity.at >= policy.learning.settle,
  );
}

/**
 * Whether the subject copied by hand, for a machine launched for it, a disk that they had not copied before: who restores the
 * disks that they copy has not thereby a habit of another's.
 */
export function isStrangeCopy(activity: Activity, chain: Chain, memory: Memory, policy: Policy): boolean {
  const scope = subjectScope(activity);
  const own = ({ account, actor }: Activity): boolean =>
    account === activity.account && subjectKey(actor) === subjectKey(activity.actor);
  const fresh =
    activity.kind === 'instance.launch' ||
    memory.lineage.launches.some((launch) => own(launch) && activity.at - launch.at <= policy.timeWindow);
  const [copy] = chain.copies;
  if (!fresh || copy?.activity.kind !== 'snapshot.create' || !own(copy.activity)) return false;
  return (
    copy.from.length > 0 &&
    copy.from.every(({ id }) => ['new', 'suspect'].includes(memory.familiarity(scope, 'copied', id)))
  );
}

/** Whether a call comes from where its subject never was: whoever holds somebody's session has not their habits. */
export const isFromElsewhere = (activity: Activity, memory: Memory, policy: Policy): boolean =>
  (networkNovelty(activity, memory, policy)?.strength ?? 0) >= STRANGE;

/** Whether no account knows a person, who does not call from where the circle does; joiners begin in the office. */
const isStranger = (activity: Activity, memory: Memory, policy: Policy): boolean =>
  personOf(activity) !== undefined &&
  !established(memory, policy) &&
  !isKnownElsewhere(activity, memory) &&
  !isAtCircle(activity, memory);

/**
 * Part left of evidence about data put to use: little for whoever does it as a habit, less than all where others behind the same
 * permission set do. Never asked of exposure or of a stranger's part.
 */
export function habitOf(
  activity: Activity,
  chain: Chain,
  memory: Memory,
  policy: Policy,
  habitual: number,
): number {
  if (does(activity.kind, 'unrecorded')) return 1;
  if (restoresByHabit(activity, chain, memory, policy)) return habitual;
  // nor are a circle's habits those of a session that was carried off, or of whom nobody knows and who calls from elsewhere
  if (isFromElsewhere(activity, memory, policy) || isStranger(activity, memory, policy)) return 1;
  const [copy] = chain.copies;
  // a stranger's data or an image of a machine is not what the circle restores
  if (copy === undefined || copy.activity.kind === 'image.create') return 1;
  // nor is a copy made by hand on a machine launched for it, or another's root
  const standing =
    activity.kind === 'volume.attach' &&
    !memory.lineage.launches.some(({ at }) => activity.at - at <= policy.timeWindow);
  if (!isBackup(copy) && !standing) return 1;
  const deed = activity.kind === 'instance.replace-root' ? activity.kind : RESTORE;
  return inTeam(activity, [deed], memory, policy).part;
}
