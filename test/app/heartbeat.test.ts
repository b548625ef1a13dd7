import { describe, expect, it } from 'vitest';
import {
  type Beat,
  hear,
  heardFrom,
  listenForSilence,
  targetsOf,
  tellUncovered,
} from '../../app/heartbeat.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { ACCOUNT, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { memoryNotes } from './verdict-world.ts';

const MINUTE = 60_000;

function heartbeats() {
  const sent: Activity[] = [];
  const clock = { at: NOW };
  const deps = {
    beats: memoryNotes<Beat>(),
    seen: {
      send: async ({ activities = [] }: { activities?: readonly Activity[] }) =>
        void sent.push(...activities),
    },
    now: () => clock.at,
  };
  return { deps, sent, clock };
}

const here = { account: ACCOUNT, region: 'eu-west-1' };
const there = { account: OTHER_ACCOUNT, region: 'eu-central-1' };

describe('heartbeats', () => {
  it('are noted, the newest of each Region, whatever their order', async () => {
    const { deps } = heartbeats();
    for (const at of [NOW - HOUR, NOW, NOW - 2 * HOUR]) await hear(deps, { ...here, at });
    await hear(deps, { ...there, at: NOW - 3 * HOUR });
    expect((await heardFrom(deps)).map(({ region, at }) => [region, at])).toEqual([
      ['eu-central-1', NOW - 3 * HOUR],
      ['eu-west-1', NOW],
    ]);
  });

  it('that are missing are told after three quarters of an hour, once, and again for another silence', async () => {
    const { deps, sent, clock } = heartbeats();
    await hear(deps, { ...there, at: NOW });
    clock.at = NOW + 45 * MINUTE;
    expect(await listenForSilence(deps)).toEqual([]);
    clock.at += 1;
    expect(await listenForSilence(deps)).toEqual([there]);
    expect(await listenForSilence(deps)).toEqual([]);
    await hear(deps, { ...there, at: NOW + HOUR });
    clock.at = NOW + 2 * HOUR;
    expect(await listenForSilence(deps)).toEqual([there]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
  });

  it('that are missing are told under the same id where the worker died before it noted that', async () => {
    const { deps, sent, clock } = heartbeats();
    await hear(deps, { ...there, at: NOW });
    clock.at = NOW + HOUR;
    const dying = { ...deps, beats: { ...deps.beats, write: async () => Promise.reject(new Error('dead')) } };
    await expect(listenForSilence(dying)).rejects.toThrow('dead');
    clock.at += 15 * MINUTE;
    await listenForSilence(deps);
    expect(sent).toHaveLength(2);
    expect(sent[0]).toEqual(sent[1]);
  });

  it('never heard from a Region that is enabled are told, once a day', async () => {
    const { deps, sent, clock } = heartbeats();
    const enabled = async () => ['af-south-1', 'eu-central-1'];
    await tellUncovered(deps, [there], enabled);
    clock.at += HOUR;
    await tellUncovered(deps, [there], enabled);
    expect(sent.map(({ region }) => region)).toEqual(['af-south-1', 'af-south-1']);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  });

  it('say what there is to look at, and one looks at oneself anyway', () => {
    expect(
      targetsOf(
        [
          { ...there, at: NOW },
          { ...here, at: NOW },
        ],
        here,
      ),
    ).toEqual([here, there]);
  });
});
