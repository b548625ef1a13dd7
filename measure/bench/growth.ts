import { directions } from './directions.ts';
import type { Grown, GrowthJob } from './growth-job.ts';
import type { Print } from './print.ts';
import { runApart } from './run-apart.ts';

const SIZES = [10, 100, 1_000, 10_000, 100_000];

export interface GrowthOptions {
  /** Largest size with DynamoDB's stand-in; with the memory store it is `mostInMemory`. */
  readonly most: number;
  readonly mostInMemory: number;
  /** Seconds after which one measurement is given up, and no larger one of its direction and store is begun. */
  readonly limitSeconds: number;
  /** Absent: all. */
  readonly direction?: string;
}

/** Prints what one more record costs as what is around it grows, in each direction. */
export async function benchGrowth({ line, row }: Print, options: GrowthOptions): Promise<void> {
  const { most, mostInMemory, limitSeconds, direction: only } = options;
  line();
  line(
    `Growth: the next records singly, mean and most; DynamoDB is the counting table; given up after ${limitSeconds} s; longest detect and memory include what came before`,
  );
  row(
    '',
    'size',
    'read',
    'write',
    'queries',
    'in flight',
    'ms',
    'longest',
    'MB',
    'memory: ms',
    'longest',
    'MB',
  );
  for (const { name, of, most: sensible = Number.POSITIVE_INFINITY } of directions()) {
    if (only !== undefined && only !== name) continue;
    line(`  ${name}: ${of}`);
    const over = { dynamo: false, memory: false };
    for (const size of SIZES.filter((each) => each <= Math.min(sensible, Math.max(most, mostInMemory)))) {
      const of = async (store: GrowthJob['store']): Promise<Grown | undefined> => {
        if (over[store] || size > (store === 'memory' ? mostInMemory : most)) return undefined;
        const grown = await runApart<Grown>(
          { job: 'growth', direction: name, size, store, limitSeconds },
          store === 'memory' ? 'program' : 'function',
        );
        over[store] = !grown.done;
        return grown;
      };
      const [dynamo, memory] = [await of('dynamo'), await of('memory')];
      if (dynamo === undefined && memory === undefined) break;
      row('', size.toLocaleString('en-GB'), ...inDynamo(dynamo), ...worker(dynamo), ...worker(memory));
    }
  }
}

function inDynamo(grown: Grown | undefined): string[] {
  if (grown === undefined || !grown.done) return ['-', '-', '-', '-'];
  const { mean, most } = grown;
  const both = (of: 'read' | 'write' | 'queries'): string =>
    `${mean[of].toFixed(mean[of] < 100 ? 1 : 0)} ${most[of].toFixed(0)}`;
  return [both('read'), both('write'), both('queries'), String(most.flying)];
}

function worker(grown: Grown | undefined): string[] {
  if (grown === undefined) return ['-', '-', '-'];
  const ms = grown.done ? grown.ms.toFixed(2) : `at ${grown.before.toLocaleString('en-GB')}`;
  return [ms, grown.longest.toFixed(0), String(grown.mb)];
}
