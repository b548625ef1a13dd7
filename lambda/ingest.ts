import { hash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { ledger } from '../adapters/dynamo/notes.ts';
import { putRecords } from '../adapters/eventbridge/put-records.ts';
import { checksOf } from '../adapters/jose/token-checks.ts';
import { reportPush } from '../adapters/powertools/report-push.ts';
import { ingest } from '../app/ingest.ts';
import { list, optional, parseEnv, text } from './env.ts';

const env = parseEnv({ HISTORY_TABLE: text, BUS: text, AWS_REGION: text });
const azure = { AZURE_TENANT: optional, AZURE_AUDIENCE: optional, AZURE_SENDERS: list, AZURE_KEYS: optional };
const google = { GOOGLE_AUDIENCE: optional, GOOGLE_SENDER: optional, GOOGLE_KEYS: optional };
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const deps = {
  checks: checksOf(parseEnv({ ...azure, ...google })),
  bus: putRecords({ region: env.AWS_REGION, credentials: fromEnv() }, env.BUS),
  taken: ledger<{ readonly at: number }>(dynamo, env.HISTORY_TABLE, 'P'),
  digest: (content: string) => hash('sha256', content),
  now: Date.now,
};

export async function handler(event: LambdaFunctionURLEvent): Promise<LambdaFunctionURLResult> {
  const { rawPath: path, requestContext, headers, body: given = '', isBase64Encoded } = event;
  const body = isBase64Encoded ? Buffer.from(given, 'base64').toString('utf8') : given;
  const answer = await ingest(deps, { method: requestContext.http.method, path, headers, body });
  reportPush(answer, path);
  const { status: statusCode, body: said, headers: sent } = answer;
  return { statusCode, ...(said && { body: said }), ...(sent && { headers: sent }) };
}
