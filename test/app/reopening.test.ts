import { dequal } from 'dequal/lite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import type { HistoryStore } from '../../app/ports.ts';
import {
  addAffected,
  addTimeline,
  inTurn,
  isCovered,
  nextSlice,
  type Reopening,
  type TimelineReopening,
  together,
} from '../../app/reopening.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import type { Affected, Asked } from '../../core/history/affected.ts';
import { accountScope, DAY, volumeScope } from '../../core/history/facts.ts';
import { entriesOf, RESOURCES } from '../../core/lineage/timelines.ts';
import { ACCOUNT, anActivity, anActor, aPerson, NOW, OTHER_ACCOUNT } from '../builders.ts';

const ROLE = aPerson('x').key;
/** An epoch week begins on a Thursday. */
const THURSDAY = Math.floor(NOW / WEEK) * WEEK;
/** Values of an account that may have changed. */
const VALUES: Asked[] = ['family:m5', 'region:eu-west-1', 'share:999900001111'].map((key) => [
  accountScope({ account: ACCOUNT }),
  key,
]);
/** What one slice may hold at most: a hundred, and what the two timelines of one more subject add, or one of his seconds. */
const MOST = 500;

/** Everyone's activities in an account, from a time to another. */
const everyone = (from: number, to: number, overrides: Partial<Affected> = {}): Reopening => ({
  kind: 'subjects',
  account: ACCOUNT,
  prefix: '',
  from,
  to,
  ...overrides,
});
const along = (subject: string, from: number, to: number, onwards = 0): TimelineReopening => ({
  kind: 'timeline',
  subject,
  from,
  to,
  onwards,
});

async function historyOf(list: readonly Activity[]): Promise<HistoryStore> {
  const history = memoryHistory();
  await history.remember(list.flatMap(entriesOf));
  return history;
}

/** Takes all slices, what is left of each handed on as a queue does. */
async function slicesOf(history: HistoryStore, reopening: Reopening): Promise<Activity[][]> {
  const slices: Activity[][] = [];
  for (let rest: Reopening | undefined = reopening; rest !== undefined; ) {
    const slice = await nextSlice(history, JSON.parse(JSON.stringify(rest)));
    slices.push([...slice.activities]);
    rest = slice.rest;
  }
  return slices;
}

const ids = (list: readonly Activity[]): string[] => [...new Set(list.map(({ id }) => id))].sort();

/** Each once or more, and nothing else, in slices that are not too large. */
async function expectSlices(history: HistoryStore, reopening: Reopening, wanted: readonly Activity[]) {
  const slices = await slicesOf(history, reopening);
  expect(ids(slices.flat())).toEqual(ids(wanted));
  for (const slice of slices) expect(slice.length).toBeLessThanOrEqual(MOST);
  return slices;
}

describe("some subjects' activities", () => {
  const spots = fc.array(
    fc.record({
      hours: fc.oneof(fc.nat(24 * 30), fc.nat(3)),
      // most at few moments, so that a slice is cut where several lie
      times: fc.constantFrom(1, 1, 1, 40, 99, 130),
      who: fc.constantFrom('alice', 'alice ', 'bob', 'bobby', '日本', '😀'),
      account: fc.constantFrom(ACCOUNT, ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
      kind: fc.constantFrom<Activity['kind'][]>('instance.launch', 'ingress.open', 'instance.terminate'),
    }),
    { maxLength: 25 },
  );
  const range = fc.tuple(fc.nat(24 * 31), fc.nat(24 * 31)).map((ends) => ends.sort((a, b) => a - b));

  it('come each once or more and no others, in slices that are not too large', async () => {
    const prefixes = fc.constantFrom('', ROLE, `${ROLE}/`, `${ROLE}/bob`, `${ROLE}/alice`, 'AROAOTHER');
    await fc.assert(
      fc.asyncProperty(spots, range, prefixes, async (parts, hours, prefix) => {
        const [from = 0, to = 0] = hours.map((each) => THURSDAY + each * 3_600_000);
        const list = parts.flatMap(({ hours, times, who, account, kind }) =>
          Array.from({ length: times }, () =>
            anActivity({ at: THURSDAY + hours * 3_600_000, account, kind, actor: aPerson(who) }),
          ),
        );
        const wanted = list.filter(
          ({ at, account, actor }) =>
            at >= from && at <= to && account === ACCOUNT && subjectKey(actor).startsWith(prefix),
        );
        await expectSlices(await historyOf(list), everyone(from, to, { prefix }), wanted);
      }),
      { numRuns: 150 },
    );
  });

  it('are none from before, also of a subject whose key is what follows on one that filled a slice', async () => {
    const [before, now] = [THURSDAY, THURSDAY + 3_600_000];
    const early = anActivity({ at: before, actor: aPerson('alice ') });
    const list = Array.from({ length: 100 }, (_, index) =>
      anActivity({
        at: now,
        actor: aPerson('alice'),
        kind: index === 0 ? 'instance.launch' : 'ingress.open',
      }),
    );
    await expectSlices(await historyOf([early, ...list]), everyone(now, now), list);
  });

  it('of one who did eight thousand things come in eighty slices, whichever of his two timelines holds more', async () => {
    const list = Array.from({ length: 8000 }, (_, index) =>
      anActivity({
        at: THURSDAY + index * 90_000,
        kind: index < 6000 && index % 10 > 0 ? 'ingress.open' : 'instance.launch',
      }),
    );
    const end = THURSDAY + 8000 * 90_000;
    const slices = await expectSlices(await historyOf(list), everyone(THURSDAY, end), list);
    expect(slices.length).toBeLessThan(100);
    expect(slices.flat().length).toBeLessThan(8500);
  });

  it('of three thousand subjects in a week come by twenty-five of them', async () => {
    const list = Array.from({ length: 3000 }, (_, index) =>
      anActivity({ at: THURSDAY + DAY + index, actor: anActor({ key: `AROA${index}` }) }),
    );
    const early = list.map((each) => anActivity({ at: THURSDAY - 1, actor: each.actor }));
    const soon = list.map((each) => anActivity({ at: THURSDAY + DAY - 1, actor: each.actor }));
    const history = await historyOf([...list, ...early, ...soon]);
    const asked: number[] = [];
    const counted: HistoryStore = {
      ...history,
      stretches: (stretches, asOf) => {
        asked.push(stretches.length);
        return history.stretches(stretches, asOf);
      },
    };
    const slices = await expectSlices(counted, everyone(THURSDAY + DAY, THURSDAY + 2 * DAY), list);
    expect(slices.flat()).toHaveLength(3000);
    expect(Math.max(...asked)).toBe(50);
    expect(slices.length).toBeLessThanOrEqual(121);
  });

  it.each([20, 90, 300])(
    'of sixty subjects who did %i things each come in as many slices as there are hundreds',
    async (each) => {
      const list = Array.from({ length: 60 * each }, (_, index) =>
        anActivity({ at: THURSDAY + index, actor: anActor({ key: `AROA${index % 60}` }) }),
      );
      const slices = await expectSlices(await historyOf(list), everyone(THURSDAY, THURSDAY + DAY), list);
      expect(slices.length).toBeLessThanOrEqual(60 * Math.ceil(each / 99) + 4);
    },
  );

  it('of one second come all, however many they are: CloudTrail tells no more', async () => {
    for (const [from, to] of [
      [0, DAY],
      [0, 0],
      [-1, 0],
    ] as const) {
      const list = Array.from({ length: 730 }, (_, index) =>
        anActivity({
          at: THURSDAY + (index < 700 ? 0 : to),
          kind: index % 3 === 0 ? 'ingress.open' : 'instance.launch',
        }),
      );
      const slices = await slicesOf(await historyOf(list), everyone(THURSDAY + from, THURSDAY + to));
      expect(ids(slices.flat())).toEqual(ids(list));
      expect(slices.length).toBeLessThanOrEqual(6);
    }
  });

  it('are none in weeks in which nobody did anything, before and after', async () => {
    const list = [anActivity({ at: THURSDAY + 5 * WEEK })];
    const slices = await expectSlices(await historyOf(list), everyone(THURSDAY, THURSDAY + 9 * WEEK), list);
    expect(slices.length).toBeLessThanOrEqual(11);
    await expectSlices(await historyOf([]), everyone(THURSDAY, THURSDAY + WEEK), []);
    await expectSlices(await historyOf(list), everyone(THURSDAY, THURSDAY - 1), []);
  });
});

describe("a resource's activities", () => {
  const group = 'sg-1';
  const opening = (at: number): Activity =>
    anActivity({
      at,
      kind: 'ingress.open',
      ingress: [{ group, protocol: 'tcp', source: '0.0.0.0/0' }],
      links: [{ type: 'security-group', id: group, role: 'changed' }],
    });
  const [key = ''] = entriesOf(opening(NOW))
    .filter(({ account }) => account === RESOURCES)
    .map(({ subject }) => subject);

  it('come each once or more and no others, and how far they are followed on is not forgotten', async () => {
    const spot = fc.record({ seconds: fc.nat(12), times: fc.constantFrom(1, 2, 60, 99, 130) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(spot, { maxLength: 12 }),
        fc.nat(12),
        fc.nat(12),
        fc.nat(3),
        async (parts, from, to, onwards) => {
          const list = parts.flatMap(({ seconds, times }) =>
            Array.from({ length: times }, () => opening(NOW + seconds * 1000)),
          );
          const other = anActivity({ at: NOW + from * 1000 });
          const history = await historyOf([...list, other]);
          const reopening = along(key, NOW + from * 1000, NOW + to * 1000, onwards);
          const wanted = list.filter(({ at }) => at >= NOW + from * 1000 && at <= NOW + to * 1000);
          await expectSlices(history, reopening, wanted);
          const { rest = reopening } = await nextSlice(history, reopening);
          expect(rest).toEqual({ ...reopening, from: rest.from });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('what waits', () => {
  const affected = fc
    .record({
      account: fc.constantFrom(ACCOUNT, OTHER_ACCOUNT),
      prefix: fc.constantFrom('', 'AROA1', 'AROA1/alice'),
      from: fc.nat(30),
      to: fc.nat(30),
      asked: fc.option(fc.subarray(VALUES, { minLength: 1 }), { nil: undefined }),
    })
    .map(({ asked, ...each }): Affected => ({ ...each, ...(asked && { asked }) }));
  const cursor = { week: 1, subject: 'AROA1', from: 5 };
  const subjects = fc
    .tuple(affected, fc.boolean())
    .map(([each, begun]): Reopening => ({ kind: 'subjects', ...each, ...(begun && { cursor }) }));
  const timelines = fc
    .tuple(fc.constantFrom('a', 'b'), fc.nat(30), fc.nat(30), fc.nat(2))
    .map((parts) => along(...parts));

  /** Whether some that waits covers a moment as another does. */
  const covers = (waiting: readonly Reopening[], wanted: Reopening, at: number): boolean =>
    wanted.kind === 'timeline'
      ? waiting.some((each) => isCovered([each], { ...wanted, from: at, to: at }))
      : waiting.some(
          (each) =>
            each.kind === 'subjects' &&
            each.from <= at &&
            at <= each.to &&
            JSON.stringify(rest(each)) === JSON.stringify(rest(wanted)) &&
            (each.asked === undefined ||
              wanted.asked?.every((value) => each.asked?.some((other) => dequal(other, value)))),
        );
  const rest = ({ kind, account, prefix, cursor }: Reopening & { kind: 'subjects' }) => ({
    ...{ kind, account, prefix, cursor },
  });

  it('covers all that was added and all that waited before, and keeps what has been begun as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(subjects, timelines), { maxLength: 6 }),
        fc.array(affected, { maxLength: 6 }),
        fc.array(timelines, { maxLength: 6 }),
        (before, more, others) => {
          const waiting = [...before];
          addAffected(waiting, more);
          for (const each of others) addTimeline(waiting, each);
          const added: Reopening[] = [
            ...more.map((each): Reopening => ({ kind: 'subjects', ...each })),
            ...others,
          ];
          for (const each of [...before, ...added])
            for (let at = each.from; at <= each.to; at += 1) expect(covers(waiting, each, at)).toBe(true);
          const begun = (list: readonly Reopening[]) =>
            list.filter((each) => each.kind === 'subjects' && each.cursor !== undefined);
          expect(begun(waiting)).toEqual(begun(before));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('asks for everything, where more has changed than is worth picking by', () => {
    const waiting: Reopening[] = [];
    const [at, account] = [{ from: 0, to: 1 }, ACCOUNT];
    const ask = (number: number): Asked => [accountScope({ account }), `family:x${number}`];
    for (let number = 0; number < 200; number += 1)
      addAffected(waiting, [{ account, prefix: '', ...at, asked: [ask(number), ask(0)] }]);
    expect(waiting.map((each) => each.kind === 'subjects' && each.asked?.length)).toEqual([200]);
    addAffected(waiting, [{ account, prefix: '', ...at, asked: [ask(200)] }]);
    expect(waiting).toEqual([{ kind: 'subjects', account, prefix: '', ...at }]);
  });

  it('are the uses of a resource, and no walk through the account, where that is what has changed', () => {
    const waiting: Reopening[] = [];
    const value = (key: string): Asked => [volumeScope(ACCOUNT, 'vol-1'), key];
    const each = { account: ACCOUNT, prefix: '', about: { type: 'volume', id: 'vol-1' } } as const;
    addAffected(waiting, [{ ...each, from: 1, to: 2, asked: [value('snapshots:')] }]);
    addAffected(waiting, [{ ...each, from: 2, to: 9, asked: [value('created:')] }]);
    const asked = [value('snapshots:'), value('created:')];
    expect(waiting).toEqual(
      ['volume/vol-1', 'volume/vol-1>'].map((subject) => ({ ...along(subject, 1, 9), asked })),
    );
    // what a lineage leads to is another question
    addTimeline(waiting, along('volume/vol-1>', 1, 9));
    expect(waiting).toHaveLength(3);
    expect(together(waiting)).toHaveLength(3);
  });

  it('takes of a slice only what may ask', async () => {
    const [here, there] = [anActivity(), anActivity({ region: 'sa-east-1' })];
    const history = await historyOf([here, there]);
    const asked: Asked[] = [[accountScope({ account: ACCOUNT }), `region:${here.region}`]];
    const { activities } = await nextSlice(history, everyone(NOW - DAY, NOW + DAY, { asked }));
    expect(activities).toEqual([here]);
  });

  it('is one for the same subjects or the same timeline, however often they are added', () => {
    const waiting: Reopening[] = [];
    for (const from of [10, 5, 20]) {
      addAffected(waiting, [{ account: ACCOUNT, prefix: 'AROA1', from, to: from + 3 }]);
      addTimeline(waiting, along('a', from, from + 3, 2));
    }
    const both = [everyone(5, 23, { prefix: 'AROA1' }), along('a', 5, 23, 2)];
    expect(waiting).toEqual(both);
    addTimeline(waiting, along('a', 6, 20, 1));
    expect(waiting).toEqual(both);
    addTimeline(waiting, along('a', 6, 20, 3));
    expect(waiting).toEqual([...both, along('a', 6, 20, 3)]);
  });
});

describe('one that goes through an account', () => {
  const again = (waiting: readonly Reopening[]) => inTurn(JSON.parse(JSON.stringify(waiting)));
  const narrow = everyone(1, 2, { prefix: 'AROA1' });

  it('waits while others of its kind come with it, each time in their place, and is done when none do', () => {
    const { now, later } = again([everyone(1, 5), narrow, everyone(3, 9)]);
    expect(now).toEqual([narrow]);
    expect(later).toEqual([{ ...everyone(1, 9), turns: 1 }]);
    expect(again([...later, narrow])).toEqual({ now: [narrow, ...later], later: [] });
  });

  it('waits no longer than for five of them, however many still come', () => {
    let waiting: readonly Reopening[] = [everyone(1, 5)];
    for (let times = 0; times < 5; times += 1) waiting = again([...waiting, everyone(2, 6)]).later;
    expect(waiting).toHaveLength(1);
    expect(again([...waiting, everyone(2, 7)])).toEqual({
      now: [{ ...everyone(1, 7), turns: 5 }],
      later: [],
    });
  });
});

describe('what has waited in several messages', () => {
  const who = ['alice', 'bob', 'carol'];
  const hour = 3_600_000;
  const wanted = fc
    .tuple(fc.constantFrom('', ROLE, `${ROLE}/bob`), fc.nat(24 * 30), fc.nat(24 * 4), fc.nat(3))
    .map(([prefix, from, hours, steps]) => ({
      reopening: everyone(THURSDAY + from * hour, THURSDAY + (from + hours) * hour, { prefix }),
      steps,
    }));

  it('is judged again, once, in as little as it was all asked for together', async () => {
    const spots = fc.array(fc.tuple(fc.nat(24 * 31), fc.constantFrom(...who), fc.constantFrom(1, 40, 130)), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(spots, fc.array(wanted, { maxLength: 6 }), async (parts, asked) => {
        const list = parts.flatMap(([hours, name, times]) =>
          Array.from({ length: times }, (_, index) =>
            anActivity({ at: THURSDAY + hours * hour + (index % 3) * 1000, actor: aPerson(name) }),
          ),
        );
        const history = await historyOf(list);
        const waiting: Reopening[] = [];
        // some of them were begun, as far as the message went that they were in
        for (const { reopening, steps } of asked) {
          let rest: Reopening | undefined = reopening;
          for (let step = 0; step < steps && rest !== undefined; step += 1)
            rest = (await nextSlice(history, rest)).rest;
          if (rest !== undefined) waiting.push(rest);
        }
        const idsOf = async (all: readonly Reopening[]): Promise<Set<string>> => {
          const slices = await Promise.all(all.map((each) => slicesOf(history, each)));
          return new Set(ids(slices.flat(2)));
        };
        const joined = together(JSON.parse(JSON.stringify(waiting)));
        expect(joined.length).toBeLessThanOrEqual(waiting.length);
        const reached = await idsOf(joined);
        expect([...(await idsOf(waiting))].filter((id) => !reached.has(id))).toEqual([]);
        expect(together(joined)).toEqual(joined);
        expect(together([...waiting, ...waiting])).toEqual(joined);
      }),
      { numRuns: 200 },
    );
  });

  it('is one where times touch, begins where the first was to begin, and stays two where days lie between', () => {
    const [from, to] = [THURSDAY, THURSDAY + DAY];
    const begun = { ...everyone(from, to), cursor: { week: THURSDAY / WEEK, subject: 'AROA2', from } };
    const later = { ...begun, cursor: { ...begun.cursor, subject: 'AROA1' } };
    expect(together([begun, later])).toEqual([later]);
    expect(together([everyone(from, to), everyone(to + hour, to + DAY)])).toEqual([everyone(from, to + DAY)]);
    const apart = [everyone(from, to), everyone(to + 2 * DAY, to + 3 * DAY)];
    expect(together(apart)).toEqual(apart);
    const [timeline, onwards] = [along('a', 1, 5, 1), along('a', 3, 9, 2)];
    expect(together([timeline, onwards, along('a', 4, 9, 1)])).toEqual([along('a', 1, 9, 1), onwards]);
  });
});
