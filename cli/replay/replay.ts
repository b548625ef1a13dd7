import { type DetectDeps, detect } from '../../lambda/app/detect.ts';
import type { FindingRecord } from '../../lambda/core/finding.ts';
import { watchedEvent } from '../../lambda/core/normalise/cloudtrail-events.ts';
import { eventTime } from '../../lambda/core/normalise/event-time.ts';
import { isObj } from '../../lambda/core/normalise/read.ts';
import type { Damage } from '../input/damage.ts';
import type { Found } from '../input/find-files.ts';
import { type Item, readEvents } from '../read-events.ts';
import type { Console } from './console.ts';
import { reorderBuffer, type Waiting } from './reorder.ts';
import { countOutcomes, countSkipped, emptyTally, type Tally } from './tally.ts';

/** Records judged in one go: enough to share reads of the history, few enough to keep what is read small. */
const BATCH = 200;
/** Damages of one file, and failures of a run, that are printed; all are counted. */
const MOST_SHOWN = 10;

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
  let failures = 0;

  const report = (damage: Damage): void => {
    tally.damaged++;
    const count = (shown.get(damage.path) ?? 0) + 1;
    shown.set(damage.path, count);
    if (count <= MOST_SHOWN) console.line(damageLine(damage));
    if (count === MOST_SHOWN)
      console.line(`${damage.path}: further damage in this file is counted, not shown`);
  };

  /** What must wait for its turn; the rest, which the detector skips whatever the order, is let through at once. */
  const sift = (items: readonly Item[]): { waiting: Waiting[]; rest: Waiting[] } => {
    const waiting: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const { record, bytes } of items) {
      tally.read++;
      const at = isObj(record) ? eventTime(record.eventTime) : undefined;
      if (at !== undefined && (at < since || at >= until)) countSkipped(tally, 'outside --since and --until');
      else if (at !== undefined && isWatched(record)) waiting.push({ record, bytes, at });
      else rest.push({ record, bytes, at: 0 });
    }
    return { waiting, rest };
  };

  const judgeAll = async (waiting: readonly Waiting[]): Promise<void> => {
    for (let from = 0; from < waiting.length; from += BATCH) {
      const records = waiting.slice(from, from + BATCH).map(({ record }) => record);
      for (const error of countOutcomes(tally, await detect(deps, records))) {
        if (failures++ < MOST_SHOWN) console.line(`could not be judged: ${error}`);
      }
    }
  };

  for (const damage of found.damages) report(damage);
  let path: string | undefined;
  for await (const batch of readEvents(found.files, { jobs })) {
    if (batch.path !== path) tally.files++;
    path = batch.path;
    for (const damage of batch.damages) report(damage);
    const { waiting, rest } = sift(batch.records);
    await judgeAll(rest);
    await judgeAll(buffer.add(waiting));
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

function isWatched(record: unknown): boolean {
  if (!isObj(record)) return false;
  const { eventSource, eventName } = record;
  return (
    typeof eventSource === 'string' &&
    typeof eventName === 'string' &&
    watchedEvent(eventSource, eventName) !== undefined
  );
}
