import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { dynamoHistory } from '../adapters/dynamo/history.ts';
import { ledger } from '../adapters/dynamo/notes.ts';
import { reportLooks } from '../adapters/powertools/report-looks.ts';
import { sqsSeen } from '../adapters/sqs/send-seen.ts';
import { memberSight } from '../adapters/sts/member-sight.ts';
import { type Beat, heardFrom, targetsOf, tellUncovered } from '../app/heartbeat.ts';
import { type Kept, LATE_MS, type ReconcileDeps, reconcile, type Sweep } from '../app/reconcile.ts';
import { reconcileAll } from '../app/reconcile-all.ts';
import { optional, parseEnv, text } from './env.ts';

const env = parseEnv({ HISTORY_TABLE: text, QUEUE_URL: text, ACCOUNT: text, READER: optional });
const { AWS_REGION: region } = parseEnv({ AWS_REGION: text });
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient());
const history = dynamoHistory(dynamo, env.HISTORY_TABLE);
const kept = ledger<Kept>(dynamo, env.HISTORY_TABLE, 'B');
const sweeps = ledger<Sweep>(dynamo, env.HISTORY_TABLE, 'B');
const beats = ledger<Beat>(dynamo, env.HISTORY_TABLE, 'H');
const stores = { history, kept, sweeps, seen: sqsSeen(env.QUEUE_URL, region), now: Date.now };
const sight = memberSight(env.ACCOUNT, env.READER);

export async function handler(_: unknown, context: Context): Promise<void> {
  const isLate = () => context.getRemainingTimeInMillis() < LATE_MS;
  const targets = targetsOf(await heardFrom({ beats }), { account: env.ACCOUNT, region });
  const depsOf = (target: (typeof targets)[number]): ReconcileDeps => ({
    ...stores,
    ...sight(target),
    isLate,
  });
  const looks = await reconcileAll(targets, (target) => reconcile(depsOf(target), target), isLate);
  if (env.READER) await tellUncovered(stores, targets, (target) => sight(target).inventory.regions());
  reportLooks(looks, targets.length);
}
