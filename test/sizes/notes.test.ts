import { describe, expect, it } from 'vitest';
import { activeItem, noteItem, pointerItem } from '../../adapters/dynamo/items.ts';
import { placeOf } from '../../app/place.ts';
import type { NoteStore } from '../../app/ports.ts';
import { respond, type Tagged } from '../../app/respond.ts';
import { toldOf } from '../../app/told.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { bytesIn } from '../../core/activity/size.ts';
import { withinBudget } from '../../core/findings/budget.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { findingsOf, soughtUnder } from '../../core/findings/stories.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { itemBytes } from '../../measure/bench/counting-dynamo.ts';
import { randomOf } from '../../simulate/random.ts';
import { memoryNotes, verdictWorld } from '../app/verdict-world.ts';
import { ACCOUNT, aLaunch, anActivity, anActor, NOW } from '../builders.ts';
import { evidence, link } from '../findings.ts';
import { monstrousRecords, monstrousText } from './monstrous.ts';

/** What no item may take, bytes: DynamoDB refuses twice as much. */
const MAX_ITEM = 200_000;
/** What one takes that others are found by. */
const MAX_SMALL = 4_096;

const activities = monstrousRecords().flatMap((record): Activity[] => {
  const normalised = fromCloudTrail(record);
  return normalised.ok ? [normalised.activity] : [];
});
/** As long a name as any that comes through. */
const LONGEST = Math.max(...activities.flatMap(({ links }) => links.map(({ id }) => bytesIn(id))));

const verdictOn = (activity: Activity, refs: readonly string[] = []): Assessment => ({
  activity,
  score: 77,
  evidence: [evidence('shared-outside', 'x', { lineage: true, refs: [...refs] })],
});

describe('whatever text a caller may send', () => {
  it('makes no small item large that leads to a verdict, or to whoever was active', () => {
    let names = 0;
    for (const activity of activities) {
      const verdict = withinBudget(
        verdictOn(
          activity,
          activities.map(({ id }) => id),
        ),
      );
      const own = soughtUnder(verdict);
      names = Math.max(names, own.length);
      for (const name of own)
        expect(itemBytes(pointerItem(name, placeOf(activity))), name).toBeLessThan(MAX_SMALL);
      const active = activeItem(activity.account, 3000, subjectKey(activity.actor));
      expect(itemBytes(active)).toBeLessThan(MAX_SMALL);
    }
    expect(names).toBeGreaterThan(20);
  });

  it('makes no marker of what was told large, though it held as much as any may hold', () => {
    const text = monstrousText(5);
    const name = (): string => {
      const letters = [...`snap-${text('')}`];
      return letters.slice(0, 5 + Math.floor((LONGEST - 5) / 4)).join('');
    };
    const shares = Array.from({ length: 60 }, (_, index) =>
      verdictOn(
        anActivity({
          at: NOW + index,
          kind: 'snapshot.share',
          links: [{ type: 'snapshot', id: name(), role: 'changed' }],
          share: { accounts: Array.from({ length: 60 }, name), organisations: [], public: false },
        }),
      ),
    );
    const [finding] = findingsOf(shares, policy);
    if (finding === undefined) throw new Error('nothing is told');
    const told = toldOf(finding, policy);
    expect(told.held.length).toBeGreaterThan(100);
    expect(Math.max(...told.held.map(bytesIn))).toBeGreaterThan(2 * LONGEST - 10);
    const item = noteItem('T', placeOf(activities[0] as Activity), { told, busyUntil: NOW }, 1);
    expect(itemBytes(item)).toBeLessThan(MAX_ITEM);
    // whatever packing makes of it
    expect(bytesIn(JSON.stringify(told))).toBeLessThan(MAX_ITEM);
  });

  it('makes no note of tagged instances large, though there were ten times as many as are noted', async () => {
    const random = randomOf(6, 'instances');
    const instance = (): string =>
      `i-${Array.from({ length: 17 }, () => random.int(0, 15).toString(16)).join('')}`;
    const world = verdictWorld();
    const changes = Array.from({ length: 100 }, (_, index) =>
      world.save({
        ...verdictOn(
          anActivity({
            at: NOW + index,
            actor: anActor(),
            launch: aLaunch(),
            links: Array.from({ length: 500 }, () => link('instance', instance())),
          }),
        ),
        evidence: [evidence('instance-credentials-elsewhere', 'x')],
      }),
    );
    const kept: Tagged[] = [];
    const memory = memoryNotes<Tagged>();
    const notes: NoteStore<Tagged> = {
      ...memory,
      write: (place, note, expected) => {
        kept.push(note);
        return memory.write(place, note, expected);
      },
    };
    const deps = { stories: world.stories, notes, policy, account: ACCOUNT, mode: 'dry-run' as const };
    const done = await respond(
      {
        ...deps,
        tagger: { tag: async () => 'tagged' },
        log: () => undefined,
        wait: async () => undefined,
      },
      changes.slice(-1),
    );
    expect(done).toEqual([{ ok: true }]);
    const [note] = kept;
    expect(note?.instances.length).toBeGreaterThan(1_000);
    const item = noteItem('I', placeOf(activities[0] as Activity), note ?? {}, 1);
    expect(itemBytes(item)).toBeLessThan(MAX_ITEM);
  });
});
