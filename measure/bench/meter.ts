import { setImmediate as turn } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What calls to DynamoDB came to. */
export interface Used {
  /** Capacity units of strongly consistent reads; a query that finds nothing counts as one, as DynamoDB asks for it. */
  read: number;
  /** A write that a condition refused counts as one unit: what it costs at least. */
  write: number;
  queries: number;
  calls: number;
  /** Calls one after another: those in flight at the same time count once. */
  trips: number;
  /** Calls in flight at the same time, at most. */
  flying: number;
}

const nothing = (): Used => ({ read: 0, write: 0, queries: 0, calls: 0, trips: 0, flying: 0 });

interface Counted {
  readonly ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
}

/**
 * A client that counts what goes through it, whatever store sends it.
 *
 * Each call gives way to the others that are ready before it goes out, so that those which do not wait for each other are in
 * flight together also where a table in memory answers at once.
 */
export function metered(client: DynamoDBDocumentClient): {
  client: DynamoDBDocumentClient;
  /** What was used since the last time this was asked. */
  used(): Used;
} {
  let used = nothing();
  let flying = 0;

  const count = (name: string, { ConsumedCapacity }: Counted): void => {
    const units = [ConsumedCapacity ?? []]
      .flat()
      .reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    if (name === 'QueryCommand') {
      used.queries++;
      used.read += Math.max(1, units);
    } else if (/^(BatchGet|TransactGet|Get|Scan)/.test(name)) used.read += units;
    else used.write += units;
  };

  const send = async (command: { input: Record<string, unknown> }): Promise<unknown> => {
    command.input.ReturnConsumedCapacity = 'TOTAL';
    used.calls++;
    if (flying === 0) used.trips++;
    flying++;
    used.flying = Math.max(used.flying, flying);
    try {
      await turn();
      const answer: unknown = await client.send(command as never);
      count(command.constructor.name, answer as Counted);
      return answer;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) used.write++;
      throw error;
    } finally {
      flying--;
    }
  };

  return {
    client: { send } as unknown as DynamoDBDocumentClient,
    used: () => {
      const before = used;
      used = nothing();
      return before;
    },
  };
}
