import type { CloudBus } from '../../app/ingest.ts';
import { CLOUD_EVENTS } from '../../core/records/cloud-events.ts';
import type { AwsCaller } from '../aws/signed-call.ts';
import { putEvents } from './put-events.ts';

/** Most entries in one call, and most bytes of all of them: both are EventBridge's limits. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_000_000;

/** Puts records on a bus. Needs events:PutEvents on it. Throws where EventBridge did not take one of them. */
export const putRecords =
  (caller: AwsCaller, bus: string): CloudBus =>
  async (cloud, records) => {
    const { source: Source, detailType: DetailType } = CLOUD_EVENTS[cloud];
    for (const details of chunksOf(records.map((record) => JSON.stringify(record)))) {
      const entries = details.map((Detail) => ({ Source, DetailType, Detail }));
      const failed = (await putEvents(caller, bus, entries)).filter((why) => why !== undefined);
      if (failed.length > 0)
        throw new Error(
          `EventBridge did not take ${failed.length} of ${details.length} records: ${failed[0]}`,
        );
    }
  };

function chunksOf(details: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const detail of details) {
    const size = Buffer.byteLength(detail) + 500;
    const last = chunks.at(-1);
    if (last !== undefined && last.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      last.push(detail);
      bytes += size;
    } else {
      chunks.push([detail]);
      bytes = size;
    }
  }
  return chunks;
}
