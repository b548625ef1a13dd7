import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoFindings } from '../lambda/adapters/dynamo-findings.ts';
import { dynamoHistory } from '../lambda/adapters/dynamo-history.ts';
import { detect } from '../lambda/app/detect.ts';
import type { FindingStore } from '../lambda/app/ports.ts';
import { defaultPolicy } from '../lambda/core/policy.ts';
import { startDynalite } from '../test/dynalite.ts';

/** What judging one batch cost in DynamoDB. */
export interface Cost {
  readonly judged: number;
  /** Calls one after another: those in flight at the same time count once. */
  readonly trips: number;
  readonly calls: number;
  /** Capacity units (strongly consistent reads). */
  readonly read: number;
  readonly write: number;
  /** Whether it made or changed a finding. */
  readonly finding: boolean;
}

/**
 * Judges records against a DynamoDB of its own, spoken to over the wire, in batches as SQS would deliver them.
 *
 * @param settling records judged before anything is counted, so that the history is that of a deployment in use
 * @returns the cost of each batch
 */
export async function costsOf(
  settling: readonly unknown[],
  records: readonly unknown[],
  batchSize: number,
): Promise<Cost[]> {
  const server = await startDynalite();
  try {
    const trips = countTrips(server.client);
    let read = 0;
    let write = 0;
    const onConsumed = (_: string, units: { read: number; write: number }): void => {
      read += units.read;
      write += units.write;
    };
    const history = dynamoHistory(server.client, await server.makeTable(), { onConsumed });
    const store = dynamoFindings(server.client, await server.makeTable(), { onConsumed });
    let saved = 0;
    const findings: FindingStore = {
      ...store,
      save: (record, expected) => {
        saved++;
        return store.save(record, expected);
      },
    };
    const deps = { history, findings, policy: defaultPolicy };
    for (let start = 0; start < settling.length; start += 25) {
      await detect(deps, settling.slice(start, start + 25));
    }
    const costs: Cost[] = [];
    for (let start = 0; start < records.length; start += batchSize) {
      trips.reset();
      read = 0;
      write = 0;
      saved = 0;
      const outcomes = await detect(deps, records.slice(start, start + batchSize));
      const failed = outcomes.find((outcome) => outcome.status === 'failed');
      if (failed !== undefined) throw new Error(failed.error);
      const judged = outcomes.filter(({ status }) => status === 'judged').length;
      if (judged > 0) costs.push({ ...trips.count(), judged, read, write, finding: saved > 0 });
    }
    return costs;
  } finally {
    await server.stop();
  }
}

/** Counts calls, and how many of them had to wait for others. */
function countTrips(client: DynamoDBDocumentClient): {
  reset(): void;
  count(): { trips: number; calls: number };
} {
  let flying = 0;
  let trips = 0;
  let calls = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      if (flying === 0) trips++;
      calls++;
      flying++;
      try {
        return await next(args);
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
    },
    count: () => ({ trips, calls }),
  };
}
