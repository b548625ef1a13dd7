import { Worker } from 'node:worker_threads';
import { besides } from './besides.ts';
import type { InputFile } from './input-file.ts';
import type { Order, Part } from './messages.ts';
import { readFile } from './read-file.ts';
import type { Reading } from './reading.ts';
import type { TimeRange } from './time-range.ts';

/** Files handed over at once, and their bytes on disk: enough that messages cost nothing, few enough to spread evenly. */
const FILES_PER_TASK = 64;
const BYTES_PER_TASK = 256 * 1024;
/** Tasks given out per worker before the first of them was taken. */
const AHEAD = 32;

/** A task given to a worker, and what has come back of it. */
interface Given {
  readonly files: readonly InputFile[];
  /** Absent for what only the main thread can read: standard input, pipes. */
  readonly reader?: Reader;
  readonly parts: Part[];
}

interface Reader {
  readonly worker: Worker;
  /** Tasks it has not finished. */
  load: number;
}

/** Starts a worker that takes a while to be ready; until it is given something it keeps no process alive. */
export function startWorker(range: TimeRange): Worker {
  // what this process was started with (--eval, --input-type) need not suit a worker
  const worker = new Worker(besides('worker'), { workerData: range, execArgv: [] });
  worker.unref();
  return worker;
}

/**
 * Reads files in several workers and gives what they hold in the order of the files, whichever worker is faster.
 *
 * What is read ahead is bounded by tasks and, in each worker, by the size of what was not yet taken.
 *
 * @param ready workers started already, with the same range
 * @throws Error when a worker fails as a whole, e.g. for want of memory
 */
export async function* readInPool(
  files: readonly InputFile[],
  jobs: number,
  range: TimeRange,
  ready: readonly Worker[] = [],
): AsyncGenerator<Reading> {
  const given = new Map<number, Given>();
  let failure: Error | undefined;
  let wake = (): void => {};

  const waiting = [...ready];
  const start = (): Reader => {
    const worker = waiting.shift() ?? startWorker(range);
    worker.ref();
    const reader = { worker, load: 0 };
    worker.on('message', (part: Part) => {
      given.get(part.task)?.parts.push(part);
      if (part.last) reader.load--;
      wake();
    });
    worker.on('error', (error) => {
      failure ??= error instanceof Error ? error : new Error(String(error));
      wake();
    });
    return reader;
  };

  const readers: Reader[] = [];
  /** The least busy worker; a new one as long as all have something to do. */
  const freeReader = (): Reader => {
    const least = readers.toSorted((a, b) => a.load - b.load)[0];
    if (least !== undefined && (least.load === 0 || readers.length === jobs)) return least;
    const reader = start();
    readers.push(reader);
    return reader;
  };

  const tasks = tasksOf(files);
  let next = 0;
  const giveAhead = (): void => {
    while (given.size < jobs * AHEAD) {
      const task = tasks.next();
      if (task.done) return;
      const id = next++;
      if (task.value.every(({ plain }) => plain)) {
        const reader = freeReader();
        reader.load++;
        given.set(id, { files: task.value, reader, parts: [] });
        reader.worker.postMessage({ task: id, files: task.value } satisfies Order);
      } else {
        given.set(id, { files: task.value, parts: [] });
      }
    }
  };

  try {
    giveAhead();
    for (let id = 0, task = given.get(0); task !== undefined; task = given.get(++id)) {
      if (task.reader === undefined) {
        for (const file of task.files) yield* readFile(file, range);
      }
      for (let last = task.reader === undefined; !last; ) {
        const part = task.parts.shift();
        if (part === undefined) {
          if (failure !== undefined) throw failure;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        yield { ...part.reading, activities: part.activities === '' ? [] : JSON.parse(part.activities) };
        task.reader?.worker.postMessage({ taken: part.activities.length } satisfies Order);
        last = part.last;
      }
      given.delete(id);
      giveAhead();
    }
  } finally {
    await Promise.all(
      [...readers.map(({ worker }) => worker), ...waiting].map((worker) => worker.terminate()),
    );
  }
}

/** Puts small neighbours together. */
function* tasksOf(files: readonly InputFile[]): Generator<InputFile[]> {
  let task: InputFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const full = task.length >= FILES_PER_TASK || bytes + file.size > BYTES_PER_TASK;
    if (task.length > 0 && (full || !file.plain)) {
      yield task;
      task = [];
      bytes = 0;
    }
    task.push(file);
    bytes += file.plain ? file.size : BYTES_PER_TASK;
  }
  if (task.length > 0) yield task;
}
