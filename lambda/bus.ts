import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { eventBus } from '../adapters/eventbridge/bus.ts';
import { handleNotices } from '../adapters/sqs/notices.ts';
import { tryAll } from '../app/forward.ts';
import { parseEnv, text } from './env.ts';

const env = parseEnv({ AWS_REGION: text, FINDINGS_BUS: text });
const send = eventBus({ region: env.AWS_REGION, credentials: fromEnv() }, env.FINDINGS_BUS);

export function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  return handleNotices(Records, (notices) => tryAll(notices, send));
}
