import type { Severity } from '../../core/findings/severity.ts';
import type { Drawing } from '../drawing.ts';
import type { Standing } from '../lineage-graph.ts';

/** What a report holds, as plain data: every text in it is cleaned and cut, times are ISO 8601 in UTC. */
export interface Report {
  readonly summary: Summary;
  /** Most severe first. */
  readonly entries: readonly Entry[];
  readonly actors: readonly Actor[];
  /** Of the first findings, in the order of `entries`: those beyond are left out. */
  readonly details: readonly Details[];
}

/** What was read, by what, and how far to trust it. */
export interface Summary {
  readonly product: string;
  /** When the page was made. */
  readonly made: string;
  readonly command: string;
  readonly policy: { readonly from: string; readonly sha256: string };
  readonly inputs: readonly string[];
  /** Of what was judged; absent where nothing was read, as from a state file. */
  readonly reading?: Reading;
  readonly totals: Readonly<Record<Severity, number>>;
  readonly suppressed: number;
  readonly suppressions: readonly SuppressionUse[];
  /** Findings whose details were left out, for size. */
  readonly bare: number;
  /** Options that lead `launchtrail findings` to these findings. */
  readonly source: string;
}

export interface Reading {
  readonly seconds: number;
  readonly files: number;
  readonly ignored: number;
  readonly records: number;
  readonly judged: number;
  readonly failed: number;
  readonly damaged: number;
  /** The most frequent first. */
  readonly skipped: readonly (readonly [reason: string, count: number])[];
  /** What else lay in the input. */
  readonly besides: readonly string[];
  /** Damages as they were told. */
  readonly problems: readonly string[];
  readonly first?: string;
  readonly last?: string;
  readonly regions: readonly string[];
  /** By account: how much was judged on which day since the first. */
  readonly coverage: readonly { readonly account: string; readonly days: readonly number[] }[];
  readonly learning: readonly { readonly account: string; readonly until: string }[];
}

/** An exception of the policy and what it did. */
export interface SuppressionUse {
  readonly covers: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
  readonly hits: number;
  readonly lastHit?: string;
}

/** A finding as one line of the list. */
export interface Entry {
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  /** `open`, `suppressed` by the policy, or where a person has put it: `acknowledged`, `closed`. */
  readonly status: string;
  readonly type: string;
  readonly first: string;
  readonly last: string;
  readonly account: string;
  readonly regions: readonly string[];
  readonly who: string;
  readonly what: string;
  readonly signals: readonly string[];
  readonly families: readonly string[];
  readonly records: number;
  /** Place among the actors; absent where they were too many. */
  readonly actor?: number;
}

/** One line of what happened. */
export interface Happening {
  readonly at: string;
  readonly until?: string;
  readonly times: number;
  readonly account: string;
  readonly region: string;
  readonly who: string;
  readonly from: string;
  readonly what: string;
  readonly signals: readonly string[];
  readonly standing: Standing;
  readonly eventIds: readonly string[];
  readonly done: boolean;
  /** Places of the lanes that it touches, the one who acts first. */
  readonly lanes: readonly number[];
  readonly phase: Phase;
}

/** How far an intruder has come with a call, in the order of an attack. */
export const PHASES = ['reach', 'copy', 'move', 'launch', 'open', 'cover'] as const;
export type Phase = (typeof PHASES)[number];

/** One signal's part of the score. */
export interface Reason {
  readonly signal: string;
  readonly family: string;
  readonly points: number;
  readonly weight: number;
  readonly strength: number;
  readonly reason: string;
  readonly novelty: boolean;
  readonly times: number;
  /** Place within its family: 0 counts in full, each further one by a shrinking share. */
  readonly rank: number;
}

/** What somebody did here, beside what they had done before. */
export interface Habit {
  readonly what: string;
  readonly now: readonly string[];
  /** Of `now`, what was not known of them before. */
  readonly fresh: readonly string[];
  readonly usual: readonly string[];
}

export interface Command {
  readonly why: string;
  readonly account?: string;
  readonly lines: readonly string[];
}

/** A finding in full. */
export interface Details {
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly lanes: readonly { readonly label: string; readonly sort: 'who' | 'thing' }[];
  readonly story: readonly Happening[];
  readonly untold: number;
  readonly reasons: readonly Reason[];
  readonly habits: readonly Habit[];
  /** Active days that are known of the one who acts, at most ten. */
  readonly days: number;
  readonly drawing?: Drawing;
  readonly notes: readonly string[];
  /** What of the story stands at its end; nothing where it left nothing. */
  readonly still: readonly string[];
  readonly steps: readonly string[];
  readonly runbook: string;
  readonly containment: readonly Command[];
  readonly commands: readonly Command[];
}

/** Who acts in findings, with what history holds of them. */
export interface Actor {
  readonly label: string;
  readonly account: string;
  readonly arn: string;
  readonly sort: string;
  readonly since?: string;
  readonly activities: number;
  readonly cut: boolean;
  readonly days: number;
  /** Activities by weekday (Monday first) and hour of day, UTC: 168 numbers. */
  readonly hours: readonly number[];
  /** The same of those in findings. */
  readonly told: readonly number[];
  /** Activities by Region, for each week from the first to the last. */
  readonly weeks: {
    readonly from: string;
    readonly regions: readonly (readonly [string, readonly number[]])[];
  };
  readonly kinds: readonly (readonly [string, number])[];
  readonly types: readonly (readonly [string, number])[];
}

/** A finding is laid out whole where it stands in the page without script. */
export const STATIC = 50;
/** Findings of one block of details. */
export const BLOCK = 50;
