import { parentPort, workerData } from 'node:worker_threads';
import type { Order, Part } from './messages.ts';
import { expectRaw } from './raw-bytes.ts';
import { readFile } from './read-file.ts';
import { addReading, emptyReading } from './reading.ts';
import type { TimeRange } from './time-range.ts';

/** Activities collected for one message. */
const PER_PART = 256;
/** JSON sent and not yet taken, characters; beyond it this worker waits, so that its results cannot pile up. */
const MAX_AHEAD = 2 * 1024 * 1024;

/** Reads, in a worker, what the main thread orders, and answers part by part. */
export function serve(): void {
  const port = parentPort;
  if (port === null) throw new Error('runs in a worker only');
  const range: TimeRange = workerData;
  let ahead = 0;
  let wake = (): void => {};
  let work: Promise<void> = Promise.resolve();

  const send = async (part: Omit<Part, 'activities'>, activities: readonly unknown[]): Promise<void> => {
    const text = activities.length === 0 ? '' : JSON.stringify(activities);
    ahead += text.length;
    port.postMessage({ ...part, activities: text } satisfies Part);
    while (ahead > MAX_AHEAD) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  const run = async ({ task, files }: Extract<Order, { task: number }>): Promise<void> => {
    let sum = emptyReading();
    const flush = async (last: boolean): Promise<void> => {
      const { activities, ...reading } = sum;
      sum = emptyReading();
      await send({ task, last, reading }, activities);
    };
    for (const file of files) {
      for await (const reading of readFile(file, range)) {
        addReading(sum, reading);
        if (sum.activities.length >= PER_PART) await flush(false);
      }
    }
    await flush(true);
  };

  port.on('message', (order: Order) => {
    if ('taken' in order) {
      ahead -= order.taken;
      wake();
    } else {
      expectRaw(order.files);
      work = work.then(() => run(order));
    }
  });
}
