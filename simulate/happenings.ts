import { type AccountState, stateOf } from './account-state.ts';
import { type Agenda, agenda } from './agenda.ts';
import type { Delivery } from './defects.ts';
import { type Account, DAY, type Estate, HOUR } from './estate.ts';
import { randomOf } from './random.ts';
import { type Daily, dayOf, type Emit, type Routine } from './routine.ts';
import { background } from './routines/background.ts';
import { people } from './routines/people.ts';
import { routinesOf } from './routines/routines.ts';
import type { TrailRecord } from './trail-record.ts';

/** A record that is due, or something to do that may write one now and others later. */
type Due = Delivery | (() => Delivery | undefined);

/**
 * Everything that happens, in order of time.
 *
 * Routines are asked once a day, at the hour at which their day begins, and what they plan is made into records when its
 * time comes. So what is held is plans and not records, whatever the number of accounts.
 */
export function* happenings(
  estate: Estate,
  attacks: readonly Delivery[],
  { noise, rare }: { readonly noise: number; readonly rare: boolean },
): Generator<Delivery> {
  const due = agenda<Due>();
  for (const attack of attacks) due.put(attack.at, attack);
  const states = new Map<string, AccountState>();
  const watched = new Map<string, number>();
  for (const account of estate.accounts) {
    const state = stateOf(estate, account);
    states.set(account.id, state);
    if (noise > 0) surround(estate, account, due, noise, watched);
    for (const daily of routinesOf(estate, state, rare)) live(estate, due, daily, noise, watched);
  }
  for (const daily of people(estate, states)) live(estate, due, daily, noise, watched);

  for (let next = due.take(); next !== undefined; next = due.take()) {
    const delivery = typeof next === 'function' ? next() : next;
    if (delivery !== undefined) yield delivery;
  }
}

/** Asks a routine day after day, and counts what it writes for the account's surroundings: a read is one of those. */
function live(
  { start, days }: Estate,
  due: Agenda<Due>,
  { name, from, begin }: Daily,
  noise: number,
  watched: Map<string, number>,
): void {
  const deliver = (at: number, record: TrailRecord, part: string | undefined): Delivery => {
    const account = record.recipientAccountId;
    const quiet = record.readOnly || record.eventType === 'AwsConsoleSignIn';
    if (noise > 0) watched.set(account, (watched.get(account) ?? 0) + (quiet ? -1 / noise : 1));
    return { at, record, routine: part === undefined ? name : `${name}/${part}` };
  };
  const emit: Emit = (at, what, part) => {
    due.put(at, () => {
      const record = typeof what === 'function' ? what() : what;
      return record && deliver(at, record, part);
    });
  };
  const dawn = (index: number, begun?: Routine): void => {
    if (index >= days) return;
    due.put(start + index * DAY + from, () => {
      const routine = begun ?? begin();
      routine(dayOf(start, index), emit);
      dawn(index + 1, routine);
      return undefined;
    });
  };
  dawn(0);
}

/** Hours over which the calls around a watched one are spread. */
const SPREAD = 6;
/** Watched calls an hour that an account begins with. */
const USUAL = 1.5;

/** Writes an account's calls that nobody watches, `noise` of them for each one that somebody might. */
function surround(
  { seed, start, days, ...estate }: Estate,
  account: Account,
  due: Agenda<Due>,
  noise: number,
  watched: Map<string, number>,
): void {
  const random = randomOf(seed, 'surroundings', account.id);
  const write = background({ seed, start, days, ...estate }, account);
  let owed = SPREAD * USUAL * noise;
  const hourly = (at: number): void => {
    if (at >= start + days * DAY) return;
    due.put(at, () => {
      owed += (watched.get(account.id) ?? 0) * noise;
      watched.delete(account.id);
      const count = Math.max(0, Math.floor(owed / SPREAD + random.next()));
      owed -= count;
      for (let left = count; left > 0; left--) {
        const when = at + Math.floor(random.next() * HOUR);
        due.put(when, () => ({ at: when, record: write(when), routine: 'background' }));
      }
      hourly(at + HOUR);
      return undefined;
    });
  };
  hourly(start);
}
