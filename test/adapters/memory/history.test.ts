import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../../adapters/memory/history.ts';
import { DAY } from '../../../core/history/facts.ts';
import { ACCOUNT, activityOf, NOW, ownEntry, resourceEntry } from '../../contract/documents.ts';

describe('memory history with a retention', () => {
  it('drops activities that far behind the newest of their account, and only those', async () => {
    const history = memoryHistory({ retainMs: 10 * DAY });
    for (let hour = 0; hour < 2400; hour += 1) {
      await history.remember([ownEntry(activityOf({ id: `e${hour}`, at: NOW + hour * 3_600_000 }))]);
    }
    const newest = NOW + 2399 * 3_600_000;
    const stretch = { account: ACCOUNT, subject: 'AROAEXAMPLE', from: 0, to: newest };
    const [all = []] = await history.stretches([stretch], newest);
    expect(all.filter(({ at }) => at >= newest - 10 * DAY)).toHaveLength(241);
    expect(all.length).toBeLessThan(241 + 300);
  });

  it('drops them from the timelines of resources too, and forgets those left empty', async () => {
    const history = memoryHistory({ retainMs: 10 * DAY });
    for (let hour = 0; hour < 2400; hour += 1) {
      const activity = activityOf({ id: `e${hour}`, at: NOW + hour * 3_600_000 });
      const resources = [`i-${hour}`, 'ami-0a1b2c3d4e5f60718'];
      await history.remember([ownEntry(activity), ...resources.map((id) => resourceEntry(id, activity))]);
    }
    const newest = NOW + 2399 * 3_600_000;
    const about = (subject: string) => ({ account: '~', subject, from: 0, to: newest });
    const [image = []] = await history.stretches([about('ami-0a1b2c3d4e5f60718')], newest);
    expect(image.filter(({ at }) => at >= newest - 10 * DAY)).toHaveLength(241);
    expect(image.length).toBeLessThan(241 + 300);

    const instances = Array.from({ length: 2400 }, (_, hour) => about(`i-${hour}`));
    const kept = (await history.stretches(instances, newest)).flat();
    expect(kept).toEqual(image);
  });

  it('measures the age of what a resource saw by the account it happened in, not by another that is ahead', async () => {
    const history = memoryHistory({ retainMs: 10 * DAY });
    const write = async (account: string, start: number) => {
      for (let hour = 0; hour < 600; hour += 1) {
        const activity = activityOf({ id: `e${hour}`, account, at: start + hour * 3_600_000 });
        await history.remember([ownEntry(activity), resourceEntry('snap-1', activity)]);
      }
    };
    await write('444455556666', NOW + 60 * DAY);
    await write(ACCOUNT, NOW);
    const last = NOW + 599 * 3_600_000;
    const stretch = { account: '~', subject: 'snap-1', from: last - 10 * DAY, to: last };
    expect((await history.stretches([stretch], last))[0]).toHaveLength(241);
  });

  it('keeps as many as are spared whatever their age, each counted once in however many timelines', async () => {
    const history = memoryHistory({ retainMs: DAY, spare: 1000 });
    for (let day = 0; day < 1000; day += 1) {
      const activity = activityOf({ id: `e${day}`, at: NOW + day * DAY });
      const copies = ['i-1', 'ami-1', 'sg-1'].map((id) => resourceEntry(id, activity));
      await history.remember([ownEntry(activity), ...copies]);
      await history.remember([ownEntry(activity), ...copies]);
    }
    const stretch = { account: '~', subject: 'i-1', from: 0, to: Number.POSITIVE_INFINITY };
    expect((await history.stretches([stretch], NOW))[0]).toHaveLength(1000);
  });

  it('holds one object for an activity, in however many timelines it stands', async () => {
    const history = memoryHistory();
    const activity = activityOf();
    await history.remember([ownEntry(activity), resourceEntry('i-1', activity)]);
    const stretch = { from: 0, to: NOW };
    const [[owned] = [], [copy] = []] = await history.stretches(
      [
        { account: ACCOUNT, subject: 'AROAEXAMPLE', ...stretch },
        { account: '~', subject: 'i-1', ...stretch },
      ],
      NOW,
    );
    expect(owned).toBe(activity);
    expect(copy).toBe(activity);
  });
});
