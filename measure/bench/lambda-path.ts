import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynalite } from '../../test/dynalite.ts';
import {
  ORGANISATIONS,
  ORGANISATIONS_HINT,
  organisationNames,
  recordsFile,
} from '../../test/given-organisations.ts';
import type { LambdaJob, LambdaResult, Spent } from './lambda-job.ts';
import type { Print } from './print.ts';
import { runApart } from './run-apart.ts';
import { mean, percentile } from './statistics.ts';
import { linesOf } from './twice.ts';

export interface LambdaOptions {
  /** Absent: the one with the most records. */
  readonly organisation?: string;
  readonly warmUp: number;
  /** Measured singly, and then as many more in tens. */
  readonly measured: number;
  /** `dynalite`, over the wire and slow, or `counting`, in the memory of the worker, with the same units. */
  readonly table: string;
}

/** Prints what a record of a given organisation costs on the way through Lambda and DynamoDB. */
export async function benchLambda({ line, row }: Print, options: LambdaOptions): Promise<void> {
  line();
  if (ORGANISATIONS === undefined) return line(`Lambda path: skipped, ${ORGANISATIONS_HINT}`);
  const { warmUp, measured, table } = options;
  const [name, lines] = chosen(options.organisation);
  const some = lines.slice(-warmUp - 2 * measured);
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-bench-'));
  const server = table === 'counting' ? undefined : await startDynalite();
  try {
    const file = join(folder, 'records.jsonl');
    await writeFile(file, `${some.join('\n')}\n`);
    const job: LambdaJob = {
      job: 'lambda',
      name,
      file,
      warmUp: Math.max(0, some.length - 2 * measured),
      measured,
      ...(server && {
        server: {
          endpoint: server.endpoint,
          history: await server.makeTable(),
          findings: await server.makeTable(),
        },
      }),
    };
    const { singly, inTens, longest, cpu, mb } = await runApart<LambdaResult>(job, 'function');
    line(
      `Lambda path, ${name}, DynamoDB (${table}): ${job.warmUp} records to warm up, then ${measured} singly and ${measured} in tens, in order of delivery`,
    );
    row('', 'mean', 'p50', 'p90', 'p99', 'most');
    for (const [label, spent] of [
      ['singly', singly],
      ['in tens', inTens],
    ] as const) {
      tell(row, label, spent);
      const worst = spent.toSorted((a, b) => b.read + b.write - a.read - a.write).slice(0, 3);
      for (const { read, write, calls, ms, about } of worst)
        line(`  worst ${label}: ${read} read, ${write} write, ${calls} calls, ${ms.toFixed(0)} ms: ${about}`);
    }
    line(
      `  longest detect ${longest.toFixed(0)} ms, memory of the worker ${mb} MB${server ? '' : ' with the table in it'}, processor time ${cpu.toFixed(1)} s`,
    );
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function chosen(name: string | undefined): [string, string[]] {
  const all = (name === undefined ? organisationNames() : [name]).map((each): [string, string[]] => [
    each,
    linesOf(recordsFile(each)),
  ]);
  const [busiest] = all.sort(([, a], [, b]) => b.length - a.length);
  if (busiest === undefined) throw new Error('the folder holds no organisation');
  return busiest;
}

function tell(row: Print['row'], label: string, spent: readonly Spent[]): void {
  const spread = (what: string, values: readonly number[], digits: number): void =>
    row(
      `${label}, ${what}`,
      mean(values).toFixed(2),
      ...[0.5, 0.9, 0.99, 1].map((share) => percentile(values, share).toFixed(digits)),
    );
  spread(
    'read units a record',
    spent.map(({ read, judged }) => read / judged),
    1,
  );
  spread(
    'write units a record',
    spent.map(({ write, judged }) => write / judged),
    1,
  );
  spread(
    'trips',
    spent.map(({ trips }) => trips),
    0,
  );
  spread(
    'calls in flight at most',
    spent.map(({ flying }) => flying),
    0,
  );
  spread(
    'ms a record',
    spent.map(({ ms, judged }) => ms / judged),
    1,
  );
}
