import { describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detectActivities } from '../../app/detect.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo, itemBytes } from '../../measure/bench/counting-dynamo.ts';
import { metered } from '../../measure/bench/meter.ts';
import { ACCOUNT, aLaunch, anActivity, anActor, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { autoScaling, keyHolder, PARTNER } from '../fixtures/signals/cases.ts';
import { image, snapshot, template, volume } from '../resources.ts';

/** What the design allows the costliest record, units; and the time that a function has, ms. */
const MOST_UNITS = 150;
const MOST_MS = 60_000;
/** DynamoDB takes no item larger. */
const MOST_BYTES = 400_000;
const USES = 2_000;
const TOGETHER = 25;

const userOf = (index: number, account = ACCOUNT) =>
  anActor({
    key: `AIDAEXAMPLE${String(index).padStart(10, '0')}`,
    label: `user/u${index}`,
    class: 'human',
    account,
  });
const id = (prefix: string, index: number): string => `${prefix}-0${index.toString(16).padStart(16, '0')}`;
/** So many activities over the last day, of two hundred actors in turn. */
const uses = (count: number, make: (index: number, at: number) => Partial<Activity>): Activity[] =>
  Array.from({ length: count }, (_, index) => {
    const at = NOW - DAY + Math.floor((index / count) * DAY);
    return anActivity({ at, actor: userOf(index % 200), ...make(index, at) });
  });

const fromGolden = (index: number): Partial<Activity> => ({
  links: [{ type: 'instance', id: id('i', index), role: 'made', from: [image('ami-golden')] }],
  launch: aLaunch({ images: ['ami-golden'] }),
});
const scaled = (index: number): Partial<Activity> => ({
  actor: autoScaling,
  links: [
    { type: 'instance', id: id('i', index), role: 'made', from: [image('ami-golden')] },
    { ...template('1'), role: 'used' },
    { type: 'auto-scaling-group', id: 'web', role: 'used' },
  ],
  launch: aLaunch({ images: ['ami-golden'], template: template('1') }),
});
const ofSnapshot = (index: number): Partial<Activity> => ({
  kind: 'volume.create',
  links: [{ ...volume(id('vol', index)), role: 'made', from: [snapshot('snap-popular')] }],
});
const shared = (index: number): Partial<Activity> => ({
  kind: 'snapshot.share',
  links: [{ ...snapshot(id('snap', index)), role: 'changed' }],
  share: { public: false, accounts: [PARTNER], organisations: [] },
});
const stolen = (index: number): Partial<Activity> => ({
  actor: keyHolder,
  links: [{ type: 'instance', id: id('i', index), role: 'made', from: [image('ami-miner')] }],
  launch: aLaunch({ types: ['p5.48xlarge'], images: ['ami-miner'] }),
});
const known = anActivity({ at: NOW - 30 * DAY, actor: keyHolder, kind: 'key-pair.create' });

/** What is there before, and the records that are measured, each by itself. */
const FAMOUS: readonly (readonly [name: string, before: Activity[], next: Activity[]])[] = [
  [
    'an image that two thousand instances were launched from',
    uses(USES, fromGolden),
    [
      anActivity({ ...fromGolden(900_001), actor: userOf(7) }),
      anActivity({ ...fromGolden(900_002), account: OTHER_ACCOUNT, actor: userOf(8, OTHER_ACCOUNT) }),
      anActivity({
        at: NOW + HOUR,
        kind: 'image.share',
        actor: keyHolder,
        links: [{ ...image('ami-golden'), role: 'changed' }],
        share: { public: true, accounts: [], organisations: [] },
      }),
      // told late, before half of the launches
      anActivity({ ...fromGolden(900_003), at: NOW - DAY / 2, actor: userOf(9) }),
    ],
  ],
  [
    'a template that a service launched two thousand instances from',
    uses(USES, scaled),
    [
      anActivity(scaled(900_001)),
      anActivity({
        at: NOW + HOUR,
        kind: 'template.change',
        actor: keyHolder,
        links: [{ ...template('2'), role: 'changed', from: [template('1')] }],
        plan: aLaunch({ types: ['p5.48xlarge'], images: ['ami-other'] }),
      }),
    ],
  ],
  [
    'a snapshot that two thousand volumes were made of',
    uses(USES, ofSnapshot),
    [
      anActivity({ ...ofSnapshot(900_001), actor: userOf(7) }),
      anActivity({
        at: NOW + HOUR,
        kind: 'snapshot.share',
        actor: keyHolder,
        links: [{ ...snapshot('snap-popular'), role: 'changed' }],
        share: { public: true, accounts: [], organisations: [] },
      }),
    ],
  ],
  [
    'a partner that two hundred actors shared two thousand snapshots with',
    uses(USES, shared),
    [
      anActivity({ ...shared(900_001), actor: userOf(7) }),
      anActivity({ ...shared(900_002), at: NOW + HOUR, actor: keyHolder }),
    ],
  ],
  [
    'a story of five thousand members',
    uses(5_000, stolen),
    [
      anActivity({ ...stolen(900_001), at: NOW + HOUR }),
      anActivity({ ...stolen(900_002), at: NOW + 2 * HOUR }),
    ],
  ],
];

describe('fame', () => {
  it.each(FAMOUS)(
    'of %s makes no record dear, no item large, and nobody late',
    async (name, before, next) => {
      const { client, items } = countingDynamo();
      const meter = metered(client);
      const deps = {
        history: dynamoHistory(meter.client, 'history'),
        verdicts: dynamoVerdicts(meter.client, 'findings'),
        policy,
      };
      const judged = async (activities: readonly Activity[]): Promise<number> => {
        const started = performance.now();
        const outcomes = await detectActivities(deps, activities);
        expect(outcomes.every(({ status }) => status === 'judged')).toBe(true);
        return performance.now() - started;
      };
      let longest = await judged([known]);
      for (let from = 0; from < before.length; from += TOGETHER)
        longest = Math.max(longest, await judged(before.slice(from, from + TOGETHER)));
      const costs: { read: number; write: number }[] = [];
      for (const activity of next) {
        meter.used();
        longest = Math.max(longest, await judged([activity]));
        const { read, write } = meter.used();
        costs.push({ read, write });
      }
      const largest = Math.max(...items().map(itemBytes));
      console.log(
        name,
        costs.map(({ read, write }) => `${read} r ${write} w`).join(', '),
        `${largest} B`,
        `${Math.round(longest)} ms`,
      );
      expect(Math.max(...costs.map(({ read }) => read))).toBeLessThanOrEqual(MOST_UNITS);
      expect(Math.max(...costs.map(({ write }) => write))).toBeLessThanOrEqual(MOST_UNITS);
      expect(largest).toBeLessThan(MOST_BYTES);
      expect(longest).toBeLessThan(MOST_MS);
    },
    300_000,
  );
});
