import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { handleSettingChanges } from '../adapters/dynamo/setting-changes.ts';
import { dynamoSettings } from '../adapters/dynamo/settings.ts';
import { snsPublisher } from '../adapters/sns/publisher.ts';
import { type AnnounceDeps, announcePolicy } from '../app/announce-policy.ts';
import { bundledPolicy, defaults } from './bundled-policy.ts';
import { optional, parseEnv, text } from './env.ts';
import { sha256 } from './policy-of-stack.ts';

const env = parseEnv({ SETTINGS_TABLE: text, ALERTS_TOPIC: text, DOCS: optional });
const deps: AnnounceDeps = {
  settings: dynamoSettings(DynamoDBDocumentClient.from(new DynamoDBClient()), env.SETTINGS_TABLE),
  alerts: snsPublisher(new SNSClient(), env.ALERTS_TOPIC),
  bundled: bundledPolicy,
  defaults,
  sha256,
  docs: env.DOCS,
};

export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleSettingChanges(Records, (change) => announcePolicy(deps, change));
}
