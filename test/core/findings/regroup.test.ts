import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assessment, FindingRecord } from '../../../core/findings/finding.ts';
import { findingId, MAX_EXPLAINED, MAX_MEMBERS, regroup } from '../../../core/findings/regroup.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import type { SignalId } from '../../../core/policy/weights.ts';
import { ACCOUNT, anActivity, HOUR, NOW } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';

const { timeWindow } = defaultPolicy;

const at = (ago: number, signal: SignalId = 'root-launch', strength = 1): Assessment =>
  assessed(anActivity({ at: NOW - ago }), [evidence(signal, `because of ${signal}`, { strength })]);
const idOf = (member: Assessment): string => findingId(ACCOUNT, member.activity.id);
const regrouped = (records: readonly FindingRecord[], ...updates: Assessment[]) =>
  regroup(records, updates, defaultPolicy);
/** Stored records after a regrouping. */
const stored = (records: readonly FindingRecord[], changed: readonly FindingRecord[]): FindingRecord[] => [
  ...new Map([...records, ...changed].map((record) => [record.id, record])).values(),
];
const membersOf = (record: FindingRecord | undefined) =>
  record?.members.map(({ activity }) => activity.id).sort();

describe('grouping', () => {
  it('puts assessments into one finding when each is within the window of the next', () => {
    const members = [at(2 * timeWindow), at(timeWindow), at(0)];
    const [finding, ...others] = regrouped([], ...members);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      id: idOf(members[0] as Assessment),
      status: 'open',
      start: NOW - 2 * timeWindow,
      end: NOW,
      score: 50,
      severity: 'medium',
    });
    expect(membersOf(finding)).toEqual(members.map(({ activity }) => activity.id).sort());
  });

  it('begins another finding beyond the window', () => {
    const findings = regrouped([], at(timeWindow + 1), at(0));
    expect(findings).toHaveLength(2);
  });

  it('leaves out what stays below LOW', () => {
    expect(regrouped([], at(0, 'unusual-hour'))).toEqual([]);
  });

  it('adds up what members say: two LOW halves make a MEDIUM whole', () => {
    const [finding] = regrouped([], at(HOUR, 'first-launch'), at(0, 'unfamiliar-snapshotter'));
    expect(finding?.score).toBe(54.5);
    expect(finding?.severity).toBe('medium');
  });

  it('lists members by their score, the best first, then by time', () => {
    const weak = at(3 * HOUR, 'first-launch');
    const strong = at(2 * HOUR, 'shared-publicly');
    const also = at(HOUR, 'shared-publicly');
    expect(regrouped([], also, weak, strong)[0]?.members.map(({ activity }) => activity.id)).toEqual(
      [strong, also, weak].map(({ activity }) => activity.id),
    );
  });

  it('returns nothing when nothing changed', () => {
    const member = at(0);
    const records = regrouped([], member);
    expect(regrouped(records, member)).toEqual([]);
  });

  it('ends in the same open findings whatever the order and the repetitions', () => {
    const arbitrary = fc.array(
      fc.record({
        hours: fc.nat(120),
        signal: fc.constantFrom<SignalId[]>('root-launch', 'first-launch', 'unusual-hour', 'shared-outside'),
      }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(arbitrary, fc.infiniteStream(fc.nat()), (parts, random) => {
        const members = parts.map(({ hours, signal }) => at(hours * HOUR, signal));
        const run = (list: readonly Assessment[]) => {
          let records: FindingRecord[] = [];
          for (const each of list) records = stored(records, regrouped(records, each));
          return records.filter(({ status }) => status === 'open').sort((a, b) => (a.id < b.id ? -1 : 1));
        };
        const shuffled = [...members, ...members.slice(0, 3)]
          .map((member) => ({ member, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ member }) => member);
        expect(run(shuffled)).toEqual(run(members));
        expect(regroup([], members, defaultPolicy).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          run(members),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('a late record', () => {
  it('joins two findings: the later is closed and points to the earlier', () => {
    const first = at(2 * timeWindow);
    const last = at(0.5 * timeWindow);
    const records = regrouped([], first, last);
    expect(records).toHaveLength(2);
    const changed = regrouped(records, at(1.25 * timeWindow));
    expect(changed.find(({ id }) => id === idOf(first))).toMatchObject({
      status: 'open',
      start: NOW - 2 * timeWindow,
      end: NOW - 0.5 * timeWindow,
    });
    expect(changed.find(({ id }) => id === idOf(last))).toMatchObject({
      status: 'merged',
      into: idOf(first),
      members: [],
    });
  });

  it('that comes before the first member gives the finding a new id and leaves a pointer under the old', () => {
    const member = at(0);
    const records = regrouped([], member);
    const earlier = at(HOUR);
    const changed = regrouped(records, earlier);
    expect(changed.find(({ status }) => status === 'open')?.id).toBe(idOf(earlier));
    expect(changed.find(({ id }) => id === idOf(member))).toMatchObject({
      status: 'merged',
      into: idOf(earlier),
    });
  });

  it('that explains the only member away withdraws the finding, which keeps its times', () => {
    const member = at(HOUR);
    const records = regrouped([], member);
    const [withdrawn] = regrouped(records, { ...member, evidence: [], score: 0 });
    expect(withdrawn).toMatchObject({
      id: idOf(member),
      status: 'withdrawn',
      members: [],
      start: NOW - HOUR,
      end: NOW - HOUR,
    });
    expect(withdrawn).not.toHaveProperty('into');
  });

  it('that explains the middle away splits a finding in two', () => {
    const [first, middle, last] = [at(2 * timeWindow), at(timeWindow), at(0)] as const;
    const records = regrouped([], first, middle, last);
    const changed = regrouped(records, { ...middle, evidence: [], score: 0 });
    expect(
      changed
        .filter(({ status }) => status === 'open')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([idOf(first), idOf(last)].sort());
  });

  it('reopens a finding that was withdrawn', () => {
    const member = at(0);
    const records = regrouped([], member);
    const withdrawn = stored(records, regrouped(records, { ...member, evidence: [], score: 0 }));
    expect(regrouped(withdrawn, member)).toEqual(records);
  });
});

describe('a finding too large for one item', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => at(count - index));

  it('keeps the evidence of fifty members', () => {
    const [finding] = regrouped([], ...many(MAX_EXPLAINED + 10));
    expect(finding?.members).toHaveLength(MAX_EXPLAINED + 10);
    expect(finding?.members.filter(({ evidence }) => evidence.length > 0)).toHaveLength(MAX_EXPLAINED);
    expect(finding?.score).toBe(50);
    expect(finding).not.toHaveProperty('truncated');
  });

  it('keeps five hundred members, says that there were more and goes on saying so', () => {
    const members = many(MAX_MEMBERS + 5);
    const records = regrouped([], ...members);
    expect(records[0]?.members).toHaveLength(MAX_MEMBERS);
    expect(records[0]).toMatchObject({ truncated: true, start: NOW - members.length, end: NOW - 1 });
    const [later] = regrouped(records, at(0));
    expect(later?.truncated).toBe(true);
  });
});
