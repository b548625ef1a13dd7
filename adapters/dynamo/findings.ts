import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FindingStore } from '../../app/ports.ts';
import { nearScan } from '../stored/near-findings.ts';
import { type DynamoOptions, dynamoTable } from './calls.ts';
import { findingItem, findingOf, findingPartition, stamp } from './items.ts';

/** The newest record usually settles the question; pages grow for the few subjects with many closed ones. */
const FIRST_PAGE = 2;
const LARGEST_PAGE = 32;

/**
 * Findings in one DynamoDB table: string keys `pk` and `sk`; its stream is the outbox.
 *
 * Needs PutItem, Query and, for `all`, Scan on it.
 */
export function dynamoFindings(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): FindingStore {
  const table = dynamoTable(client, tableName, options);

  return {
    async near(account, subject, from, to) {
      const { see, found } = nearScan(from);
      let page = FIRST_PAGE / 2;
      const items = table.query(
        {
          KeyConditionExpression: 'pk = :pk AND sk < :after',
          // an id follows the time, so that the bare time after `to` ends the stretch
          ExpressionAttributeValues: {
            ':pk': findingPartition(account, subject),
            ':after': stamp(to + 1),
          },
          ScanIndexForward: false,
        },
        () => {
          page = Math.min(page * 2, LARGEST_PAGE);
          return page;
        },
      );
      for await (const item of items) if (!see(findingOf(item))) break;
      return found();
    },

    save: (record, expected) =>
      table.putIf({
        Item: findingItem(record, expected + 1),
        ...(expected === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'v = :expected', ExpressionAttributeValues: { ':expected': expected } }),
      }),

    async *all() {
      const open = table.scan({
        FilterExpression: '#status = :open',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':open': 'open' },
      });
      for await (const item of open) yield findingOf(item).value;
    },
  };
}
