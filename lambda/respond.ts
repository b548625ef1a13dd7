import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoNotes } from '../adapters/dynamo/notes.ts';
import { dynamoSilence } from '../adapters/dynamo/silence.ts';
import { dynamoStories } from '../adapters/dynamo/stories.ts';
import { handleChanges } from '../adapters/dynamo/verdict-changes.ts';
import { ec2Tagger } from '../adapters/ec2/tagger.ts';
import { logger } from '../adapters/powertools/observability.ts';
import { type RespondDeps, respond } from '../app/respond.ts';
import { parseEnv, text, word } from './env.ts';
import { policyOfStack } from './policy-of-stack.ts';

const env = parseEnv({ FINDINGS_TABLE: text, RESPONSE_MODE: word('dry-run', 'tag'), ACCOUNT: text });
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const policyNow = policyOfStack(dynamo);
const deps: Omit<RespondDeps, 'policy'> = {
  stories: dynamoStories(dynamo, env.FINDINGS_TABLE),
  silence: dynamoSilence(dynamo, env.FINDINGS_TABLE).read,
  notes: dynamoNotes(dynamo, env.FINDINGS_TABLE, env.RESPONSE_MODE === 'tag' ? 'I' : 'D'),
  tagger: ec2Tagger((region) => new EC2Client({ region })),
  mode: env.RESPONSE_MODE,
  account: env.ACCOUNT,
  log: (message, details) => logger.info(message, details),
  wait,
};

export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleChanges(Records, async (changes) => respond({ ...deps, policy: await policyNow() }, changes));
}
