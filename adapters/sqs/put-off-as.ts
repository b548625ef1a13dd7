import type { Reopening } from '../../app/reopening.ts';
import { type AwsCaller, signedCall } from '../aws/signed-call.ts';
import { putOffMessages } from './put-off.ts';

/** The same as `putOff` for a person at a desk, who has credentials of any sort and time for a second try. */
export async function putOffAs(
  caller: AwsCaller,
  queueUrl: string,
  waiting: readonly Reopening[],
): Promise<void> {
  for (const message of putOffMessages(waiting)) {
    await signedCall(caller, {
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }),
    });
  }
}
