import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../adapters/dynamo/verdicts.ts';
import { observation, reportOutcomes } from '../adapters/powertools/report-outcomes.ts';
import { failedMessages, limitsOf, readMessages, workOff } from '../adapters/sqs/message-batch.ts';
import { putOff } from '../adapters/sqs/put-off.ts';
import { convergeAgain } from '../app/converge.ts';
import { detect } from '../app/detect.ts';
import { beside } from './beside.ts';
import { list, parseEnv, text } from './env.ts';
import { policyOfStack } from './policy-of-stack.ts';

const tables = parseEnv({ HISTORY_TABLE: text, FINDINGS_TABLE: text });
const { OWN_ROLES: ownRoles, OWN_KEYS: ownKeys } = parseEnv({ OWN_ROLES: list, OWN_KEYS: list });
const env = parseEnv({ AWS_REGION: text, QUEUE_URL: text });
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const options = observation();
const history = dynamoHistory(client, tables.HISTORY_TABLE, options);
const verdicts = dynamoVerdicts(client, tables.FINDINGS_TABLE, options);
const defer = putOff.bind(null, env.QUEUE_URL, env.AWS_REGION);
const always = { history, verdicts, defer, ownRoles, ownKeys, ...beside };
const policyNow = policyOfStack(client);

export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { isLate, isLong } = limitsOf(() => context.getRemainingTimeInMillis());
  const deps = { ...always, policy: policyNow(), isLate: isLong };
  const work = { judge: detect.bind(null, deps), judgeAgain: convergeAgain.bind(null, deps), isLate };
  const worked = await workOff(readMessages(Records), work);
  reportOutcomes(worked, options.take());
  return failedMessages(worked);
}
