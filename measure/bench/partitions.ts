import { setImmediate as turn } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { detect } from '../../app/detect.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { watchedEvent } from '../../core/records/cloudtrail/events.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';
import { bursts } from './bursts.ts';
import { countingDynamo, type Load } from './counting-dynamo.ts';
import { costsOf } from './dynamo.ts';
import { storesIn } from './stores.ts';

/**
 * Prints where in the tables the load of an organisation falls: which partition keys get hot, and at what rate of records
 * one of them would be too hot. See docs/scale.md.
 *
 * Usage: node measure/bench/partitions.ts [accounts] [days] [days of these that only warm the history up]
 */
const [accounts = 60, days = 14, warmUpDays = 4] = process.argv.slice(2).map(Number);
const BATCH = 10;
/** DynamoDB's limits for one partition, per second. */
const [MAX_READ, MAX_WRITE] = [3_000, 1_000];
/** Records for which the counting table is held against dynalite. */
const COMPARED = 600;

const KINDS: readonly [string, RegExp][] = [
  ["subjects' timelines (A#account#subject)", /^A#(?!~)/],
  ["resources' timelines (A#~#resource)", /^A#~#[^>]*$/],
  ['uses of resources (A#~#resource>)', /^A#~#.*>$/],
  ['stops and ends, aside (A#~account#subject)', /^A#~[^#]/],
  ['fact sheets (F#account)', /^F#/],
  ['verdicts (V#account#subject)', /^V#/],
  ['who was active (W#account#week)', /^W#/],
];

type Loads = ReadonlyMap<string, Load>;

/** Judges records in batches, several at once as that many functions would, and gives what each key took. */
async function loadsOf(
  before: readonly unknown[],
  records: readonly unknown[],
  lanes: number,
): Promise<{ loads: Loads; seconds: number; stored: number }> {
  const { client, loads, stored } = countingDynamo();
  // a turn of the event loop between call and answer is where other lanes come in
  const slow = {
    send: async (command: never) => {
      if (lanes > 1) await turn();
      return client.send(command);
    },
  } as unknown as DynamoDBDocumentClient;
  const deps = {
    ...storesIn({ client: slow, history: 'history', findings: 'findings' }),
    policy: defaultPolicy,
  };
  const judge = async (batch: readonly unknown[]): Promise<void> => {
    const failed = (await detect(deps, batch)).find(({ status }) => status === 'failed');
    if (failed?.status === 'failed') throw new Error(failed.error);
  };
  for (let at = 0; at < before.length; at += 25) await judge(before.slice(at, at + 25));
  loads.clear();
  const empty = stored();
  const began = process.cpuUsage();
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < records.length) {
        const at = next;
        next += BATCH;
        await judge(records.slice(at, at + BATCH));
      }
    }),
  );
  const { user, system } = process.cpuUsage(began);
  return { loads, seconds: (user + system) / 1e6, stored: stored() - empty };
}

const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};
const row = (name: string, ...values: string[]): void =>
  print(`  ${name.padEnd(42)}${values.map((value) => value.padStart(12)).join('')}`);
const sum = (loads: Loads, of: keyof Load): number =>
  [...loads.values()].reduce((total, load) => total + load[of], 0);
const only = (loads: Loads, pattern: RegExp): Loads =>
  new Map([...loads].filter(([key]) => pattern.test(key)));
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const whole = (count: number): string => Math.round(count).toLocaleString('en-GB');

/** The key that would be the first to reach DynamoDB's limit, and what it took per record. */
function hottest(loads: Loads, records: number) {
  const heat = ({ read, empty, write, refused }: Load): number =>
    Math.max((read + empty) / MAX_READ, (write + refused) / MAX_WRITE);
  const [key, load] = [...loads].reduce((a, b) => (heat(b[1]) > heat(a[1]) ? b : a));
  return {
    key,
    read: (load.read + load.empty) / records,
    write: load.write / records,
    refused: load.refused / records,
    /** Records per second, all of this kind, at which this key is full. */
    most: records / heat(load),
  };
}

const kindOf = (key: string): string =>
  (KINDS.find(([, pattern]) => pattern.test(key))?.[0] ?? key).split(' (', 1)[0] as string;

const watched = (records: Iterable<TrailRecord>): TrailRecord[] =>
  [...records].filter(({ eventSource, eventName }) => watchedEvent(eventSource, eventName) !== undefined);

const made = organisation({ seed: 1, accounts, days, noise: 0, attacks: [...ATTACK_NAMES] });
const all = watched(made.records());
const first = Date.parse(all[0]?.eventTime ?? '');
const border = new Date(first + warmUpDays * 86_400_000).toISOString().slice(0, 10);
const before = all.filter(({ eventTime }) => eventTime < border);
const records = all.filter(({ eventTime }) => eventTime >= border);

const few = records.slice(0, COMPARED);
const ours = await loadsOf([], few, 1);
const theirs = (await costsOf([], few, [BATCH])).get(BATCH) ?? [];
const per = (total: number): string => (total / few.length).toFixed(2);
print(`Partition keys, Node ${process.versions.node}`);
print(
  `Counting table against dynalite, ${few.length} records: ` +
    `${per(sum(ours.loads, 'read') + sum(ours.loads, 'empty'))} reads a record (dynalite ${per(theirs.reduce((t, { read }) => t + read, 0))}), ` +
    `${per(sum(ours.loads, 'write'))} writes (dynalite ${per(theirs.reduce((t, { write }) => t + write, 0))})`,
);

print();
print(
  `Generated organisation: ${accounts} accounts, ${days - warmUpDays} days after ${warmUpDays} not counted, ` +
    `${whole(records.length)} watched records in batches of ${BATCH}, all attacks`,
);
const { loads, seconds, stored } = await loadsOf(before, records, 1);
row('', 'keys', 'reads/rec.', 'empty/rec.', 'writes/rec.', 'hottest: r', 'hottest: w');
for (const [name, pattern] of [...KINDS, ['all', /^/] as [string, RegExp]]) {
  const some = only(loads, pattern);
  const most = (of: 'read' | 'write'): number =>
    [...some.values()].reduce((top, load) => Math.max(top, load[of]), 0);
  row(
    name,
    whole(some.size),
    (sum(some, 'read') / records.length).toFixed(2),
    (sum(some, 'empty') / records.length).toFixed(2),
    (sum(some, 'write') / records.length).toFixed(2),
    percent(most('read') / sum(loads, 'read')),
    percent(most('write') / sum(loads, 'write')),
  );
}
const byAccount = Map.groupBy(records, ({ recipientAccountId }) => recipientAccountId);
const busiest = Math.max(...[...byAccount.values()].map(({ length }) => length)) / records.length;
print(`  busiest account: ${percent(busiest)} of the records (an even share is ${percent(1 / accounts)})`);
const top = hottest(loads, records.length);
print(
  `  hottest key: one of the ${kindOf(top.key)}, ${top.read.toFixed(2)} reads and ${top.write.toFixed(2)} writes ` +
    `for each record of the organisation; full at ${whole(top.most)} records a second`,
);
print(`  stored: ${whole(stored / records.length)} bytes a record, all timelines and sheets together`);
print(
  `  processor time, memory in place of DynamoDB: ${((1000 * seconds) / records.length).toFixed(2)} ms a record`,
);

print();
print('One burst on one key: what its hottest key takes per record, and how many records a second fill it');
row('', 'at once', 'reads', 'writes', 'refused', 'full at/s', 'hottest');
for (const { name, records: burst } of bursts()) {
  for (const lanes of [1, 10]) {
    const { loads } = await loadsOf([], burst, lanes);
    const { read, write, refused, most, key } = hottest(loads, burst.length);
    row(
      lanes === 1 ? name : '',
      String(lanes),
      read.toFixed(2),
      write.toFixed(2),
      refused.toFixed(2),
      whole(most),
      `  ${kindOf(key)}`,
    );
  }
}
