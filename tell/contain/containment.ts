import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { cloudSteps, isOfAws } from './clouds.ts';
import { disabled, sources } from './credentials.ts';
import { closed, guardsOn } from './doors.ts';
import { isolated, kept, suspended } from './machines.ts';
import { unshared } from './shares.ts';
import { standingOf } from './standing.ts';
import type { Containment } from './step.ts';

/** Steps of one sort; the finding itself lists every resource. */
const STEPS_PER_SORT = 6;

/**
 * What stops the story, in the order of the runbook: no more data leaves (shares taken back, rules closed, guards on), no more comes
 * (credentials, whatever launches by itself), then the instances are isolated, and what was copied is kept.
 *
 * It follows how things stand: what is terminated, deleted, taken back or closed is in no command, and
 * neither is what was only launched by the same hands. Commands hold only ids that match the patterns of their cloud and quoted names;
 * anything else in a record never reaches a shell. Each says in which account it is to be run, and how it is undone.
 *
 * @param ends calls outside of the story that ended what it left (`standingOf`)
 */
export function containmentOf(record: FindingRecord, ends: readonly Activity[] = []): Containment[] {
  const standing = standingOf(record, ends);
  const elsewhere = standingOf(record, ends, (activity) => !isOfAws(activity));
  const unique = (steps: readonly Containment[]): Containment[] =>
    [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()].slice(0, STEPS_PER_SORT);
  return [
    ...unique(unshared(standing)),
    ...unique(closed(standing)),
    ...unique(guardsOn(standing)),
    ...unique(disabled(record, standing)),
    ...unique(suspended(standing)),
    ...isolated(record, standing),
    ...kept(standing),
    ...unique(sources(record)),
    ...unique(cloudSteps(elsewhere)),
  ];
}
