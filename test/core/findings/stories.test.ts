import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { subjectKey } from '../../../core/activity/actor.ts';
import { scoreOf } from '../../../core/findings/assess.ts';
import type { Assessment, FindingRecord } from '../../../core/findings/finding.ts';
import { findingId, findingsOf, MAX_EXPLAINED, MAX_MEMBERS } from '../../../core/findings/stories.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import type { SignalId } from '../../../core/policy/weights.ts';
import type { Evidence } from '../../../core/signals/signal.ts';
import { ACCOUNT, anActivity, anActor, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';
import { autoScaling } from '../../fixtures/signals/cases.ts';

const { timeWindow } = defaultPolicy;
const bob = aPerson('bob@example.com');
const fleet = anActor({ key: 'AROAEXAMPLEFLEET00001', label: 'role/Fleet', class: 'service' });

const at = (ago: number, signal: SignalId = 'root-launch', overrides: Partial<Activity> = {}): Assessment =>
  assessed(anActivity({ at: NOW - ago, ...overrides }), [evidence(signal, `because of ${signal}`)]);
/** Bob's, resting on the lineage of others. */
const resting = (ago: number, ...on: readonly Assessment[]): Assessment =>
  assessed(anActivity({ at: NOW - ago, actor: bob }), [
    evidence('copied-data-on-instance', 'data', {
      lineage: true,
      refs: on.map(({ activity }) => activity.id),
    }),
  ]);
const found = (...verdicts: Assessment[]) => findingsOf(verdicts, defaultPolicy);
const ids = (members: readonly Assessment[]): string[] => members.map(({ activity }) => activity.id).sort();

describe('a story', () => {
  it('joins sessions that rest on one lineage, under the name of the first', () => {
    const copied = at(40 * timeWindow);
    const [finding, ...others] = found(resting(0, copied), copied);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: findingId(copied.activity), end: copied.activity.at, last: NOW });
  });

  it('joins two that rest on the same copy though nobody was told of it', () => {
    const copied = at(60 * HOUR);
    const other = { ...resting(0, copied) };
    const mine = assessed(anActivity({ at: NOW - 50 * HOUR }), other.evidence);
    expect(found(other, mine)).toHaveLength(1);
  });

  it('does not join what evidence refers to without a lineage', () => {
    const earlier = at(60 * HOUR);
    const later = assessed(anActivity({ at: NOW, actor: bob }), [
      evidence('shared-outside', 'shared', { refs: [earlier.activity.id] }),
    ]);
    expect(found(earlier, later)).toHaveLength(2);
  });

  it('holds what a service launched because of a change, and not what else the service launched', () => {
    const change = at(HOUR);
    const service = { actor: aPerson('scaling') };
    const { account, id } = change.activity;
    const follows = { account, subject: 'x', id, at: change.activity.at };
    const followed: Assessment = { ...assessed(anActivity({ at: NOW, ...service }), []), follows };
    const own = at(HOUR / 2, 'root-launch', service);
    const findings = found(change, followed, own);
    expect(findings.map(({ members }) => ids(members)).sort()).toEqual(
      [ids([change, followed]), ids([own])].sort(),
    );
  });

  it('falls apart when what joined it is told no more', () => {
    const [first, middle, last] = [at(2 * timeWindow), at(timeWindow), at(0)] as const;
    expect(found(first, middle, last)).toHaveLength(1);
    expect(found(first, last).map(({ id }) => id)).toEqual(
      [first, last].map(({ activity }) => findingId(activity)),
    );
  });

  it('is called after the change where the service launched in the same moment', () => {
    const change = at(0, 'root-launch', { id: 'f' });
    const { account, id } = change.activity;
    const launch = assessed(anActivity({ at: NOW, id: 'a', actor: autoScaling }), []);
    const followed: Assessment = { ...launch, follows: { account, subject: 'x', id, at: NOW } };
    expect(found(followed, change).map((finding) => [finding.id, finding.subject])).toEqual([
      [findingId(change.activity), change.activity.actor.key],
    ]);
  });

  it('is not joined by the lineage of what only follows a change, but by that of what is told by itself', () => {
    const [change, copied] = [at(HOUR), at(40 * timeWindow, 'root-launch', { actor: bob })];
    const { account, id } = change.activity;
    const launch = resting(0, copied);
    const followed: Assessment = {
      ...launch,
      activity: { ...launch.activity, actor: autoScaling },
      follows: { account, subject: 'x', id, at: change.activity.at },
    };
    expect(found(change, copied, followed)).toHaveLength(2);
    const own = { ...followed, ...(followed.follows && { follows: { ...followed.follows, own: true } }) };
    expect(found(change, copied, own as Assessment)).toHaveLength(1);
  });

  it('is joined by a chain of others, and is as many again without the link between', () => {
    const first = at(90 * timeWindow, 'root-launch', { actor: autoScaling });
    const middle = {
      ...resting(60 * timeWindow, first),
      activity: anActivity({ at: NOW - 60 * timeWindow }),
    };
    const last = resting(0, middle);
    expect(found(last, first, middle)).toMatchObject([
      {
        id: findingId(first.activity),
        subject: autoScaling.key,
        start: first.activity.at,
        end: first.activity.at,
        last: NOW,
      },
    ]);
    expect(found(last, first)).toHaveLength(2);
    expect(found(middle, first)).toHaveLength(1);
  });

  const parts = fc.array(
    fc.record({
      hours: fc.oneof(fc.nat(24 * 40), fc.nat(48)),
      signal: fc.constantFrom<SignalId[]>('root-launch', 'first-launch', 'shared-outside', 'unusual-hour'),
      strength: fc.constantFrom(0.6, 1),
      who: fc.constantFrom(anActor(), aPerson(), bob),
      account: fc.constantFrom(ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
      rests: fc.nat(12),
      follows: fc.nat(12),
      service: fc.constantFrom(autoScaling, fleet),
      learning: fc.boolean(),
      novelty: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  );
  type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

  /** Verdicts that rest on others of them, follow others of them, or stand alone. */
  function verdictsOf(list: Parts): Assessment[] {
    const verdicts: Assessment[] = [];
    for (const {
      hours,
      signal,
      strength,
      who,
      account,
      rests,
      follows,
      service,
      learning,
      novelty,
    } of list) {
      const moment = { at: NOW + hours * HOUR, account };
      const change = verdicts[follows];
      const copied = verdicts[rests];
      const rest = { strength, ...(novelty && { novelty }) } as const;
      const lineage = copied && { lineage: true as const, refs: [copied.activity.id] };
      if (change === undefined || change.follows !== undefined) {
        const shown = evidence(signal, '', { ...rest, ...lineage });
        verdicts.push(assessed(anActivity({ ...moment, actor: who }), [shown], learning));
        continue;
      }
      const own = strength === 1;
      const { account: where, id, at: when, actor } = change.activity;
      verdicts.push({
        ...assessed(
          anActivity({ ...moment, at: Math.max(moment.at, when), actor: service }),
          own ? [evidence('accelerated-launch', '', { ...lineage })] : [],
        ),
        follows: { account: where, subject: subjectKey(actor), id, at: when, ...(own && { own }) },
      });
    }
    return verdicts;
  }
  const byId = (list: readonly Assessment[]) => found(...list).sort((a, b) => (a.id < b.id ? -1 : 1));

  it('is the same whatever the order of the verdicts, each of them in one story', () => {
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat()), (list, random) => {
        const verdicts = verdictsOf(list);
        const shuffled = verdicts
          .map((verdict) => ({ verdict, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ verdict }) => verdict);
        expect(byId(shuffled)).toEqual(byId(verdicts));
        expect(ids(found(...verdicts).flatMap(({ members }) => members))).toEqual(ids(verdicts));
      }),
      { numRuns: 500 },
    );
  });

  it('is what the verdicts alone say: nothing of it is left where some of them are told no more', () => {
    fc.assert(
      fc.property(parts, fc.nat(24), (list, taken) => {
        const verdicts = verdictsOf(list);
        const [gone] = verdicts.slice(taken, taken + 1);
        const left = verdicts.filter((each) => each !== gone);
        const touched = new Set(
          found(...verdicts)
            .filter(({ members }) => members.some(({ activity }) => activity.id === gone?.activity.id))
            .flatMap(({ members }) => ids(members)),
        );
        // what shares no story with what is gone stays to the letter as it was
        const others = (findings: readonly FindingRecord[]) =>
          findings.filter(({ members }) => !members.some(({ activity }) => touched.has(activity.id)));
        expect(others(byId(left))).toEqual(others(byId(verdicts)));
      }),
      { numRuns: 500 },
    );
  });

  it('has the score that whoever works it out from its members gets', () => {
    fc.assert(
      fc.property(parts, (list) => {
        for (const finding of found(...verdictsOf(list)))
          expect(scoreOf(finding.members, defaultPolicy).score).toBe(finding.score);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a finding', () => {
  it('adds up what members say: two LOW halves make a MEDIUM whole', () => {
    const [finding] = found(at(HOUR, 'first-launch'), at(0, 'unfamiliar-snapshotter'));
    expect(finding).toMatchObject({ score: 54.5, severity: 'medium' });
  });

  it('lists members by their score, the best first, then by time', () => {
    const weak = at(3 * HOUR, 'first-launch');
    const strong = at(2 * HOUR, 'shared-publicly');
    const also = at(HOUR, 'shared-publicly');
    expect(found(also, weak, strong)[0]?.members.map(({ activity }) => activity.id)).toEqual(
      [strong, also, weak].map(({ activity }) => activity.id),
    );
  });

  it('does not tell what the detector notes for itself', () => {
    expect(found({ ...at(0), suspect: 'finding' })).toEqual(
      found(at(0)).map((each) => ({
        ...each,
        id: expect.any(String),
        members: [expect.not.objectContaining({ suspect: 'finding' })],
      })),
    );
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => at(count - index));

  it('keeps the evidence of fifty members', () => {
    const [finding] = found(...many(MAX_EXPLAINED + 10));
    expect(finding?.members).toHaveLength(MAX_EXPLAINED + 10);
    expect(finding?.members.filter(({ evidence }) => evidence.length > 0)).toHaveLength(MAX_EXPLAINED);
    expect(finding?.score).toBe(50);
    expect(finding).not.toHaveProperty('truncated');
  });

  it('keeps five hundred members and says that there were more', () => {
    const [finding] = found(...many(MAX_MEMBERS + 5));
    expect(finding?.members).toHaveLength(MAX_MEMBERS);
    expect(finding).toMatchObject({ truncated: true, end: NOW - 1 });
  });

  it('keeps the member that the score rests on, however many others there are', () => {
    const weak = Array.from({ length: MAX_MEMBERS + 5 }, (_, index) => at(index + 2, 'shared-publicly'));
    const only = at(1, 'first-launch');
    const [finding] = found(...weak, only);
    expect(finding?.members.find(({ activity }) => activity.id === only.activity.id)?.evidence).toHaveLength(
      1,
    );
    expect(scoreOf(finding?.members ?? [], defaultPolicy).score).toBe(finding?.score);
  });

  it('keeps what counts while the account is learnt, though it is shown more strongly by something new', () => {
    const shown = (ago: number, found: readonly Evidence[]): Assessment =>
      assessed(anActivity({ at: NOW - ago }), found, true);
    const [root, refused] = ['root-launch', 'refused-attempts'] as const;
    const novel = [root, refused].map((signal) => evidence(signal, '', { novelty: true }));
    const many = Array.from({ length: MAX_MEMBERS + 5 }, (_, index) => shown(index + 3, novel));
    const hard = [root, refused].map((signal, ago) => shown(ago, [evidence(signal, '', { strength: 0.7 })]));
    const [finding] = found(...many, ...hard);
    // 1 − (1 − 0.5 × 0.7)²; each of the many is held at 39.9 and ranks before them
    expect(finding?.score).toBe(57.7);
    expect(ids(finding?.members ?? [])).toEqual(expect.arrayContaining(ids(hard)));
    expect(scoreOf(finding?.members ?? [], defaultPolicy).score).toBe(57.7);
  });

  it('keeps what lies behind a member as long as it keeps its evidence', () => {
    const behind = [anActivity({ at: NOW - 2 * HOUR })];
    const [finding] = found(...many(MAX_EXPLAINED + 10).map((each) => ({ ...each, behind })));
    const kept = finding?.members.filter((each) => each.behind !== undefined) ?? [];
    expect(kept).toHaveLength(MAX_EXPLAINED);
    expect(kept.every(({ evidence }) => evidence.length > 0)).toBe(true);
  });

  it('goes from the first to the last of the session that it begins with, and to the last of all', () => {
    const first = [at(40 * timeWindow), at(39 * timeWindow)] as const;
    const [finding] = found(resting(0, first[0]), ...first);
    expect(finding).toMatchObject({
      start: first[0].activity.at,
      end: first[1].activity.at,
      last: NOW,
    });
  });
});
