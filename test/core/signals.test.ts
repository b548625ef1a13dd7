import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { KINDS } from '../../core/activity/kinds.ts';
import { assess } from '../../core/findings/assess.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { SIGNAL_IDS, WEIGHTS } from '../../core/policy/weights.ts';
import { signals } from '../../core/signals/index.ts';
import { memoryAfter } from '../builders.ts';
import type { SignalCase, SignalCases } from '../fixtures/signals/cases.ts';
import { arbitraryActivity, arbitraryHistory, strictPolicy } from './any-activity.ts';

const FIXTURES = new URL('../fixtures/signals/', import.meta.url);
const DOCS = readFileSync(new URL('../../docs/signals.md', import.meta.url), 'utf8');

const fixtureIds = readdirSync(FIXTURES)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => name !== 'cases');
const fixtures = new Map<string, SignalCases>();
for (const id of fixtureIds) {
  const { cases } = (await import(new URL(`${id}.ts`, FIXTURES).href)) as { cases: SignalCases };
  fixtures.set(id, cases);
}

const casesOf = (id: string): SignalCases => fixtures.get(id) ?? { fires: [], silent: [] };

function ask(id: string, { activity, history = [], policy = defaultPolicy, suspect = [] }: SignalCase) {
  const signal = signals.find((each) => each.id === id);
  if (signal === undefined) throw new Error(`no signal ${id}`);
  if (!signal.appliesTo.includes(activity.kind)) return undefined;
  return signal.evaluate(activity, memoryAfter(history, activity, { policy, suspect }), policy);
}

const sectionOf = (id: string): string => {
  const start = DOCS.indexOf(`\n### ${id}\n`);
  if (start < 0) return '';
  const end = DOCS.slice(start + 1).search(/\n#{2,3} /);
  return end < 0 ? DOCS.slice(start) : DOCS.slice(start, start + 1 + end);
};

describe('the list of signals', () => {
  it('names every signal once', () => {
    expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
  });

  it('holds a signal for every weight and a weight for every signal', () => {
    expect(signals.map(({ id }) => id).sort()).toEqual([...SIGNAL_IDS].sort());
  });

  it('is proved by one fixture file per signal and no other', () => {
    expect(fixtureIds.sort()).toEqual(signals.map(({ id }) => id).sort());
  });

  it('is told in the docs, one section per signal and no other', () => {
    const sections = [...DOCS.matchAll(/^### ([a-z-]+)$/gm)].map(([, id]) => id);
    expect(sections.sort()).toEqual(signals.map(({ id }) => id).sort());
  });

  it.each(signals)('$id stands in the file of its name', async ({ id }) => {
    const source = new URL(`../../core/signals/${id}.ts`, import.meta.url);
    const exported: object = await import(source.href);
    expect(Object.values(exported)).toContainEqual(expect.objectContaining({ id }));
  });

  it.each(signals)('$id describes itself in one sentence and applies to known kinds', (signal) => {
    expect(signal.description).toMatch(/^[A-Z][^\n]{15,140}[^.]$/);
    expect(signal.appliesTo.length).toBeGreaterThan(0);
    expect(KINDS).toEqual(expect.arrayContaining([...signal.appliesTo]));
  });
});

describe.each(signals)('the section of $id in the docs', ({ id, family }) => {
  const section = sectionOf(id);

  it('gives the weight and the family of the code', () => {
    expect(section).toContain(`Weight ${WEIGHTS[id]}, family ${family}.`);
  });

  it('answers why an intruder does it, when it fires and when it is silent', () => {
    for (const heading of ['**Asks**', '**Why**', '**Fires**', '**Silent**', '**Weight**', '**Proof**']) {
      expect(section).toContain(heading);
    }
  });

  it('points at fixtures that exist', () => {
    const file = `test/fixtures/signals/${id}.ts`;
    expect(section).toContain(file);
    const names = [...section.replace(/\s+/g, ' ').matchAll(/“([^”]+)”/g)].map(([, name]) => name);
    const known = [...casesOf(id).fires, ...casesOf(id).silent].map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(2);
    expect(known).toEqual(expect.arrayContaining(names));
  });
});

describe.each(signals)('$id', ({ id }) => {
  const { fires, silent } = casesOf(id);

  it('has at least one firing and two silent cases', () => {
    expect(fires.length).toBeGreaterThanOrEqual(1);
    expect(silent.length).toBeGreaterThanOrEqual(2);
  });

  it.each(fires)('fires: $name', (each) => {
    const answer = ask(id, each);
    expect(answer?.reason).toContain(each.says);
    expect(answer?.strength).toBeGreaterThan(0);
    expect(answer?.strength).toBeLessThanOrEqual(1);
    if (each.strength !== undefined) expect(answer?.strength).toBeCloseTo(each.strength, 6);
    if (each.novelty !== undefined) expect(answer?.novelty === true).toBe(each.novelty);
    expect(answer?.reason).toMatch(/^[^\n\r]{10,300}$/);
    const known = new Set((each.history ?? []).map((other) => other.id));
    for (const ref of answer?.refs ?? []) expect(known).toContain(ref);
  });

  it.each(silent)('is silent: $name', (each) => {
    expect(ask(id, each)).toBeUndefined();
  });
});

describe('any signal, asked about any activity', () => {
  it('never throws, keeps its strength within 0 and 1 and its reason on one line', () => {
    fc.assert(
      fc.property(
        arbitraryActivity,
        arbitraryHistory,
        fc.constantFrom<Policy[]>(defaultPolicy, strictPolicy),
        (activity, history, policy) => {
          const memory = memoryAfter(history, activity, { policy });
          // of a kind that the signal judges, but with any part missing or odd
          for (const signal of signals.filter(({ appliesTo }) => appliesTo.includes(activity.kind))) {
            const answer = signal.evaluate(activity, memory, policy);
            if (answer === undefined) continue;
            expect(answer.strength).toBeGreaterThan(0);
            expect(answer.strength).toBeLessThanOrEqual(1);
            expect(answer.reason).not.toMatch(/[\n\r]|undefined|NaN|\[object/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives the same answer twice, and after a later record too', () => {
    fc.assert(
      fc.property(arbitraryActivity, arbitraryHistory, arbitraryActivity, (activity, history, later) => {
        const ask = (others: readonly Activity[]) =>
          assess(activity, memoryAfter(others, activity), defaultPolicy).evidence;
        const before = ask(history);
        expect(ask([...history].reverse())).toEqual(before);
        expect(ask([...history, { ...later, at: activity.at + 1 }])).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('is not calmed by a user agent: any other family leaves all other evidence as it was', () => {
    const others = (activity: Activity, history: readonly Activity[]) =>
      assess(activity, memoryAfter(history, activity), strictPolicy);
    fc.assert(
      fc.property(
        arbitraryActivity,
        arbitraryHistory,
        fc.constantFrom('aws-cli', 'terraform', 'console', 'service', 'cloudformation', 'other'),
        (activity, history, agent) => {
          const bare = others(activity, history);
          const dressed = others({ ...activity, origin: { ...activity.origin, agent } }, history);
          const rest = bare.evidence.filter(({ signal }) => signal !== 'tool-user-agent');
          expect(dressed.evidence).toEqual(rest);
          expect(bare.score).toBeGreaterThanOrEqual(dressed.score);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is not calmed by names that the caller chooses: labels, details and tags that no policy asks for', () => {
    fc.assert(
      fc.property(
        arbitraryActivity,
        arbitraryHistory,
        fc.constantFrom('backup', 'AWSServiceRoleForAutoScaling', 'terraform-ci'),
        (activity, history, name) => {
          const renamed: Activity = {
            ...activity,
            actor: { ...activity.actor, label: name },
            tags: { ...activity.tags, Name: name, purpose: name },
            ...(activity.launch && {
              launch: { ...activity.launch, tagKeys: [...activity.launch.tagKeys, name] },
            }),
          };
          const strengths = (each: Activity) =>
            new Map(
              assess(each, memoryAfter(history, each), strictPolicy).evidence.map(({ signal, strength }) => [
                signal,
                strength,
              ]),
            );
          // a role loses the circle of its old name with it, so some may say more
          const [now, before] = [strengths(renamed), strengths(activity)];
          for (const [signal, strength] of before)
            expect(now.get(signal) ?? 0, signal).toBeGreaterThanOrEqual(strength);
        },
      ),
      { numRuns: 200 },
    );
  });
});
