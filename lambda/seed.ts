import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { dynamoSilence } from '../adapters/dynamo/silence.ts';
import { dynamoVerdicts } from '../adapters/dynamo/verdicts.ts';
import { s3TrailObjects } from '../adapters/s3/trail-objects.ts';
import { judgeKept, readTrail, type SeedStep } from '../app/seed.ts';
import { silenceUntil } from '../app/silence.ts';
import { optional, parseEnv, text } from './env.ts';
import { policyOfStack } from './policy-of-stack.ts';

const env = parseEnv({ HISTORY_TABLE: text, FINDINGS_TABLE: text, RESULTS: text, COUNTRIES: optional });
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const s3 = new S3Client();
const silence = dynamoSilence(client, env.FINDINGS_TABLE);
const history = dynamoHistory(client, env.HISTORY_TABLE);
const verdicts = dynamoVerdicts(client, env.FINDINGS_TABLE);
const country = env.COUNTRIES && fileURLToPath(import.meta.resolve(env.COUNTRIES));
const networks = country && (await import('../adapters/mmdb/networks.ts')).mmdbNetworks({ country });
const policyNow = policyOfStack(client);
const deps = { history, verdicts, ...(networks && { networks }) };

/** One part of the work of the state machine: to begin, to read some objects of the trail, or to judge what was read. */
export async function handler({ Items, BatchInput }: SeedStep): Promise<object> {
  const { step, run, trail, wanted } = BatchInput;
  const keys = Items.map(({ Key }) => Key);
  if (step === 'begin') return silence.write(silenceUntil(await silence.read(), wanted)).then(() => ({}));
  const objects = s3TrailObjects(s3, { trail, results: env.RESULTS, run });
  return step === 'read'
    ? readTrail(objects, keys, wanted)
    : judgeKept({ ...deps, policy: await policyNow() }, objects, keys);
}
