import { type DetectDeps, detect } from '../../lambda/app/detect.ts';
import type { FindingRecord } from '../../lambda/core/finding.ts';
import { eventTime } from '../../lambda/core/normalise/event-time.ts';
import type { Damage } from '../input/damage.ts';
import type { Found } from '../input/find-files.ts';
import { readEvents } from '../read-events.ts';
import type { Console } from './console.ts';
import { reorderBuffer, type Waiting } from './reorder.ts';
import { countOutcomes, countSkipped, emptyTally, type Tally } from './tally.ts';

/** Records judged in one go: enough to share reads of the history, few enough to keep what is read small. */
const BATCH = 200;
/** Damages of one file that are printed; all are counted. */
const SHOWN_PER_FILE = 10;

export interface Replay {
  readonly jobs: number;
  /** ms, inclusive. */
  readonly since?: number;
  /** ms, exclusive. */
  readonly until?: number;
}

/** Reads everything, judges it nearly in order of time, and returns what it counted and every open finding. */
export async function replay(
  deps: DetectDeps,
  found: Found,
  { jobs, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Replay,
  console: Console,
): Promise<{ tally: Tally; findings: FindingRecord[] }> {
  const tally = emptyTally();
  tally.ignored = found.ignored;
  const shown = new Map<string, number>();
  const buffer = reorderBuffer();
  let consumed = 0;

  const report = (damage: Damage): void => {
    tally.damaged++;
    const count = (shown.get(damage.path) ?? 0) + 1;
    shown.set(damage.path, count);
    if (count <= SHOWN_PER_FILE) console.line(damageLine(damage));
    if (count === SHOWN_PER_FILE)
      console.line(`${damage.path}: further damage in this file is counted, not shown`);
  };

  const wait = (record: unknown, bytes: number): Waiting[] => {
    tally.read++;
    const at = eventTime(timeOf(record));
    if (at !== undefined && (at < since || at >= until)) {
      countSkipped(tally, 'outside --since and --until');
      return [];
    }
    return [{ record, bytes, at: at ?? Number.NEGATIVE_INFINITY }];
  };

  const judgeAll = async (waiting: readonly Waiting[]): Promise<void> => {
    for (let from = 0; from < waiting.length; from += BATCH) {
      const records = waiting.slice(from, from + BATCH).map(({ record }) => record);
      for (const error of countOutcomes(tally, await detect(deps, records)))
        console.line(`could not be judged: ${error}`);
    }
  };

  for (const damage of found.damages) report(damage);
  let path: string | undefined;
  for await (const batch of readEvents(found.files, { jobs })) {
    if (batch.path !== path) tally.files++;
    path = batch.path;
    for (const damage of batch.damages) report(damage);
    await judgeAll(buffer.add(batch.records.flatMap(({ record, bytes }) => wait(record, bytes))));
    consumed += batch.consumed;
    console.progress(consumed, { records: tally.read, judged: tally.judged });
  }
  await judgeAll(buffer.drain());

  const findings: FindingRecord[] = [];
  for await (const record of deps.findings.all()) findings.push(record);
  return { tally, findings };
}

const damageLine = ({ path, position, message }: Damage): string =>
  [path === '-' ? 'standard input' : path, position, message].filter((part) => part !== undefined).join(': ');

/** When a record says it happened; only to put it in order, the normaliser decides what it means. */
const timeOf = (record: unknown): unknown =>
  typeof record === 'object' && record !== null && 'eventTime' in record ? record.eventTime : undefined;
