import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoFindings } from '../adapters/dynamo/findings.ts';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { reportOutcomes } from '../adapters/powertools/report-outcomes.ts';
import { failedMessages, readMessages } from '../adapters/sqs/message-batch.ts';
import { type DetectDeps, detect } from '../app/detect.ts';
import { bundledPolicy } from './bundled-policy.ts';
import { list, optional, parseEnv, text } from './env.ts';

const env = parseEnv({ HISTORY_TABLE: text, FINDINGS_TABLE: text, OWN_ROLES: list, COUNTRIES: optional });
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const deps: DetectDeps = {
  history: dynamoHistory(client, env.HISTORY_TABLE),
  findings: dynamoFindings(client, env.FINDINGS_TABLE),
  policy: bundledPolicy,
  ownRoles: env.OWN_ROLES,
  ...(env.COUNTRIES !== undefined && {
    networks: (await import('../adapters/mmdb/networks.ts')).mmdbNetworks({
      country: fileURLToPath(import.meta.resolve(env.COUNTRIES)),
    }),
  }),
};

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const messages = readMessages(Records);
  const repeated = Records.some(({ attributes }) => attributes.ApproximateReceiveCount !== '1');
  const records = messages.flatMap((message) => message.records);
  const outcomes = await detect(deps, records, { repeated });
  reportOutcomes(messages, outcomes);
  return failedMessages(messages, outcomes);
}
