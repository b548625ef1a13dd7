import { type Activity, linked } from '../activity/activity.ts';
import { bySame, subjectKey, subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { nameOf } from '../activity/resources.ts';
import { PREPARING } from '../activity/world-open.ts';
import { subjectScope } from '../history/facts.ts';
import type { Familiarity } from '../history/habits.ts';
import { type Opening, openingsOf } from '../lineage/exposure.ts';
import type { Policy } from '../policy/policy.ts';
import { isFromElsewhere } from './brought.ts';
import type { Memory } from './memory.ts';
import { isSmall, listed, type Signal, span } from './signal.ts';
import { SAYS_ALL } from './unfamiliar-profile.ts';

/** Part left for whoever opens instances like that as a habit. */
const HABITUAL = 0.3;
/** Earlier days on which a person must have let the world in to do so as a habit: what happened once may have been the intruder's last visit. */
const DAYS = 2;
/** The same of a program, which does each time what it is made to do. */
const PROGRAM_DAYS = 1;
/** A port by which one enters, open before the launch; with a profile that may do everything it counts in full. */
const ENTRY = 0.85;
/** The same of a machine with a start script, but small. */
const SMALL = 0.7;
/** Part left where the group had been open for longer than the window: it is how such instances are run here. */
const LONG_OPEN = 0.3;
/** Part left of one small machine without start script or strong profile: people try it once. */
const BARE = 0.4;
/** Ports by which nobody enters; addresses, profiles and IMDSv1, which new instances often get. */
const OTHER_PORT = 0.4;
const OTHER_WAY = 0.3;

/** An instance launched within the window is opened to the world: the last move of the technique. */
export const newInstanceOpened: Signal = {
  id: 'new-instance-opened',
  family: 'exposure',
  description: 'A new instance opened to the world by its group, an address, a profile or IMDSv1',
  appliesTo: kindsThat('launch', 'open', 'posture'),

  evaluate(activity, memory, policy) {
    if (activity.outcome !== 'succeeded' || activity.actor.class === 'service') return undefined;
    if (activity.kind === 'instance.launch') return launchedOpen(activity, memory, policy);
    const launch = memory.lineage.launches.findLast(({ at }) => activity.at - at <= policy.timeWindow);
    if (launch === undefined) return undefined;
    const ways = openingsOf(activity, memory.lineage);
    const opening = ways.find(({ own }) => own);
    if (opening === undefined) return undefined;
    const stands = ways.find(({ byRule, weight }) => byRule && weight === 1);
    // a profile that may do everything, given to what stands open, counts as one that it was launched with
    if (stands !== undefined && linked(activity, 'instance-profile').some((name) => SAYS_ALL.test(name)))
      return {
        strength: 1,
        reason: `${subjectLabel(activity.actor)} gave ${listed(memory.lineage.instances.map(nameOf))}, launched ${span(activity.at - launch.at)} before, ${listed(linked(activity, 'instance-profile'))} while ${stands.words}`,
        lineage: true,
        refs: [launch.id, ...stands.refs],
      };
    const forCode = isForCode(launch, activity, memory, policy);
    // whoever runs code on what stands open to everybody uses it already
    const used =
      stands ?? (forCode ? ways.find((way) => isOwnRule(way, launch, activity, memory)) : undefined);
    if (used !== undefined && activity.kind === 'instance.run')
      return {
        strength: used === stands ? 1 : ENTRY,
        reason: `${subjectLabel(activity.actor)} ran code on ${listed(memory.lineage.instances.map(nameOf))}, launched ${span(activity.at - launch.at)} before, while ${used.words}`,
        lineage: true,
        refs: [launch.id, ...used.refs],
      };
    const run = forCode && opening.byRule ? ownRun(activity, memory) : undefined;
    const habit = isHabitual(activity, memory) ? HABITUAL : 1;
    const way = opening.byRule
      ? opening.weight === 1
        ? 1
        : run === undefined
          ? OTHER_PORT
          : ENTRY
      : OTHER_WAY;
    return {
      strength: habit * way,
      reason: `${subjectLabel(activity.actor)} opened ${listed(memory.lineage.instances.map(nameOf))}, launched ${span(activity.at - launch.at)} before: ${opening.words}${run === undefined ? '' : ', and had run code on it'}`,
      lineage: true,
      refs: [launch.id, ...(run === undefined ? [] : [run.id])],
    };
  },
};

/**
 * Whether a person runs code on a machine of their own, which decides what listens there: a web port that they open for it is then no
 * sign of a web server. Programs set up web servers like that, and some people do as a habit.
 */
function isForCode(launch: Activity, activity: Activity, memory: Memory, policy: Policy): boolean {
  if (!bySame(launch, activity)) return false;
  if (isFromElsewhere(activity, memory, policy)) return true;
  return (
    !isProgram(activity) &&
    SET_UP.every((kind) => isNew(memory.familiarity(subjectScope(activity), 'kind', kind)))
  );
}

/** Whether an instance is open by a rule that the one who acts made for it: it was made less long before the launch. */
const isOwnRule = (
  { byRule, refs }: Opening,
  launch: Activity,
  activity: Activity,
  { lineage }: Memory,
): boolean =>
  byRule === true &&
  lineage.openings.some(
    (rule) => refs.includes(rule.id) && bySame(rule, activity) && rule.at >= launch.at - PREPARING,
  );

/** Code that the one who acts ran on the instances before. */
const ownRun = (activity: Activity, { lineage }: Memory): Activity | undefined =>
  lineage.histories
    .flatMap(({ activities }) => activities)
    .find((each) => each.kind === 'instance.run' && bySame(each, activity));

/** What setting up a web server by hand takes besides the launch. */
const SET_UP = ['instance.run', 'ingress.open'] as const;

const isProgram = ({ actor }: Activity): boolean =>
  actor.class === 'automation' || actor.class === 'workload';

/** Whether the one who acts lets the world into groups on days of its own: letting in the office is another thing. */
const opensAsHabit = (activity: Activity, memory: Memory): boolean =>
  memory.known(subjectScope(activity), 'opening').length >= (isProgram(activity) ? PROGRAM_DAYS : DAYS);

/** Whether the one who acts opens instances in this way as a habit. */
const isHabitual = (activity: Activity, memory: Memory): boolean =>
  activity.kind === 'ingress.open'
    ? opensAsHabit(activity, memory)
    : memory.familiarity(subjectScope(activity), 'kind', activity.kind) === 'familiar';

const isNew = (habit: Familiarity): boolean => habit === 'new' || habit === 'suspect';

/** A machine is as open as it starts: its groups may have been opened first, by anyone. */
function launchedOpen(activity: Activity, memory: Memory, policy: Policy): ReturnType<Signal['evaluate']> {
  const opened = openingsOf(activity, memory.lineage).find(({ byRule, refs }) => byRule && refs.length > 0);
  // web servers are meant to be reached, and are launched to be
  if (opened === undefined || opened.weight < 1) return undefined;
  const rule = memory.lineage.openings.find(({ id }) => opened.refs.includes(id));
  if (rule === undefined) return undefined;
  const recent = activity.at - rule.at <= policy.timeWindow;
  return {
    strength:
      (isBare(activity) ? BARE : isStrong(activity) ? 1 : isSmall(activity) ? SMALL : ENTRY) *
      (recent ? 1 : LONG_OPEN) *
      (opensAsHabit(activity, memory) ? HABITUAL : 1),
    reason: `${subjectLabel(activity.actor)} launched ${listed(memory.lineage.instances.map(nameOf))} where ${opened.words}, opened by ${subjectKey(rule.actor) === subjectKey(activity.actor) ? 'the same' : subjectLabel(rule.actor)} ${span(activity.at - rule.at)} before`,
    lineage: true,
    refs: opened.refs,
  };
}

/** Whoever gets in may do everything: the profile says so. */
const isStrong = ({ launch }: Activity): boolean => SAYS_ALL.test(launch?.profile ?? '');

/** One small machine without a start script or a profile that may do everything, as the console's wizard makes. */
const isBare = ({ launch }: Activity): boolean =>
  launch !== undefined &&
  launch.userData !== true &&
  !SAYS_ALL.test(launch.profile ?? '') &&
  isSmall({ launch });
