import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { ledger } from '../adapters/dynamo/notes.ts';
import { reportAudits } from '../adapters/powertools/report-audits.ts';
import { sqsSeen } from '../adapters/sqs/send-seen.ts';
import { memberAccess } from '../adapters/sts/member-access.ts';
import { type Able, type Audit, auditAccess } from '../app/audit-access.ts';
import { accountsOf, auditAll } from '../app/audit-all.ts';
import { type Beat, heardFrom } from '../app/heartbeat.ts';
import { LATE_MS } from '../app/reconcile.ts';
import { optional, parseEnv, text } from './env.ts';

const env = parseEnv({ HISTORY_TABLE: text, QUEUE_URL: text, ACCOUNT: text, READER: optional });
const { AWS_REGION: region } = parseEnv({ AWS_REGION: text });
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const history = dynamoHistory(dynamo, env.HISTORY_TABLE);
const audits = ledger<Audit>(dynamo, env.HISTORY_TABLE, 'W');
const kept = ledger<Able>(dynamo, env.HISTORY_TABLE, 'W');
const beats = ledger<Beat>(dynamo, env.HISTORY_TABLE, 'H');
const stores = { history, audits, kept, seen: sqsSeen(env.QUEUE_URL, region), now: Date.now };
const sight = memberAccess(env.ACCOUNT, env.READER);

export async function handler(_: unknown, context: Context): Promise<void> {
  const isLate = () => context.getRemainingTimeInMillis() < LATE_MS;
  const targets = accountsOf(await heardFrom({ beats }), env.ACCOUNT, region);
  const audit = (target: (typeof targets)[number]) =>
    auditAccess({ ...stores, ...sight(target), isLate }, target);
  reportAudits(await auditAll(targets, audit, isLate), targets.length);
}
