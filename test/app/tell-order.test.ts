import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VerdictChange } from '../../app/changes.ts';
import { type NotifyDeps, notify } from '../../app/notify.ts';
import { placeOf } from '../../app/place.ts';
import type { NoteStore, Publisher } from '../../app/ports.ts';
import { eventOf, type Marker } from '../../app/told.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { findingId, findingsOf, isTold } from '../../core/findings/stories.ts';
import { subjectScope } from '../../core/history/facts.ts';
import { NOW } from '../builders.ts';
import { memoryNotes, policy, type VerdictWorld, verdictWorld, verdictWrites } from './verdict-world.ts';

const RUNS = { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 300) };

class Death extends Error {}

/** What one worker may still do before it dies; all that it does after that fails. */
interface Life {
  left: number;
  dead: boolean;
}

/** A part of the world, each of whose calls takes effect and returns when the scheduler says so, and may be the last. */
function mortal<T extends object>(part: T, scheduler: fc.Scheduler, life: Life): T {
  const spend = (): boolean => {
    if (life.dead) throw new Death();
    life.left -= 1;
    life.dead = life.left < 0;
    return life.dead;
  };
  return new Proxy(part, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      if (name === 'along') {
        return async function* (...args: unknown[]) {
          await scheduler.schedule(Promise.resolve(), 'along begins');
          if (spend()) throw new Death();
          yield* method.apply(target, args);
        };
      }
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), `${String(name)} begins`);
        const dies = spend();
        // every other death comes after the call has taken effect
        const result: unknown = dies && life.left % 2 === 0 ? undefined : await method.apply(target, args);
        await scheduler.schedule(Promise.resolve(), `${String(name)} returns`);
        if (dies) throw new Death();
        return result;
      };
    },
  });
}

interface Said {
  readonly id: string;
  readonly event: 1 | 2 | 3;
  readonly severity: number;
  readonly body: string;
}

/** All that is said of verdicts written one after the other, while three workers follow the stream. */
async function saidOf(writes: readonly Assessment[], lives: readonly number[], scheduler: fc.Scheduler) {
  const world: VerdictWorld = verdictWorld();
  const markers: NoteStore<Marker> = memoryNotes<Marker>();
  const said: Said[] = [];
  const findings: Publisher = {
    async publish({ body }) {
      const { activity_id, finding_info, severity_id } = JSON.parse(body);
      said.push({ id: finding_info.uid, event: activity_id, severity: severity_id - 2, body });
    },
  };
  const clock = { now: NOW };
  const dice = [...lives];
  const lanes: VerdictChange[][] = [[], [], []];
  let written = false;
  let tries = 0;

  const writer = async (): Promise<void> => {
    for (const verdict of writes) {
      await scheduler.schedule(Promise.resolve(), 'write');
      const change = world.save(verdict);
      // a stream keeps the order of one subject, and of no two
      lanes[laneOf(verdict)]?.push(change);
    }
    written = true;
  };
  const worker = async (lane: VerdictChange[]): Promise<void> => {
    while (!written || lane.length > 0) {
      await scheduler.schedule(Promise.resolve(), 'poll');
      const batch = lane.slice(0, 3);
      if (batch.length === 0) continue;
      const life: Life = { left: dice.pop() ?? Number.POSITIVE_INFINITY, dead: false };
      const deps: NotifyDeps = {
        stories: mortal(world.stories, scheduler, life),
        markers: mortal(markers, scheduler, life),
        findings: mortal(findings, scheduler, life),
        policy,
        now: () => clock.now,
        wait: async (ms) => {
          await scheduler.schedule(Promise.resolve(), 'wait');
          clock.now += ms;
        },
      };
      const results = await notify(deps, batch);
      tries += 1;
      if (tries > 2_000)
        throw new Error(`nothing gets on: ${results.map((each) => (each.ok ? 'ok' : each.error.message))}`);
      const failed = life.dead ? 0 : results.findIndex(({ ok }) => !ok);
      lane.splice(0, failed < 0 ? batch.length : failed);
    }
  };
  await scheduler.waitFor(Promise.all([writer(), ...lanes.map(worker)]));
  return { world, markers, said, clock, deps: { stories: world.stories, markers, findings, policy } };
}

const laneOf = ({ activity }: Assessment): number =>
  [...subjectScope(activity)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3;

const lastOf = (said: readonly Said[]): Map<string, Said> => new Map(said.map((each) => [each.id, each]));

describe('what is told while several workers follow the stream', () => {
  it('is once and in order, and in the end what the findings are', async () => {
    await fc.assert(
      fc.asyncProperty(verdictWrites, fc.scheduler(), async (writes, scheduler) => {
        const { world, said, markers, clock, deps } = await saidOf(writes, [], scheduler);
        await expectTold(world, said, markers);
        for (const own of Map.groupBy(said, ({ id }) => id).values()) {
          expect(own.map(({ event }) => event).filter((event) => event === 1)).toHaveLength(1);
          expect(own[0]?.event).toBe(1);
          for (const [index, { event, body }] of own.entries()) {
            if (event === 3) expect(own[index - 1]?.event).not.toBe(3);
            expect(body).not.toBe(own[index - 1]?.body);
          }
        }
        // delivered again, the whole stream has nothing to say
        const before = said.length;
        const again = writes.map((after) => ({ after }));
        await notify({ ...deps, now: () => clock.now, wait: async () => {} }, again);
        expect(said.length).toBe(before);
      }),
      RUNS,
    );
  }, 300_000);

  it('is not lost where workers die between any two calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        verdictWrites,
        fc.array(fc.nat(12), { maxLength: 8 }),
        fc.scheduler(),
        async (writes, lives, scheduler) => {
          const { world, said, markers } = await saidOf(writes, lives, scheduler);
          await expectTold(world, said, markers);
          const doubled = said.filter(({ id, body }, index) => {
            const before = said.slice(0, index).findLast((each) => each.id === id);
            return before?.body === body;
          });
          expect(doubled.length).toBeLessThanOrEqual(lives.length);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('is something in most generated cases, of each sort, so that the properties are not empty', async () => {
    const events = new Map<number, number>();
    for (const writes of fc.sample(verdictWrites, { numRuns: 100, seed: 7 })) {
      const world = verdictWorld();
      const said: Said[] = [];
      const markers = memoryNotes<Marker>();
      const findings: Publisher = {
        publish: async ({ body }) =>
          void said.push({ ...JSON.parse(body), event: JSON.parse(body).activity_id }),
      };
      for (const verdict of writes)
        await notify(
          { stories: world.stories, markers, findings, policy, now: () => NOW, wait: async () => {} },
          [world.save(verdict)],
        );
      for (const { event } of said) events.set(event, (events.get(event) ?? 0) + 1);
    }
    for (const event of [1, 2, 3]) expect(events.get(event)).toBeGreaterThan(100);
  });
});

/** Subscribers know every finding as open, no less severe than it is, and nothing else as open. */
async function expectTold(
  world: VerdictWorld,
  said: readonly Said[],
  markers: NoteStore<Marker>,
): Promise<void> {
  const last = lastOf(said);
  const told = world.all().filter((verdict) => isTold(verdict, policy));
  const findings = findingsOf(told, policy);
  const open = [...last.values()].filter(({ event }) => event !== 3).map(({ id }) => id);
  expect(open.sort()).toEqual(findings.map(({ id }) => id).sort());
  for (const finding of findings) {
    expect(last.get(finding.id)?.severity).toBeGreaterThanOrEqual(SEVERITIES.indexOf(finding.severity));
    const beginning = told.find(({ activity }) => findingId(activity) === finding.id) as Assessment;
    const marker = (await markers.read(placeOf(beginning.activity)))?.value;
    expect(eventOf(marker?.told, finding, policy)).toBeUndefined();
  }
}
