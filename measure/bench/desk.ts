import { availableParallelism } from 'node:os';
import { gzipAll, inflateAll, inflateAllParallel } from './inflating.ts';
import { judgeInMemory, judgeInSqlite } from './judging.ts';
import { makeMaterial } from './material.ts';
import type { Print } from './print.ts';
import { replayAll } from './replaying.ts';
import { medianSeconds, percentile } from './statistics.ts';

const TRIES = 3;
/** Cores that the targets in docs/performance.md are stated for. */
const LANES = 2;
/** Records judged before times are taken: code that runs for the first time is slow. */
const WARM_UP = 2_000;

/** Prints how fast files are replayed beside gzip, and how long judging one record takes. */
export async function benchDesk({ line: print, row }: Print): Promise<void> {
  const material = await makeMaterial({ days: 30, accounts: 5 });
  try {
    const { folder, files, records, zippedBytes, watched } = material;
    const inflatedBytes = inflateAll(files);
    const mb = inflatedBytes / 1e6;
    print(`Launchtrail bench, Node ${process.versions.node}, ${availableParallelism()} cores`);
    print(
      `${records.toLocaleString('en-GB')} records (${watched.length.toLocaleString('en-GB')} watched) in ${files.length} files, ` +
        `${(zippedBytes / 1e6).toFixed(1)} MB zipped, ${mb.toFixed(0)} MB inflated`,
    );

    print();
    print(`Replay, middle of ${TRIES} runs`);
    row('', 'seconds', 'MB/s', 'records/s', 'of gzip x2');
    const one = await medianSeconds(TRIES, () => void inflateAll(files));
    const two = await medianSeconds(TRIES, () => inflateAllParallel(files, LANES));
    const hasGzip = await gzipAll(files.slice(0, 1), 1);
    const gzipOne = hasGzip
      ? await medianSeconds(TRIES, async () => void (await gzipAll(files, 1)))
      : undefined;
    const gzipTwo = hasGzip
      ? await medianSeconds(TRIES, async () => void (await gzipAll(files, LANES)))
      : undefined;
    const against = (seconds: number): string =>
      gzipTwo === undefined ? 'no gzip' : (gzipTwo / seconds).toFixed(2);
    const timed = (name: string, seconds: number | undefined): void => {
      if (seconds === undefined) row(name, 'no gzip');
      else
        row(
          name,
          seconds.toFixed(2),
          (mb / seconds).toFixed(0),
          Math.round(records / seconds).toLocaleString('en-GB'),
          against(seconds),
        );
    };
    timed('zlib gunzip alone, 1 thread', one);
    timed(`zlib gunzip alone, ${LANES} threads`, two);
    timed('gzip -dc, 1 process', gzipOne);
    timed(`gzip -dc, ${LANES} processes`, gzipTwo);
    let peak = 0;
    for (const [name, args] of [
      ['launchtrail replay, memory', []],
      ['launchtrail replay, SQLite', ['--state', `${folder}/state.sqlite`]],
    ] as const) {
      // a state file that already knows the records would be another measurement
      const tries = args.length === 0 ? TRIES : 1;
      const seconds = await medianSeconds(tries, async () => {
        peak = Math.max(
          peak,
          await replayAll([folder, '--jobs', String(LANES), '--format', 'ocsf', ...args]),
        );
      });
      timed(name, seconds);
    }
    row('largest memory of a replay', `${peak} MB`);

    print();
    print('Judging one watched record, ms');
    row('', 'p50', 'p95', 'p99');
    for (const [name, judge] of [
      ['memory store', judgeInMemory],
      ['SQLite store', judgeInSqlite],
    ] as const) {
      const times = (await judge(watched)).slice(WARM_UP);
      row(name, ...[0.5, 0.95, 0.99].map((share) => percentile(times, share).toFixed(3)));
    }
  } finally {
    await material.remove();
  }
}
