import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { InputFile } from './input/input-file.ts';
import { readInPool, startWorker } from './input/pool.ts';
import { expectRaw } from './input/raw-bytes.ts';
import { readFile } from './input/read-file.ts';
import type { Reading } from './input/reading.ts';
import { ALWAYS, type TimeRange } from './input/time-range.ts';

/** Below this many bytes on disk, starting workers takes longer than reading. */
const WORTH_WORKERS = 1024 * 1024;

export interface ReadOptions {
  /** Reading workers; 0 reads everything on this thread, as does input that is too small for workers to pay. */
  readonly jobs?: number;
  readonly range?: TimeRange;
  /** Workers started already (`readyWorkers`). */
  readonly ready?: readonly Worker[];
}

const workersFor = (bytes: number, jobs: number | undefined): number =>
  jobs ?? (bytes < WORTH_WORKERS ? 0 : availableParallelism());

/** Workers to be ready by the time all files are found: `soFar` starts them once they are sure to be needed. */
export function readyWorkers({ jobs, range = ALWAYS }: ReadOptions): {
  readonly ready: readonly Worker[];
  soFar(bytes: number): void;
} {
  const ready: Worker[] = [];
  return {
    ready,
    soFar(bytes) {
      const wanted = bytes < WORTH_WORKERS ? 0 : (jobs ?? availableParallelism());
      while (ready.length < wanted) ready.push(startWorker(range));
    },
  };
}

/** Reads the CloudTrail records of files, in the order of the files; memory does not grow with the input. */
export async function* readEvents(
  files: readonly InputFile[],
  { jobs, range = ALWAYS, ready = [] }: ReadOptions = {},
): AsyncGenerator<Reading> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const workers = workersFor(bytes, jobs);
  if (workers > 0) return yield* readInPool(files, workers, range, ready);
  expectRaw(files);
  for (const file of files) yield* readFile(file, range);
}
