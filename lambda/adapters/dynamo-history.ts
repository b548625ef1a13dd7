import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { HistoryStore, Stretch, Versioned } from '../app/ports.ts';
import type { Activity } from '../core/activity.ts';
import { actorScope, emptySheet, type FactSheet } from '../core/facts.ts';
import { type DynamoOptions, dynamoTable } from './dynamo-calls.ts';
import {
  activityItem,
  activityOf,
  activityPartition,
  actorsFrom,
  scopeOf,
  sheetItem,
  sheetKey,
  sheetOf,
  sheetPartition,
  stamp,
} from './dynamo-items.ts';
import { isSheetAlive, oldestActivity } from './retention.ts';
import { byPlace } from './timeline-order.ts';

/**
 * History in one DynamoDB table: string keys `pk` and `sk`, time to live in `expires`.
 *
 * Needs BatchWriteItem, BatchGetItem, PutItem and Query on it.
 */
export function dynamoHistory(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): HistoryStore {
  const table = dynamoTable(client, tableName, options);

  const stretchOf = async (stretch: Stretch, asOf: number): Promise<Activity[]> => {
    const { account, subject, limit = Number.POSITIVE_INFINITY, newestFirst = false } = stretch;
    const from = Math.max(stretch.from, oldestActivity(asOf), 0);
    if (from > stretch.to || limit <= 0) return [];
    const found: Activity[] = [];
    const items = table.query(
      {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        // an id follows the time, so that the bare time after the last one ends the stretch
        ExpressionAttributeValues: {
          ':pk': activityPartition(account, subject),
          ':from': stamp(from),
          ':to': stamp(stretch.to + 1),
        },
        ScanIndexForward: !newestFirst,
      },
      Number.isFinite(limit) ? () => limit - found.length : undefined,
    );
    for await (const item of items) {
      found.push(activityOf(item, account, subject));
      if (found.length >= limit) break;
    }
    return found.sort(byPlace);
  };

  return {
    async remember(entries) {
      await table.putAll(entries.map(activityItem));
    },

    stretches: (stretches, asOf) => Promise.all(stretches.map((stretch) => stretchOf(stretch, asOf))),

    async sheets(scopes, asOf) {
      const found = new Map<string, Versioned<FactSheet>>();
      for (const item of await table.getAll(scopes.map(sheetKey))) {
        const { value, version } = sheetOf(item);
        const alive = isSheetAlive(value.lastDay, asOf);
        found.set(value.scope, { value: alive ? value : emptySheet(value.scope), version });
      }
      return found;
    },

    saveSheet: (sheet, expected) =>
      table.putIf({
        Item: sheetItem(sheet, expected + 1),
        ...(expected === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'v = :expected', ExpressionAttributeValues: { ':expected': expected } }),
      }),

    async subjects(account, prefix) {
      const start = actorScope(account, prefix);
      const found: string[] = [];
      const items = table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :start)',
        ExpressionAttributeValues: { ':pk': sheetPartition(account), ':start': actorsFrom(account, prefix) },
        ProjectionExpression: 'sk, n',
      });
      for await (const item of items) {
        const scope = scopeOf(item);
        if (scope.startsWith(start)) found.push(scope.slice(actorScope(account, '').length));
      }
      return found;
    },
  };
}
