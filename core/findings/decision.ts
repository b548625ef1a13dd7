import { byTime, placeKey } from '../activity/activity.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Why a finding is closed: expected; told wrongly; somebody's test; an attack. */
export const CLOSINGS = ['benign', 'false', 'test', 'confirmed'] as const;
export type Closing = (typeof CLOSINGS)[number];

/** What a person says of a finding: it is done with, somebody looks at it, or it is not done with after all. */
export const RULINGS = [...CLOSINGS, 'acknowledged', 'reopened'] as const;
export type Ruling = (typeof RULINGS)[number];

/** One record that a decision covers, by the place where its verdict is kept. */
export interface Covered {
  readonly account: string;
  /** Key of the subject (`subjectKey(actor)`). */
  readonly subject: string;
  /** Time of the activity, ms. */
  readonly at: number;
  readonly id: string;
}

/** Who decided. */
export interface Decider {
  /** ARN of the caller in AWS, else the name of a user of an operating system. */
  readonly name: string;
  /** AWS said so. A name that only an operating system knows is whatever its owner wants. */
  readonly verified?: true;
}

/**
 * What a person has decided about a finding, kept for good and never changed. It is an input of the detector like an activity: it
 * covers the records that the finding held then, and of several that cover one record the last counts.
 */
export interface Decision {
  /** Random; it breaks the tie of two at once. */
  readonly id: string;
  /** When it was decided, ms. */
  readonly at: number;
  readonly as: Ruling;
  /** Id of the finding as it was called then. */
  readonly finding: string;
  readonly severity: Severity;
  readonly records: readonly Covered[];
  readonly by: Decider;
  readonly note?: string;
  /** The policy that the finding was seen by. */
  readonly policy?: { readonly version?: number; readonly sha256?: string };
}

/** What a verdict keeps of the last decision that covers it. */
export interface Decided {
  readonly id: string;
  readonly at: number;
  readonly as: Ruling;
  /** Severity of its finding when that was decided. */
  readonly severity: Severity;
}

export const decidedOf = ({ id, at, as, severity }: Decision): Decided => ({ id, at, as, severity });

/** The later of two decisions on one record. */
export const lastDecided = (one: Decided | undefined, other: Decided): Decided =>
  one === undefined || byTime(one, other) < 0 ? other : one;

/** What was last decided of each record, by its place (`placeKey`). The order of the decisions does not matter. */
export function decidedByPlace(decisions: readonly Decision[]): ReadonlyMap<string, Decided> {
  const last = new Map<string, Decided>();
  for (const decision of decisions) {
    for (const record of decision.records) {
      const key = placeKey(record);
      last.set(key, lastDecided(last.get(key), decidedOf(decision)));
    }
  }
  return last;
}

/** Whether a record's values may become familiar as if nothing had spoken against it. */
export const isCleared = (decided: Decided | undefined): boolean =>
  decided?.as === 'benign' || decided?.as === 'false';

/** Whether what a record was the first to show must never be learnt from it. */
export const isCondemned = (decided: Decided | undefined): boolean => decided?.as === 'confirmed';

/** Where a finding stands with the people who look after it. */
export interface Triage {
  /** It is `reopened` where it was closed and more has come, or somebody has said so. */
  readonly state: 'acknowledged' | 'closed' | 'reopened';
  /** Of one that is or was closed. */
  readonly as?: Closing;
  /** The last decision that covers any of it. */
  readonly decision: string;
  readonly at: number;
  /** Records with evidence that no decision covers. */
  readonly since: number;
  /** It is more severe than it was when it was decided. */
  readonly risen?: true;
  /** Who decided last and why; only known where decisions are at hand. */
  readonly by?: string;
  readonly note?: string;
}

const isClosing = (ruling: Ruling): ruling is Closing => ruling !== 'acknowledged' && ruling !== 'reopened';

/**
 * Where a finding stands, by what was decided of its members with evidence; undefined where nothing was. It is closed as long as a
 * closing covers every one of them, and it is no more severe than at the worst of these. Two findings that were closed and turn out to
 * be one stay so, as an attack where one of them was.
 */
export function triageOf(
  members: readonly { readonly evidence: readonly unknown[]; readonly decided?: Decided }[],
  severity: Severity,
): Triage | undefined {
  const telling = members.filter(({ evidence }) => evidence.length > 0);
  const decided = telling.flatMap((member) => member.decided ?? []);
  const last = decided.reduce<Decided | undefined>((before, each) => lastDecided(before, each), undefined);
  if (last === undefined) return undefined;
  const since = telling.length - decided.length;
  const rank = (each: Severity): number => SEVERITIES.indexOf(each);
  const risen = decided.every((each) => rank(each.severity) < rank(severity));
  const closings = decided.filter(({ as }) => isClosing(as));
  const confirmed = closings.find(isCondemned);
  const as = (confirmed ?? closings.reduce<Decided | undefined>((a, b) => lastDecided(a, b), undefined))?.as;
  const told = {
    ...(as !== undefined && { as: as as Closing }),
    decision: last.id,
    at: last.at,
    since,
    ...(risen && { risen }),
  };
  if (since === 0 && !risen && closings.length === decided.length) return { state: 'closed', ...told };
  const isHeld = decided.every(({ as }) => as !== 'reopened');
  return { state: last.as === 'acknowledged' && isHeld && !risen ? 'acknowledged' : 'reopened', ...told };
}

/** A verdict with what was decided of its record, if anything was. */
export const withDecided = <T extends object>(verdict: T, decided: Decided | undefined): T =>
  decided === undefined ? verdict : { ...verdict, decided };
