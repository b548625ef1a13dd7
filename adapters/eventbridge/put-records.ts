import type { CloudBus } from '../../app/ingest.ts';
import { CLOUD_EVENTS } from '../../core/records/cloud-events.ts';
import { type AwsCaller, signedCall } from '../aws/signed-call.ts';

/** Most entries in one call, and most bytes of all of them: both are EventBridge's limits. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1_000_000;

/** Puts records on a bus. Needs events:PutEvents on it. Throws where EventBridge did not take one of them. */
export const putRecords =
  (caller: AwsCaller, bus: string): CloudBus =>
  async (cloud, records) => {
    const { source, detailType } = CLOUD_EVENTS[cloud];
    for (const details of chunksOf(records.map((record) => JSON.stringify(record)))) {
      const { text } = await signedCall(caller, {
        service: 'events',
        target: 'AWSEvents.PutEvents',
        contentType: 'application/x-amz-json-1.1',
        body: JSON.stringify({
          Entries: details.map((Detail) => ({
            Source: source,
            DetailType: detailType,
            EventBusName: bus,
            Detail,
          })),
        }),
      });
      const answer = JSON.parse(text) as { FailedEntryCount?: number; Entries?: { ErrorCode?: string }[] };
      if ((answer.FailedEntryCount ?? 0) > 0)
        throw new Error(
          `EventBridge did not take ${answer.FailedEntryCount} of ${details.length} records: ${answer.Entries?.find(({ ErrorCode }) => ErrorCode)?.ErrorCode}`,
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
