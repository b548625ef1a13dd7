import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoTable } from '../../adapters/dynamo/calls.ts';
import { activeItem, sheetItem } from '../../adapters/dynamo/items.ts';
import { type DetectDeps, detect } from '../../app/detect.ts';
import type { HistoryStore, VerdictStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import { actorScope, DAY } from '../../core/history/facts.ts';
import { entriesOf, RESOURCES } from '../../core/lineage/timelines.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { watchedEvent } from '../../core/records/cloudtrail/events.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { startDynalite } from '../../test/dynalite.ts';
import { storesIn } from './stores.ts';

/** Attacks in a month of an organisation in ordinary times; with all there are, one record in fourteen is an intruder's. */
const FEW = 6;
/** Judged before anything is counted, in batches of this many. */
const WARM_UP_BATCH = 25;
/** Items written at a time when a table is filled. */
const FILLING = 500;

/** What judging one batch cost in DynamoDB. */
export interface Cost {
  readonly judged: number;
  /** Calls one after another: those in flight at the same time count once. */
  readonly trips: number;
  /** Trips until the first finding was written; 0 without one. What follows looks whether it still holds. */
  readonly tripsToFinding: number;
  readonly calls: number;
  /** Capacity units (strongly consistent reads). */
  readonly read: number;
  readonly write: number;
  /** Whether it made or changed a finding. */
  readonly finding: boolean;
  /** Whether data led from one resource to the next, which takes a read for each step. */
  readonly followed: boolean;
}

/** The watched records of a generated month, in order of time. */
export function watchedMonth(attacks: 'few' | 'all'): readonly unknown[] {
  const names = attacks === 'all' ? [...ATTACK_NAMES] : ATTACK_NAMES.slice(0, FEW);
  const made = organisation({ seed: 1, days: 30, accounts: 5, noise: 0, attacks: names });
  return [...made.records()].filter(
    ({ eventSource, eventName }) => watchedEvent(eventSource, eventName) !== undefined,
  );
}

/**
 * Judges records against a DynamoDB of its own, spoken to over the wire, in batches as SQS would deliver them.
 *
 * @param before records judged before anything is counted, so that the history is that of a deployment in use
 * @param records as many equal parts, one after the other, as there are sizes of batches
 * @returns the cost of each batch, by size
 */
export function costsOf(
  before: readonly unknown[],
  records: readonly unknown[],
  sizes: readonly number[],
): Promise<Map<number, Cost[]>> {
  return withMeter(async (meter) => {
    await warmUp(meter.deps, before);
    const part = Math.ceil(records.length / sizes.length);
    const costs = new Map<number, Cost[]>();
    for (const [index, size] of sizes.entries()) {
      costs.set(size, await measure(meter, records.slice(index * part, (index + 1) * part), size));
    }
    return costs;
  });
}

/** What records cost singly where so many other actors are known in the same accounts. */
export function costsAmong(
  actors: number,
  before: readonly unknown[],
  records: readonly unknown[],
): Promise<Cost[]> {
  return withMeter(async (meter) => {
    await warmUp(meter.deps, before);
    const accounts = [...new Set(records.flatMap((record) => activityIn(record)?.account ?? []))];
    const lastDay = Math.floor(
      Math.max(...records.slice(0, 1).map((record) => activityIn(record)?.at ?? 0)) / DAY,
    );
    for (let start = 0; start < actors; start += FILLING / 2) {
      const some = Array.from({ length: Math.min(FILLING / 2, actors - start) }, (_, index) => {
        const key = `AROA${(start + index).toString(36).toUpperCase().padStart(17, '0')}`;
        const scope = actorScope(accounts[index % accounts.length] ?? '', key);
        return { scope, seen: { 'since:': { at: lastDay * DAY, id: 'e0000000' } }, lastDay };
      });
      await meter.fill(
        some.flatMap((sheet) => {
          const [, account = '', key = ''] = sheet.scope.split('#');
          return [activeItem(account, Math.floor((lastDay * DAY) / WEEK), key), sheetItem(sheet, 1)];
        }),
      );
    }
    return measure(meter, records, 1);
  });
}

/** What records of one actor cost, singly, that has so many before them within the window. */
export function costsOfHotActor(
  known: number,
  before: readonly unknown[],
  template: Record<string, unknown>,
  count: number,
): Promise<Cost[]> {
  return withMeter(async (meter) => {
    await warmUp(meter.deps, before);
    const begin = Date.parse(String(template.eventTime)) + DAY;
    const at = (share: number, index: number): Record<string, unknown> => ({
      ...template,
      eventTime: `${new Date(begin + Math.floor((share * DAY) / 1000) * 1000).toISOString().slice(0, 19)}Z`,
      eventID: `${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    });
    for (let start = 0; start < known; start += FILLING) {
      const some = Array.from({ length: Math.min(FILLING, known - start) }, (_, index) =>
        at(((start + index) / known) * 0.9, start + index),
      );
      await meter.deps.history.remember(some.flatMap((record) => activityIn(record) ?? []).flatMap(ownEntry));
    }
    const late = Array.from({ length: count }, (_, index) => at(0.91 + index / count / 12, known + index));
    return measure(meter, late, 1);
  });
}

const ownEntry = (activity: Activity) => entriesOf(activity).filter(({ account }) => account !== RESOURCES);

function activityIn(record: unknown): Activity | undefined {
  const normalised = fromCloudTrail(record, { ownRoles: [] });
  return normalised.ok ? normalised.activity : undefined;
}

async function warmUp(deps: DetectDeps, records: readonly unknown[]): Promise<void> {
  for (let start = 0; start < records.length; start += WARM_UP_BATCH) {
    await detect(deps, records.slice(start, start + WARM_UP_BATCH));
  }
}

interface Meter {
  readonly deps: DetectDeps;
  fill(items: Parameters<ReturnType<typeof dynamoTable>['putAll']>[0]): Promise<void>;
  reset(): void;
  used(): Omit<Cost, 'judged'>;
}

async function withMeter<T>(work: (meter: Meter) => Promise<T>): Promise<T> {
  const server = await startDynalite();
  try {
    const trips = countTrips(server.client);
    let read = 0;
    let write = 0;
    let saved = 0;
    let tripsToFinding = 0;
    let looks = 0;
    let steps = 0;
    const onConsumed = (operation: string, units: { read: number; write: number }): void => {
      // dynalite asks nothing for a query that finds nothing; DynamoDB asks for the least a read can cost
      read += operation === 'Query' ? Math.max(1, units.read) : units.read;
      write += units.write;
    };
    const table = await server.makeTable();
    const { history, verdicts: store } = storesIn({
      client: server.client,
      history: table,
      findings: await server.makeTable(),
      options: { onConsumed },
    });
    const watchedHistory: HistoryStore = {
      ...history,
      around: (...asked) => {
        looks++;
        return history.around(...asked);
      },
      stretches: (stretches, asOf) => {
        if (stretches.some(({ account }) => account === RESOURCES)) steps++;
        return history.stretches(stretches, asOf);
      },
    };
    const verdicts: VerdictStore = {
      ...store,
      save: async (verdict, expected) => {
        saved++;
        const done = await store.save(verdict, expected);
        if (tripsToFinding === 0) tripsToFinding = trips.count().trips;
        return done;
      },
    };
    return await work({
      deps: { history: watchedHistory, verdicts, policy: defaultPolicy },
      fill: (items) => dynamoTable(server.client, table).putAll(items),
      reset: () => {
        trips.reset();
        read = 0;
        write = 0;
        saved = 0;
        tripsToFinding = 0;
        looks = 0;
        steps = 0;
      },
      used: () => {
        const { refused, ...counts } = trips.count();
        // a refused write costs what it would have cost, at least one unit, and nobody says so
        return {
          ...counts,
          read,
          write: write + refused,
          tripsToFinding,
          finding: saved > 0,
          followed: steps > looks,
        };
      },
    });
  } finally {
    await server.stop();
  }
}

async function measure(meter: Meter, records: readonly unknown[], batchSize: number): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let start = 0; start < records.length; start += batchSize) {
    meter.reset();
    const outcomes = await detect(meter.deps, records.slice(start, start + batchSize));
    const failed = outcomes.find((outcome) => outcome.status === 'failed');
    if (failed !== undefined) throw new Error(failed.error);
    const judged = outcomes.filter(({ status }) => status === 'judged').length;
    if (judged > 0) costs.push({ ...meter.used(), judged });
  }
  return costs;
}

/** Counts calls, how many of them had to wait for others, and writes that a condition refused. */
function countTrips(client: DynamoDBDocumentClient): {
  reset(): void;
  count(): { trips: number; calls: number; refused: number };
} {
  let flying = 0;
  let trips = 0;
  let calls = 0;
  let refused = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      if (flying === 0) trips++;
      calls++;
      flying++;
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) refused++;
        throw error;
      } finally {
        flying--;
      }
    },
    { step: 'initialize', name: 'countTrips' },
  );
  return {
    reset: () => {
      trips = 0;
      calls = 0;
      refused = 0;
    },
    count: () => ({ trips, calls, refused }),
  };
}
