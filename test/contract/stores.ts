import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoDecisions } from '../../adapters/dynamo/decisions.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { memoryDecisions } from '../../adapters/memory/decisions.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memorySettings } from '../../adapters/memory/settings.ts';
import { spillingHistory } from '../../adapters/memory/spilling-history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import type { DecisionStore, HistoryStore, VerdictStore } from '../../app/ports.ts';
import type { SettingsStore } from '../../app/settings.ts';
import { connectDynamo, type DynamoServer, startDynalite } from '../dynalite.ts';

/** Two workers with a store of their own each, over the same data. */
interface Pair<T> {
  readonly store: T;
  readonly other: T;
}

/** One technology under the contract. */
export interface Backend {
  readonly name: string;
  /** Starts what the technology needs; called once per suite. */
  start(): Promise<{
    /** Empty stores. */
    history(): Promise<Pair<HistoryStore>>;
    verdicts(): Promise<Pair<VerdictStore>>;
    settings(): Promise<Pair<SettingsStore>>;
    decisions(): Promise<Pair<DecisionStore>>;
    stop(): Promise<void>;
  }>;
}

const memory: Backend = {
  name: 'memory',
  start: async () => ({
    history: async () => twice(memoryHistory()),
    verdicts: async () => twice(memoryVerdicts()),
    settings: async () => twice(memorySettings()),
    decisions: async () => twice(memoryDecisions()),
    stop: async () => {},
  }),
};

const spilling: Backend = {
  name: 'memory and disk',
  start: async () => {
    const opened: { close(): void }[] = [];
    const open = (): HistoryStore => {
      const stores = sqliteStores('');
      opened.push(stores);
      return stores.history;
    };
    return {
      history: async () => twice(spillingHistory({ spare: 0, retainMs: 0, open, tell: () => {} })),
      verdicts: async () => twice(memoryVerdicts()),
      settings: async () => twice(memorySettings()),
      decisions: async () => twice(memoryDecisions()),
      stop: async () => {
        for (const stores of opened) stores.close();
      },
    };
  },
};

const sqlite: Backend = {
  name: 'sqlite',
  start: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'launchtrail-'));
    const opened: { close(): void }[] = [];
    const open = () => {
      const path = join(folder, `${opened.length}.sqlite`);
      const stores = [sqliteStores(path), sqliteStores(path)] as const;
      opened.push(...stores);
      return stores;
    };
    return {
      history: async () => {
        const [one, two] = open();
        return { store: one.history, other: two.history };
      },
      verdicts: async () => {
        const [one, two] = open();
        return { store: one.verdicts, other: two.verdicts };
      },
      settings: async () => {
        const [one, two] = open();
        return { store: one.settings, other: two.settings };
      },
      decisions: async () => {
        const [one, two] = open();
        return { store: one.decisions, other: two.decisions };
      },
      stop: async () => {
        for (const stores of opened) stores.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

const dynamo = (name: string, connect: () => Promise<DynamoServer>): Backend => ({
  name,
  start: async () => {
    const { client, makeTable, stop } = await connect();
    return {
      history: async () => twice(dynamoHistory(client, await makeTable())),
      verdicts: async () => twice(dynamoVerdicts(client, await makeTable())),
      settings: async () => twice(dynamoSettings(client, await makeTable())),
      decisions: async () => twice(dynamoDecisions(client, await makeTable())),
      stop,
    };
  },
});

const twice = <T>(store: T): Pair<T> => ({ store, other: store });

/** Another DynamoDB to put under the same contract, such as moto or DynamoDB Local. */
const endpoint = process.env.LAUNCHTRAIL_DYNAMODB_ENDPOINT;

/** Every store that must keep the contract. */
export const BACKENDS: readonly Backend[] = [
  memory,
  spilling,
  sqlite,
  dynamo('dynamo on dynalite', startDynalite),
  ...(endpoint === undefined ? [] : [dynamo(`dynamo on ${endpoint}`, async () => connectDynamo(endpoint))]),
];
