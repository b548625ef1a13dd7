import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';

export interface DynamoServer {
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  /** Makes an empty table with the stack's keys and gives its name. */
  readonly makeTable: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The same in this process, where it can be seen how many calls have come. */
export interface CountingServer extends DynamoServer {
  readonly calls: () => number;
}

/**
 * Starts a DynamoDB server in this process, spoken to over the wire on a free port of 127.0.0.1.
 *
 * @param maxItemSizeKb size from which it refuses an item
 */
export async function startDynalite(maxItemSizeKb = 400): Promise<CountingServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, maxItemSizeKb });
  let calls = 0;
  server.on('request', () => {
    calls += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite listens on no port');
  const remote = connectDynamo(`http://127.0.0.1:${address.port}`);
  return {
    ...remote,
    calls: () => calls,
    stop: async () => {
      await remote.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Speaks to a DynamoDB server that is already running, with made-up credentials. */
export function connectDynamo(endpoint: string): DynamoServer {
  const base = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let count = 0;
  return {
    endpoint,
    client: DynamoDBDocumentClient.from(base),
    makeTable: () => {
      count += 1;
      return createTable(base, `test-${process.pid}-${Date.now().toString(36)}-${count}`);
    },
    stop: async () => base.destroy(),
  };
}

async function createTable(client: DynamoDBClient, name: string): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === 'ACTIVE') return name;
    await sleep(10);
  }
}
