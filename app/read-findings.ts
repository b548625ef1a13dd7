import type { Interval } from '../core/activity/interval.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { sessionsOf } from '../core/findings/regroup.ts';
import type { FindingStore, Versioned } from './ports.ts';

/** A stretch of one subject's time. */
export interface Span extends Interval {
  readonly account: string;
  readonly subject: string;
}

/** Rounds of following pointers; each is one parallel read, and a story rarely needs the second. */
const MAX_ROUNDS = 12;

/**
 * Reads the findings in some stretches of time, and everything that belongs to them: where a closed record points to, and
 * the closed records of the others in a story.
 *
 * @param before stretches that have been read already, and are not read again
 */
export async function readFindings(
  findings: FindingStore,
  spans: readonly Span[],
  window: number,
  before: readonly Span[] = [],
): Promise<Map<string, Versioned<FindingRecord>>> {
  const found = new Map<string, Versioned<FindingRecord>>();
  const asked = [...before];
  let wanted = united(spans);
  for (let round = 0; round < MAX_ROUNDS && wanted.length > 0; round += 1) {
    asked.push(...wanted);
    const records = await Promise.all(
      wanted.map(({ account, subject, from, to }) => findings.near(account, subject, from, to)),
    );
    const fresh = records.flat().filter(({ value }) => !found.has(value.id));
    for (const record of fresh) found.set(record.value.id, record);
    wanted = beyond(united(fresh.flatMap(({ value }) => spansOf(value, window))), asked);
  }
  return found;
}

/** Where the rest of a record's story is kept. */
function spansOf({ at, status, members }: FindingRecord, window: number): Span[] {
  const whole =
    at === undefined ? [] : [{ account: at.account, subject: at.subject, from: at.start, to: at.start }];
  if (status !== 'open') return whole;
  const sessions = sessionsOf(members, window);
  if (sessions.length === 1) return whole;
  return [
    ...whole,
    ...sessions.map(({ account, subject, members: own }) => ({
      account,
      subject,
      from: Math.min(...own.map(({ activity }) => activity.at)),
      to: Math.max(...own.map(({ activity }) => activity.at)),
    })),
  ];
}

/** Those of some stretches that no other lies around: the rest has been read with these. */
export const beyond = (spans: readonly Span[], asked: readonly Span[]): Span[] =>
  spans.filter((span) => !asked.some((other) => covers(other, span)));

const covers = (a: Span, b: Span): boolean =>
  a.account === b.account && a.subject === b.subject && a.from <= b.from && a.to >= b.to;

/** The same stretches with those of one subject that overlap made one: each costs a read, mostly of the same records. */
function united(spans: readonly Span[]): Span[] {
  const groups = Map.groupBy(spans, ({ account, subject }) => `${account}#${subject}`);
  return [...groups.values()].flatMap((group) => {
    const whole: Span[] = [];
    for (const span of group.toSorted((a, b) => a.from - b.from)) {
      const last = whole.at(-1);
      if (last === undefined || span.from > last.to) whole.push(span);
      else whole[whole.length - 1] = { ...last, to: Math.max(last.to, span.to) };
    }
    return whole;
  });
}
