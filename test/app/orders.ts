import type fc from 'fast-check';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type ConvergeDeps, converge } from '../../app/converge.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { HistoryStore, VerdictStore } from '../../app/ports.ts';

import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';

/** `LAUNCHTRAIL_RUNS` for more cases than a test run has time for, `LAUNCHTRAIL_SEED` to repeat a failure. */
export const RUNS = {
  numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 1000),
  ...(process.env.LAUNCHTRAIL_SEED !== undefined && { seed: Number(process.env.LAUNCHTRAIL_SEED) }),
};

/** Small enough periods that fifty days hold many of them. */
export const policy = {
  ...defaultPolicy,
  organisation: { ...defaultPolicy.organisation, partners: ['999988887777'] },
  // a person of two users, and one who signs in to two accounts under a name of their own in each
  identities: [
    { person: 'carol', ids: ['carol@example.com', 'AIDAEXAMPLEUSER000002'] },
    { person: 'dave', ids: ['dave@example.com', 'AROAEXAMPLEWEB0000001'] },
  ],
  learning: { period: 5 * DAY, settle: DAY, quarantine: 9 * DAY, keyQuarantine: 15 * DAY },
  userContext: { ...defaultPolicy.userContext, minActiveDays: 2, minActiveDaysForHours: 3 },
};

export async function findingsOf(
  batches: readonly (readonly Activity[])[],
  history: HistoryStore = memoryHistory(),
  verdicts: VerdictStore = memoryVerdicts(),
): Promise<FindingRecord[]> {
  for (const batch of batches) await converge({ history, verdicts, policy }, batch);
  return openFindings(verdicts);
}

/** What must be found whatever happens: what the detector means by the set. */
export const defined = (activities: readonly Activity[]): FindingRecord[] =>
  byId(definition(activities, policy));

const byId = (records: readonly FindingRecord[]): FindingRecord[] =>
  records.toSorted((a, b) => (a.id < b.id ? -1 : 1));

export async function openFindings(verdicts: VerdictStore): Promise<FindingRecord[]> {
  return byId(await findingsIn(verdicts, policy));
}

/** A store each of whose calls takes effect, and returns, when the scheduler says so. */
export function slowed<T extends object>(store: T, scheduler: fc.Scheduler): T {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'all') return method;
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), `${String(name)} begins`);
        const result: unknown = await method.apply(target, args);
        await scheduler.schedule(Promise.resolve(), `${String(name)} returns`);
        return result;
      };
    },
  });
}

class Death extends Error {}

/** A store that kills its worker after so many calls, again and again; every other fatal call still takes effect. */
export function dying<T extends object>(store: T, dice: { lives: number[] }): T {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'all') return method;
      return async (...args: unknown[]) => {
        const left = dice.lives[0];
        if (left === undefined) return method.apply(target, args);
        if (left > 0) {
          dice.lives[0] = left - 1;
          return method.apply(target, args);
        }
        dice.lives.shift();
        if (dice.lives.length % 2 === 0) await method.apply(target, args);
        throw new Death();
      };
    },
  });
}

/** As a queue does: the batch of a worker that dies comes again. */
export const convergeUntilDone = (deps: ConvergeDeps, batch: readonly Activity[]): Promise<void> =>
  untilDone(() => converge(deps, batch));

/** Does a piece of work again as often as its worker dies. */
export async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let _delivery = 0; ; _delivery += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
  }
}

/** What is found when each worker judges its queue record by record, all at the same time, as the scheduler says. */
export async function interleaved(
  queues: readonly (readonly Activity[])[],
  scheduler: fc.Scheduler,
  history: HistoryStore = memoryHistory(),
  verdicts: VerdictStore = memoryVerdicts(),
): Promise<FindingRecord[]> {
  const deps = { history: slowed(history, scheduler), verdicts: slowed(verdicts, scheduler), policy };
  const workers = queues.map(async (queue) => {
    for (const activity of queue) await converge(deps, [activity]);
  });
  await scheduler.waitFor(Promise.all(workers));
  return openFindings(verdicts);
}

export const inTime = (list: readonly Activity[]): Activity[] =>
  list.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
export const oneByOne = (list: readonly Activity[]): Activity[][] => list.map((activity) => [activity]);
