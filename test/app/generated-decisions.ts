import fc from 'fast-check';
import { placeOf } from '../../app/place.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { CLOSINGS, type Decision, type Ruling } from '../../core/findings/decision.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { inTime } from './orders.ts';

const RULINGS: readonly Ruling[] = [...CLOSINGS, 'benign', 'confirmed', 'acknowledged', 'reopened'];

/** Decisions about some of the activities, several of them about the same ones, some at the same moment. */
export function decisionsAbout(list: readonly Activity[], draw: () => number): Decision[] {
  return Array.from({ length: 1 + (draw() % 4) }, (_, index): Decision => {
    const first = draw() % list.length;
    const about = inTime(list).slice(first, first + 1 + (draw() % 6));
    return {
      id: `decision-${index}`,
      at: 1_800_000_000_000 + (draw() % 3),
      as: RULINGS[draw() % RULINGS.length] as Ruling,
      finding: `lt-${index}`,
      severity: SEVERITIES[draw() % SEVERITIES.length] as Decision['severity'],
      records: about.map(placeOf),
      by: { name: 'ann' },
    };
  });
}

export const random = fc.infiniteStream(fc.nat());
export const drawing = (stream: Iterator<number>) => (): number => stream.next().value ?? 0;
