import { digest as hashOf } from '../core/activity/digest.ts';
import type { Severity } from '../core/findings/severity.ts';
import { digestChat, digestText, entryOf, type Waiting } from '../tell/digest.ts';
import type { Telling } from '../tell/telling.ts';
import type { NoteStore, Place, Publisher } from './ports.ts';

/** Messages of one severity that people get one by one about one account, in an hour of the clock. */
export const MAX_SINGLY = 10;
/** Of these, how many may be about findings that only grow: one that never stops must leave room for the next one. */
export const MAX_GROWN = 5;

const HOUR = 60 * 60_000;
/** How often what was put off is told, ms; the schedule of its function says the same. */
export const DIGEST_EVERY = 15 * 60_000;
/** How far back what was put off is looked for, ms: far longer than a function can stay broken unseen. */
const LOOK_BACK = 7 * 24 * HOUR;
/** Entries that are marked as told at a time. */
const MARKS = 25;

/** What was told one by one within one hour, of one account and severity. */
export interface Singly {
  /** News (`newsId`): whoever tells of the same again takes up no more room. */
  readonly news: readonly string[];
}

export interface Flood {
  readonly singly: NoteStore<Singly>;
  readonly waiting: NoteStore<Waiting>;
}

/** One more message that people would get. */
interface Wanted {
  readonly account: string;
  readonly severity: Severity;
  /** By which it is known again. */
  readonly news: string;
  /** It is about a finding that people know and that has grown. */
  readonly isGrowth: boolean;
  readonly now: number;
}

/** Apart by account and severity: nobody's flood uses up what is another's, and a thousand HIGH leave CRITICAL its own. */
const singlyAt = ({ account, severity, now }: Wanted): Place => {
  const at = now - (now % HOUR);
  return { account, subject: '#singly', at, id: `${severity} ${at}` };
};

/**
 * Whether people get a message by itself. Room is taken before the message goes out, and is known by its news, so a worker that
 * dies in between takes no second place when it comes again.
 */
export async function hasRoom({ singly }: Flood, wanted: Wanted): Promise<boolean> {
  const place = singlyAt(wanted);
  const most = wanted.isGrowth ? MAX_GROWN : MAX_SINGLY;
  for (;;) {
    const note = await singly.read(place);
    const news = note?.value.news ?? [];
    if (news.includes(wanted.news)) return true;
    if (news.length >= most) return false;
    if (await singly.write(place, { news: [...news, wanted.news] }, note?.version ?? 0)) return true;
  }
}

/** All that waits is in one partition, each finding once for each time that is told together. */
const WAITING = { account: 'digest', subject: '#waiting' } as const;

const waitingAt = (finding: string, now: number): Place => {
  const at = now - (now % DIGEST_EVERY);
  return { ...WAITING, at, id: `${finding} ${at}` };
};

/** Puts a message off until the next digest; one that waits there already is replaced by what is true now. */
export async function putOff({ waiting }: Flood, telling: Telling, now: number): Promise<void> {
  const entry = entryOf(telling, now);
  const place = waitingAt(entry.id, now);
  for (;;) {
    const note = await waiting.read(place);
    if (await waiting.write(place, entry, note?.version ?? 0)) return;
  }
}

interface DigestDeps {
  readonly waiting: NoteStore<Waiting>;
  readonly alerts: Publisher;
  readonly chat?: Publisher | undefined;
  /** Time, ms. */
  readonly now: number;
}

/**
 * Tells people in one message what was put off. An entry is marked after it was told: whoever dies in between tells it once more,
 * under the same ids. One that changes in between keeps its mark off, and is told next time.
 *
 * @returns how many findings were told
 */
export async function tellDigest({ waiting, alerts, chat, now }: DigestDeps): Promise<number> {
  const found = await waiting.within({ ...WAITING, from: now - LOOK_BACK, to: now });
  const open = [...found.values()].filter(({ value }) => value.told === undefined);
  // of a finding that waited for longer than once, the latest counts
  const latest = new Map(
    open.toSorted((a, b) => a.value.at - b.value.at).map(({ value }) => [value.id, value]),
  );
  if (latest.size === 0) return 0;
  const entries = [...latest.values()];
  const id = hashOf(entries.map((each) => `${each.id} ${each.at}`).sort());
  const worst = digestText(entries);
  const attributes = { severity: worst.severity, status: 'digest' };
  await alerts.publish({ subject: worst.subject, body: worst.body, attributes });
  await chat?.publish({ subject: '', body: digestChat(entries, id), attributes });
  for (let index = 0; index < open.length; index += MARKS)
    await Promise.all(
      open
        .slice(index, index + MARKS)
        .map(({ value, version }) =>
          waiting.write(waitingAt(value.id, value.at), { ...value, title: '', told: now }, version),
        ),
    );
  return latest.size;
}
