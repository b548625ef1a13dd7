import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { securityHub } from '../adapters/securityhub/import.ts';
import { handleNotices } from '../adapters/sqs/notices.ts';
import { sendLatest } from '../app/forward.ts';
import { parseEnv, text } from './env.ts';

const env = parseEnv({ AWS_REGION: text, ACCOUNT: text, PARTITION: text });
const send = securityHub(
  { region: env.AWS_REGION, credentials: fromEnv() },
  { region: env.AWS_REGION, account: env.ACCOUNT, partition: env.PARTITION },
);

export function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  return handleNotices(Records, (notices) => sendLatest(notices, send));
}
