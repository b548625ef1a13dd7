import { DAY } from './estate.ts';
import type { Random } from './random.ts';
import { apiCall, type Call, type Caller, type TrailRecord } from './trail-record.ts';

/** One day of the history. */
export interface Day {
  /** Days since the start. */
  readonly index: number;
  /** Midnight UTC, ms. */
  readonly start: number;
  /** Monday to Friday. */
  readonly working: boolean;
}

/**
 * Takes a record with its time, ms, now or later, also past the end of the day; `part` tells apart what one routine does.
 *
 * Whoever gives a function has the record made when its time comes, and only if there is one: that keeps a day of ten
 * thousand accounts small, and lets what is done in the evening depend on what was done at noon.
 */
export type Emit = (at: number, record: TrailRecord | Made, part?: string) => void;

type Made = () => TrailRecord | undefined;

/** Something that happens in an account day after day; it keeps its own memory between days. */
export type Routine = (day: Day, emit: Emit) => void;

/** A routine and when it is asked, ms after midnight: it writes nothing earlier in the day. */
export interface Daily {
  readonly name: string;
  readonly from: number;
  /** Begins it; asked on the first day. */
  readonly begin: () => Routine;
}

/** Writes calls down with one source of chance; a function is asked for its call when the time comes. */
export type Say = (caller: Caller, at: number, call: Call | ((at: number) => Call | undefined)) => void;

export const sayer =
  (random: Random, emit: Emit, part?: string): Say =>
  (caller, at, call) => {
    const make: Made = () => {
      const made = typeof call === 'function' ? call(at) : call;
      return made && apiCall(random, caller, at, made);
    };
    emit(at, make, part);
  };

export function dayOf(start: number, index: number): Day {
  const midnight = start + index * DAY;
  const weekday = new Date(midnight).getUTCDay();
  return { index, start: midnight, working: weekday !== 0 && weekday !== 6 };
}
