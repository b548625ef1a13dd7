import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VerdictChange } from '../../app/changes.ts';
import { type Story, storiesAround } from '../../app/story-around.ts';
import { activityKey } from '../../core/activity/activity.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { sessionsOf } from '../../core/findings/sessions.ts';
import { isTold, sessionId, storiesOf } from '../../core/findings/stories.ts';
import { anActivity, HOUR, NOW } from '../builders.ts';
import { evidence } from '../findings.ts';
import { policy, verdictWorld, verdictWrites } from './verdict-world.ts';

const RUNS = { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 1000) };

const all = (verdicts: readonly Assessment[]): Story[] =>
  storiesOf(
    sessionsOf(
      verdicts.filter((verdict) => isTold(verdict, policy)),
      policy.timeWindow,
    ),
  );

/** As if one change had not happened. */
const undone = (verdicts: readonly Assessment[], { before, after }: VerdictChange): Assessment[] => [
  ...verdicts.filter(({ activity }) => activityKey(activity) !== activityKey(after.activity)),
  ...(before === undefined ? [] : [before]),
];

const idOf = (story: Story): string => story.map(sessionId).join();
const text = (story: Story): string => JSON.stringify(story);

/** Stories that one side has and the other has not, or has otherwise. */
const otherThan = (stories: readonly Story[], others: readonly Story[]): Story[] => {
  const known = new Set(others.map(text));
  return stories.filter((story) => !known.has(text(story)));
};

describe('the stories around changed verdicts', () => {
  it('are those that all verdicts make, before and after each change of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(verdictWrites, fc.integer({ min: 1, max: 10 }), async (writes, size) => {
        const world = verdictWorld();
        const batch = writes.map(world.save).slice(-size);
        const around = await storiesAround(world.stories, batch, policy);
        expect(around.truncated).toBe(false);
        const now = all(world.all());
        for (const change of batch) {
          const before = all(undone(world.all(), change));
          const found = around.of(change);
          for (const [stories, whole] of [
            [found.now, now],
            [found.before, before],
          ] as const) {
            const texts = new Map(whole.map((story) => [idOf(story), text(story)]));
            for (const story of stories) expect(text(story)).toBe(texts.get(idOf(story)));
          }
          expect(found.now.map(text)).toEqual(expect.arrayContaining(otherThan(now, before).map(text)));
          expect(found.before.map(text)).toEqual(expect.arrayContaining(otherThan(before, now).map(text)));
        }
      }),
      RUNS,
    );
  }, 120_000);
});

/** Verdicts of one subject, so many minutes apart. */
const row = (count: number, minutes: number): Assessment[] =>
  Array.from({ length: count }, (_, index) => ({
    activity: anActivity({ at: NOW + (index * minutes * HOUR) / 60 }),
    evidence: [evidence('first-launch', 'x')],
    score: 20,
  }));

describe('a session of more verdicts than may be read', () => {
  it('keeps its name and its newest members, and says so', async () => {
    const world = verdictWorld();
    // over the beginning of a week, in sight of the gap before
    const changes = row(300, 60).map(world.save);
    const limits = { session: 20, verdicts: 10_000, queries: 400 };
    const last = changes.at(-1) as VerdictChange;
    const around = await storiesAround(world.stories, [last], policy, limits);
    const [story] = around.of(last).now;
    const [whole] = all(world.all()).filter((each) =>
      each.some(({ members }) => members.some(({ activity }) => activity.id === last.after.activity.id)),
    );
    expect(around.truncated).toBe(true);
    expect(story?.map(sessionId)).toEqual(whole?.map(sessionId));
    const kept = story?.[0]?.members.map(({ activity }) => activity.id) ?? [];
    expect(kept.slice(-20)).toEqual(whole?.[0]?.members.slice(-20).map(({ activity }) => activity.id));
    expect(kept.length).toBeLessThan(40);
  });
});

describe('a story that goes on further than may be read', () => {
  it('is cut and says so', async () => {
    const world = verdictWorld();
    const origin = anActivity({
      kind: 'snapshot.create',
      links: [{ type: 'snapshot', id: 'snap-1', role: 'made' }],
    });
    const first = world.save({ activity: origin, evidence: [evidence('first-launch', 'x')], score: 20 });
    for (let index = 0; index < 50; index += 1)
      world.save({
        activity: anActivity({ at: NOW + index * 30 * HOUR }),
        evidence: [evidence('copied-data-on-instance', 'x', { lineage: true, refs: [origin.id] })],
        score: 70,
      });
    const around = await storiesAround(world.stories, [first], policy, {
      session: 100,
      verdicts: 1_000,
      queries: 10,
    });
    expect(around.truncated).toBe(true);
    const [story] = around.of(first).now;
    expect(story?.[0]?.members[0]?.activity.id).toBe(origin.id);
    expect(story?.length).toBeLessThan(12);
  });
});
