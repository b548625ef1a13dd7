import { subjectLabel } from '../actor.ts';
import { subjectScope } from '../facts.ts';
import { coversSensitivePort, isWorldOpen, ruleText } from '../lineage/exposure.ts';
import { listed, type Signal, span } from './signal.ts';

/** Part left for whoever opens groups as a habit, and for ports by which nobody enters. */
const HABITUAL = 0.3;
const OTHER_PORT = 0.4;

/** A group on an instance launched within the window is opened to the world: the last move of the technique. */
export const newInstanceOpened: Signal = {
  id: 'new-instance-opened',
  family: 'exposure',
  description: 'A security group on a new instance opened to the world',
  appliesTo: ['ingress.open'],

  evaluate(activity, memory, policy) {
    if (activity.outcome !== 'succeeded') return undefined;
    const world = (activity.ingress ?? []).filter(isWorldOpen);
    const rule = world.find(coversSensitivePort) ?? world[0];
    const launch = memory.lineage.launches.findLast(({ at }) => activity.at - at <= policy.timeWindow);
    if (rule === undefined || launch === undefined) return undefined;
    const habit =
      memory.familiarity(subjectScope(activity), 'kind', activity.kind) === 'familiar' ? HABITUAL : 1;
    return {
      strength: habit * (coversSensitivePort(rule) ? 1 : OTHER_PORT),
      reason: `${subjectLabel(activity.actor)} let in ${ruleText(rule)} on ${listed(memory.lineage.instances)}, launched ${span(activity.at - launch.at)} before`,
      lineage: true,
      refs: [launch.id],
    };
  },
};
