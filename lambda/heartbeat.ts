import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ScheduledEvent } from 'aws-lambda';
import { ledger } from '../adapters/dynamo/notes.ts';
import { logger } from '../adapters/powertools/observability.ts';
import { confirmedSubscriptions } from '../adapters/sns/audience.ts';
import { sqsSeen } from '../adapters/sqs/send-seen.ts';
import { type Beat, hear, listenForSilence, tellUnheard } from '../app/heartbeat.ts';
import { parseEnv, text } from './env.ts';

const env = parseEnv({ HISTORY_TABLE: text, QUEUE_URL: text, ALERTS_TOPIC: text });
const own = parseEnv({ ACCOUNT: text, AWS_REGION: text });
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const sns = new SNSClient();
const beats = ledger<Beat>(dynamo, env.HISTORY_TABLE, 'H');
const deps = { beats, seen: sqsSeen(env.QUEUE_URL, own.AWS_REGION), now: Date.now };

/** Each beat is noted; Launchtrail's own is also the time to look who has fallen silent. */
export async function handler({ account, region, time }: ScheduledEvent): Promise<void> {
  await hear(deps, { account, region, at: Date.parse(time) });
  if (account !== own.ACCOUNT || region !== own.AWS_REGION) return;
  const silent = await listenForSilence(deps);
  if (silent.length > 0) logger.error('regions have fallen silent', { silent });
  const here = { account, region };
  if ((await confirmedSubscriptions(sns, env.ALERTS_TOPIC)) === 0)
    await tellUnheard(deps, here, env.ALERTS_TOPIC);
}
