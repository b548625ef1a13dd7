import { type Activity, copyKey } from '../core/activity/activity.ts';
import { does } from '../core/activity/kinds.ts';
import type { Assessment } from '../core/findings/finding.ts';
import { type Case, type Judgement, judge } from '../core/findings/judge.ts';
import type { Affected } from '../core/history/affected.ts';
import { timelineAccount } from '../core/history/looking-back.ts';
import { MAX_DEPTH } from '../core/lineage/walk.ts';
import type { Policy } from '../core/policy/policy.ts';
import { grownActs, placeActs, takeIn, takenBack } from './acts.ts';
import { cameAfter, type Look, lookAround, type Stores } from './look-around.ts';
import { placeOf } from './place.ts';
import type { HistoryStore, Stretch } from './ports.ts';
import {
  addAffected,
  addTimeline,
  costOf,
  inTurn,
  isCovered,
  nextSlice,
  type Reopening,
  type TimelineReopening,
} from './reopening.ts';

/** A policy, or one that is still being looked up: it is waited for beside the first write. */
export type PolicyOrLook = Policy | Promise<Policy>;

export interface ConvergeDeps<P extends PolicyOrLook = Policy> extends Stores {
  readonly policy: P;
  /** Takes over what is to be judged again when there is no time for it now. Absent, it is judged at once. */
  readonly defer?: (waiting: readonly Reopening[]) => Promise<void>;
  /** Whether no more time may be spent on judging again. */
  readonly isLate?: () => boolean;
}

/** More looks in a row than this mean a defect: two workers in each other's way need a handful. */
const MAX_LOOKS = 200;
/** Timelines read in one go to judge again what lies on them: about what one record may cost. What is more waits in the queue. */
const MAX_AGAIN = 100;
/** The same for what comes out of the queue: one message after another would take as long, and cost more. */
const MAX_AGAIN_LATER = 10_000;
/** Timelines that are read at a time, to be judged in one look. */
const AT_A_TIME = 250;
/** Activities judged in one look. */
const MAX_CASES = 200;
/** Each time that data is followed to beyond a look it goes a step at least, and nobody looks back for more steps than these. */
const FARTHEST: Onwards = { times: MAX_DEPTH + 3, until: Number.MAX_SAFE_INTEGER };

/** A verdict with its mark, the version that it takes the place of, and its activity as it was judged. */
interface Marked {
  readonly verdict: Assessment;
  readonly version: number;
  readonly activity: Activity;
}

/** How data is followed on. */
interface Onwards {
  /** As in `Reopening`. */
  readonly times: number;
  /** Time up to which something may rest on what came first, ms. */
  readonly until: number;
}

/** What is still to be done. */
interface Todo {
  /** By the key of their copy (`copyKey`), so that nothing is judged twice in one look. */
  cases: Map<string, Case>;
  readonly waiting: Reopening[];
  /** Keys of what arrived. It is judged with all of its batch in sight, so a timeline that leads to it need not ask it again. */
  readonly arrived: ReadonlySet<string>;
  /** Timelines that have been begun, as they were then: once is enough. */
  readonly begun: TimelineReopening[];
  /** What has just come or changed, by key: what carries its data on is judged again, too. */
  readonly onwards: Map<string, Onwards>;
  /** Keys of what was judged since something was last written: judging these again would say the same. */
  readonly settled: Set<string>;
  /** How far each activity's data has been followed on, by key. */
  readonly followed: Map<string, Onwards>;
  /** Marks to be noted in verdicts once all that they concern has been judged again. */
  readonly marked: Map<string, Marked>;
}

/**
 * Remembers activities, then judges them and whatever they change, until a look shows nothing to change.
 *
 * Whoever writes a verdict looks once more: what was stored after the look that it came from may contradict it.
 *
 * @throws when a store fails
 */
export async function converge(
  deps: ConvergeDeps<PolicyOrLook>,
  arrived: readonly Activity[],
): Promise<void> {
  const [{ cases, came }, policy] = await Promise.all([takeIn(deps.history, arrived), deps.policy]);
  const waiting: Reopening[] = [];
  addAffected(
    waiting,
    came.flatMap((each) => guarded(each, policy.timeWindow)),
  );
  const onwards = new Map([...cases.keys()].map((key) => [key, FARTHEST]));
  const todo = { ...nothing(), cases, waiting, arrived: new Set(cases.keys()), onwards };
  await work({ ...deps, policy }, todo, MAX_AGAIN);
}

/** Goes on with judgements that were put off. */
export async function convergeAgain(
  deps: ConvergeDeps<PolicyOrLook>,
  waiting: readonly Reopening[],
): Promise<void> {
  const { now, later } = inTurn(waiting);
  const todo = { ...nothing(), waiting: deps.defer === undefined ? [...now, ...later] : now };
  await work({ ...deps, policy: await deps.policy }, todo, MAX_AGAIN_LATER);
  if (later.length > 0) await deps.defer?.(later);
}

const nothing = (): Todo => ({
  cases: new Map(),
  waiting: [],
  arrived: new Set(),
  begun: [],
  onwards: new Map(),
  settled: new Set(),
  followed: new Map(),
  marked: new Map(),
});

/**
 * Goes on until nothing is left to be done.
 *
 * @param most timelines that may be read to judge again
 */
async function work(deps: ConvergeDeps, todo: Todo, most: number): Promise<void> {
  let looks = 0;
  let again = 0;
  for (;;) {
    if (todo.cases.size > 0) {
      looks += 1;
      if (looks > MAX_LOOKS) throw new Error(`judgements did not converge in ${MAX_LOOKS} looks`);
      await step(deps, todo);
      continue;
    }
    looks = 0;
    if (todo.waiting.length === 0) {
      await noteMarks(deps, todo);
      if (todo.cases.size === 0) return;
      continue;
    }
    if (deps.defer !== undefined && (again >= most || deps.isLate?.())) {
      await deps.defer(todo.waiting.splice(0));
      continue;
    }
    const begun = nextOf(todo.waiting, Math.min(AT_A_TIME, most - again));
    const slices = await Promise.all(begun.map((reopening) => nextSlice(deps.history, reopening)));
    todo.waiting.unshift(...slices.flatMap(({ rest }) => rest ?? []));
    for (const [index, reopening] of begun.entries()) {
      again += costOf(reopening);
      const { activities = [] } = slices[index] ?? {};
      if (reopening.kind === 'timeline') reopenTimeline(todo, reopening, activities);
      else
        for (const activity of activities)
          if (!todo.settled.has(copyKey(activity))) add(todo.cases, activity, false);
    }
  }
}

/** Takes the next of what waits, one at least, until they may read so many timelines. */
function nextOf(waiting: Reopening[], most: number): Reopening[] {
  let cost = 0;
  const enough = waiting.findIndex((each) => {
    cost += costOf(each);
    return cost >= most;
  });
  return waiting.splice(0, enough < 0 ? waiting.length : enough + 1);
}

/** Has activities of a timeline judged again, and what carries their data on. */
function reopenTimeline(todo: Todo, timeline: TimelineReopening, activities: readonly Activity[]): void {
  const { onwards: times, to: until, asked } = timeline;
  // a later slice of one that has been begun adds nothing
  if (!isCovered(todo.begun, timeline)) todo.begun.push(timeline);
  for (const activity of activities) {
    const key = copyKey(activity);
    if (asked === undefined && todo.arrived.has(key)) continue;
    const followed = todo.followed.get(key);
    const isNew = times > 0 && (followed === undefined || followed.times < times || followed.until < until);
    if (isNew) todo.onwards.set(key, { times, until });
    if (isNew || !todo.settled.has(key)) add(todo.cases, activity, false);
  }
}

/** One look, one judgement, one write. */
async function step(deps: ConvergeDeps, todo: Todo): Promise<void> {
  const { onwards } = todo;
  await growActs(deps, todo);
  const cases = new Map([...todo.cases].slice(0, MAX_CASES));
  const next = new Map([...todo.cases].slice(MAX_CASES));
  // a change may make a service launch, and a share lets others use it: whether these agree is asked each time it is judged
  const isWantedOnwards = (activity: Activity): boolean =>
    onwards.has(copyKey(activity)) || does(activity.kind, 'plan') || does(activity.kind, 'share');
  const look = await lookAround(deps, [...cases.values()], isWantedOnwards, deps.policy);
  const marks = new Map([...todo.marked].map(([key, { verdict }]) => [key, verdict.suspect]));
  const judgement = judge([...cases.values()], { ...look, marks }, deps.policy);
  const done = await write(deps, look, judgement);
  if (!done || judgement.sheets.length + judgement.verdicts.length > 0) todo.settled.clear();
  else for (const key of cases.keys()) todo.settled.add(key);
  // also where another worker was first: what was written is no news at the next look, but still concerns others
  addAffected(todo.waiting, judgement.affected);

  for (const [key, { activity, repeated }] of cases) {
    const wanted = onwards.get(key);
    if (wanted === undefined) continue;
    onwards.delete(key);
    todo.followed.set(key, wanted);
    const { later, further } = look.ahead.get(activity) ?? NOTHING_AHEAD;
    for (const each of [...later, ...cameAfter(look, activity, deps.policy)]) {
      // what arrived with it has just been judged with this one in sight
      const other = copyKey(each);
      if (!cases.get(other)?.fresh && !todo.settled.has(other)) add(next, each, repeated);
    }
    for (const { subject, from, to } of further) {
      const timeline = { kind: 'timeline', subject, from, to: Math.min(to, wanted.until) } as const;
      const added = { ...timeline, onwards: wanted.times - 1 };
      if (!isCovered(todo.begun, added)) addTimeline(todo.waiting, added);
    }
  }
  for (const activity of await whole(deps.history, judgement.contradicted, look)) add(next, activity, false);
  const written = new Set(judgement.verdicts.map(({ activity }) => copyKey(activity)));
  if (done) {
    for (const [key, { activity, gone }] of cases) {
      // what was taken back is looked at once more, too: whoever judged it may have written after that
      if (written.has(key)) next.set(key, { activity, fresh: false, repeated: false, ...(gone && { gone }) });
    }
  } else {
    for (const { activity, repeated, gone } of cases.values()) {
      add(next, activity, repeated);
      if (gone) next.set(copyKey(activity), takenBack(activity));
    }
  }

  rememberMarks(todo, cases, look, done ? judgement : undefined);
  todo.cases = next;
}

/** Joins anew those of the acts to be judged of which more parts are known by now. */
async function growActs({ history, policy }: ConvergeDeps, todo: Todo): Promise<void> {
  const joined = [...todo.cases.values()].flatMap(({ activity, gone }) => (gone ? [] : [activity]));
  const grown = await grownActs(history, joined);
  if (grown.size === 0) return;
  await placeActs(history, [...grown.values()]);
  for (const [before, { activity, earlier }] of grown) {
    todo.cases.delete(copyKey(before));
    for (const form of earlier) {
      todo.cases.set(copyKey(form), takenBack(form));
      todo.onwards.set(copyKey(form), FARTHEST);
    }
    todo.cases.set(copyKey(activity), { activity, fresh: false, repeated: true });
    todo.onwards.set(copyKey(activity), FARTHEST);
    addAffected(
      todo.waiting,
      [activity, ...earlier].flatMap((each) => guarded(each, policy.timeWindow)),
    );
  }
}

/** Activities whose stored verdicts are contradicted: where such a verdict was shortened, its activity is read anew. */
async function whole(
  history: HistoryStore,
  activities: readonly Activity[],
  look: Look,
): Promise<Activity[]> {
  const isShort = (activity: Activity): boolean =>
    look.verdicts.get(copyKey(activity))?.shortened !== undefined;
  const short = activities.filter(isShort);
  if (short.length === 0) return [...activities];
  const read = await history.stretches(
    short.map((activity): Stretch => {
      const { at, subject } = placeOf(activity);
      return { account: timelineAccount(activity), subject, from: at, to: at };
    }),
    Math.min(...short.map(({ at }) => at)),
  );
  const wanted = new Set(short.map(copyKey));
  const found = read.flat().filter((activity) => wanted.has(copyKey(activity)));
  return [...activities.filter((activity) => !isShort(activity)), ...found];
}

const NOTHING_AHEAD = { later: [], further: [] } as const;

function add(cases: Map<string, Case>, activity: Activity, repeated: boolean): void {
  const key = copyKey(activity);
  cases.set(key, { activity, fresh: false, repeated: repeated || (cases.get(key)?.repeated ?? false) });
}

/** Writes what a judgement changed, each part on condition that nobody has changed it since it was read. */
async function write({ history, verdicts }: Stores, look: Look, judgement: Judgement): Promise<boolean> {
  const saved = await Promise.all([
    ...judgement.sheets.map((sheet) => history.saveSheet(sheet, look.sheetVersions.get(sheet.scope) ?? 0)),
    ...judgement.verdicts.map((verdict) => {
      const key = copyKey(verdict.activity);
      return verdicts.save(verdict, look.verdictVersions.get(key) ?? 0, look.verdicts.get(key));
    }),
  ]);
  return saved.every(Boolean);
}

/** Keeps in mind which marks are to be noted. A verdict that is about to change is looked at again, and its mark comes then. */
function rememberMarks(
  { marked }: Todo,
  cases: ReadonlyMap<string, Case>,
  look: Look,
  judgement: Judgement | undefined,
): void {
  for (const key of cases.keys()) marked.delete(key);
  const changing = new Set(judgement?.verdicts.map(({ activity }) => copyKey(activity)));
  for (const verdict of judgement?.marked ?? []) {
    const key = copyKey(verdict.activity);
    const version = look.verdictVersions.get(key);
    const activity = cases.get(key)?.activity ?? verdict.activity;
    if (!changing.has(key) && version !== undefined) marked.set(key, { verdict, version, activity });
  }
}

/**
 * Notes in verdicts how the sheets are marked. This comes last of all: until a mark is noted, whoever comes by judges again
 * what it concerns. So nothing is missed where a worker dies before.
 *
 * Whoever notes a mark looks once more, as after a verdict: another worker may have changed a verdict beside it since, and cannot have
 * seen that the mark does not agree with it.
 */
async function noteMarks({ verdicts }: Stores, todo: Todo): Promise<void> {
  const marked = [...todo.marked];
  todo.marked.clear();
  if (marked.length > 0) todo.settled.clear();
  await Promise.all(marked.map(([, { verdict, version }]) => verdicts.save(verdict, version, verdict)));
  for (const [, { activity }] of marked) add(todo.cases, activity, false);
}

/** A guard that was switched off concerns whoever shares or restores within the window after it, so everyone in its account. */
const guarded = ({ kind, outcome, account, at }: Activity, window: number): Affected[] =>
  kind === 'guardrail.disable' && outcome === 'succeeded'
    ? [{ account, prefix: '', from: at, to: at + window }]
    : [];
