import { describe, expect, it } from 'vitest';
import { FAULTS } from './faulty-client.ts';
import { goAllTheWay, STEPS, type Step, type Trouble } from './path.ts';
import { STORIES } from './stories.ts';
import { writtenOf } from './stream.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set, but for `notify`, which has a test of its own; in a usual run every so many. */
const STRIDES: Readonly<Record<Step, number>> =
  process.env.LAUNCHTRAIL_RUNS === undefined
    ? { notify: 199, hub: 5, bus: 7, digest: 13 }
    : { notify: 13, hub: 1, bus: 1, digest: 1 };

function* troubles(calls: Readonly<Record<Step, number>>): Generator<Trouble> {
  for (const step of STEPS) {
    let place = 0;
    for (const fault of FAULTS)
      for (let call = 0; call < calls[step]; call += 1)
        for (const lasting of ['for one call', 'until the batch is given back'] as const) {
          if (place % STRIDES[step] === 0) yield { step, call, fault, lasting };
          place += 1;
        }
  }
}

describe.each(STORIES)('$name', (story) => {
  it.each([
    ['one by one', false],
    ['in a flood', true],
  ])(
    'reaches Security Hub, the bus and people, told %s, whatever befalls any one call on the way',
    async (how, inFlood) => {
      const written = await writtenOf(story);
      const { calls, reached: expected } = await goAllTheWay(written, inFlood);
      const ids = Object.keys(expected.hub).sort();
      expect(ids.length).toBeGreaterThan(0);
      expect(expected.bus).toEqual(expected.published);
      const titles = Object.values(expected.published).map(({ finding_info: { title } }) => title);
      expect(Object.values(expected.hub)).toEqual(
        titles.map((Title) => expect.objectContaining({ Title: Title.slice(0, 256) })),
      );
      const records = Object.values(expected.published).map(({ finding_info }) =>
        String(finding_info.related_events_count),
      );
      expect(Object.values(expected.hub)).toEqual(
        records.map((count) =>
          expect.objectContaining({
            ProductFields: expect.objectContaining({ 'launchtrail/records': count }),
          }),
        ),
      );
      expect(expected.waiting).toBe(0);
      if (inFlood) expect(Object.keys(expected.digest).length).toBeGreaterThan(0);

      let runs = 0;
      let struck = 0;
      const wrong: string[] = [];
      for (const trouble of troubles(calls)) {
        runs += 1;
        try {
          const { struck: hit, reached } = await goAllTheWay(written, inFlood, trouble);
          if (hit) struck += 1;
          expect(reached).toEqual(expected);
        } catch (error) {
          wrong.push(`${JSON.stringify(trouble)}: ${String(error).slice(0, 600)}`);
        }
      }
      console.log(
        story.name,
        how,
        JSON.stringify(calls),
        runs,
        'runs',
        struck,
        'struck',
        wrong.length,
        'wrong',
      );
      expect(wrong.slice(0, 10)).toEqual([]);
      expect(struck).toBeGreaterThan(runs / 4);
    },
    900_000,
  );
});
