import { setImmediate } from 'node:timers/promises';
import { brokenDatabase } from '../../adapters/sqlite/file.ts';
import { type DetectDeps, detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { DecisionStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Damage } from '../input/damage.ts';
import type { Found } from '../input/find-files.ts';
import type { Reading } from '../input/reading.ts';
import { MOST_TOLD } from '../input/value-reader.ts';
import { type ReadOptions, readEvents } from '../read-events.ts';
import type { Console } from './console.ts';
import { reorderBuffer } from './reorder.ts';
import { countOthers, countOutcomes, countPlace, countSkipped, emptyTally, type Tally } from './tally.ts';

/** Activities judged in one go: enough to share reads of the history, few enough to keep what is read small. */
const BATCH = 200;
/** Failures of a run that are printed; all are counted. */
const MOST_SHOWN = 10;
/** Damages that are told although they say the same, of different files. */
const MOST_ALIKE = 30;

/**
 * Reads everything, judges it nearly in order of time, and returns what it counted and every finding.
 *
 * @param into where it counts, so that who is interrupted can say how far it came; and other detectors that judge the same
 * @throws Error where the store takes nothing any more: what is judged after that would be judged wrongly
 */
export async function replay(
  deps: DetectDeps & { readonly decisions?: DecisionStore },
  found: Found,
  options: ReadOptions,
  console: Console,
  {
    tally = emptyTally(),
    beside = [],
    accounts,
    readings = readEvents(found.files, options),
  }: {
    readonly tally?: Tally;
    readonly beside?: readonly DetectDeps[];
    /** Whose activities are judged; absent: all. */
    readonly accounts?: ReadonlySet<string>;
    /** What is read instead of the files. */
    readonly readings?: AsyncIterable<Reading>;
  } = {},
): Promise<{ tally: Tally; findings: FindingRecord[] }> {
  tally.ignored = found.ignored;
  const told = { path: new Map<string, number>(), message: new Map<string, number>() };
  const buffer = reorderBuffer<Activity>();
  let consumed = 0;
  let failures = 0;

  const tell = (damage: Damage): void => {
    // without the right to a bucket, every one of a million objects says the same
    const alike = countUp(told.message, damage.message);
    if (alike > MOST_ALIKE) return;
    console.line(damageLine(damage));
    if (alike === MOST_ALIKE) console.line(`more of "${damage.message}" is counted, not shown`);
    if (countUp(told.path, damage.path) === MOST_TOLD)
      console.line(`${damage.path}: further damage in this file is counted, not shown`);
  };

  const judgeAll = async (activities: readonly Activity[]): Promise<void> => {
    for (let from = 0; from < activities.length; from += BATCH) {
      const batch = activities.slice(from, from + BATCH);
      const outcomes = await detectActivities(deps, batch);
      for (const other of beside) await detectActivities(other, batch);
      for (const [index, { status }] of outcomes.entries())
        if (status === 'judged') countPlace(tally, batch[index] as Activity);
      for (const error of countOutcomes(tally, outcomes)) {
        if (brokenDatabase(error) !== undefined) throw new Error(error);
        if (failures++ < MOST_SHOWN) console.line(`could not be judged: ${error}`);
      }
      // lets the workers be heard: with a store in memory nothing else gives way to them
      await setImmediate();
    }
  };

  for (const note of found.notes) console.line(note);
  tally.damaged += found.damages.length;
  for (const damage of found.damages) tell(damage);
  for await (const reading of readings) {
    tally.files += reading.files;
    tally.read += reading.records;
    tally.damaged += reading.damaged;
    for (const damage of reading.damages) tell(damage);
    for (const [reason, count] of reading.skipped) countSkipped(tally, reason, count);
    countOthers(tally, reading);
    const wanted = accounts
      ? reading.activities.filter(({ account }) => accounts.has(account))
      : reading.activities;
    await judgeAll(buffer.add(wanted, reading.delivered));
    consumed += reading.consumed;
    console.progress(consumed, { records: tally.read, judged: tally.judged });
  }
  await judgeAll(buffer.drain());

  return { tally, findings: await findingsIn(deps.verdicts, deps.policy, deps.decisions) };
}

function countUp(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

const damageLine = ({ path, position, message }: Damage): string =>
  [path === '-' ? 'standard input' : path, position, message].filter((part) => part !== undefined).join(': ');
