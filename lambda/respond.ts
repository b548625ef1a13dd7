import { setTimeout as wait } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { handleChanges } from '../adapters/dynamo/finding-changes.ts';
import { ec2Tagger } from '../adapters/ec2/tagger.ts';
import { logger } from '../adapters/powertools/observability.ts';
import { type RespondDeps, respond } from '../app/respond.ts';
import { bundledPolicy } from './bundled-policy.ts';
import { parseEnv, text, word } from './env.ts';

const env = parseEnv({ RESPONSE_MODE: word('dry-run', 'tag'), ACCOUNT: text });
const deps: RespondDeps = {
  tagger: ec2Tagger((region) => new EC2Client({ region })),
  mode: env.RESPONSE_MODE,
  policy: bundledPolicy,
  account: env.ACCOUNT,
  log: (message, details) => logger.info(message, details),
  wait,
};

export function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleChanges(Records, (changes) => respond(deps, changes));
}
