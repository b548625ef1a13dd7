import { describe, expect, it } from 'vitest';
import { linked } from '../../core/activity/activity.ts';
import { PARTNER } from '../fixtures/signals/cases.ts';
import { FAULTS, type Fault, type FaultyClient, faultyClient, type Lasting } from './faulty-client.ts';
import { STORIES } from './stories.ts';
import { follow, type Heard, tellingWorld, writtenOf } from './stream.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set; in a usual run every so many, another one of each fault. */
const STRIDE = process.env.LAUNCHTRAIL_RUNS === undefined ? 13 : 1;

interface Trouble {
  readonly call: number;
  readonly fault: Fault;
  readonly lasting: Lasting;
}

function* troubles(calls: number): Generator<Trouble> {
  for (const fault of FAULTS) {
    for (let call = 0; call < calls; call += 1) {
      yield { call, fault, lasting: 'for one call' };
      yield { call, fault, lasting: 'until the batch is given back' };
    }
  }
}

describe('a theft that is told as it goes on', () => {
  it('reaches people at each step that brings something new, and machines at each step', async () => {
    const [chain] = STORIES as [(typeof STORIES)[number]];
    const written = await writtenOf({ ...chain, batches: chain.batches.flat().map((each) => [each]) });
    const world = tellingWorld();
    const { heard } = await follow(written, 'notify', world, () => faultyClient(world.client));
    const all = (of: Readonly<Record<string, readonly string[]>>): string[] => Object.values(of).flat();
    expect(all(heard.mailed).length).toBeGreaterThan(2 * Object.keys(heard.mailed).length);
    expect(all(heard.told).length).toBeGreaterThan(all(heard.mailed).length);
    const taken = chain.batches.flat().flatMap((each) => linked(each, 'instance', 'made'));
    expect(taken.length).toBeGreaterThan(0);
    for (const what of [...taken, PARTNER]) expect(all(heard.mailed).join()).toContain(what);
  });
});

describe.each(STORIES)('$name', (story) => {
  it.each(['notify', 'notify in a flood', 'respond'] as const)(
    '%s ends the same whatever befalls any one of its calls',
    async (name) => {
      const [which, inFlood] =
        name === 'respond' ? ([name, false] as const) : (['notify', name !== 'notify'] as const);
      const written = await writtenOf(story);
      const run = (trouble?: Trouble): Promise<{ first: FaultyClient; heard: Heard }> => {
        const world = tellingWorld();
        const start = (isFirst: boolean): FaultyClient =>
          isFirst && trouble !== undefined
            ? faultyClient(world.client, trouble.call, trouble.fault, trouble.lasting)
            : faultyClient(world.client);
        return follow(written, which, world, start, inFlood);
      };
      const { first, heard: expected } = await run();
      expect(Object.keys(which === 'notify' ? expected.told : expected.tags).length).toBeGreaterThan(0);
      if (which === 'notify')
        expect(Object.keys(inFlood ? expected.waiting : expected.mailed)).not.toEqual([]);
      if (inFlood) expect(expected.mailed).toEqual({});

      let runs = 0;
      let struck = 0;
      const wrong: string[] = [];
      for (const [index, trouble] of [...troubles(first.calls())].entries()) {
        if (index % STRIDE !== 0) continue;
        runs += 1;
        try {
          const { first: worker, heard } = await run(trouble);
          if (worker.struck()) struck += 1;
          expect(heard).toEqual(expected);
        } catch (error) {
          wrong.push(`${JSON.stringify(trouble)}: ${String(error).slice(0, 600)}`);
        }
      }
      console.log(
        story.name,
        name,
        first.calls(),
        'calls',
        runs,
        'runs',
        struck,
        'struck',
        wrong.length,
        'wrong',
      );
      expect(wrong.slice(0, 10)).toEqual([]);
      expect(struck).toBeGreaterThan(runs / 3);
    },
    900_000,
  );
});
