import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { assess } from '../../core/findings/assess.ts';
import { mayAsk } from '../../core/history/affected.ts';
import type { Dimension } from '../../core/history/fact.ts';
import {
  actorScope,
  emptySheet,
  type FactSheet,
  factKey,
  factsOf,
  isWide,
  learn,
  roleScope,
  scopesOf,
  subjectScope,
} from '../../core/history/facts.ts';
import { type Memory, memoryOf } from '../../core/signals/memory.ts';
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
  const foresee = (scope: string, dimension: Dimension, value = ''): void => {
    if (!mayAsk(activity, [scope, factKey(dimension, value)])) asked.push(`${scope} ${dimension} unforeseen`);
  };
  const watched: Partial<Memory> = {
    familiarity,
    get activeDays() {
      foresee(subjectScope(activity), 'day');
      return memory.activeDays;
    },
    get roleActiveDays() {
      foresee(roleScope(activity), 'day');
      return memory.roleActiveDays;
    },
    known(scope, dimension) {
      foresee(scope, dimension);
      return memory.known(scope, dimension);
    },
    daysOf(scope) {
      foresee(scope, 'day');
      return memory.daysOf(scope);
    },
    allSeen(scope, dimension) {
      foresee(scope, dimension);
      return memory.allSeen(scope, dimension);
    },
    firstSeen(scope, dimension, value) {
      foresee(scope, dimension, value);
      return memory.firstSeen(scope, dimension, value);
    },
    othersKnownFor(circle, what) {
      if (circle !== undefined) foresee(circle.scope, 'deed', `${what} by somebody else`);
      return memory.othersKnownFor(circle, what);
    },
    otherMembers(circle) {
      if (!circle.scope.startsWith('region#')) foresee(circle.scope, 'member', 'somebody else');
      return memory.otherMembers(circle);
    },
    isNetworkOf(circle) {
      foresee(circle.scope, 'network', activity.origin.prefix);
      return memory.isNetworkOf(circle);
    },
    isKnownIn(circle) {
      if (circle !== undefined) foresee(circle.scope, 'member', circle.member);
      return memory.isKnownIn(circle);
    },
  };
  assess(activity, Object.setPrototypeOf(watched, memory), policy);
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
