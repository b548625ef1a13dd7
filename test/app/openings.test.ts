import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge } from '../../app/converge.ts';
import type { HistoryStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { aLaunch, anActivity, aPerson, NOW } from '../builders.ts';
import { defined, openFindings, policy } from './orders.ts';

const GROUP = 'sg-00000000000000001';
const opened = (source: string, at: number): Activity =>
  anActivity({
    kind: 'ingress.open',
    at,
    actor: aPerson(),
    links: [{ type: 'security-group', id: GROUP, role: 'changed' }],
    ingress: [{ group: GROUP, protocol: 'tcp', fromPort: 22, toPort: 22, source }],
  });
const launched = (at: number, instances = 1, types = ['p5.48xlarge']): Activity =>
  anActivity({
    at,
    actor: aPerson(),
    launch: aLaunch({ types, count: instances, groups: [GROUP] }),
    links: Array.from({ length: instances }, (_, index) => ({
      type: 'instance' as const,
      id: `i-${at}-${index}`,
      role: 'made' as const,
    })),
  });

/** Judges one activity after the other, and counts the timelines read for the last. */
async function readFor(list: readonly Activity[]) {
  const [stored, verdicts] = [memoryHistory(), memoryVerdicts()];
  let read = 0;
  const history: HistoryStore = {
    ...stored,
    stretches: (wanted, asOf) => {
      read += wanted.length;
      return stored.stretches(wanted, asOf);
    },
  };
  for (const activity of list) {
    read = 0;
    await converge({ history, verdicts, policy }, [activity]);
  }
  return { read, findings: await openFindings(verdicts) };
}

describe('an opening of a group', () => {
  it("that lets in one's own address alone is told with the launch that it was made for, also where it comes late", async () => {
    const opening = opened('198.51.100.7/32', NOW);
    const list = [opening, launched(NOW + 600_000)];
    const expected = defined(list);
    expect(expected.flatMap(({ members }) => members.flatMap(({ behind = [] }) => behind))).toContainEqual(
      opening,
    );
    for (const order of [list, list.toReversed()]) expect((await readFor(order)).findings).toEqual(expected);
  });

  it('is followed to what it opens where it lets the world in, and no further than the group where it does not', async () => {
    const launches = Array.from({ length: 30 }, (_, index) =>
      launched(NOW - 60_000 * (index + 1), 1, ['m7g.large']),
    );
    const world = await readFor([...launches, opened('0.0.0.0/0', NOW)]);
    const narrow = await readFor([...launches, opened('198.51.100.7/32', NOW)]);
    expect(world.read).toBeGreaterThan(10);
    expect(narrow.read).toBeLessThan(4);
  });

  it('is followed to ten instances of a call, since no more of them have a timeline', async () => {
    const reads = await Promise.all(
      [10, 200].map(
        async (count) =>
          (await readFor([launched(NOW - 60_000, count, ['m7g.large']), opened('0.0.0.0/0', NOW)])).read,
      ),
    );
    expect(reads[1]).toBeLessThanOrEqual((reads[0] ?? 0) + 6);
  });
});
