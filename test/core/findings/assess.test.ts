import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess, explain, scoreOf } from '../../../core/findings/assess.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { severityOf, weightOf } from '../../../core/findings/severity.ts';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';
import { SIGNAL_IDS, type SignalId } from '../../../core/policy/weights.ts';
import { signals } from '../../../core/signals/index.ts';
import type { Evidence } from '../../../core/signals/signal.ts';
import { anActivity, memoryAfter, NOW, onDaysBefore } from '../../builders.ts';
import { evidence } from '../../findings.ts';
import { policyOf, root, watched } from '../../fixtures/signals/cases.ts';

const member = (found: readonly Evidence[], learning = false, at = NOW): Assessment => ({
  activity: anActivity({ at }),
  evidence: found,
  score: 0,
  ...(learning && { learning }),
});
const score = (members: readonly Assessment[], policy: Policy = defaultPolicy): number =>
  scoreOf(members, policy).score;
const of = (signal: SignalId, strength = 1, novelty = false): Evidence =>
  evidence(signal, `because of ${signal}`, { strength, ...(novelty && { novelty }) });

const arbitraryEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    signal: fc.constantFrom(...SIGNAL_IDS),
    strength: fc.double({ min: 0.001, max: 1, noNaN: true }),
    novelty: fc.boolean(),
  })
  .map(({ signal, strength, novelty }) => of(signal, strength, novelty));

/** As `assess` makes them: each signal at most once in one assessment. */
const arbitraryMember: fc.Arbitrary<Assessment> = fc
  .record({
    found: fc.uniqueArray(arbitraryEvidence, { maxLength: 8, selector: ({ signal }) => signal }),
    learning: fc.boolean(),
    minutes: fc.nat(600),
  })
  .map(({ found, learning, minutes }) => member(found, learning, NOW + minutes * 60_000));
const arbitraryMembers = fc.array(arbitraryMember, { minLength: 1, maxLength: 6 });

/** Policies with weights up to certainty and thresholds anywhere. */
const arbitraryPolicy: fc.Arbitrary<Policy> = fc.oneof(
  fc.constant(defaultPolicy),
  fc
    .record({
      weights: fc.dictionary(fc.constantFrom(...SIGNAL_IDS), fc.double({ min: 0, max: 1, noNaN: true })),
      off: fc.uniqueArray(fc.constantFrom(...SIGNAL_IDS), { maxLength: 4 }),
      medium: fc.integer({ min: 16, max: 69 }),
    })
    .map(({ weights, off, medium }) => policyOf({ signals: { weights, off }, severity: { medium } })),
);

describe('the score of independent evidence', () => {
  it('is nothing without evidence', () => {
    expect(score([member([])])).toBe(0);
    expect(score([])).toBe(0);
  });

  it('is weight times strength for one piece', () => {
    expect(score([member([of('root-launch')])])).toBe(50);
    expect(score([member([of('root-launch', 0.5)])])).toBe(25);
  });

  it('is the chance that not all of it is wrong for pieces of several families', () => {
    // 1 − (1 − 0.35)(1 − 0.4)
    expect(score([member([of('first-launch'), of('account-unfamiliar-region')])])).toBe(61);
  });

  it('counts the second of one family by 0.35 and the third by 0.1225 of its own', () => {
    // 1 − (1 − 0.45)(1 − 0.35 × 0.35)
    expect(score([member([of('fresh-identity'), of('first-launch')])])).toBe(51.7);
    // … × (1 − 0.2 × 0.35²)
    expect(score([member([of('fresh-identity'), of('first-launch'), of('new-person-behind-role')])])).toBe(
      52.9,
    );
  });

  it('does not make five shades of new into proof', () => {
    const shades: SignalId[] = [
      'unfamiliar-region',
      'unfamiliar-network',
      'unusual-hour',
      'outside-change-window',
    ];
    expect(score([member(shades.map((signal) => of(signal)))])).toBeLessThan(defaultPolicy.severity.medium);
  });

  it('counts a signal once, by its strongest evidence, however many members show it', () => {
    const weak = member([of('refused-attempts', 0.3)]);
    const strong = member([of('refused-attempts', 1)]);
    expect(score([weak, strong, weak, weak])).toBe(score([strong]));
  });

  it('never falls when evidence or a member is added', () => {
    fc.assert(
      fc.property(
        arbitraryMembers,
        arbitraryEvidence,
        arbitraryMember,
        arbitraryPolicy,
        (members, more, other, policy) => {
          const before = score(members, policy);
          const [first, ...rest] = members as [Assessment, ...Assessment[]];
          if (!first.evidence.some(({ signal }) => signal === more.signal)) {
            expect(
              score([{ ...first, evidence: [...first.evidence, more] }, ...rest], policy),
            ).toBeGreaterThanOrEqual(before);
          }
          expect(score([...members, other], policy)).toBeGreaterThanOrEqual(before);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never falls when evidence grows stronger', () => {
    fc.assert(
      fc.property(arbitraryMember, fc.nat(7), arbitraryPolicy, (one, pick, policy) => {
        const stronger = one.evidence.map((each, index) =>
          index === pick ? { ...each, strength: 1 } : each,
        );
        expect(score([{ ...one, evidence: stronger }], policy)).toBeGreaterThanOrEqual(score([one], policy));
      }),
      { numRuns: 500 },
    );
  });

  it('lies between 0 and 100 with one decimal', () => {
    fc.assert(
      fc.property(arbitraryMembers, arbitraryPolicy, (members, policy) => {
        const points = score(members, policy);
        expect(points).toBeGreaterThanOrEqual(0);
        expect(points).toBeLessThanOrEqual(100);
        expect(Math.round(points * 10) / 10).toBe(points);
      }),
    );
  });

  it('and its explanation do not depend on the order of members', () => {
    fc.assert(
      fc.property(arbitraryMembers, arbitraryPolicy, (members, policy) => {
        expect(explain({ members: [...members].reverse() }, policy)).toEqual(explain({ members }, policy));
      }),
    );
  });
});

describe('the parts of a score', () => {
  it('add up to the score, none of them negative', () => {
    fc.assert(
      fc.property(arbitraryMembers, arbitraryPolicy, (members, policy) => {
        const { parts, score: points } = explain({ members }, policy);
        const sum = parts.reduce((total, part) => total + Math.round(part.points * 10), 0);
        expect(sum).toBe(Math.round(points * 10));
        for (const part of parts) expect(part.points).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it('name the signal once, strongest first, with the earliest of equal reasons and all activities behind it', () => {
    const first = member([{ ...of('root-launch'), reason: 'first' }], false, NOW);
    const second = member(
      [{ ...of('root-launch'), reason: 'second', refs: ['earlier'] }, of('missing-tags')],
      false,
      NOW + 1,
    );
    const { parts } = explain({ members: [second, first] }, defaultPolicy);
    expect(parts.map(({ signal }) => signal)).toEqual(['root-launch', 'missing-tags']);
    expect(parts[0]).toMatchObject({
      family: 'person',
      reason: 'first',
      times: 2,
      activityIds: [first.activity.id, second.activity.id, 'earlier'],
    });
  });
});

describe('the learning period', () => {
  const { medium } = defaultPolicy.severity;
  const novel = [
    of('first-launch', 1, true),
    of('account-unfamiliar-region', 1, true),
    of('unfamiliar-type', 1, true),
  ];

  it('keeps what rests only on novelty below MEDIUM and says so', () => {
    expect(score([member(novel)])).toBeGreaterThan(medium);
    const {
      score: capped,
      capped: said,
      severity,
    } = explain({ members: [member(novel, true)] }, defaultPolicy);
    expect(capped).toBe(medium - 0.1);
    expect(said).toBe(true);
    expect(severity).toBe('low');
  });

  it('keeps it there whatever the novelties, members and thresholds', () => {
    fc.assert(
      fc.property(arbitraryMembers, arbitraryPolicy, (members, policy) => {
        const only = members.map((each) => ({
          ...each,
          learning: true as const,
          evidence: each.evidence.map((found) => ({ ...found, novelty: true as const })),
        }));
        expect(score(only, policy)).toBeLessThan(policy.severity.medium);
      }),
    );
  });

  it('does not hold back evidence that needs no history', () => {
    expect(score([member([of('shared-publicly')], true)])).toBe(score([member([of('shared-publicly')])]));
    expect(score([member([of('root-launch'), ...novel], true)])).toBe(50);
  });

  it('does not hold back members judged after it was over', () => {
    expect(score([member(novel, true), member(novel, false, NOW + 1)])).toBe(score([member(novel)]));
  });

  it('leaves a score that is LOW anyway as it is', () => {
    const { score: points, capped } = explain(
      { members: [member([of('first-launch', 1, true)], true)] },
      defaultPolicy,
    );
    expect(points).toBe(35);
    expect(capped).toBe(false);
  });
});

describe('the policy', () => {
  const found = [member([of('root-launch')])];

  it('sets the weight of a signal', () => {
    expect(score(found, policyOf({ signals: { weights: { 'root-launch': 0.9 } } }))).toBe(90);
  });

  it('turns a signal off: it is neither asked nor counted', () => {
    const off = policyOf({ signals: { off: ['root-launch'] } });
    const launch = anActivity({ actor: root });
    expect(weightOf(off, 'root-launch')).toBe(0);
    expect(score(found, off)).toBe(0);
    expect(assess(launch, memoryAfter([], launch), off).evidence).toEqual([]);
    expect(assess(launch, memoryAfter([], launch), defaultPolicy).evidence).toHaveLength(1);
  });

  it.each([
    [0, undefined],
    [14.9, undefined],
    [15, 'low'],
    [39.9, 'low'],
    [40, 'medium'],
    [69.9, 'medium'],
    [70, 'high'],
    [89.9, 'high'],
    [90, 'critical'],
    [100, 'critical'],
  ])('by default calls a score of %d %s', (points, expected) => {
    expect(severityOf(defaultPolicy, points)).toBe(expected);
  });

  it('sets the thresholds', () => {
    const strict = policyOf({ severity: { low: 1, medium: 2, high: 3, critical: 4 } });
    expect(severityOf(strict, 3.9)).toBe('high');
  });
});

describe('an assessment', () => {
  it('asks only the signals made for the kind of activity', () => {
    const stop = anActivity({ kind: 'instance.stop', actor: root });
    expect(assess(stop, memoryAfter([], stop), defaultPolicy)).toEqual({
      activity: stop,
      evidence: [],
      score: 0,
      learning: true,
    });
  });

  it('says when the account is still being learnt', () => {
    const launch = anActivity();
    expect(assess(launch, memoryAfter([], launch), defaultPolicy).learning).toBe(true);
    expect(assess(launch, memoryAfter(watched, launch), defaultPolicy)).not.toHaveProperty('learning');
    expect(assess(launch, memoryAfter(onDaysBefore([9]), launch), defaultPolicy).learning).toBe(true);
  });

  it('names the signal of each piece of evidence', () => {
    const launch = anActivity({ actor: root });
    const known = new Set(signals.map(({ id }) => id));
    const { evidence: found, score: points } = assess(launch, memoryAfter(watched, launch), defaultPolicy);
    expect(found.map(({ signal }) => signal)).toContain('root-launch');
    for (const { signal } of found) expect(known).toContain(signal);
    expect(points).toBe(score([{ activity: launch, evidence: found, score: 0 }]));
  });
});
