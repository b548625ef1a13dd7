import { parentPort } from 'node:worker_threads';
import { reasonOf } from './damage.ts';
import type { ParquetAnswer, ParquetOrder } from './parquet.ts';
import { parquetRows, type Rows } from './parquet-rows.ts';
import { ofBytes, ofFile, type RandomAccess } from './random-access.ts';

/** Decodes, one file after the other, what it is told to, a portion for each `next`. */
let bytes: RandomAccess | undefined;
let rows: AsyncGenerator<Rows> | undefined;

const answer = (message: ParquetAnswer): void => parentPort?.postMessage(message);

parentPort?.on('message', async (order: ParquetOrder) => {
  try {
    if ('open' in order) {
      bytes?.close();
      bytes = typeof order.open === 'string' ? ofFile(order.open) : ofBytes(Buffer.from(order.open));
      rows = parquetRows(bytes);
    }
    const next = await rows?.next();
    answer(next === undefined || next.done ? { end: true } : { rows: next.value });
  } catch (error) {
    answer({ problem: reasonOf(error) });
  }
});
