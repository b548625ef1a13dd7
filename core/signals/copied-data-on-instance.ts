import { type Activity, isThroughService, linked } from '../activity/activity.ts';
import { bySame, subjectLabel } from '../activity/actor.ts';
import { does, kindsThat } from '../activity/kinds.ts';
import { sourcesOf } from '../activity/links.ts';
import { isSameResource, nameOf } from '../activity/resources.ts';
import { DAY, imageScope, subjectScope } from '../history/facts.ts';
import { chainOf, FROM_BACKUP, isBackup, sourceOf } from '../lineage/chain.ts';
import type { Step } from '../lineage/walk.ts';
import type { Policy } from '../policy/policy.ts';
import { broughtBy, habitOf, isFromElsewhere } from './brought.ts';
import { inTeam } from './circle.ts';
import type { Memory } from './memory.ts';
import { accountKnown, listed, type Signal, span } from './signal.ts';

/**
 * An intruder works in one go; a restore may wait. Strength by the time since the data was copied, ms. A week's patience
 * must not buy more than a shade: within it the chain alone stays HIGH.
 */
const BY_AGE = [
  [DAY / 24, 1],
  [DAY, 0.98],
  [7 * DAY, 0.95],
  [Number.POSITIVE_INFINITY, 0.8],
] as const;
/** Part left when nobody knows where the snapshot comes from; vendors' data sets and old backups are such. */
const UNKNOWN_ORIGIN = 0.35;
/** The same where a running machine is made to boot from it: no data set is a system, and its owner's is gone. */
const UNKNOWN_ROOT = 0.6;
/** Part left when the snapshot was imported, or written block by block by a program, as image pipelines do. */
const WRITTEN = 0.65;
/** A person who writes blocks by hand hides where the data comes from: as sure as a copy a week old. */
const WRITTEN_BY_HAND = 0.95;
/** The height that whoever backs servers up has reached: a person takes one or two disks before a change. */
const BACKS_UP = 'copies:4';
/** Backups are made at night and restored when they are needed; a program's copy that another, no service, uses within the hour was made for it, ms. */
const AT_ONCE = DAY / 24;
const FRESH = 0.8;
/** Part left for whoever restores as a habit: below LOW by itself. */
const HABITUAL = 0.1;

/**
 * MITRE's own example: a snapshot, a new instance, the data mounted. Joined by resource id, whoever did the steps and
 * however long they took, through any path: block device, volume, image, template, root replacement, copies.
 */
export const copiedDataOnInstance: Signal = {
  id: 'copied-data-on-instance',
  family: 'chain',
  description: 'An instance runs, mounts or boots data that was copied from a volume or another instance',
  appliesTo: kindsThat('bring'),

  evaluate(activity, around, policy) {
    const memory = broughtBy(activity, around);
    const chain = chainOf(activity, memory);
    if (chain === undefined) return strangeRoot(activity, memory, policy);
    const { copies, written, strangers } = chain;
    const habit = habitOf(activity, chain, memory, policy, HABITUAL);
    const target =
      memory.lineage.instances.length > 0 ? listed(memory.lineage.instances.map(nameOf)) : 'an instance';
    const copy = copies[0] ?? written[0];
    if (copy === undefined) {
      // nobody knows what an image was made of that a colleague registered; whoever launches images launches those
      if (isByAnother(activity, memory)) return undefined;
      const root = activity.kind === 'instance.replace-root' ? UNKNOWN_ROOT : UNKNOWN_ORIGIN;
      return {
        strength: root * habit,
        reason: `${target} got data of ${listed(strangers)}, whose origin is not known`,
      };
    }
    // what a service copied it may put back: replication and recovery are its work, and whoever asks it to is asked
    if (
      activity.actor.class === 'service' &&
      copies.every(({ activity: { actor } }) => actor.class === 'service') &&
      copies.length > 0
    )
      return undefined;
    const age = activity.at - copy.activity.at;
    // the image on the way, if the data became one
    const image =
      copies.length === 0
        ? memory.lineage.steps.find(({ activity: { kind } }) => kind === 'image.create')
        : copy.activity.kind === 'image.create'
          ? copy
          : undefined;
    // an image that has settled in the account is one of its images; a service launches what it was told to, and of an instance
    // that was only seen it is told that nobody knows who launched it
    const settled =
      image !== undefined &&
      (activity.actor.class === 'service' ||
        does(activity.kind, 'unrecorded') ||
        (activity.launch?.images.includes(image.into.id) === true &&
          memory.familiarity(imageScope(activity.account, image.into.id), 'image', '') === 'familiar'));
    if (settled) return undefined;
    if (copies.length === 0) {
      return {
        strength:
          (isByHand(copy.activity) ? WRITTEN_BY_HAND : WRITTEN) * habit * (isBackup(copy) ? FROM_BACKUP : 1),
        reason: `${target} got data of ${nameOf(copy.into)}, written from outside by ${subjectLabel(copy.activity.actor)} ${span(age)} before`,
        lineage: true,
        refs: memory.lineage.steps.map((step) => step.activity.id),
      };
    }
    // whoever backs up as a habit and mounts a copy of their own on a standing server looks whether it can be read
    const own =
      bySame(copy.activity, activity) &&
      activity.kind === 'volume.attach' &&
      memory.lineage.launches.every(({ at }) => activity.at - at > policy.timeWindow) &&
      copy.activity.kind === 'snapshot.create' &&
      memory.familiarity(subjectScope(activity), 'peak', BACKS_UP) === 'familiar';
    const byAge = BY_AGE.find(([limit]) => age <= limit)?.[1] ?? 0;
    return {
      // what a program copies and puts to use itself is no backup; where that is its work, it is its habit
      strength: byAge * habit * (own ? FROM_BACKUP : partOf(copy, activity, memory, policy)),
      reason: `${target} got data of ${nameOf(sourceOf(copy))}, copied to ${nameOf(copy.into)} by ${subjectLabel(copy.activity.actor)} ${span(age)} before`,
      lineage: true,
      refs: [
        ...memory.lineage.steps.map((step) => step.activity.id),
        ...memory.lineage.launches
          .filter(({ at }) => activity.at - at <= policy.timeWindow)
          .map(({ id }) => id),
      ],
    };
  },
};

/** A running machine is made to boot from an image that nobody here made or launched: what is on it is anybody's. */
function strangeRoot(activity: Activity, memory: Memory, policy: Policy): ReturnType<Signal['evaluate']> {
  const { account, actor, kind, outcome } = activity;
  if (kind !== 'instance.replace-root' || outcome !== 'succeeded' || actor.class === 'service')
    return undefined;
  if (memory.lineage.steps.length > 0 || !accountKnown(activity, memory, policy)) return undefined;
  const unknown = linked(activity, 'image', 'used').filter((image) => {
    const scope = imageScope(account, image);
    const made = memory.firstSeen(scope, 'created', '') !== undefined;
    return !made && ['new', 'suspect'].includes(memory.familiarity(scope, 'image', ''));
  });
  if (unknown.length === 0) return undefined;
  const habitual =
    memory.familiarity(subjectScope(activity), 'kind', kind) === 'familiar' &&
    !isFromElsewhere(activity, memory, policy);
  return {
    strength: UNKNOWN_ROOT * (habitual ? HABITUAL : inTeam(activity, [kind], memory, policy).part),
    reason: `${listed(memory.lineage.instances.map(nameOf))} got data of ${listed(unknown)}, whose origin is not known`,
  };
}

const isByAnother = (
  activity: Activity,
  { lineage, familiarity }: Pick<Memory, 'lineage' | 'familiarity'>,
): boolean => {
  const images = lineage.steps.filter(({ activity: { kind } }) => kind === 'image.create');
  const launches =
    activity.actor.class === 'service' ||
    familiarity(subjectScope(activity), 'kind', 'instance.launch') === 'familiar';
  return (
    launches &&
    images.length > 0 &&
    images.every((image) => !bySame(image.activity, activity)) &&
    !sourcesOf(activity).some(({ type }) => type === 'snapshot')
  );
};

/** Part left of data that another copied: little of a backup, more where it is used before backups mostly are. */
function partOf(copy: Step, activity: Activity, memory: Memory, policy: Policy): number {
  if (!isBackup(copy) || bySame(copy.activity, activity)) return 1;
  const { lineage } = memory;
  // two who both come from one strange place are one
  const { prefix } = copy.activity.origin;
  if (prefix !== undefined && prefix === activity.origin.prefix && isFromElsewhere(activity, memory, policy))
    return 1;
  const use = lineage.steps.find(({ from }) =>
    from.some((each) => isSameResource(each, copy.into)),
  )?.activity;
  const byService = activity.actor.class === 'service';
  const onDemand =
    !byService && copy.activity.actor.class === 'automation' && !isThroughService(copy.activity);
  return onDemand && (use ?? activity).at - copy.activity.at <= AT_ONCE ? FRESH : FROM_BACKUP;
}

const isByHand = ({ action, actor }: Activity): boolean =>
  action === 'ebs:StartSnapshot' && (actor.class === 'human' || actor.class === 'root');
