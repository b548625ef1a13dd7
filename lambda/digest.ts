import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoFlood } from '../adapters/dynamo/notes.ts';
import { logger } from '../adapters/powertools/observability.ts';
import { snsPublisher } from '../adapters/sns/publisher.ts';
import { tellDigest } from '../app/flood.ts';
import { optional, parseEnv, text } from './env.ts';

const env = parseEnv({ FINDINGS_TABLE: text, ALERTS_TOPIC: text, CHAT_TOPIC: optional });
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const sns = new SNSClient();
const deps = {
  waiting: dynamoFlood(dynamo, env.FINDINGS_TABLE).waiting,
  alerts: snsPublisher(sns, env.ALERTS_TOPIC),
  ...(env.CHAT_TOPIC && { chat: snsPublisher(sns, env.CHAT_TOPIC) }),
};

/** Tells together what was put off since the last time. */
export async function handler(): Promise<void> {
  const told = await tellDigest({ ...deps, now: Date.now() });
  if (told > 0) logger.info('told together', { findings: told });
}
