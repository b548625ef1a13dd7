import { createHash } from 'node:crypto';
import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memorySettings } from '../../adapters/memory/settings.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { LOOK_EVERY_MS, policyInForce } from '../../app/policy-in-force.ts';
import { pushPolicy } from '../../app/push-policy.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { defaultPolicy, type PolicySchema } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { anActivity, HOUR, NOW } from '../builders.ts';
import { aSnapshot, habit, launchOf, policyOf, twice, watched } from '../fixtures/signals/cases.ts';

interface Element {
  readonly element: keyof v.InferInput<typeof PolicySchema>;
  readonly what: string;
  readonly keys: v.InferInput<typeof PolicySchema>;
  readonly signal: SignalId;
  /** Whether the signal speaks with these keys and not without, or the other way round. */
  readonly speaks: 'with' | 'without';
  readonly activities: readonly Activity[];
}

const spread = [4, 2, 0].map((hours) => launchOf({ count: 20 }, { at: NOW - hours * HOUR }));

/** MITRE's mutable elements of the technique, each with one key that decides. */
const ELEMENTS: readonly Element[] = [
  {
    element: 'userContext',
    what: 'how many days make a habit whose absence means something',
    keys: { userContext: { minActiveDays: 1 } },
    signal: 'unfamiliar-region',
    speaks: 'with',
    activities: [...twice(), anActivity({ region: 'sa-east-1' })],
  },
  {
    element: 'geoLocation',
    what: 'which Regions are allowed',
    keys: { geoLocation: { regions: ['eu-west-1'] } },
    signal: 'outside-policy-place',
    speaks: 'with',
    activities: [...habit({ region: 'sa-east-1' }), anActivity({ region: 'sa-east-1' })],
  },
  {
    element: 'rateThreshold',
    what: 'how many instances are a burst',
    keys: { rateThreshold: { instances: 200 } },
    signal: 'launch-burst',
    speaks: 'without',
    activities: [...watched, launchOf({ count: 60 })],
  },
  {
    element: 'timeWindow',
    what: 'what is counted together',
    keys: { timeWindow: '1h' },
    signal: 'launch-burst',
    speaks: 'without',
    activities: [...watched, ...spread],
  },
  {
    element: 'taggingPolicy',
    what: 'which tags a launch must bear',
    keys: { taggingPolicy: { required: ['owner'] } },
    signal: 'missing-tags',
    speaks: 'with',
    activities: [...habit(), launchOf({})],
  },
  {
    element: 'volumeSensitivity',
    what: 'which data matters',
    keys: { volumeSensitivity: { tags: { data: ['customer'] } } },
    signal: 'sensitive-volume',
    speaks: 'with',
    activities: [...watched, aSnapshot({ tags: { data: 'customer' } })],
  },
  {
    element: 'changeWindow',
    what: 'when changes are expected',
    keys: { changeWindow: { days: ['sat'] } },
    signal: 'outside-change-window',
    speaks: 'with',
    activities: [...habit(), launchOf({})],
  },
];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A detector that looks its policy up, and what it tells of some activities by the policy of now. */
function detector() {
  const settings = memorySettings();
  let time = 0;
  const rejected: string[] = [];
  const policyNow = policyInForce({
    ...{ settings, bundled: defaultPolicy, defaults: defaultPolicy, sha256, now: () => time },
    onRejected: (reason) => rejected.push(reason),
  });
  return {
    async push(keys: Element['keys'], base: number) {
      const json = canonicalPolicy(policyOf(keys));
      const pushed = await pushPolicy(settings, {
        ...{ base, text: '', json, sha256: sha256(json), by: 'ann', at: 1, why: 'a test' },
      });
      expect(pushed.ok).toBe(true);
      time += LOOK_EVERY_MS;
    },
    /** By a history of its own, so that one asking teaches the next nothing. */
    async tell(activities: readonly Activity[]) {
      const stores = { history: memoryHistory(), verdicts: memoryVerdicts() };
      const outcomes = await detectActivities({ ...stores, policy: policyNow() }, activities);
      expect(outcomes.filter(({ status }) => status !== 'judged')).toEqual([]);
      const policy = await policyNow();
      const findings = await findingsIn(stores.verdicts, policy);
      const signals = findings.flatMap(({ members }) => members.flatMap(({ evidence }) => evidence));
      const plain = findings.map((finding) => ({
        ...finding,
        members: finding.members.map(({ policy: _, ...member }) => member),
      }));
      return { signals: new Set(signals.map(({ signal }) => signal)), plain, findings };
    },
    rejected,
  };
}

describe('a pushed policy changes what is told by', () => {
  it.each(ELEMENTS)('$element: $what, and a rollback changes it back', async (element) => {
    const { push, tell, rejected } = detector();
    const { keys, signal, speaks, activities } = element;
    const before = await tell(activities);
    await push(keys, 0);
    const during = await tell(activities);
    await push({}, 1);
    const after = await tell(activities);

    const [silent, speaking] = speaks === 'with' ? [before, during] : [during, before];
    expect([...speaking.signals]).toContain(signal);
    expect([...silent.signals]).not.toContain(signal);
    expect(during.plain).not.toEqual(before.plain);
    expect(after.plain).toEqual(before.plain);
    const versions = (told: typeof during) =>
      new Set(told.findings.flatMap(({ members }) => members.map(({ policy }) => policy)));
    for (const [told, version] of [
      [before, undefined],
      [during, 1],
      [after, 2],
    ] as const)
      if (told.findings.length > 0) expect([...versions(told)]).toEqual([version]);
    expect(rejected).toEqual([]);
  });

  it('all seven elements that MITRE names', () => {
    expect(ELEMENTS.map(({ element }) => element)).toEqual([
      'userContext',
      'geoLocation',
      'rateThreshold',
      'timeWindow',
      'taggingPolicy',
      'volumeSensitivity',
      'changeWindow',
    ]);
  });
});
