import { createHash } from 'node:crypto';
import type { Place, Versioned } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { headOf } from '../../core/activity/size.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { actorScope, type FactSheet } from '../../core/history/facts.ts';
import { type Entry, RESOURCES } from '../../core/lineage/timelines.ts';
import { pack, unpack } from '../stored/packed.ts';
import {
  activityExpires,
  noteExpires,
  sheetExpires,
  verdictExpires,
  weekExpires,
} from '../stored/retention.ts';
import { accountOf } from '../stored/scope-account.ts';
import { packSeen, unpackSeen } from '../stored/seen.ts';
import { subjectMark } from '../stored/subject-mark.ts';
import type { Item, Key } from './calls.ts';

/** DynamoDB's limits for the two parts of a key, bytes. */
const MAX_PARTITION_KEY = 2048;
const MAX_SORT_KEY = 1024;
/** Digits of a time in ms within a sort key: enough for 30 000 years. */
const TIME_DIGITS = 15;
const MAX_TIME = 10 ** TIME_DIGITS - 1;
/** A time as it stands in a sort key: text that sorts like the number. */
export const stamp = (ms: number): string =>
  String(Math.trunc(Math.min(Math.max(ms, 0), MAX_TIME))).padStart(TIME_DIGITS, '0');

/** Text that fits into a key. One that is too long keeps its beginning and ends in a hash of the whole. */
export function keyPart(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const hash = createHash('sha256').update(text).digest('base64url');
  return `${headOf(text, maxBytes - hash.length - 1)}#${hash}`;
}

export const activityPartition = (account: string, subject: string): string =>
  keyPart(`A#${account}#${subject}`, MAX_PARTITION_KEY);
const sheetPartition = (account: string): string => `F#${account}`;
export const verdictPartition = (account: string, subject: string): string =>
  keyPart(`V#${account}#${subject}`, MAX_PARTITION_KEY);
const namePartition = (name: string): string => keyPart(`N#${name}`, MAX_PARTITION_KEY);
const weekPartition = (account: string, week: number): string => `W#${account}#${week}`;

/** Sort key of an actor's sheet. It sorts behind all activities of the actor, so one query reads it and the newest of them. */
export const SHEET = 'sheet';

/** An actor's sheet ends the actor's timeline; any other is kept under its account. */
export function sheetKey(scope: string): Key {
  const account = accountOf(scope);
  const actors = actorScope(account, '');
  return scope.startsWith(actors)
    ? { pk: activityPartition(account, scope.slice(actors.length)), sk: SHEET }
    : { pk: sheetPartition(account), sk: keyPart(scope, MAX_SORT_KEY) };
}

/** Says that a subject was active in a week. `n` is the subject where it was too long for the key. */
export function activeItem(account: string, week: number, subject: string): Item & Key {
  const sk = listed(subject);
  return {
    pk: weekPartition(account, week),
    sk,
    ...(sk !== subject && { n: subject }),
    expires: weekExpires(week),
  };
}

/** Where subjects that were active in a week are listed, from one on, or behind it where a blank follows it. */
export const activeFrom = (account: string, week: number, from: string): Key => ({
  pk: weekPartition(account, week),
  sk: from.endsWith(' ') ? `${listed(from.slice(0, -1))} ` : listed(from),
});

/** A subject's key as it is listed; those too long for a key stand where their beginning does, in order of a hash. */
const listed = (subject: string): string => keyPart(subject, MAX_SORT_KEY - 1);

/** As much of the beginning of a subject's key as all have that begin with it. */
export const listedHead = (prefix: string): string => headOf(prefix, MAX_SORT_KEY / 2);

export const activeSubject = ({ n, sk }: Item): string => String(n ?? sk);

/**
 * An activity as it is packed. Its time and id stand in the sort key already, and random ids cannot be compressed: without them
 * an item is a tenth smaller. They stay where the key does not say them as they are.
 */
export function packActivity(activity: Activity): Uint8Array {
  const { at, id, ...rest } = activity;
  const isInKey = Number.isInteger(at) && at >= 0 && at <= MAX_TIME && !id.includes('#');
  return pack(isInKey ? rest : activity);
}

/** `b` is the activity, packed once for all timelines that it stands in. */
export function activityItem(
  { account, subject, activity }: Entry,
  bytes = packActivity(activity),
): Item & Key {
  const key = activityKeyOf({ account, subject, activity });
  return { ...key, expires: activityExpires(activity.at), b: bytes };
}

/** Key of an activity in a timeline. */
export function activityKeyOf({ account, subject, activity }: Entry): Key {
  const { at, id, account: home } = activity;
  const copy =
    account === RESOURCES ? `#${home}#${subjectMark(activity)}` : home === account ? '' : `#${home}`;
  return { pk: activityPartition(account, subject), sk: `${stamp(at)}#${id}${copy}` };
}

export const activityOf = (item: Item): Activity =>
  read(item, () => {
    const [at = '', id = ''] = String(item.sk).split('#', 2);
    return { at: Number(at), id, ...unpack(item.b) } as unknown as Activity;
  });

/** `v` is the version, `d` the last day, `s` what was seen, `n` the scope where it was too long for the key. */
export function sheetItem({ scope, seen, lastDay }: FactSheet, version: number): Item & Key {
  const key = sheetKey(scope);
  return {
    ...key,
    v: version,
    d: lastDay,
    s: packSeen(seen),
    ...(scopeOf(key) !== scope && { n: scope }),
    expires: sheetExpires(lastDay),
  };
}

/** Scope of a sheet. An actor's reads `actor#…` where its partition reads `A#…`. */
const scopeOf = ({ n, pk, sk }: Item): string =>
  String(n ?? (sk === SHEET ? `actor#${String(pk).slice('A#'.length)}` : sk));

export function sheetOf(item: Item): Versioned<FactSheet> {
  return read(item, () => {
    const { v, d, s } = item;
    if (typeof v !== 'number' || typeof d !== 'number') throw new TypeError('v or d is not a number');
    return { value: { scope: scopeOf(item), seen: unpackSeen(s), lastDay: d }, version: v };
  });
}

/** Key of the verdict at a place. */
export const verdictKey = ({ account, subject, at, id }: Place): Key => ({
  pk: verdictPartition(account, subject),
  sk: `${stamp(at)}#${id}`,
});

/** `v` is the version, `b` the verdict with its activity, packed. */
export function verdictItem(verdict: Assessment, version: number): Item & Key {
  const { account, actor, at, id } = verdict.activity;
  return {
    ...verdictKey({ account, subject: subjectKey(actor), at, id }),
    v: version,
    b: pack(verdict),
    expires: verdictExpires(at),
  };
}

/** Reads a verdict from its item, whether from the table or, unmarshalled, from its stream. */
export function verdictOf(item: Item): Versioned<Assessment> {
  return read(item, () => {
    if (typeof item.v !== 'number') throw new TypeError('v is not a number');
    return { value: unpack(item.b) as unknown as Assessment, version: item.v };
  });
}

/** Says that the verdict at a place is sought under a name; `a`, `s`, `t` and `i` the place, the oldest first. */
export function pointerItem(name: string, { account, subject, at, id }: Place): Item & Key {
  const sk = keyPart(`${stamp(at)}#${account}#${id}#${subject}`, MAX_SORT_KEY);
  return { ...pointersOf(name), sk, a: account, s: subject, t: at, i: id, expires: verdictExpires(at) };
}

/** Partition of what is sought under a name. */
export const pointersOf = (name: string): Pick<Key, 'pk'> => ({ pk: namePartition(name) });

export const pointedTo = ({ a, s, t, i }: Item): Place => ({
  account: String(a),
  subject: String(s),
  at: Number(t),
  id: String(i),
});

/** Partition of the notes of one sort on findings that begin with a verdict of a subject; sorts differ by the letter. */
export const notePartition = (
  letter: string,
  { account, subject }: Pick<Place, 'account' | 'subject'>,
): string => keyPart(`${letter}#${account}#${subject}`, MAX_PARTITION_KEY);

/** `a` and `i` name the verdict, `v` is the version, `b` the note, packed. */
export const noteItem = (letter: string, place: Place, note: object, version: number): Item & Key => ({
  ...noteKey(letter, place),
  a: place.account,
  i: place.id,
  v: version,
  b: pack(note),
  expires: noteExpires(place.at),
});

export const noteKey = (letter: string, place: Place): Key => ({
  pk: notePartition(letter, place),
  sk: `${stamp(place.at)}#${place.id}`,
});

/** A note and the key (`activityKey`) of the verdict it is kept with. */
export function noteOf(item: Item): Versioned<object> & { readonly key: string } {
  return read(item, () => {
    const { a, i, v, b } = item;
    if (typeof v !== 'number') throw new TypeError('v is not a number');
    return { key: `${a}#${i}`, value: unpack(b), version: v };
  });
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
