import { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { handleChanges } from '../adapters/dynamo/finding-changes.ts';
import { snsPublisher } from '../adapters/sns/publisher.ts';
import { type NotifyDeps, notify } from '../app/notify.ts';
import { bundledPolicy } from './bundled-policy.ts';
import { parseEnv, text } from './env.ts';

const env = parseEnv({ FINDINGS_TOPIC: text, ALERTS_TOPIC: text });
const client = new SNSClient();
const deps: NotifyDeps = {
  findings: snsPublisher(client, env.FINDINGS_TOPIC),
  alerts: snsPublisher(client, env.ALERTS_TOPIC),
  policy: bundledPolicy,
};

export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleChanges(Records, (changes) => notify(deps, changes));
}
