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

/** Takes a record with its time, ms; in any order, also past the end of the day. `part` tells apart what one routine does. */
export type Emit = (at: number, record: TrailRecord, part?: string) => void;

/** Something that happens in an account day after day; it keeps its own memory between days. */
export type Routine = (day: Day, emit: Emit) => void;

/** Writes calls down with one source of chance. */
export type Say = (caller: Caller, at: number, call: Call) => TrailRecord;

export function sayer(random: Random, emit: Emit, part?: string): Say {
  return (caller, at, call) => {
    const record = apiCall(random, caller, at, call);
    emit(at, record, part);
    return record;
  };
}

export function dayOf(start: number, index: number): Day {
  const midnight = start + index * DAY;
  const weekday = new Date(midnight).getUTCDay();
  return { index, start: midnight, working: weekday !== 0 && weekday !== 6 };
}
