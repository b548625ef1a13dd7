import type { Severity } from '../../core/findings/severity.ts';
import type { Family } from '../../core/signals/signal.ts';
import type { Account, Estate, Purpose } from '../estate.ts';
import { ipv6Of } from '../estate.ts';
import type { Random } from '../random.ts';
import type { Emit, Say } from '../routine.ts';
import type { Call, Caller } from '../trail-record.ts';

/** Where and when an attack happens, and how it writes its records. */
export interface Stage {
  readonly estate: Estate;
  readonly account: Account;
  /** First moment, ms. */
  readonly at: number;
  readonly random: Random;
  readonly say: Say;
  readonly emit: Emit;
}

/** One way of attacking, told in CloudTrail records. */
export interface Attack {
  /** Families of signals that could tell it, by what it does. */
  readonly families: readonly Family[];
  /** Days from the first record to the last; one that takes more than one is slow. */
  readonly days?: number;
  /** Careful ones look like ordinary work at ordinary hours and places. */
  readonly care: 'loud' | 'careful';
  /** What a complete detector should say, by the meaning of severities in the documentation. */
  readonly expected: Severity;
  /** The sort of account it strikes. */
  readonly where: Purpose;
  /** Writes the records. */
  readonly play: (stage: Stage) => void;
}

/** An address nobody in the organisation has used: a server in documentation space, or a network of its own. */
export const strangeAddress = (random: Random): string =>
  random.chance(0.7) ? `203.0.113.${random.int(2, 250)}` : ipv6Of(random);

/** A clock that moves on by some seconds at every reading: how fast a person or a script works. */
export function pace(random: Random, start: number, fromSeconds: number, toSeconds: number): () => number {
  let at = start;
  return () => {
    const now = at;
    at += random.int(fromSeconds, toSeconds) * 1000;
    return now;
  };
}

/** Writes a caller's calls one after the other at a pace; hands back what was made, with the ids of new resources. */
export const series =
  (say: Say, caller: Caller, clock: () => number) =>
  <T extends Call | { readonly call: Call }>(make: T | ((at: number) => T)): T => {
    const at = clock();
    const made = typeof make === 'function' ? make(at) : make;
    say(caller, at, 'call' in made ? made.call : made);
    return made;
  };
