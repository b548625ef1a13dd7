import { subjectKey } from '../activity/actor.ts';
import { getOrMake } from '../activity/sorted.ts';
import { DAY } from '../history/facts.ts';
import { type Assessment, inSequence } from './finding.ts';

/** What one subject did, each step no further than the policy's window from the next. */
export interface Session {
  readonly account: string;
  readonly subject: string;
  /** In order of time. */
  readonly members: readonly Assessment[];
}

/**
 * Somebody who is suspected every day would have one session for ever. Once a session has gone on for a week, it is divided
 * where the next epoch week begins. So it ends within two weeks, and what it costs to tell is bounded.
 */
export const WEEK = 7 * DAY;

/** The longest that a session can last, ms. */
export const LONGEST_SESSION = 2 * WEEK;

/** Splits verdicts by subject and by gaps longer than the window. */
export function sessionsOf(verdicts: readonly Assessment[], window: number): Session[] {
  const subjects = new Map<string, Assessment[]>();
  for (const verdict of verdicts) getOrMake(subjects, ownerOf(verdict), () => []).push(verdict);
  return [...subjects.values()].flatMap((own) =>
    runsOf(own.toSorted(inSequence), window).map((members): Session => {
      // several services may follow one change: the first of them gives its name
      const { account, actor } = (members[0] as Assessment).activity;
      return { account, subject: subjectKey(actor), members };
    }),
  );
}

/**
 * Whether a verdict is told only because of the change that it follows. It says nothing of the service that launched, so it is
 * in no session of the service.
 */
export const isFollower = ({ follows }: Pick<Assessment, 'follows'>): boolean =>
  follows !== undefined && !follows.own;

/** Whose session a verdict is in: its subject's, or one of its own for what follows a change. */
const ownerOf = ({ activity: { account, actor }, follows }: Assessment): string =>
  follows === undefined || follows.own ? `${account}#${subjectKey(actor)}` : `${account}#after#${follows.id}`;

function runsOf(ordered: readonly Assessment[], window: number): Assessment[][] {
  const runs: Assessment[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  let unbroken = 0;
  for (const member of ordered) {
    const { at } = member.activity;
    const week = Math.floor(at / WEEK) * WEEK;
    const apart = at - last > window;
    if (apart) unbroken = at;
    if (apart || (last < week && unbroken <= week - WEEK)) runs.push([]);
    runs.at(-1)?.push(member);
    last = at;
  }
  return runs;
}
