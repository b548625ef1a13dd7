import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { PolicyVersion, SettingsStore } from '../../app/settings.ts';
import { type DynamoOptions, dynamoTable, type Item, type Key } from './calls.ts';

const PARTITION = 'policy';
const POINTER: Key = { pk: PARTITION, sk: 'current' };
/** Digits of a version in a sort key, so that they sort like numbers. */
const DIGITS = 9;

const keyOf = (version: number): Key => ({
  pk: PARTITION,
  sk: `v${String(version).padStart(DIGITS, '0')}`,
});

/** The version that a sort key is of; undefined where it is the pointer's. */
export const versionIn = (sk: string): number | undefined =>
  sk.startsWith('v') ? Number(sk.slice(1)) : undefined;

/**
 * The policy's versions and their pointer in one DynamoDB table: string keys `pk` and `sk`; its stream is where changes are told from.
 *
 * Needs GetItem to read and PutItem to push.
 */
export function dynamoSettings(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): SettingsStore {
  const table = dynamoTable(client, tableName, options);
  return {
    async pointer() {
      const item = await table.get(POINTER);
      return item && { version: Number(item.v), sha256: String(item.h) };
    },
    async version(version) {
      const item = await table.get(keyOf(version));
      return item && versionOf(item);
    },
    add: ({ version, sha256, ...rest }) =>
      table.putVersion({ ...keyOf(version), v: version, h: sha256, ...rest }, 0),
    point: ({ version, sha256 }, from) => table.putVersion({ ...POINTER, v: version, h: sha256 }, from),
  };
}

function versionOf({ v, h, base, text, json, by, at, why, of }: Item): PolicyVersion {
  return {
    ...{ version: Number(v), base: Number(base), sha256: String(h), at: Number(at) },
    ...{ text: String(text), json: String(json), by: String(by), why: String(why) },
    ...(of !== undefined && { of: Number(of) }),
  };
}
