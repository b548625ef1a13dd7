import { createHash } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoSettings } from '../adapters/dynamo/settings.ts';
import { reportRejected } from '../adapters/powertools/report-rejected.ts';
import { policyInForce } from '../app/policy-in-force.ts';
import type { Policy } from '../core/policy/policy.ts';
import { bundledPolicy as bundled, defaults } from './bundled-policy.ts';
import { parseEnv, text } from './env.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Gives a function the policy to judge a batch by, which it asks for once a batch. */
export function policyOfStack(client: DynamoDBDocumentClient): () => Promise<Policy> {
  const { SETTINGS_TABLE } = parseEnv({ SETTINGS_TABLE: text });
  const settings = dynamoSettings(client, SETTINGS_TABLE);
  return policyInForce({ settings, bundled, defaults, sha256, now: Date.now, onRejected: reportRejected });
}
