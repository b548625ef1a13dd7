import { type Cost, costsAmong, costsOf, costsOfHotActor, watchedMonth } from './dynamo.ts';
import { importTimes } from './importing.ts';
import { mean, percentile } from './statistics.ts';

/** dynalite takes milliseconds where DynamoDB takes them too; more records would not change the averages. */
const RECORDS = 1_000;
/** Enough to see whether a cost grows. */
const FEWER = 150;
const ACTORS = [1_000, 10_000, 100_000];
/** Takes gigabytes and many minutes in dynalite: only on request. */
const MILLION = process.env.LAUNCHTRAIL_BENCH_MILLION === undefined ? [] : [1_000_000];
const IMPORTS = 15;

type Row = (name: string, ...values: string[]) => void;

const per = (costs: readonly Cost[], field: 'calls' | 'read' | 'write'): string =>
  (
    costs.reduce((sum, cost) => sum + cost[field], 0) / costs.reduce((sum, { judged }) => sum + judged, 0)
  ).toFixed(2);

const spread = (values: readonly number[]): string =>
  values.length === 0
    ? '-'
    : `${mean(values).toFixed(2)} ${percentile(values, 0.5)} ${percentile(values, 0.95)}`;

function table(row: Row, name: string, costs: readonly Cost[]): void {
  if (costs.length === 0) return;
  row(
    name,
    String(costs.length),
    spread(costs.map(({ trips }) => trips)),
    spread(costs.map(({ tripsToFinding }) => tripsToFinding).filter((trips) => trips > 0)),
    spread(costs.map(({ read, judged }) => Math.round((read / judged) * 10) / 10)),
    spread(costs.map(({ write, judged }) => Math.round((write / judged) * 10) / 10)),
    per(costs, 'read'),
    per(costs, 'write'),
  );
}

/** Prints what a record costs in DynamoDB, how that grows, and how long the bundle takes to import. */
export async function benchStoring(print: (line?: string) => void, row: Row): Promise<void> {
  const header = ['batches', 'trips', 'to a finding', 'read', 'write', 'read/record', 'write/record'];
  for (const attacks of ['few', 'all'] as const) {
    const watched = watchedMonth(attacks);
    const [before, records] = [watched.slice(0, -RECORDS), watched.slice(-RECORDS)];
    print();
    print(
      `DynamoDB (dynalite), last ${RECORDS} (half singly, half in tens) of ${watched.length} watched records of a month with ${attacks} attacks; mean p50 p95`,
    );
    row('', ...header);
    for (const [size, costs] of await costsOf(before, records, [1, 10])) {
      const label = `batches of ${size}`;
      table(row, `${label}, all`, costs);
      for (const finding of [false, true]) {
        for (const followed of [false, true]) {
          const some = costs.filter((cost) => cost.finding === finding && cost.followed === followed);
          table(row, `  ${finding ? 'a finding' : 'no finding'}${followed ? ', data followed' : ''}`, some);
        }
      }
    }
  }

  const watched = watchedMonth('few');
  const [before, records] = [watched.slice(-RECORDS - FEWER, -FEWER), watched.slice(-FEWER)];
  print();
  print(`Growth, ${FEWER} records singly`);
  row('', ...header);
  for (const actors of [...ACTORS, ...MILLION]) {
    table(row, `${actors.toLocaleString('en-GB')} known actors`, await costsAmong(actors, before, records));
  }
  const template = records.find(
    (record) => (record as { eventName?: string }).eventName === 'RunInstances',
  ) as Record<string, unknown>;
  for (const known of [100, 10_000, 100_000]) {
    const costs = await costsOfHotActor(known, before, template, FEWER / 2);
    table(row, `${known.toLocaleString('en-GB')} by one actor in the window`, costs);
  }

  const { detect, bare } = await importTimes(IMPORTS);
  print();
  print(`Import of a bundle in a fresh process, ms of processor time, middle of ${IMPORTS}`);
  row('detect', detect.toFixed(1));
  row('DynamoDB client alone', bare.toFixed(1));
  row('ratio', (detect / bare).toFixed(2));
}
