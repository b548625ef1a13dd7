import { Worker } from 'node:worker_threads';
import { besides } from './besides.ts';
import { reasonOf } from './damage.ts';
import type { InputFile } from './input-file.ts';
import type { Rows } from './parquet-rows.ts';
import type { RandomAccess } from './random-access.ts';
import { emptyReading, type Reading } from './reading.ts';
import type { TimeRange } from './time-range.ts';
import { valueReader } from './value-reader.ts';

/** Opens a file by its path or content and asks for its first rows, or for the next ones. */
export type ParquetOrder = { readonly open: string | Uint8Array } | { readonly next: true };

export type ParquetAnswer = { readonly rows: Rows } | { readonly end: true } | { readonly problem: string };

/** Time for one portion: what is whole is decoded at several MB a second; a damaged page can keep the decoder busy for ever. */
const BASE_MS = 10_000;
const MS_PER_MB = 2_000;
const MAX_MEMORY_MB = 1_024;

/** One for each thread, kept for the next file; replaced when it has to be stopped. */
let decoder: Worker | undefined;

/**
 * Reads the rows of a Parquet file: CloudTrail's by column, or Security Lake's.
 *
 * They are decoded in a worker, since a damaged file can make the decoder loop, fail where nobody waits, or take all memory.
 *
 * @throws Error that says why the file cannot be read
 */
export async function* readParquet(
  file: InputFile,
  bytes: RandomAccess,
  range: TimeRange,
): AsyncGenerator<Reading> {
  const values = valueReader(file.path, range);
  const within = BASE_MS + (MS_PER_MB * bytes.length) / 1e6;
  yield { ...emptyReading(), files: 1 };
  let order: ParquetOrder = { open: bytes.path ?? bytes.slice(0, bytes.length) };
  for (;;) {
    const reading = emptyReading();
    const answer = await ask(order, within).catch((error: Error) => ({ problem: error.message }));
    if ('end' in answer) return;
    if ('problem' in answer) {
      values.tell(reading, undefined, answer.problem);
      yield reading;
      return;
    }
    const { from, to, of, json, problem } = answer.rows;
    if (problem !== undefined) values.tell(reading, `rows ${from + 1} to ${to}`, problem);
    const rows: unknown[] = json === undefined ? [] : JSON.parse(json);
    const size = file.size / Math.max(1, of);
    for (const [index, row] of rows.entries()) values.add(row, size, `row ${from + index + 1}`, reading);
    reading.consumed = Math.min(file.size, size * (to - from));
    yield reading;
    order = { next: true };
  }
}

/** @throws Error where no answer came in time, or the worker failed; then it is stopped */
function ask(order: ParquetOrder, within: number): Promise<ParquetAnswer> {
  decoder ??= new Worker(besides('parquet-worker'), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
  });
  const worker = decoder;
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      worker.off('message', take).off('error', fail).off('exit', ended);
      worker.unref();
    };
    const give = (reason: string): void => {
      finish();
      worker.on('error', () => {});
      decoder = undefined;
      void worker.terminate();
      reject(new Error(`is damaged Parquet: ${reason}`));
    };
    const take = (answer: ParquetAnswer): void => {
      finish();
      resolve(answer);
    };
    const fail = (error: unknown): void => give(reasonOf(error));
    const ended = (): void => give('the decoder ended');
    const timer = setTimeout(() => give(`nothing was decoded in ${Math.round(within / 1000)} s`), within);
    worker.ref();
    worker.on('message', take).on('error', fail).on('exit', ended);
    worker.postMessage(order);
  });
}
