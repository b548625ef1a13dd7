import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Entry, Versioned } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { actorScope, type FactSheet } from '../../core/history/facts.ts';
import { activityBytes, activityFrom } from '../stored/activity-bytes.ts';
import { isRecord } from '../stored/compact.ts';
import { findingCodec, seenCodec } from '../stored/documents.ts';
import { activityExpires, listExpires, sheetExpires } from '../stored/retention.ts';
import { accountOf } from '../stored/scope-account.ts';
import type { Item, Key } from './calls.ts';

/** DynamoDB's limits for the two parts of a key, bytes. */
const MAX_PARTITION_KEY = 2048;
const MAX_SORT_KEY = 1024;
/** Digits of a time in ms within a sort key: enough for 30 000 years. */
const TIME_DIGITS = 15;
const MAX_TIME = 10 ** TIME_DIGITS - 1;
/**
 * Members of a finding beyond this many bytes of JSON are stored gzipped: a write unit is 1 kB, an item holds 400 kB, and
 * the members of one finding resemble each other (they shrink to a tenth). Smaller ones stay readable.
 */
const PLAIN_MEMBERS = 16_384;

/** A time as it stands in a sort key: text that sorts like the number. */
export const stamp = (ms: number): string =>
  String(Math.trunc(Math.min(Math.max(ms, 0), MAX_TIME))).padStart(TIME_DIGITS, '0');

/** Text that fits into a key: what is too long keeps its beginning and ends in a hash of the whole. */
export function keyPart(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const hash = createHash('sha256').update(text).digest('base64url');
  return `${head(text, maxBytes - hash.length - 1)}#${hash}`;
}

/** As many whole characters from the beginning of a text as fit into a number of bytes. */
function head(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

export const activityPartition = (account: string, subject: string): string =>
  keyPart(`A#${account}#${subject}`, MAX_PARTITION_KEY);
const sheetPartition = (account: string): string => `F#${account}`;
export const findingPartition = (account: string, subject: string): string =>
  keyPart(`S#${account}#${subject}`, MAX_PARTITION_KEY);

/** Sort key of an actor's sheet, behind all activities of the actor's timeline: one query reads it and the newest of them. */
export const SHEET = 'sheet';

/** An actor's sheet ends the actor's timeline; any other is kept under its account. */
export function sheetKey(scope: string): Key {
  const account = accountOf(scope);
  const actors = actorScope(account, '');
  return scope.startsWith(actors)
    ? { pk: activityPartition(account, scope.slice(actors.length)), sk: SHEET }
    : { pk: sheetPartition(account), sk: keyPart(scope, MAX_SORT_KEY) };
}

/** `n` the scope where it was too long for the key. */
const listedKey = (scope: string): Key & { readonly n?: string } => {
  const sk = keyPart(scope, MAX_SORT_KEY);
  return { pk: sheetPartition(accountOf(scope)), sk, ...(sk !== scope && { n: scope }) };
};

/** Says that an actor has a sheet, to whoever asks for all actors of an account. */
export const listItem = ({ scope, lastDay }: FactSheet): Item & Key => ({
  ...listedKey(scope),
  expires: listExpires(lastDay),
});

export const isActor = (scope: string): boolean => scope.startsWith('actor#');

/** Where actors whose key begins with `prefix` are listed; `start` may be shorter than asked for. */
export const listOf = (account: string, prefix: string): { readonly pk: string; readonly start: string } => ({
  pk: sheetPartition(account),
  start: head(actorScope(account, prefix), MAX_SORT_KEY - 64),
});

export const listedScope = ({ n, sk }: Item): string => String(n ?? sk);

/**
 * `b` the activity as `activityBytes` packs it, without what the key says: time, id and, where it is not that of the
 * timeline, the account once more (ids are unique within an account).
 */
export function activityItem(
  { account, subject, activity }: Entry,
  bytes = activityBytes(activity),
): Item & Key {
  const { at, id } = activity;
  return {
    pk: activityPartition(account, subject),
    sk: `${stamp(at)}#${id}${activity.account === account ? '' : `#${activity.account}`}`,
    expires: activityExpires(at),
    b: bytes,
  };
}

export function activityOf(item: Item, account: string): Activity {
  return read(item, () => {
    const sk = String(item.sk);
    const at = Number(sk.slice(0, TIME_DIGITS));
    const rest = sk.slice(TIME_DIGITS + 1);
    const activity = activityFrom(item.b, rest, at);
    return activity.account === account
      ? activity
      : { ...activity, id: rest.slice(0, -`#${activity.account}`.length) };
  });
}

/** `v` version, `d` last day, `s` what was seen, `n` the scope where it was too long for the key. */
export function sheetItem({ scope, seen, lastDay }: FactSheet, version: number): Item & Key {
  const key = sheetKey(scope);
  return {
    ...key,
    v: version,
    d: lastDay,
    s: seenCodec.pack(seen),
    ...(scopeOf(key) !== scope && { n: scope }),
    expires: sheetExpires(lastDay),
  };
}

/** Scope of a sheet: that of an actor reads `actor#…` where its partition reads `A#…`. */
const scopeOf = ({ n, pk, sk }: Item): string =>
  String(n ?? (sk === SHEET ? `actor#${String(pk).slice('A#'.length)}` : sk));

export function sheetOf(item: Item): Versioned<FactSheet> {
  return read(item, () => {
    const { v, d, s } = item;
    if (typeof v !== 'number' || typeof d !== 'number') throw new TypeError('v or d is not a number');
    return { value: { scope: scopeOf(item), seen: seenCodec.unpack(s), lastDay: d }, version: v };
  });
}

/** `v` version, `z` gzipped members in place of `members` where those are large; else as `findingCodec` names them. */
export function findingItem(record: FindingRecord, version: number): Item & Key {
  const { members, ...rest } = packed(findingCodec.pack(record));
  const json = JSON.stringify(members ?? []);
  return {
    pk: findingPartition(record.account, record.subject),
    sk: `${stamp(record.start)}#${record.id}`,
    v: version,
    ...rest,
    ...(json.length > PLAIN_MEMBERS ? { z: gzipSync(json) } : members !== undefined && { members }),
  };
}

/**
 * Reads a finding from its item, whether from the table or, unmarshalled, from its stream (there Lambda hands binary
 * attributes over as base64 text).
 */
export function findingOf(item: Item): Versioned<FindingRecord> {
  return read(item, () => {
    const { v, z, ...rest } = item;
    if (typeof v !== 'number') throw new TypeError('v is not a number');
    const members = z === undefined ? {} : { members: inflate(z) };
    return { value: findingCodec.unpack({ ...rest, ...members }), version: v };
  });
}

function inflate(stored: unknown): unknown {
  if (!(typeof stored === 'string' || stored instanceof Uint8Array)) throw new TypeError('z is not binary');
  const bytes = typeof stored === 'string' ? Buffer.from(stored, 'base64') : stored;
  return JSON.parse(gunzipSync(bytes).toString('utf8'));
}

function packed(value: unknown): Item {
  if (isRecord(value)) return value;
  throw new TypeError('a document packs to an object');
}

/** A damaged item is named by its key, so that a person can look at it. */
function read<T>(item: Item, unpack: () => T): T {
  try {
    return unpack();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`item pk=${item.pk} sk=${item.sk} is damaged: ${reason}`, { cause: error });
  }
}
