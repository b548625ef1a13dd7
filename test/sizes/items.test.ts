import { describe, expect, it } from 'vitest';
import { activityItem, sheetItem, verdictItem } from '../../adapters/dynamo/items.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { bytesIn } from '../../core/activity/size.ts';
import { MAX_VERDICT_BYTES, withinBudget } from '../../core/findings/budget.ts';
import { type Assessment, MAX_BEHIND } from '../../core/findings/finding.ts';
import type { Dimension } from '../../core/history/fact.ts';
import { emptySheet, factKey, learn, MAX_VALUES } from '../../core/history/facts.ts';
import { entriesOf } from '../../core/lineage/timelines.ts';
import { MAX_BYTES, MAX_FAILED_BYTES } from '../../core/records/cloudtrail/bounds.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { signals } from '../../core/signals/index.ts';
import { itemBytes } from '../../measure/bench/counting-dynamo.ts';
import { monstrousRecords, monstrousText } from './monstrous.ts';

/** What no item may take, bytes: DynamoDB refuses twice as much. */
const MAX_ITEM = 200_000;
/** DynamoDB's limits for the two parts of a key, bytes. */
const [MAX_PARTITION_KEY, MAX_SORT_KEY] = [2048, 1024];

const activityOf = (record: object): Activity[] => {
  const normalised = fromCloudTrail(record);
  return normalised.ok ? [normalised.activity] : [];
};
const activities = monstrousRecords().flatMap(activityOf);
/** What an activity, one of a call that did not succeed, and a verdict may take at most, bytes, wherever they are kept. */
const [LARGE_ACTIVITY, LARGE_ATTEMPT, LARGE_VERDICT] = [20_000, 12_000, 28_000];
const jsonBytes = (value: object): number => bytesIn(JSON.stringify(value));

/** A verdict on an activity that says as much as any can. */
function monstrousVerdict(activity: Activity): Assessment {
  const text = monstrousText(2);
  return {
    activity,
    score: 77.7,
    evidence: signals.map(({ id }, index) => ({
      signal: id,
      strength: 0.7,
      reason: Array.from({ length: 5 }, (_, part) => text(`${id}${part}`)).join(', '),
      refs: Array.from({ length: 60 }, (_, ref) => text(`${index} ${ref}`).slice(0, 70)),
      ...(index % 3 === 0 && { novelty: true as const }),
      ...(index % 2 === 0 && { lineage: true as const }),
    })),
    behind: Array.from(
      { length: MAX_BEHIND },
      (_, index) => activities[index % activities.length] as Activity,
    ),
  };
}

describe('whatever text a caller may send', () => {
  it('comes in records of some thirty calls, refused and not, most of which would be too large', () => {
    expect(new Set(activities.map(({ action }) => action)).size).toBeGreaterThan(25);
    expect(activities.some(({ outcome }) => outcome !== 'succeeded')).toBe(true);
    const large = activities.filter((activity) => jsonBytes(activity) > MAX_FAILED_BYTES / 2);
    expect(large.length).toBeGreaterThan(activities.length / 4);
  });

  it('makes no activity larger than its budget, smaller where the call did not succeed', () => {
    for (const record of monstrousRecords()) {
      for (const [activity] of [
        activityOf(record),
        activityOf({ ...record, errorCode: 'DryRunOperation' }),
      ]) {
        if (activity === undefined) continue;
        const most = activity.outcome === 'succeeded' ? MAX_BYTES : MAX_FAILED_BYTES;
        expect(jsonBytes(activity), activity.action).toBeLessThanOrEqual(most);
      }
    }
  });

  it('makes no item that DynamoDB would refuse, in whatever timeline', () => {
    for (const activity of activities) {
      for (const entry of entriesOf(activity)) {
        const item = activityItem(entry);
        expect(itemBytes(item), `${activity.action} ${entry.subject}`).toBeLessThan(
          activity.outcome === 'succeeded' ? LARGE_ACTIVITY : LARGE_ATTEMPT,
        );
        expect(bytesIn(item.pk)).toBeLessThanOrEqual(MAX_PARTITION_KEY);
        expect(bytesIn(item.sk)).toBeLessThanOrEqual(MAX_SORT_KEY);
      }
    }
  });

  // what is kept of a wider circle is kept of nothing else
  it.each([true, false])(
    'makes no fact sheet larger, though one held all that any may hold (of a circle: %s)',
    (ofCircle) => {
      const [activity] = activities as [Activity, ...Activity[]];
      const text = monstrousText(3);
      const dimensions = (Object.entries(MAX_VALUES) as [Dimension, number][]).filter(
        ([dimension]) => ['asks', 'member', 'deed'].includes(dimension) === ofCircle,
      );
      const facts = dimensions.flatMap(([dimension, most]) =>
        Array.from({ length: most + 1 }, () => ({ scope: 'actor', dimension, value: text('v') })),
      );
      const { sheet } = learn(emptySheet('actor'), facts, activity);
      const size = itemBytes(sheetItem(sheet, 1));
      expect(Object.keys(sheet.seen)).toHaveLength(dimensions.reduce((sum, [, most]) => sum + most, 0));
      expect(size).toBeGreaterThan(MAX_ITEM / 2);
      expect(size).toBeLessThan(MAX_ITEM);
    },
  );

  it('tells values of a sheet apart that begin alike, and finds each again', () => {
    const text = monstrousText(4);
    const keys = Array.from({ length: 2_000 }, () => factKey('person', `p${'x'.repeat(200)}${text('')}`));
    expect(new Set(keys).size).toBe(keys.length);
    expect(factKey('person', `p${text('')}`)).toMatch(/^person:p/u);
    expect(factKey('region', 'eu-west-1')).toBe('region:eu-west-1');
  });

  it('leaves a verdict within its budget, with its signals, their strength and the score', () => {
    for (const activity of activities) {
      const verdict = monstrousVerdict(activity);
      const kept = withinBudget(verdict);
      expect(jsonBytes(verdict)).toBeGreaterThan(MAX_VERDICT_BYTES);
      expect(jsonBytes(kept)).toBeLessThanOrEqual(MAX_VERDICT_BYTES);
      expect(itemBytes(verdictItem(kept, 1))).toBeLessThan(LARGE_VERDICT);
      expect(kept).toMatchObject({ score: 77.7, shortened: 'bounded' });
      const said = ({ evidence }: Assessment) => evidence.map(({ signal, strength }) => [signal, strength]);
      expect(said(kept)).toEqual(said(verdict));
      expect(withinBudget(kept)).toEqual(kept);
    }
  });
});
