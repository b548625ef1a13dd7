import { type Activity, type Aspect, linked } from '../activity/activity.ts';
import { sourcesOf } from '../activity/links.ts';
import { includesResource } from '../activity/resources.ts';
import { explains } from '../records/inventory/aspects.ts';
import type { Memory } from './memory.ts';
import { listed, type Signal, span } from './signal.ts';

/**
 * How much a change says by itself: what runs on the instance and as whom counts in full; a disk, a group or an address is most
 * often somebody's repair.
 */
const STRENGTH: Readonly<Record<Aspect, number>> = {
  'user data': 1,
  'instance profile': 1,
  image: 1,
  volumes: 0.85,
  'security groups': 0.85,
  'public address': 0.7,
  'metadata options': 0.7,
};

/** An instance has changed since the last look at it, and neither the history nor CloudTrail's own says who changed it. */
export const unrecordedChange: Signal = {
  id: 'unrecorded-change',
  family: 'coverage',
  description: 'A change of an instance that no record explains',
  appliesTo: ['instance.drift'],

  evaluate(activity, memory) {
    const { seen, at } = activity;
    if (seen?.aspect === undefined || isExplained(activity, seen.aspect, memory)) return undefined;
    const [instance = 'an instance'] = linked(activity, 'instance', 'changed');
    const now = activity.links.filter(({ role, type }) => role === 'used' || type === 'volume');
    const of = seen.imageOwner === undefined ? '' : `, of account ${seen.imageOwner}`;
    const to = now.length === 0 ? '' : ` (now ${listed(now.map(({ id }) => id))}${of})`;
    const within = seen.since >= at ? '' : ` within ${span(at - seen.since)}`;
    return {
      strength: STRENGTH[seen.aspect],
      reason: `The ${seen.aspect} of ${instance} changed${to}${within}, and no record says who changed it`,
    };
  },
};

/** Whether a record that came later than the look tells of the change. */
function isExplained(activity: Activity, aspect: Aspect, { lineage }: Memory): boolean {
  const from = activity.seen?.since ?? Number.NEGATIVE_INFINITY;
  const known = [
    ...lineage.histories.flatMap(({ activities }) => activities),
    ...lineage.steps
      .filter(({ from: sources }) => sourcesOf(activity).some((each) => includesResource(sources, each)))
      .map((step) => step.activity),
  ];
  return known.some(({ kind, at }) => at >= from && explains(kind, aspect));
}
