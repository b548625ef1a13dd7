import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { MAX_VERDICT_BYTES, shortenedTo, shorter, withinBudget } from '../../../core/findings/budget.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { aLaunch, anActivity } from '../../builders.ts';
import { evidence } from '../../findings.ts';

const large = (bytes: number): Activity =>
  anActivity({ launch: aLaunch({ tagKeys: ['x'.repeat(bytes)] }), detail: 'kept' });

const verdictOf = (changes: Partial<Assessment> = {}): Assessment => ({
  activity: large(100),
  score: 45,
  evidence: [evidence('root-launch', 'root launched', { refs: ['a', 'b'] })],
  ...changes,
});

describe('a verdict over its budget', () => {
  it('is the same where it is not', () => {
    const verdict = verdictOf({ behind: [large(1_000), large(2_000)] });
    expect(withinBudget(verdict)).toBe(verdict);
  });

  it('first loses what the activities behind it say, from the farthest on, and no more than it must', () => {
    const behind = [large(9_000), large(9_000), large(9_000), large(100)];
    const verdict = verdictOf({ behind });
    const kept = withinBudget(verdict);
    expect(kept.shortened).toBe('bounded');
    expect(kept.behind?.map(({ id }) => id)).toEqual(behind.map(({ id }) => id));
    expect(kept.behind?.map(({ detail }) => detail)).toEqual(['kept', 'kept', undefined, undefined]);
    expect(kept.activity).toEqual(verdict.activity);
  });

  it('then loses them all, then its tag keys, then links and refs beyond some', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `${index}`.padEnd(40, 'x'));
    const links = ids(250).map((id) => ({ type: 'instance', id, role: 'made' }) as const);
    const activity = { ...large(MAX_VERDICT_BYTES / 2), links };
    const kept = withinBudget(
      verdictOf({
        activity,
        behind: [large(100)],
        evidence: [evidence('root-launch', 'root launched', { refs: ids(300) })],
      }),
    );
    expect(kept.behind).toBeUndefined();
    expect(kept.activity.launch?.tagKeys).toEqual([]);
    expect(kept.activity.links).toEqual(links.slice(0, 50));
    expect(kept.activity.detail).toBe('kept');
    expect(kept.evidence[0]?.refs).toHaveLength(300);
  });

  it('is shortened once more, and then to the bare score, where a store refuses it', () => {
    const verdict = verdictOf({ behind: [large(10)] });
    const once = shorter(verdict) as Assessment;
    expect(once).toMatchObject({
      shortened: 'without behind',
      score: 45,
      activity: { links: [], detail: 'kept' },
    });
    expect(once.behind).toBeUndefined();
    const twice = shorter(once) as Assessment;
    expect(twice).toMatchObject({ shortened: 'bare', score: 45, evidence: [{ signal: 'root-launch' }] });
    expect(twice.activity.detail).toBeUndefined();
    expect(shorter(twice)).toBeUndefined();
    // so that whoever judges it again sees that nothing has changed
    expect([shortenedTo(verdict, 'without behind'), shortenedTo(verdict, 'bare')]).toEqual([once, twice]);
  });
});
