import { DAY, HOUR, type Job, MINUTE, type Person } from '../estate.ts';
import { signIn } from '../sessions.ts';
import type { Caller } from '../trail-record.ts';
import { type Stage, strangeAddress } from './attack.ts';

/** Somebody with that job who has worked in the account from the beginning; whoever works there when nobody has it. */
export function workerOf({ estate, account, random }: Stage, job: Job): Person {
  const here = estate.peopleIn(account).filter(({ from, until }) => from === 0 && until > estate.days);
  const fitting = here.filter((person) => person.job === job);
  return random.pick(fitting.length > 0 ? fitting : here);
}

/** A worker's session, taken over and used from elsewhere. */
export const stolenSession = (
  stage: Stage,
  command: string,
  person = workerOf(stage, 'operator'),
  at = stage.at,
): Caller =>
  signIn(stage.estate, stage.random, person, stage.account.id, {
    at,
    source: strangeAddress(stage.random),
    console: false,
    command,
  });

/** A worker's session on the worker's own machine: an insider, or somebody who has that machine. */
export const atDesk = (stage: Stage, person: Person, at: number, command: string): Caller =>
  signIn(stage.estate, stage.random, person, stage.account.id, {
    at,
    source: person.office,
    console: false,
    command,
  });

/** A moment within ordinary office hours, on the day of `at` or the next working day. */
export function officeHours({ random }: Stage, at: number): number {
  let midnight = Math.floor(at / DAY) * DAY;
  while ([0, 6].includes(new Date(midnight).getUTCDay())) midnight += DAY;
  return midnight + 9 * HOUR + random.int(0, 6 * 60) * MINUTE;
}
