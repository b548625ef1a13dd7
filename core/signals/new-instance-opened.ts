import { subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { nameOf } from '../activity/resources.ts';
import { subjectScope } from '../history/facts.ts';
import { openingsOf } from '../lineage/exposure.ts';
import { listed, type Signal, span } from './signal.ts';

/** Part left for whoever opens instances like that as a habit. */
const HABITUAL = 0.3;
/** Ports by which nobody enters; addresses, profiles and IMDSv1, which new instances often get. */
const OTHER_PORT = 0.4;
const OTHER_WAY = 0.3;

/** An instance launched within the window is opened to the world: the last move of the technique. */
export const newInstanceOpened: Signal = {
  id: 'new-instance-opened',
  family: 'exposure',
  description: 'A new instance opened to the world by its group, an address, a profile or IMDSv1',
  appliesTo: kindsThat('open', 'posture'),

  evaluate(activity, memory, policy) {
    if (activity.outcome !== 'succeeded' || activity.actor.class === 'service') return undefined;
    const launch = memory.lineage.launches.findLast(({ at }) => activity.at - at <= policy.timeWindow);
    if (launch === undefined) return undefined;
    const opening = openingsOf(activity, memory.lineage).find(({ own }) => own);
    if (opening === undefined) return undefined;
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
