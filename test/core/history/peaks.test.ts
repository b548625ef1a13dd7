import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../../core/activity/activity.ts';
import { copiesMade, instancesStarted, peaksOf, windowTotal } from '../../../core/history/peaks.ts';
import { aLaunch, anActivity } from '../../builders.ts';

const launchOf = (count: number, outcome: 'succeeded' | 'limited' = 'succeeded') =>
  anActivity({ launch: aLaunch({ count }), outcome });
const snapshots = (count: number): Link[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'snapshot', id: `snap-${index}`, role: 'made' }));

describe('instances started', () => {
  it('are as many as one call asked for: a launch of ten is not one launch', () => {
    expect(instancesStarted(launchOf(10))).toBe(10);
    expect(instancesStarted(launchOf(50))).toBe(50);
  });

  it('are none where nothing started', () => {
    expect(instancesStarted(launchOf(10, 'limited'))).toBe(0);
    expect(instancesStarted(anActivity({ kind: 'snapshot.create' }))).toBe(0);
  });
});

describe('copies made', () => {
  it('count every snapshot of a call for several volumes, and at least one', () => {
    expect(copiesMade(anActivity({ kind: 'snapshot.create', links: snapshots(5) }))).toBe(5);
    expect(copiesMade(anActivity({ kind: 'snapshot.copy' }))).toBe(1);
  });

  it('are none where the call was refused or makes no snapshot', () => {
    expect(copiesMade(anActivity({ kind: 'snapshot.create', outcome: 'denied' }))).toBe(0);
    expect(copiesMade(anActivity({ kind: 'snapshot.delete', links: snapshots(5) }))).toBe(0);
  });
});

describe('the heights reached within a window', () => {
  it('are the powers of two up to the sum', () => {
    expect(peaksOf(launchOf(5), [launchOf(4), launchOf(100, 'limited')])).toEqual([
      'instances:1',
      'instances:2',
      'instances:4',
      'instances:8',
      'vcpus:16',
    ]);
  });

  it('of vCPUs begin with four ordinary instances, and leave out what is asked about by itself', () => {
    const ofType = (type: string, count: number): string[] =>
      peaksOf(anActivity({ launch: aLaunch({ types: [type], count }) }), []).filter((height) =>
        height.startsWith('vcpus:'),
      );
    expect(ofType('m5.xlarge', 3)).toEqual([]);
    expect(ofType('m5.4xlarge', 5)).toEqual(['vcpus:16', 'vcpus:32', 'vcpus:64']);
    expect([...ofType('g5.xlarge', 9), ...ofType('m5.metal', 9)]).toEqual([]);
  });

  it('are not claimed by an activity that adds nothing itself', () => {
    expect(peaksOf(launchOf(0), [launchOf(64)])).toEqual([]);
    expect(peaksOf(anActivity({ kind: 'instance.stop' }), [launchOf(64)])).toEqual([]);
  });

  it('end at the greatest power of two that is not above the sum', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 500 }),
        (earlier, own) => {
          const recent = earlier.map((count) => launchOf(count));
          const sum = windowTotal(instancesStarted, launchOf(own), recent);
          const heights = peaksOf(launchOf(own), recent).filter((each) => each.startsWith('instances:'));
          const highest = Number(heights.at(-1)?.slice('instances:'.length));
          expect(highest).toBeLessThanOrEqual(sum);
          expect(highest * 2).toBeGreaterThan(sum);
        },
      ),
    );
  });
});

it('leaves out of a height what may yet have failed: an act of which a part is missing', () => {
  const launch = anActivity({ id: 'b', launch: aLaunch({ count: 1 }) });
  const before = anActivity({ id: 'a', launch: aLaunch({ count: 30 }), joined: 'partial' });
  expect(peaksOf(launch, [before])).toEqual(['instances:1']);
  expect(peaksOf(launch, [{ ...before, joined: 'whole' }])).toContain('instances:16');
});
