import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge } from '../../app/converge.ts';
import type { HistoryStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { aLaunch, anActivity, anActor, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { keyHolder, someoneElse } from '../fixtures/signals/cases.ts';
import { image, snapshot, template } from '../resources.ts';
import { SCALING } from './generated-activities.ts';
import {
  convergeUntilDone,
  defined,
  dying,
  findingsOf,
  interleaved,
  openFindings,
  policy,
} from './orders.ts';

/** Orders that once ended in another finding, or in none: found by chance among many thousand, and tried here each time. */

const scaled = (hour: number, overrides: Partial<Activity> = {}): Activity =>
  anActivity({
    at: NOW + hour * HOUR,
    actor: SCALING,
    links: [
      { type: 'instance', id: 'i-1', role: 'made', from: [image('ami-1')] },
      { type: 'auto-scaling-group', id: 'web', role: 'used' },
    ],
    launch: aLaunch({ images: ['ami-1'] }),
    ...overrides,
  });

const changed = (hour: number, overrides: Partial<Activity> = {}): Activity =>
  anActivity({
    at: NOW + hour * HOUR,
    kind: 'fleet.change',
    links: [{ type: 'auto-scaling-group', id: 'web', role: 'changed' }],
    plan: aLaunch({ images: ['ami-1'] }),
    ...overrides,
  });

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, index) =>
    permutations(list.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}

describe('a launch by a service at the same second as two changes of its group by different actors', () => {
  const list = [
    scaled(-38),
    scaled(0), // its id comes first, so that by id alone it would begin the story of either change
    changed(0),
    changed(0, { actor: aPerson('bob@example.com') }),
  ];

  it.each(permutations([...list.keys()]))('ends the same in the order %i %i %i %i', async (...order) => {
    const expected = defined(list);
    expect(expected.length).toBeGreaterThan(0);
    expect(await findingsOf(order.map((index) => [list[index] as Activity]))).toEqual(expected);
  });
});

describe('a session of a story that begins earlier than was known, while others judge what it holds', () => {
  const byTemplate: Activity['links'] = [{ type: 'launch-template', id: 'lt-1', role: 'used' }];
  const web: Activity['links'] = [{ type: 'auto-scaling-group', id: 'web', role: 'used' }];
  const change = changed(0, { plan: aLaunch({ types: ['g5.xlarge'], images: ['ami-1'] }) });
  const refusedVersion = anActivity({
    at: NOW + 7 * HOUR,
    kind: 'template.change',
    outcome: 'denied',
    links: [
      { type: 'launch-template', id: 'lt-1', role: 'changed', from: [snapshot('snap-2')] },
      { ...template('2'), role: 'changed', from: [template('1')] },
    ],
  });
  const launch = scaled(23, {
    links: [
      { type: 'instance', id: 'i-2', role: 'made', from: [image('ami-2'), snapshot('snap-2')] },
      ...web,
      ...byTemplate,
    ],
    launch: aLaunch({ images: ['ami-2'], template: template('2') }),
  });
  const largeLaunch = scaled(29, {
    links: [{ type: 'instance', id: 'i-2', role: 'made', from: [image('ami-2')] }, ...web, ...byTemplate],
    launch: aLaunch({ types: ['p4d.24xlarge'], images: ['ami-2'], template: template() }),
  });
  const refusedLaunch = scaled(22, {
    outcome: 'denied',
    links: [
      { type: 'instance', id: 'i-1', role: 'made', from: [image('ami-1'), snapshot('snap-1')] },
      ...web,
      ...byTemplate,
    ],
    launch: aLaunch({ images: ['ami-1'], template: template() }),
  });
  const queues = [[change, largeLaunch], [launch, refusedLaunch], [refusedVersion]];

  it('ends the same whatever the interleaving', async () => {
    const expected = defined(queues.flat());
    const runs = Number(process.env.LAUNCHTRAIL_RUNS ?? 1500);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        expect(await interleaved(queues, scheduler)).toEqual(expected);
      }),
      { numRuns: runs, seed: 7 },
    );
  }, 300_000);
});

describe('a record as far from another as a look at either reads, each close to one that makes it suspect', () => {
  // others had launched the same long before, so that a launch is LOW by itself
  const watched = anActivity({ at: NOW - 20 * DAY });
  const by = { actor: aPerson('bob@example.com') };
  const share = { share: { accounts: ['555566667777'], organisations: [], public: false } };
  const shared = (hour: number) =>
    anActivity({
      ...{ ...by, ...share, kind: 'snapshot.share', at: NOW + hour * HOUR },
      links: [{ type: 'snapshot', id: 'snap-1', role: 'changed' }],
    });
  const launched = (hour: number) => anActivity({ ...by, at: NOW + hour * HOUR });
  const list = [watched, shared(0), launched(8), launched(8 + 48), shared(8 + 48 + 16)];

  it.each(permutations([1, 2, 3, 4]))('ends in the order %i %i %i %i', async (...order) => {
    const expected = defined(list);
    expect(expected.flatMap(({ members }) => members)).toHaveLength(4);
    expect(await findingsOf([0, ...order].map((index) => [list[index] as Activity]))).toEqual(expected);
  });
});

describe('the making of a key that is told late, while its holder is judged for the first thing anybody did that day', () => {
  const harmless = (day: number): Activity =>
    anActivity({ kind: 'key-pair.create', actor: keyHolder, at: NOW + day * DAY });
  // a launch is no news, so that nothing but the age of the key makes one told
  const early = anActivity({ actor: keyHolder, at: NOW - 20 * DAY });
  const [before, today] = [harmless(-1), harmless(0)];
  const others = anActivity({ actor: someoneElse, at: NOW - 2 * DAY });
  const made = anActivity({
    kind: 'identity.create',
    actor: someoneElse,
    at: NOW - 2 * DAY + HOUR,
    links: [{ type: 'access-key', id: keyHolder.accessKey ?? '', role: 'made' }],
  });
  const launch = anActivity({ actor: keyHolder, at: NOW + DAY });

  it('is known to that judgement, though nothing that was written before says that there was such a day', async () => {
    const list = [early, before, today, others, made, launch];
    const expected = defined(list);
    expect(expected.some(({ members }) => members.some(({ activity }) => activity.id === launch.id))).toBe(
      true,
    );

    const [history, verdicts] = [memoryHistory(), memoryVerdicts()];
    await findingsOf([[early, before, today, others]], history, verdicts);
    const looked = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const slow: HistoryStore = {
      ...history,
      saveSheet: async (...sheet) => {
        looked.resolve();
        await written.promise;
        return history.saveSheet(...sheet);
      },
    };
    const judged = findingsOf([[launch]], slow, verdicts);
    await looked.promise;
    await findingsOf([[made]], history, verdicts);
    written.resolve();
    await judged;
    expect(await openFindings(verdicts)).toEqual(expected);
  });
});

describe('a Region that another account is known to launch in', () => {
  const there = (hour: number, overrides: Partial<Activity> = {}): Activity =>
    anActivity({ at: NOW + hour * HOUR, region: 'ap-southeast-2', actor: keyHolder, ...overrides });
  const known = anActivity({ at: NOW - 40 * DAY, actor: keyHolder });
  // a user, who stands in no circle with the others
  const elsewhere = {
    account: OTHER_ACCOUNT,
    actor: { ...keyHolder, key: 'AIDAEXAMPLEELSEWHERE', account: OTHER_ACCOUNT },
  };
  const large = aLaunch({ count: 8, types: ['p5.48xlarge'] });

  it.each([
    ['an account that first launches there', [known, there(0), there(-240, elsewhere)]],
    [
      'an account that goes on there within the settling time',
      [known, there(0), there(20), there(-8, elsewhere)],
    ],
    [
      'an account whose first launch there is suspect, and that goes on there days later',
      [known, there(0, { launch: large }), there(72), there(24, elsewhere)],
    ],
  ])('makes it less strange to %s, whichever record comes last', async (_, list) => {
    const expected = defined(list);
    expect(JSON.stringify(expected)).toContain('though other accounts do');
    for (const order of permutations(list))
      expect(await findingsOf(order.map((each) => [each]))).toEqual(expected);
  });
});

describe('two launches of one image that arrive together, the first of which turns out suspect', () => {
  const launched = (id: string, overrides: Partial<Activity>): Activity =>
    anActivity({
      links: [{ type: 'instance', id, role: 'made', from: [image('ami-2')] }],
      launch: aLaunch({ images: ['ami-2'] }),
      ...overrides,
    });
  const first = launched('i-1', {
    at: NOW - DAY,
    launch: aLaunch({ count: 50, types: ['g5.xlarge'], images: ['ami-2'] }),
  });
  const second = launched('i-2', { actor: keyHolder, region: 'us-east-1' });

  it('leaves the image new to the second, though that arrived with it', async () => {
    const expected = defined([first, second]);
    expect(expected.flatMap(({ members }) => members)).toHaveLength(2);
    expect(await findingsOf([[first, second]])).toEqual(expected);
  });
});

describe('six colleagues of somebody who was judged before anything was known of them', () => {
  const render = (account: string, days: number, overrides: Partial<Activity> = {}): Activity =>
    anActivity({
      at: NOW - days * DAY,
      account,
      actor: anActor({
        key: `AROARENDER${account.slice(-2)}`,
        label: 'role/Render',
        class: 'automation',
        account,
      }),
      ...overrides,
    });
  const accounts = Array.from({ length: 7 }, (_, index) => `1111222233${10 + index}`);
  const [own = '', ...others] = accounts;
  // all have worked for days, so that each may rest on its circle
  const work = accounts.flatMap((account) =>
    [30, 29, 28, 27].map((days) => render(account, days, { kind: 'key-pair.create' })),
  );
  const asker = render(own, 2, { kind: 'snapshot.create' });
  const deeds = others.map((account) => render(account, 10, { kind: 'snapshot.create' }));

  it('are what it is compared with, wherever the worker that brings all of them dies', async () => {
    const expected = defined([...work, asker, ...deeds]);
    expect(expected).not.toEqual(defined([...work, asker]));
    for (let lives = 0; lives < 40; lives += 1) {
      const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
      await converge(deps, [...work, asker]);
      const dice = { lives: [lives] };
      const mortal = { ...deps, history: dying(deps.history, dice), verdicts: dying(deps.verdicts, dice) };
      await convergeUntilDone(mortal, deeds);
      expect(await openFindings(deps.verdicts), `dead at call ${lives}`).toEqual(expected);
    }
  });
});
