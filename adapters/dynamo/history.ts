import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { HistoryStore, Stretch, Versioned } from '../../app/ports.ts';
import { type Activity, byPlace, copyKey } from '../../core/activity/activity.ts';
import { getOrMake } from '../../core/activity/sorted.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import { actorScope, emptySheet, type FactSheet } from '../../core/history/facts.ts';
import { ACTS, type Entry, RESOURCES } from '../../core/lineage/timelines.ts';
import { cacheOf } from '../stored/cache.ts';
import { isSheetAlive, oldestActivity } from '../stored/retention.ts';
import { type DynamoOptions, dynamoTable, type Item, type Key } from './calls.ts';
import {
  activeFrom,
  activeItem,
  activeSubject,
  activityItem,
  activityKeyOf,
  activityOf,
  activityPartition,
  listedHead,
  packActivity,
  SHEET,
  sheetItem,
  sheetKey,
  sheetOf,
  stamp,
} from './items.ts';
import { readableItems } from './readable.ts';

/** Subjects that a process remembers to have listed, some 100 bytes each. A subject that it forgets is listed once more. */
const MOST_LISTED = 20_000;

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
  const readable = readableItems(options?.onUnreadable);
  /** Subjects that this process has listed as active in a week, by key. */
  const listed = cacheOf<true>(MOST_LISTED);

  const stretchOf = async (stretch: Stretch, asOf: number): Promise<Activity[]> => {
    const { account, subject, limit = Number.POSITIVE_INFINITY, newestFirst = false } = stretch;
    const from = Math.max(stretch.from, oldestActivity(asOf), 0);
    if (from > stretch.to || limit <= 0) return [];
    const found: Activity[] = [];
    const items = table.query(
      {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        // in a key the id follows the time, so the next time without an id lies behind all of this one
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
      const activity = readable.read(item, activityOf);
      if (activity !== undefined) found.push(activity);
      if (found.length >= limit) break;
    }
    return found.sort(byPlace);
  };

  /**
   * The newest of a subject's activities and the sheet behind them, in one query: both are mostly small, and two reads would
   * cost twice. Where activities from after the stretch fill the answer, the stretch is read by itself.
   */
  const withSheet = async (
    stretch: Stretch & { readonly limit: number },
    asOf: number,
  ): Promise<{ sheet: Item | undefined; timeline: Activity[] }> => {
    const { account, subject, to, limit } = stretch;
    const timeline: Activity[] = [];
    let sheet: Item | undefined;
    let read = 0;
    const items = table.query(
      {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :sheet',
        ExpressionAttributeValues: {
          ':pk': activityPartition(account, subject),
          ':from': stamp(Math.max(stretch.from, oldestActivity(asOf), 0)),
          ':sheet': SHEET,
        },
        ScanIndexForward: false,
      },
      () => limit + 1,
    );
    for await (const item of items) {
      if (item.sk === SHEET) {
        sheet = item;
        continue;
      }
      const activity = readable.read(item, activityOf);
      if (activity !== undefined && activity.at <= to) timeline.push(activity);
      read += 1;
      if (read >= limit) break;
    }
    const cut = read >= limit && timeline.length < limit;
    return { sheet, timeline: cut ? await stretchOf(stretch, asOf) : timeline.sort(byPlace) };
  };

  const sheetsAt = async (scopes: readonly string[]): Promise<Item[]> => table.getAll(scopes.map(sheetKey));

  return {
    async remember(entries) {
      const bytes = new Map<Activity, Uint8Array>();
      const itemOf = (entry: Entry): Item & Key =>
        activityItem(
          entry,
          getOrMake(bytes, entry.activity, () => packActivity(entry.activity)),
        );
      const [own, others] = [true, false].map((isOwn) =>
        entries.filter(({ account }) => (account !== RESOURCES) === isOwn),
      ) as [Entry[], Entry[]];
      const news = own
        .filter(({ account }) => account !== ACTS)
        .map(({ subject, activity: { account, at } }) => activeItem(account, Math.floor(at / WEEK), subject))
        .filter(({ pk, sk }) => !listed.has(`${pk} ${sk}`));
      const known = new Set<string>();
      await Promise.all([
        table.putAll([...others.map(itemOf), ...news]),
        ...own.map(async (entry) => {
          if (await table.replace(itemOf(entry))) known.add(copyKey(entry.activity));
        }),
      ]);
      for (const { pk, sk } of news) listed.keep(`${pk} ${sk}`, true);
      return known;
    },

    forget: (entries) => table.deleteAll(entries.map(activityKeyOf)),

    stretches: (stretches, asOf) => Promise.all(stretches.map((stretch) => stretchOf(stretch, asOf))),

    async around(scopes, stretches, asOf) {
      const wanted = new Set(scopes);
      const read = stretches.map(async (stretch) => {
        const { account, subject, limit, newestFirst } = stretch;
        const scope = actorScope(account, subject);
        if (!newestFirst || limit === undefined || !wanted.delete(scope)) {
          return { sheet: undefined, timeline: await stretchOf(stretch, asOf) };
        }
        return withSheet({ ...stretch, limit }, asOf);
      });
      const [others, subjects] = await Promise.all([sheetsAt([...wanted]), Promise.all(read)]);
      const sheets = new Map<string, Versioned<FactSheet>>();
      for (const item of [
        ...others,
        ...subjects.flatMap(({ sheet }) => (sheet === undefined ? [] : [sheet])),
      ]) {
        const sheet = readable.read(item, sheetOf);
        if (sheet === undefined) continue;
        const { value, version } = sheet;
        const alive = isSheetAlive(value.lastDay, asOf);
        sheets.set(value.scope, { value: alive ? value : emptySheet(value.scope), version });
      }
      return { sheets, timelines: subjects.map(({ timeline }) => timeline) };
    },

    async saveSheet(sheet, expected) {
      // what a later version knows is kept: activities outlive it by far less, so it could not be learnt again
      if (expected === 0 && readable.unread(sheetKey(sheet.scope)) !== undefined) return true;
      return table.putVersion(sheetItem(sheet, expected + 1), expected);
    },

    async active(account, week, prefix, from, limit) {
      const { pk, sk } = activeFrom(account, week, from);
      const found: string[] = [];
      const items = table.query(
        // DynamoDB compares no key with an empty text
        sk === ''
          ? { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }
          : {
              KeyConditionExpression: 'pk = :pk AND sk >= :from',
              ExpressionAttributeValues: { ':pk': pk, ':from': sk },
            },
        () => limit,
      );
      for await (const item of items) {
        const subject = activeSubject(item);
        if (!subject.startsWith(listedHead(prefix))) break;
        if (subject.startsWith(prefix)) found.push(subject);
        if (found.length >= limit) break;
      }
      return found;
    },
  };
}
