import type { Activity } from '../core/activity/activity.ts';
import { type Deed, does } from '../core/activity/kinds.ts';
import { accountScope, DAY, factKey } from '../core/history/facts.ts';
import type { HistoryStore } from './ports.ts';

/** When a principal last did what the audit asks about, ms; absent where no activity tells of it. */
interface Uses {
  readonly launched?: number;
  /** Tried to launch and was refused, or asked whether he might. */
  readonly tried?: number;
  /** Copied, shared or exported a disk. */
  readonly copied?: number;
  /** Calls such as `ec2:RunInstances` that succeeded. */
  readonly calls: readonly string[];
}

/** What the history of an account tells. */
export interface Seen {
  /** Since when the account is known, ms. */
  readonly since?: number;
  /** By the principal's id (AROA…, AIDA…), its ARN, or `root@ACCOUNT`. */
  readonly uses: ReadonlyMap<string, Uses>;
}

/** Subjects listed at a time, and activities looked at of each, the newest. */
const PAGE = 1000;
const MOST_ACTIVITIES = 2000;
const WEEK = 7 * DAY;
/** Weeks that a history goes back: it keeps activities for ninety days. */
const WEEKS = 13;

const DATA: readonly Deed[] = ['copy', 'share', 'export'];

/** Looks up when those who have been active in an account last launched or copied, whoever of them is wanted. */
export async function usesIn(
  history: Pick<HistoryStore, 'active' | 'stretches' | 'around'>,
  account: string,
  asOf: number,
  isWanted: (key: string) => boolean,
): Promise<Seen> {
  const scope = accountScope({ account });
  const { sheets } = await history.around([scope], [], asOf);
  const sheet = sheets.get(scope)?.value;
  const since = sheet?.seen[factKey('since', '')]?.at;
  const end = sheet === undefined ? asOf : Math.min(asOf, (sheet.lastDay + 1) * DAY);
  const subjects = new Set<string>();
  const last = Math.floor(end / WEEK);
  for (let week = last - WEEKS; week <= last; week++) {
    for (let from = ''; ; ) {
      const page = await history.active(account, week, '', from, PAGE);
      for (const subject of page) if (isWanted(keyOf(subject))) subjects.add(subject);
      if (page.length < PAGE) break;
      from = `${page.at(-1)}\u0000`;
    }
  }
  const uses = new Map<string, Uses>();
  for (const subject of subjects) {
    const [found = []] = await history.stretches(
      [{ account, subject, from: 0, to: end, limit: MOST_ACTIVITIES, newestFirst: true }],
      end,
    );
    const key = keyOf(subject);
    uses.set(key, found.reduce(added, uses.get(key) ?? { calls: [] }));
  }
  return { ...(since !== undefined && { since }), uses };
}

/** Key of the actor of whom a person is a subject: what stands before the person, an ARN as a whole. */
const keyOf = (subject: string): string =>
  subject.startsWith('arn:') ? subject : (subject.split('/', 1)[0] ?? subject);

function added(uses: Uses, activity: Activity): Uses {
  const { kind, outcome, action, at } = activity;
  const isDone = outcome === 'succeeded' || outcome === 'limited';
  const calls = isDone && !uses.calls.includes(action) ? [...uses.calls, action] : uses.calls;
  if (does(kind, 'launch'))
    return isDone
      ? { ...uses, calls, launched: Math.max(uses.launched ?? 0, at) }
      : { ...uses, tried: Math.max(uses.tried ?? 0, at) };
  if (outcome === 'succeeded' && DATA.some((deed) => does(kind, deed)))
    return { ...uses, calls, copied: Math.max(uses.copied ?? 0, at) };
  return { ...uses, calls };
}
