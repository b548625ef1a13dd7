import type { AccountState } from '../account-state.ts';
import { type Estate, HOUR, MINUTE, type Person } from '../estate.ts';
import { REGIONS } from '../places.ts';
import { type Random, randomOf } from '../random.ts';
import { consoleLogin, someRead } from '../reads.ts';
import { type Daily, type Day, type Routine, type Say, sayer } from '../routine.ts';
import { signIn, whereabouts } from '../sessions.ts';
import type { Caller } from '../trail-record.ts';
import { type Desk, WORK } from './work.ts';

/** Hours in a working day. */
const SHIFT = 8;
const AT_WORK = 0.85;
const AT_WORK_ON_WEEKENDS = 0.03;

/** Everybody's days: signing in where the job is, looking around, and now and then changing something. */
export const people = (estate: Estate, states: ReadonlyMap<string, AccountState>): Daily[] =>
  estate.people.map((person) => ({
    name: 'people',
    // signing in comes a little before the first call
    from: person.starts * HOUR - MINUTE,
    begin: () => lifeOf(estate, states, person),
  }));

function lifeOf(estate: Estate, states: ReadonlyMap<string, AccountState>, person: Person): Routine {
  const random = randomOf(estate.seed, 'person', person.email);
  const leavings = new Map<string, string[]>();
  const due = monthly(randomOf(estate.seed, 'monthly', person.email).int(3, 25));

  return (day, emit) => {
    if (day.index < person.from || day.index >= person.until) return;
    if (!random.chance(day.working ? AT_WORK : AT_WORK_ON_WEEKENDS)) return;
    const say = sayer(random, emit, person.job);
    const source = whereabouts(random, person);
    for (const account of visited(random, person)) {
      const state = states.get(account.id);
      if (state === undefined) continue;
      const at = day.start + person.starts * HOUR + random.int(0, 90) * MINUTE;
      const console = random.chance(person.console);
      const caller = signIn(estate, random, person, account.id, { at, source, console });
      const desk: Desk = {
        random,
        say,
        caller,
        state,
        place: estate.places(account.id, REGIONS.home),
        instances: leavings.get(account.id) ?? [],
        later: () => at + MINUTE + Math.floor(random.next() * SHIFT * HOUR),
        evening: day.start + (person.starts + SHIFT + 1) * HOUR + random.int(0, 45) * MINUTE,
        monthly: due(day),
      };
      leavings.set(account.id, desk.instances);
      lookAround(random, say, caller, at);
      WORK[person.job](desk);
    }
  };
}

/** An operator with many accounts sees to a few of them a day. */
function visited(random: Random, person: Person): Person['accounts'] {
  if (person.accounts.length <= 2) return person.accounts;
  const first = random.int(0, person.accounts.length - 1);
  return [0, 1].map((step) => person.accounts[(first + step) % person.accounts.length]).filter((a) => !!a);
}

/** Says once in each month that it is time, on the given day or the next one that somebody asks; asking is enough. */
function monthly(dayOfMonth: number): (day: Day) => boolean {
  let doneIn = -1;
  return ({ start }) => {
    const date = new Date(start);
    if (date.getUTCDate() < dayOfMonth || doneIn === date.getUTCMonth()) return false;
    doneIn = date.getUTCMonth();
    return true;
  };
}

function lookAround(random: Random, say: Say, caller: Caller, at: number): void {
  if (caller.console) say(caller, at - 30_000, () => consoleLogin(caller));
  for (let i = random.int(3, 12); i > 0; i--) {
    say(caller, at + Math.floor(random.next() * SHIFT * HOUR), () => someRead(random, REGIONS.home));
  }
}
