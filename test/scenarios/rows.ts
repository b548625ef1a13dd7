import { isDeepStrictEqual } from 'node:util';
import { explain, scoreOf } from '../../core/findings/assess.ts';
import { inStory } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity, severityOf } from '../../core/findings/severity.ts';
import { DAY } from '../../simulate/estate.ts';
import type { Routine } from '../../simulate/routine.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';
import { findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { INDIRECT, type Indirect, recordsBehind, type Who } from './behind.ts';
import { TWINS } from './benign.ts';
import { type Verdict, verdictOn } from './judged.ts';
import { recordsOpened, WAYS, type Way, type When } from './opened.ts';
import { expose, PATHS, type Path } from './paths.ts';
import { recordsOf, type Variant } from './stage.ts';
import { lastDay, type Twin } from './twin.ts';
import { daysOf, everyday, HISTORY_DAYS, policy, START } from './world.ts';

/** Severity and score; no severity means that nobody is told anything. */
export interface Cell {
  readonly severity: Severity | undefined;
  readonly score: number;
}

/** What the detector says of one path, walked in every way. */
interface PathRow {
  readonly path: string;
  /** By name of the column; a way that a path cannot be walked in is left out. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Of the path walked by one principal within the hour. */
  readonly signals: readonly string[];
  readonly findings: number;
  /** Whether another order, and every record twice, end in the same open findings. */
  readonly reversedSame: boolean;
  readonly doubledSame: boolean;
}

interface TwinRow {
  readonly twin: string;
  /** The first time anyone does it, in an account that is well known. */
  readonly first: Cell;
  readonly habit: Cell;
  /** Score of that time's own part, where the finding goes on from earlier times. */
  readonly alone: Cell;
  readonly signals: readonly string[];
}

/** Columns that hold a chain without exposure, and with. */
export const CHAIN = ['same principal', 'two principals', 'three days', 'other Region'] as const;
/** The same with exposure at the end: within the hour, and over three days. */
export const EXPOSED = ['exposed', 'exposed, three days'] as const;

const VARIANTS: Readonly<Record<(typeof CHAIN)[number], readonly Variant[]>> = {
  'same principal': [{}],
  'two principals': [{ two: true }],
  'three days': [{ days: true }, { days: true, two: true }],
  'other Region': [{ elsewhere: true }, { elsewhere: true, two: true }],
};

const cellOf = ({ severity, score }: Verdict): Cell => ({ severity, score });
const lowest = (cells: readonly Cell[]): Cell =>
  cells.reduce((least, cell) => (cell.score < least.score ? cell : least));

async function pathRow(path: Path, history: readonly TrailRecord[]): Promise<PathRow> {
  const recordsFor = (variant: Variant): TrailRecord[] => recordsOf(path.play, expose, variant);
  const cells: Record<string, Cell> = {};
  const exposed: Record<(typeof EXPOSED)[number], Cell[]> = { exposed: [], 'exposed, three days': [] };
  for (const column of CHAIN) {
    if (column === 'other Region' && !path.regions) continue;
    const walked: Cell[] = [];
    for (const variant of VARIANTS[column]) {
      walked.push(cellOf(await verdictOn(history, recordsFor(variant))));
      const opened = await verdictOn(history, recordsFor({ ...variant, exposed: true }));
      exposed[variant.days ? 'exposed, three days' : 'exposed'].push(cellOf(opened));
    }
    cells[column] = lowest(walked);
  }
  for (const column of EXPOSED) cells[column] = lowest(exposed[column]);

  const whole: Variant = { two: true, exposed: true };
  const records = recordsFor(whole);
  const inOrder = await verdictOn(history, records);
  const reversed = await verdictOn(history, records.toReversed());
  const doubled = await verdictOn(
    history,
    records.flatMap((record) => [record, record]),
  );
  const plain = await verdictOn(history, recordsFor({}));
  return {
    path: path.name,
    cells,
    signals: plain.signals,
    findings: plain.findings.length,
    reversedSame: isDeepStrictEqual(reversed.findings, inOrder.findings),
    doubledSame: isDeepStrictEqual(doubled.findings, inOrder.findings),
  };
}

async function twinRow(twin: Twin): Promise<TwinRow> {
  const day = lastDay(twin, HISTORY_DAYS);
  const since = START + day * DAY;
  const ofThatDay = (records: readonly TrailRecord[]): Set<string> =>
    new Set(records.filter(({ eventTime }) => Date.parse(eventTime) >= since).map(({ eventID }) => eventID));

  const only = (): Routine => {
    const routine = twin.routine();
    return (each, emit) => {
      if (each.index >= day) routine(each, emit);
    };
  };
  const once = daysOf([...everyday(), only()], day + 1);
  const first = await verdictOn(once, [], ofThatDay(daysOf([only()], day + 1)));

  const often = daysOf([...everyday(), twin.routine()], day + 1);
  const about = ofThatDay(daysOf([twin.routine()], day + 1));
  const habit = await verdictOn(often, [], about);
  const own = habit.findings.flatMap(({ members }) =>
    members.filter(({ activity }) => about.has(activity.id)),
  );
  const { score } = scoreOf(own, policy);
  const alone = { severity: severityOf(policy, score), score };
  return { twin: twin.name, first: cellOf(first), habit: cellOf(habit), alone, signals: habit.signals };
}

/** What is said of somebody who makes a service launch. */
interface BehindRow {
  readonly name: string;
  readonly accelerated: boolean;
  readonly cells: Readonly<Record<Who, Cell>>;
  /** By a new user. */
  readonly signals: readonly string[];
  /** Launches that are members of the worst finding, of all; and whether that finding tells the change first. */
  readonly launches: number;
  readonly joined: number;
  readonly changeFirst: boolean;
  readonly reversedSame: boolean;
  readonly doubledSame: boolean;
}

async function behindRow(indirect: Indirect, history: readonly TrailRecord[]): Promise<BehindRow> {
  const byLauncher = await verdictOn(history, recordsBehind(indirect, 'launcher').records);
  const { records, launches } = recordsBehind(indirect, 'new user');
  const inOrder = await verdictOn(history, records);
  const reversed = await verdictOn(history, records.toReversed());
  const doubled = await verdictOn(
    history,
    records.flatMap((record) => [record, record]),
  );
  const worst = inOrder.findings[0];
  const told = worst === undefined ? [] : inStory(worst).map(({ activity }) => activity);
  return {
    name: indirect.name,
    accelerated: indirect.accelerated,
    cells: { launcher: cellOf(byLauncher), 'new user': cellOf(inOrder) },
    signals: inOrder.signals,
    launches: launches.length,
    joined: launches.filter((id) => worst?.members.some(({ activity }) => activity.id === id)).length,
    // but for the making of the user, which the story begins with
    changeFirst:
      told.find(({ kind }) => kind !== 'identity.create')?.actor.label.startsWith('user/') === true,
    reversedSame: isDeepStrictEqual(reversed.findings, inOrder.findings),
    doubledSame: isDeepStrictEqual(doubled.findings, inOrder.findings),
  };
}

/** What is said of an instance with copied data that is opened afterwards in one way. */
interface OpenedRow {
  readonly way: string;
  readonly entry: boolean;
  readonly cells: Readonly<Record<(typeof OPENED)[number], Cell>>;
  readonly signals: readonly string[];
  /** First line of the finding. */
  readonly sentence: string;
  readonly reversedSame: boolean;
  readonly doubledSame: boolean;
}

/** Columns that hold an opening: by the one who copied, by another, and three days after the chain by either. */
export const OPENED = ['same principal', 'another principal', 'three days later'] as const;

const WHEN: Readonly<Record<(typeof OPENED)[number], readonly When[]>> = {
  'same principal': [{}],
  'another principal': [{ another: true }],
  'three days later': [{ later: true }, { later: true, another: true }],
};

async function openedRow(way: Way, history: readonly TrailRecord[]): Promise<OpenedRow> {
  const cellFor = async (column: (typeof OPENED)[number]): Promise<Cell> => {
    const cells: Cell[] = [];
    for (const when of WHEN[column]) cells.push(cellOf(await verdictOn(history, recordsOpened(way, when))));
    return lowest(cells);
  };
  const records = recordsOpened(way, { another: true, later: true });
  const inOrder = await verdictOn(history, records);
  const reversed = await verdictOn(history, records.toReversed());
  const doubled = await verdictOn(
    history,
    records.flatMap((record) => [record, record]),
  );
  const worst = inOrder.findings[0];
  return {
    way: way.name,
    entry: way.entry,
    cells: {
      'same principal': await cellFor('same principal'),
      'another principal': await cellFor('another principal'),
      'three days later': await cellFor('three days later'),
    },
    signals: inOrder.signals,
    sentence: worst === undefined ? '' : headline(worst, findingTypeOf(worst, explain(worst, policy).parts)),
    reversedSame: isDeepStrictEqual(reversed.findings, inOrder.findings),
    doubledSame: isDeepStrictEqual(doubled.findings, inOrder.findings),
  };
}

export interface Rows {
  readonly paths: readonly PathRow[];
  readonly opened: readonly OpenedRow[];
  readonly behind: readonly BehindRow[];
  readonly twins: readonly TwinRow[];
}

/** Walks every path in every way and does every twin's work; takes a minute. */
export async function rowsOf(): Promise<Rows> {
  const history = daysOf(everyday(), HISTORY_DAYS);
  const paths: PathRow[] = [];
  for (const path of PATHS) paths.push(await pathRow(path, history));
  const twins: TwinRow[] = [];
  for (const twin of TWINS) twins.push(await twinRow(twin));
  const behind: BehindRow[] = [];
  for (const indirect of INDIRECT) behind.push(await behindRow(indirect, history));
  const opened: OpenedRow[] = [];
  for (const way of WAYS) opened.push(await openedRow(way, history));
  return { paths, opened, behind, twins };
}

const atLeast = ({ severity }: Cell, least: Severity): boolean =>
  severity !== undefined && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** Cells that are not what they should be, as `row: column`. */
export function gapsOf({ paths, opened, behind, twins }: Rows): string[] {
  return [
    ...paths.flatMap(({ path, cells }) =>
      Object.entries(cells)
        .filter(([column, cell]) => !atLeast(cell, column.startsWith('exposed') ? 'critical' : 'high'))
        .map(([column]) => `${path}: ${column}`),
    ),
    ...opened.flatMap(({ way, entry, cells }) =>
      Object.entries(cells)
        .filter(([, cell]) => !atLeast(cell, entry ? 'critical' : 'high'))
        .map(([column]) => `${way}: ${column}`),
    ),
    ...behind.flatMap(({ name, accelerated, cells }) =>
      Object.entries(cells)
        .filter(([who, cell]) => !atLeast(cell, accelerated && who === 'new user' ? 'high' : 'medium'))
        .map(([who]) => `${name}: ${who}`),
    ),
    ...twins.filter(({ habit }) => atLeast(habit, 'medium')).map(({ twin }) => `${twin}: once a habit`),
  ];
}
