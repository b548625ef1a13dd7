import { fromEnv } from '@aws-sdk/credential-provider-env';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** A message may hold 256 kB, a little of which is the frame. */
const MAX_BYTES = 250_000;
/** How long SQS may take to answer, ms; what fails is tried again by whoever called. */
const TIMEOUT_MS = 5_000;

/**
 * Sends a message to a queue.
 *
 * It is one call to one address, signed by the SDK's own signer: its client for SQS would be 27 kB more of each cold start,
 * and what is rarely called need not be retried.
 */
export async function sendMessage(queueUrl: string, region: string, message: object): Promise<void> {
  const signer = new SignatureV4({ service: 'sqs', region, credentials: fromEnv(), sha256: Sha256 });
  const { origin, protocol, host, hostname } = new URL(queueUrl);
  const body = JSON.stringify({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: '/',
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
    },
    body,
  });
  const answer = await fetch(origin, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`SQS refused a message: ${answer.status} ${await answer.text()}`);
}

/** Parts of a list that each fit into a message, of no more than so many each. */
export function chunksOf<T>(all: readonly T[], most = Number.POSITIVE_INFINITY): T[][] {
  const chunks: T[][] = [];
  let room = 0;
  for (const each of all) {
    const bytes = Buffer.byteLength(JSON.stringify(each)) + 1;
    if (bytes > room || chunks.at(-1)?.length === most) {
      chunks.push([]);
      room = MAX_BYTES;
    }
    chunks.at(-1)?.push(each);
    room -= bytes;
  }
  return chunks;
}
