import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { dynamoTelling } from '../adapters/dynamo/telling.ts';
import { handleChanges } from '../adapters/dynamo/verdict-changes.ts';
import { organizationsNames } from '../adapters/organizations/account-names.ts';
import { snsPublisher } from '../adapters/sns/publisher.ts';
import { type NotifyDeps, notify } from '../app/notify.ts';
import { optional, parseEnv, text } from './env.ts';
import { policyOfStack } from './policy-of-stack.ts';

const tables = parseEnv({ FINDINGS_TABLE: text, HISTORY_TABLE: text });
const topics = parseEnv({ FINDINGS_TOPIC: text, ALERTS_TOPIC: text, CHAT_TOPIC: optional });
const { NAMES: names, DOCS: docs } = parseEnv({ NAMES: optional, DOCS: optional });
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const sns = new SNSClient();
const policyNow = policyOfStack(dynamo);
const deps: Omit<NotifyDeps, 'policy'> = {
  ...dynamoTelling(dynamo, tables.FINDINGS_TABLE),
  history: dynamoHistory(dynamo, tables.HISTORY_TABLE),
  findings: snsPublisher(sns, topics.FINDINGS_TOPIC),
  alerts: snsPublisher(sns, topics.ALERTS_TOPIC),
  ...(topics.CHAT_TOPIC && { chat: snsPublisher(sns, topics.CHAT_TOPIC) }),
  accountNames: names === 'true' ? organizationsNames(sns.config) : undefined,
  docs,
  now: Date.now,
  wait,
};

export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleChanges(Records, async (changes) => notify({ ...deps, policy: await policyNow() }, changes));
}
