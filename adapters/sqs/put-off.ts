import type { Reopening } from '../../app/reopening.ts';
import { REOPEN } from './message-batch.ts';
import { chunksOf, sendMessage } from './send.ts';

/** Sends judgements that are put off to a queue, in as many messages as they need; resolves when all are there. */
export async function putOff(queueUrl: string, region: string, waiting: readonly Reopening[]): Promise<void> {
  for (const some of chunksOf(waiting)) await sendMessage(queueUrl, region, { kind: REOPEN, waiting: some });
}
