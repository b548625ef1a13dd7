import type { Reopening } from '../../app/reopening.ts';
import { type AwsCaller, signedCall } from '../aws/signed-call.ts';
import { REOPEN } from './message-batch.ts';
import { chunksOf } from './send.ts';

/** The same as `putOff` for a person at a desk, who has credentials of any sort and time for a second try. */
export async function putOffAs(
  caller: AwsCaller,
  queueUrl: string,
  waiting: readonly Reopening[],
): Promise<void> {
  for (const some of chunksOf(waiting)) {
    const message = JSON.stringify({ kind: REOPEN, waiting: some });
    await signedCall(caller, {
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: message }),
    });
  }
}
