import type { Activity, Launch } from '../activity/activity.ts';
import { capacityOf, isCostly } from '../activity/instance-types.ts';
import { type Kind, kindsThat } from '../activity/kinds.ts';
import { shortId } from '../activity/resources.ts';
import type { Policy } from '../policy/policy.ts';
import type { SignalId } from '../policy/weights.ts';
import type { Memory } from './memory.ts';

/** Evidence of one family shares a cause, so it is not counted twice in full. */
export type Family =
  | 'person'
  | 'place'
  | 'thing'
  | 'volume'
  | 'snapshot'
  | 'share'
  | 'sensitivity'
  | 'chain'
  | 'exposure'
  | 'cover'
  | 'coverage';

/** Why an activity is suspicious, and how much. */
export interface Evidence {
  readonly signal: SignalId;
  /** 0 (hardly) to 1 (fully). */
  readonly strength: number;
  /** One sentence a person can check. */
  readonly reason: string;
  /** Rests only on never having seen something before. */
  readonly novelty?: true;
  /** Ids of earlier activities behind it. */
  readonly refs?: readonly string[];
  /** Time of the earliest of them, ms, where there may be more than a finding keeps. */
  readonly since?: number;
  /** The activities behind it lie on one lineage, so that all of them are one story, whoever acted. */
  readonly lineage?: true;
}

/** What a signal may answer: everything of Evidence but its own name. */
type Answer = Omit<Evidence, 'signal'>;

/** A pure question about one activity and what history says about it. */
export interface Signal {
  readonly id: SignalId;
  readonly family: Family;
  /** One sentence: what it asks. */
  readonly description: string;
  readonly appliesTo: readonly Kind[];
  /** Undefined when it has nothing to say, also for want of history. */
  evaluate(activity: Activity, memory: Memory, policy: Policy): Answer | undefined;
}

/** Calls that start compute. */
export const LAUNCHES = kindsThat('launch');
/** Calls that tell a service what to launch, or how many. */
export const CHANGES = kindsThat('plan');
/** What a call launches, or tells a service to. */
export const wantedBy = ({ launch, plan }: Activity): Launch | undefined => launch ?? plan;
/** vCPUs from which a launch is more than everybody tries: four ordinary instances, or one of four times the usual size. */
export const WORTH_NOTING = 16;
/** Whether a launch is of a few ordinary machines, none of them costly. */
export const isSmall = ({ launch }: Pick<Activity, 'launch'>): boolean =>
  launch !== undefined && !isCostly(launch) && capacityOf(launch) < WORTH_NOTING;

/** Calls that copy a disk's data into a new place. */
export const SNAPSHOTS = kindsThat('copy');
/** Calls that start compute, also through a service, or move data: what the person and place signals judge. */
export const SENSITIVE = kindsThat('launch', 'plan', 'copy', 'share', 'export');

/** Whether a record tells of a Region: of some acts Azure says none, and some things of Google are in none. */
export const isPlace = (region: string): boolean => region !== 'unknown' && region !== 'global';

/** The subject has been active long enough that the absence of a habit says something. */
export const established = ({ activeDays }: Memory, { userContext }: Policy): boolean =>
  activeDays >= userContext.minActiveDays;

/** The account has been watched long enough that "never before" is more than "not yet". */
export const accountKnown = ({ at }: Activity, { accountSince }: Memory, { learning }: Policy): boolean =>
  at - accountSince >= learning.settle;

/** Whether it is known who changed, within the window, what a service launches. */
export const isBehindChange = ({ at }: Activity, { lineage }: Memory, { timeWindow }: Policy): boolean =>
  lineage.changes.some((change) => at - change.at <= timeWindow);

/** Sign-ins to the console by the subject within the window, which what it then did begins with. */
export const signInsOf = ({ recent }: Memory): string[] =>
  recent
    .filter(({ kind, outcome }) => kind === 'session.open' && outcome === 'succeeded')
    .map(({ id }) => id);

/** `1 instance`, `2 instances`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** `a, b and 3 more`, for lists that come from records. */
export function listed(values: readonly string[], most = 4): string {
  const shown = values.slice(0, most).map(shortId).join(', ');
  return values.length > most ? `${shown} and ${values.length - most} more` : shown;
}

/** `3 hours`, `2 days`: how long ago, in the largest unit that fits. */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return count(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 72 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
}
