import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { assess } from '../../core/findings/assess.ts';
import { mayAsk } from '../../core/history/affected.ts';
import {
  actorScope,
  emptySheet,
  type FactSheet,
  factKey,
  factsOf,
  isWide,
  learn,
  scopesOf,
} from '../../core/history/facts.ts';
import { memoryOf } from '../../core/signals/memory.ts';
import { activities } from '../app/generated-activities.ts';
import { policy } from '../app/orders.ts';

/** Whoever tells a service to launch asks whether anyone launched the image, or there, and proves neither; affected.ts knows. */
const isOfPlan = ({ plan }: Activity, key: string): boolean =>
  plan !== undefined && (/^image#\S+ image:$/.test(key) || /^account#\S+ region:/.test(key));

/** What the signals ask of sheets that others write, too, and that the activity asked about does not prove or is not known to ask. */
function unproved(activity: Activity, sheets: ReadonlyMap<string, FactSheet>): string[] {
  const memory = memoryOf(activity, sheets, [], policy);
  const proved = new Set(
    factsOf(activity).map(({ scope, dimension, value }) => `${scope} ${factKey(dimension, value)}`),
  );
  const asked: string[] = [];
  const familiarity: typeof memory.familiarity = (scope, dimension, value) => {
    const key = `${scope} ${factKey(dimension, value)}`;
    const own = scope.startsWith(actorScope(activity.account, ''));
    if (!own && !isWide(scope) && !proved.has(key) && !isOfPlan(activity, key)) asked.push(key);
    if (!mayAsk(activity, [scope, factKey(dimension, value)])) asked.push(`${key} unforeseen`);
    return memory.familiarity(scope, dimension, value);
  };
  assess(activity, { __proto__: memory, familiarity } as unknown as typeof memory, policy);
  return asked;
}

it('signals ask of sheets of an account only what the activity proves, so that a value new to it concerns nobody else', () => {
  fc.assert(
    fc.property(activities, (list) => {
      const sheets = new Map<string, FactSheet>();
      for (const activity of list)
        for (const scope of scopesOf(activity))
          sheets.set(scope, learn(sheets.get(scope) ?? emptySheet(scope), factsOf(activity), activity).sheet);
      for (const activity of list) expect(unproved(activity, sheets), activity.kind).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
