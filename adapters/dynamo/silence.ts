import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Silence } from '../../app/silence.ts';
import { type DynamoOptions, dynamoTable } from './calls.ts';

/** One partition holds all of it: a line for each account that was seeded apart from the others. */
const PARTITION = 'S#silence';

/** Until when what happened is history, in the table of the verdicts; needs Query to read and BatchWriteItem to write. */
export function dynamoSilence(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): { readonly read: () => Promise<Silence>; readonly write: (silence: Silence) => Promise<void> } {
  const table = dynamoTable(client, tableName, options);
  return {
    async read() {
      const silence = new Map<string, number>();
      const items = table.query({
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': PARTITION },
      });
      for await (const { sk, t } of items) silence.set(String(sk), Number(t));
      return silence;
    },
    write: (silence) => table.putAll([...silence].map(([sk, t]) => ({ pk: PARTITION, sk, t }))),
  };
}
