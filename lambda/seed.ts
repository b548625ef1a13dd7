import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { dynamoSilence } from '../adapters/dynamo/silence.ts';
import { dynamoVerdicts } from '../adapters/dynamo/verdicts.ts';
import { s3TrailObjects } from '../adapters/s3/trail-objects.ts';
import { tellBacktest } from '../app/backtest.ts';
import { judgeKept, readTrail, type SeedStep, tablesFor } from '../app/seed.ts';
import { silenceUntil } from '../app/silence.ts';
import { optional, parseEnv, text } from './env.ts';
import { policyOfStack } from './policy-of-stack.ts';

const env = parseEnv({ HISTORY: text, FINDINGS: text, OF_REPLAYS: text, RESULTS: text, COUNTRIES: optional });
const s3 = new S3Client();
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const silence = dynamoSilence(client, env.FINDINGS);
const country = env.COUNTRIES && fileURLToPath(import.meta.resolve(env.COUNTRIES));
const networks = country && (await import('../adapters/mmdb/networks.ts')).mmdbNetworks({ country });
const policyNow = policyOfStack(client);

/** One part of the work of the state machine: to begin, to read some objects of the trail, to judge what was read, or to tell it. */
export async function handler({ Items, BatchInput: work }: SeedStep): Promise<unknown> {
  if (work.step === 'begin') return silence.write(silenceUntil(await silence.read(), work.wanted));
  const { history, findings } = tablesFor(work, env);
  const objects = s3TrailObjects(s3, { ...work, results: env.RESULTS });
  const keys = Items.map(({ Key }) => Key);
  if (work.step === 'read') return readTrail(objects, keys, work.wanted);
  const stores = { history: dynamoHistory(client, history), verdicts: dynamoVerdicts(client, findings) };
  const deps = { ...stores, policy: await policyNow(), ...(networks && { networks }) };
  return work.step === 'judge' ? judgeKept(deps, objects, keys) : tellBacktest(deps, objects);
}
