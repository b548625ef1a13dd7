import { type Activity, linked } from '../activity/activity.ts';
import { subjectKey, subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { nameOf } from '../activity/resources.ts';
import { subjectScope } from '../history/facts.ts';
import { openingsOf } from '../lineage/exposure.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { isSmall, listed, type Signal, span } from './signal.ts';
import { SAYS_ALL } from './unfamiliar-profile.ts';

/** Part left for whoever opens instances like that as a habit. */
const HABITUAL = 0.3;
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
    // whoever runs code on what stands open to everybody uses it already
    if (stands !== undefined && activity.kind === 'instance.run')
      return {
        strength: 1,
        reason: `${subjectLabel(activity.actor)} ran code on ${listed(memory.lineage.instances.map(nameOf))}, launched ${span(activity.at - launch.at)} before, while ${stands.words}`,
        lineage: true,
        refs: [launch.id, ...stands.refs],
      };
    const habit =
      memory.familiarity(subjectScope(activity), 'kind', activity.kind) === 'familiar' ? HABITUAL : 1;
    const way = opening.byRule ? (opening.weight === 1 ? 1 : OTHER_PORT) : OTHER_WAY;
    return {
      strength: habit * way,
      reason: `${subjectLabel(activity.actor)} opened ${listed(memory.lineage.instances.map(nameOf))}, launched ${span(activity.at - launch.at)} before: ${opening.words}`,
      lineage: true,
      refs: [launch.id],
    };
  },
};

/** A machine is as open as it starts: its groups may have been opened first, by anyone. */
function launchedOpen(activity: Activity, memory: Memory, policy: Policy): ReturnType<Signal['evaluate']> {
  const opened = openingsOf(activity, memory.lineage).find(({ byRule, refs }) => byRule && refs.length > 0);
  // web servers are meant to be reached, and are launched to be
  if (opened === undefined || opened.weight < 1) return undefined;
  const rule = memory.lineage.openings.find(({ id }) => opened.refs.includes(id));
  if (rule === undefined) return undefined;
  const recent = activity.at - rule.at <= policy.timeWindow;
  const opens = memory.familiarity(subjectScope(activity), 'kind', 'ingress.open') === 'familiar';
  return {
    strength:
      (isBare(activity) ? BARE : isStrong(activity) ? 1 : isSmall(activity) ? SMALL : ENTRY) *
      (recent ? 1 : LONG_OPEN) *
      (opens ? HABITUAL : 1),
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
