import { describe, expect, it } from 'vitest';
import { type Activity, byTime, copyKey } from '../../../core/activity/activity.ts';
import { subjectKey } from '../../../core/activity/actor.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { type Case, judge, type Surroundings } from '../../../core/findings/judge.ts';
import { REACH } from '../../../core/findings/suspicion.ts';
import {
  accountScope,
  DAY,
  emptySheet,
  type FactSheet,
  factsOf,
  learn,
  subjectScope,
} from '../../../core/history/facts.ts';
import { looksBack } from '../../../core/history/looking-back.ts';
import { peaksOf } from '../../../core/history/peaks.ts';
import { recentBefore } from '../../../core/history/recent.ts';
import { type Suspicion, sightingOf } from '../../../core/history/sighting.ts';
import { explore } from '../../../core/lineage/lineage.ts';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';
import { anActivity, aPerson, from, HOUR, NOW, timelinesFrom } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';
import { aScaling, autoScaling, habit, habitOf, root, watched } from '../../fixtures/signals/cases.ts';

/** Root launches as a habit here, which counts 0.6: so much weight makes it 50 points. */
const policy: Policy = {
  ...defaultPolicy,
  signals: { ...defaultPolicy.signals, weights: { 'root-launch': 0.5 / 0.6 } },
};
const { timeWindow, learning } = policy;

/** A launch by root is MEDIUM; one by Auto Scaling is nothing. */
const byRoot = (overrides: Partial<Activity> = {}): Activity => anActivity({ actor: root, ...overrides });
const group = { type: 'auto-scaling-group', id: 'web', role: 'used' } as const;
const scaling = (overrides: Partial<Activity> = {}): Activity =>
  anActivity({ actor: autoScaling, links: [group], ...overrides });

const usual = [...watched, ...habit({ actor: root }), ...habit({ actor: autoScaling, links: [group] })];

const again = (activity: Activity): Case => ({ activity, fresh: false, repeated: false });
const fresh = (activity: Activity): Case => ({ activity, fresh: true, repeated: false });
const repeated = (activity: Activity): Case => ({ activity, fresh: false, repeated: true });

interface World {
  /** What was learnt before, also of what is judged. */
  readonly known?: readonly Activity[];
  readonly verdicts?: readonly Assessment[];
  readonly marks?: readonly (readonly [Activity, Suspicion | undefined])[];
  /** What comes after an activity that carries it on. */
  readonly ahead?: readonly (readonly [Activity, readonly Activity[]])[];
}

/** What would have been read around some cases, where root and a service have launched the same for three weeks. */
function around(
  cases: readonly Case[],
  { known = [], verdicts = [], marks = [], ahead = [] }: World,
): Surroundings {
  const before = [...usual, ...known];
  const all = [...new Set([...before, ...cases.map(({ activity }) => activity)])];
  const timelines = Map.groupBy(all.filter(looksBack).toSorted(byTime), subjectScope);
  const sheets = new Map<string, FactSheet>();
  for (const activity of before) {
    const recent = recentBefore(timelines.get(subjectScope(activity)) ?? [], activity, timeWindow);
    const facts = factsOf(activity, peaksOf(activity, recent));
    for (const { scope } of facts)
      sheets.set(scope, learn(sheets.get(scope) ?? emptySheet(scope), facts, activity).sheet);
  }
  const lineageOf = (activity: Activity) => explore(activity, timelinesFrom(all), policy).lineage;
  return {
    sheets,
    timelines,
    lineages: new Map(cases.map(({ activity }) => [activity, lineageOf(activity)])),
    ahead: new Map(ahead.map(([activity, later]) => [activity, { later }])),
    verdicts: new Map(verdicts.map((verdict) => [copyKey(verdict.activity), verdict])),
    marks: new Map(marks.map(([activity, mark]) => [copyKey(activity), mark])),
  };
}

const judged = (cases: readonly Case[], world: World = {}) => judge(cases, around(cases, world), policy);
/** The verdict that judging an activity alone comes to. */
function verdictOn(activity: Activity, world: World = {}): Assessment {
  const [verdict] = judged([again(activity)], world).verdicts;
  if (verdict === undefined) throw new Error('it is not told');
  return verdict;
}
const suspect = (verdict: Assessment, mark: Suspicion = 'finding'): Assessment => ({
  ...verdict,
  suspect: mark,
});
const low = (activity: Activity): Assessment => assessed(activity, [evidence('first-launch', 'because')]);
/** How what an activity was the first to show is marked. */
const marksOf = (activity: Activity, sheets: readonly FactSheet[]): (string | undefined)[] => {
  const { at, id } = sightingOf(activity);
  const shown = sheets.flatMap(({ seen }) =>
    Object.values(seen).filter((each) => each.at === at && each.id === id),
  );
  return [...new Set(shown.map(({ suspect }) => suspect))];
};
const ids = (activities: readonly Activity[]): string[] => activities.map(({ id }) => id).sort();

describe('the verdict on an activity', () => {
  it('is to be written where it is told and there is none', () => {
    const activity = byRoot();
    for (const each of [fresh(activity), again(activity)]) {
      const { verdicts } = judged([each]);
      expect(verdicts).toMatchObject([{ activity, score: 50, evidence: [{ signal: 'root-launch' }] }]);
    }
  });

  it('is not written where the stored one says the same, however this is marked', () => {
    const stored = verdictOn(byRoot());
    for (const each of [stored, suspect(stored), suspect(stored, 'leaked-key')])
      expect(judged([again(stored.activity)], { verdicts: [each] }).verdicts).toEqual([]);
  });

  it('takes the place of one that says something else, and keeps how this was marked until the mark is noted', () => {
    const verdict = verdictOn(byRoot());
    const other = suspect({ ...low(verdict.activity) });
    expect(judged([again(verdict.activity)], { verdicts: [other] }).verdicts).toEqual([suspect(verdict)]);
  });

  it('is emptied where it is told no more, and then it is left alone', () => {
    const activity = scaling();
    const stored = suspect(low(activity));
    const [emptied, ...more] = judged([again(activity)], { verdicts: [stored] }).verdicts;
    expect(more).toEqual([]);
    expect(emptied).toMatchObject({ activity, evidence: [], score: 0, suspect: 'finding' });
    expect(judged([again(activity)], { verdicts: [emptied as Assessment] }).verdicts).toEqual([]);
    expect(judged([again(activity)]).verdicts).toEqual([]);
  });

  it('is that of all that came together, whatever the order they are in', () => {
    const cases = [scaling(), byRoot(), byRoot({ at: NOW + 1 }), byRoot({ at: NOW + HOUR })].map(again);
    const [one, other] = [judged(cases), judged(cases.toReversed())];
    const sorted = (list: readonly Assessment[]) => list.toSorted((a, b) => byTime(a.activity, b.activity));
    expect(sorted(other.verdicts)).toEqual(sorted(one.verdicts));
    expect(sorted(other.marked)).toEqual(sorted(one.marked));
    const scopes = (sheets: readonly FactSheet[]) => new Map(sheets.map((sheet) => [sheet.scope, sheet]));
    expect(scopes(other.sheets)).toEqual(scopes(one.sheets));
  });
});

describe('what an activity was the first to show', () => {
  it('is learnt, and nothing is written where it is known', () => {
    const activity = scaling();
    const { sheets } = judged([fresh(activity)]);
    expect(sheets.map(({ scope }) => scope)).toEqual(
      expect.arrayContaining([subjectScope(activity), accountScope(activity)]),
    );
    expect(judged([again(activity)], { known: [activity] }).sheets).toEqual([]);
  });

  it('is not marked by the look at what is fresh: its neighbours have not been read', () => {
    const activity = byRoot();
    const { sheets, marked } = judged([fresh(activity)]);
    expect(marksOf(activity, sheets)).toEqual([undefined]);
    expect(marked).toEqual([]);
  });

  it('is marked as suspect where the verdicts around it make MEDIUM, and the verdict notes it later', () => {
    const verdict = verdictOn(byRoot());
    for (const known of [[], [verdict.activity]]) {
      const { sheets, marked } = judged([again(verdict.activity)], { known, verdicts: [verdict] });
      expect(marksOf(verdict.activity, sheets)).toEqual(['finding']);
      expect(marked).toEqual([suspect(verdict)]);
    }
  });

  it('is not marked where the activity is not told, whatever its subject did beside it', () => {
    const activity = scaling();
    const beside = assessed(scaling({ at: NOW - HOUR }), [evidence('root-launch', 'because')]);
    const { sheets, marked } = judged([again(activity)], { verdicts: [beside] });
    expect(marksOf(activity, sheets)).toEqual([undefined]);
    expect(marked).toEqual([]);
  });

  it('is marked no more where they do not, and the verdict notes that too', () => {
    const activity = scaling();
    const first = judged([again(activity)], { verdicts: [suspect(low(activity))] });
    const { marked, sheets } = judge(
      [again(activity)],
      {
        ...around([again(activity)], { verdicts: [suspect(low(activity))] }),
        sheets: new Map(
          first.sheets.map((sheet) => [
            sheet.scope,
            {
              ...sheet,
              seen: Object.fromEntries(
                Object.entries(sheet.seen).map(([key, seen]) => [
                  key,
                  { ...seen, suspect: 'finding' as const },
                ]),
              ),
            },
          ]),
        ),
      },
      policy,
    );
    expect(marksOf(activity, sheets)).toEqual([undefined]);
    expect(marked).toMatchObject([{ activity, score: 0 }]);
    expect(marked[0]).not.toHaveProperty('suspect');
  });

  it('is as suspect as the change that a service launched it for', () => {
    const change = aScaling({ count: 200 }, { actor: aPerson('mallory@example.com') });
    const launch = scaling({ at: NOW + HOUR });
    const told = assessed(change, [evidence('launch-behind-automation', 'because')]);
    const world = { known: [change], verdicts: [told] };
    const { verdicts, marked } = judged([again(launch)], world);
    expect(verdicts).toMatchObject([{ activity: launch, follows: { id: change.id }, score: 0 }]);
    expect(marked).toMatchObject([{ activity: launch, suspect: 'finding' }]);
    // what else the service did says nothing of it, nor does it of that
    const own = suspect(assessed(scaling({ at: NOW + 2 * HOUR }), [evidence('root-launch', 'because')]));
    const calm = { ...world, verdicts: [low(change), own] };
    const [mark] = judged([again(launch)], calm).marked;
    expect(mark).toBeUndefined();
  });
});

describe('what another mark concerns', () => {
  const activity = byRoot({ region: 'sa-east-1' });
  // root goes on for a year, so that nothing ends with its last day before
  const last = NOW + 400 * DAY;
  const known = [activity, byRoot({ at: last, region: 'sa-east-1' })];
  const lastOf = (stored: Assessment, marks: World['marks'] = []): number => {
    const { affected } = judged([again(activity)], { known, verdicts: [stored], marks: marks ?? [] });
    return Math.max(...affected.map(({ to }) => to));
  };
  const decided = { id: 'd', at: NOW + DAY, as: 'reopened', severity: 'medium' } as const;

  it('is all that the worst mark may have kept from it, for nobody knows which one the sheets bore', () => {
    expect(lastOf(verdictOn(activity))).toBe(NOW + learning.keyQuarantine);
    // a decision may have confirmed it before, and then nothing was ever learnt of it
    expect(lastOf({ ...verdictOn(activity), decided })).toBeGreaterThanOrEqual(last);
  });

  it('is nothing where the verdict notes the mark that it has', () => {
    const stored = verdictOn(activity);
    const [marked] = judged([again(activity)], { known, verdicts: [stored] }).marked;
    if (marked === undefined) throw new Error('it is not marked');
    expect(lastOf(marked)).toBeLessThan(NOW + learning.keyQuarantine);
  });
});

describe('what is judged again', () => {
  const verdict = verdictOn(byRoot());
  const of = (...neighbours: readonly Assessment[]) =>
    ids(judged([again(verdict.activity)], { verdicts: [verdict, ...neighbours] }).contradicted);

  it('is a neighbour whose mark the verdict contradicts, within the window or until its values settle', () => {
    const calm = (offset: number): Assessment => low(byRoot({ at: NOW + offset }));
    const near = [calm(-HOUR), calm(HOUR), calm(timeWindow), calm(1 - learning.settle)];
    const far = [calm(timeWindow + 1), calm(-learning.settle)];
    expect(of(...near, ...far)).toEqual(ids(near.map(({ activity }) => activity)));
    // what decides about those has not all been read
    expect(of(...far.map((each) => suspect(each)))).toEqual([]);
  });

  it('is none that is marked as it should be, of another subject, or only a consequence', () => {
    const calm = low(byRoot({ at: NOW + HOUR }));
    expect(of(suspect(calm))).toEqual([]);
    expect(of(low(anActivity({ at: NOW + HOUR })))).toEqual([]);
    const follows = { account: 'x', subject: 'x', id: 'x', at: NOW };
    expect(of({ ...calm, follows }, { ...suspect(calm), follows })).toEqual([]);
    expect(of({ ...calm, score: 0, evidence: [] })).toEqual([]);
  });

  it('is a neighbour that is marked though there is no reason any more', () => {
    const ordinary = scaling({ at: NOW + 5 * DAY });
    const before = suspect(low(scaling({ at: ordinary.at - HOUR })));
    const found = judged([again(ordinary)], { verdicts: [low(ordinary), before] });
    expect(ids(found.contradicted)).toEqual([before.activity.id]);
  });

  it('is no further neighbour than decides about it', () => {
    const neighbours = Array.from({ length: REACH + 3 }, (_, index) => low(byRoot({ at: NOW + index + 1 })));
    expect(of(...neighbours)).toEqual(ids(neighbours.slice(0, REACH).map(({ activity }) => activity)));
  });

  it('is not what has just been judged with it', () => {
    const other = low(byRoot({ at: NOW + HOUR }));
    const cases = [again(verdict.activity), again(other.activity)];
    expect(judged(cases, { verdicts: [verdict, other] }).contradicted).toEqual([]);
  });

  it('is decided by the marks that the sheets bear already, where the verdict does not note them yet', () => {
    const calm = low(byRoot({ at: NOW + HOUR }));
    const world = { verdicts: [verdict, calm], marks: [[calm.activity, 'finding']] as const };
    expect(judged([again(verdict.activity)], world).contradicted).toEqual([]);
  });

  it('is nothing on account of what is fresh', () => {
    const calm = low(byRoot({ at: NOW + HOUR }));
    expect(judged([fresh(byRoot())], { verdicts: [calm] }).contradicted).toEqual([]);
  });
});

describe('launches by a service behind a change that is judged', () => {
  const change = aScaling({ count: 200 }, { actor: root });
  const launch = scaling({ at: NOW + HOUR });
  const [told] = judged([again(change)]).verdicts as [Assessment];
  const followed = ({ account, actor, id, at }: Activity, mark?: Suspicion): Assessment => ({
    ...assessed(launch, []),
    follows: { account, subject: subjectKey(actor), id, at },
    ...(mark && { suspect: mark }),
  });
  const contradicted = (stored: readonly Assessment[], later: readonly Activity[] = [launch]) =>
    ids(judged([again(change)], { verdicts: [told, ...stored], ahead: [[change, later]] }).contradicted);

  it('are judged again where they do not follow it yet, or are marked otherwise', () => {
    expect(told.score).toBeGreaterThanOrEqual(policy.severity.critical);
    expect(contradicted([])).toEqual([launch.id]);
    expect(contradicted([followed(change)])).toEqual([launch.id]);
    expect(contradicted([followed(change, 'critical')])).toEqual([]);
  });

  it('are left alone where it is not what set them up', () => {
    const late = scaling({ at: NOW + timeWindow + 1 });
    const other = scaling({ at: NOW + HOUR, links: [{ ...group, id: 'api' }] });
    expect(contradicted([], [late, other])).toEqual([]);
  });

  it('are judged again where it is told no more', () => {
    const known = habitOf(aScaling({ count: 2 }));
    const ordinary = aScaling({ count: 2 });
    const world = (stored: Assessment): World => ({
      known,
      verdicts: [low(ordinary), stored],
      ahead: [[ordinary, [launch]]],
    });
    expect(judged([again(ordinary)], { known }).verdicts).toEqual([]);
    expect(ids(judged([again(ordinary)], world(followed(ordinary))).contradicted)).toEqual([launch.id]);
    expect(judged([again(ordinary)], world(followed(change))).contradicted).toEqual([]);
  });
});

describe('whom it concerns', () => {
  const opened = (at: number): Activity =>
    anActivity({ at, kind: 'ingress.open', origin: from('198.51.100.7') });
  const late = opened(NOW - 10 * DAY);
  const known = [opened(NOW - 5 * DAY), anActivity()];
  const prefixes = (affected: readonly { prefix: string }[]) => [
    ...new Set(affected.map(({ prefix }) => prefix)),
  ];

  it('is whoever may know what a late record shows, and nobody where it comes in its turn', () => {
    expect(prefixes(judged([fresh(late)], { known }).affected)).toContain(late.actor.key);
    expect(judged([fresh(opened(NOW + HOUR))], { known }).affected).toEqual([]);
  });

  it('is named once more where the worker may have died over it, though nothing is news', () => {
    const world = { known: [...known, late] };
    expect(judged([again(late)], world).affected).toEqual([]);
    expect(prefixes(judged([repeated(late)], world).affected)).toContain(late.actor.key);
  });

  it('is named when a mark is news, until the verdict notes it, also where the sheets bear it already', () => {
    // whoever it concerns asks for a Region, which it was the first to show
    const before = byRoot({ at: NOW - 10 * DAY, region: 'sa-east-1' });
    const world = { known: [before, byRoot({ at: NOW })] };
    const verdict = verdictOn(before, world);
    const first = judged([again(before)], { ...world, verdicts: [verdict] });
    expect(first.affected.length).toBeGreaterThan(0);
    const marked = new Map(first.sheets.map((sheet) => [sheet.scope, sheet]));
    const look = around([again(before)], { ...world, verdicts: [verdict] });
    const sheets = new Map([...look.sheets, ...marked]);
    const second = judge([again(before)], { ...look, sheets }, policy);
    expect(second.sheets).toEqual([]);
    expect(second.affected.length).toBeGreaterThan(0);
    const noted = { ...look, sheets, verdicts: new Map([[copyKey(before), suspect(verdict)]]) };
    expect(judge([again(before)], noted, policy)).toMatchObject({ affected: [], marked: [] });
    // this worker has set the mark itself and named whom it concerns
    const marking = { ...look, sheets, marks: new Map([[copyKey(before), 'finding' as const]]) };
    expect(judge([again(before)], marking, policy)).toMatchObject({
      affected: [],
      marked: [suspect(verdict)],
    });
  });
});
