import type { HistoryStore, Stretch, Versioned } from '../../app/ports.ts';
import { type Activity, byPlace, copyKey } from '../../core/activity/activity.ts';
import { firstIndex, getOrMake } from '../../core/activity/sorted.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import { emptySheet, type FactSheet } from '../../core/history/facts.ts';
import { ACTS, type Entry, RESOURCES } from '../../core/lineage/timelines.ts';
import { isSheetAlive, oldestActivity } from '../stored/retention.ts';
import { accountOf } from '../stored/scope-account.ts';

/**
 * Old activities are dropped by going through all that are kept, each time these have grown by this share and by this many.
 * So each activity that comes pays for a handful of looks, and what is dead weight stays within the share.
 */
const SWEEP_GROWTH = 0.25;
const SWEEP_STRIDE = 256;

interface MemoryHistoryOptions {
  /**
   * Once more than `spare` activities are kept, those this far (ms) behind the newest of their account are dropped, so that
   * memory does not grow with the length of a replay. An activity counts once, in however many timelines it stands. Where this is
   * absent, all are kept.
   */
  readonly retainMs?: number;
  readonly spare?: number;
  /** Takes over what is dropped. Where it answers false, it could not, and all is kept. Absent, what is dropped is gone. */
  readonly putAside?: (entries: readonly Entry[]) => Promise<boolean>;
}

interface Account {
  /** By subject, or by resource under the account `~`, each in order of time and none empty. */
  readonly timelines: Map<string, Activity[]>;
  readonly sheets: Map<string, Versioned<FactSheet>>;
  /** Keys of the subjects that were active, by epoch week. */
  readonly active: Map<number, Set<string>>;
  /** Time of the newest activity that happened in this account, whosever timelines it stands in. */
  newest: number;
}

/** History that lives as long as the process: for replay, where millions of records must pass quickly. */
export function memoryHistory({
  retainMs,
  spare = 0,
  putAside = async () => true,
}: MemoryHistoryOptions = {}): HistoryStore {
  const accounts = new Map<string, Account>();
  let kept = 0;
  let nextSweep = spare;
  const accountFor = (id: string): Account =>
    getOrMake(accounts, id, () => ({
      timelines: new Map(),
      sheets: new Map(),
      active: new Map(),
      newest: 0,
    }));

  const sweep = async (retain: number): Promise<void> => {
    // a resource's timeline holds activities of several accounts, which a replay may bring one after the other
    const newest = new Map([...accounts].map(([id, account]) => [id, account.newest]));
    const isKept = ({ account, at }: Activity) => at >= (newest.get(account) ?? 0) - retain;
    const old: Entry[] = [];
    for (const [account, { timelines }] of accounts) {
      for (const [subject, timeline] of timelines) {
        for (const activity of timeline) if (!isKept(activity)) old.push({ account, subject, activity });
      }
    }
    if (!(await putAside(old))) {
      nextSweep = 2 * kept;
      return;
    }
    kept = 0;
    for (const [id, { timelines }] of accounts) {
      for (const [subject, timeline] of timelines) {
        const left = timeline.every(isKept) ? timeline : timeline.filter(isKept);
        if (left.length === 0) timelines.delete(subject);
        else timelines.set(subject, left);
        if (id !== RESOURCES) kept += left.length;
      }
    }
    nextSweep = Math.max(spare, kept + Math.max(SWEEP_STRIDE, kept * SWEEP_GROWTH));
  };

  const read = (stretch: Stretch, asOf: number): Activity[] =>
    cut(accounts.get(stretch.account)?.timelines.get(stretch.subject) ?? [], stretch, oldestActivity(asOf));

  return {
    async remember(entries) {
      const known = new Set<string>();
      for (const { account: id, subject, activity } of entries) {
        const home = accountFor(activity.account);
        home.newest = Math.max(home.newest, activity.at);
        const timeline = getOrMake(accountFor(id).timelines, subject, (): Activity[] => []);
        const isNew = insert(timeline, activity);
        if (id === RESOURCES) continue;
        if (!isNew) known.add(copyKey(activity));
        else kept += 1;
        if (id === ACTS) continue;
        getOrMake(home.active, Math.floor(activity.at / WEEK), () => new Set<string>()).add(subject);
      }
      if (retainMs !== undefined && kept > nextSweep) await sweep(retainMs);
      return known;
    },

    async forget(entries) {
      for (const { account: id, subject, activity } of entries) {
        const timelines = accounts.get(id)?.timelines;
        const left = timelines?.get(subject)?.filter((other) => byPlace(other, activity) !== 0);
        if (left === undefined) continue;
        if (left.length === 0) timelines?.delete(subject);
        else timelines?.set(subject, left);
      }
    },

    stretches: async (stretches, asOf) => stretches.map((stretch) => read(stretch, asOf)),

    async around(scopes, stretches, asOf) {
      const sheets = new Map<string, Versioned<FactSheet>>();
      for (const scope of scopes) {
        const sheet = accounts.get(accountOf(scope))?.sheets.get(scope);
        if (sheet === undefined) continue;
        const { value, version } = sheet;
        sheets.set(scope, isSheetAlive(value.lastDay, asOf) ? sheet : { value: emptySheet(scope), version });
      }
      return { sheets, timelines: stretches.map((stretch) => read(stretch, asOf)) };
    },

    async saveSheet(sheet, expected) {
      const { sheets } = accountFor(accountOf(sheet.scope));
      const version = sheets.get(sheet.scope)?.version ?? 0;
      if (version !== expected) return false;
      sheets.set(sheet.scope, { value: sheet, version: version + 1 });
      return true;
    },

    async active(id, week, prefix, from, limit) {
      const subjects = accounts.get(id)?.active.get(week) ?? [];
      return [...subjects]
        .filter((subject) => subject >= from && subject.startsWith(prefix))
        .sort()
        .slice(0, limit);
    },
  };
}

/** Puts an activity into its place; whether it was not there before. */
function insert(timeline: Activity[], activity: Activity): boolean {
  const index = firstIndex(timeline, (other) => byPlace(other, activity) < 0);
  const there = timeline[index];
  const replaces = there !== undefined && byPlace(there, activity) === 0;
  timeline.splice(index, replaces ? 1 : 0, activity);
  return !replaces;
}

function cut(
  timeline: readonly Activity[],
  { from, to, limit = Number.POSITIVE_INFINITY, newestFirst }: Stretch,
  oldest: number,
): Activity[] {
  const start = firstIndex(timeline, ({ at }) => at < Math.max(from, oldest));
  const end = firstIndex(timeline, ({ at }) => at <= to);
  return newestFirst
    ? timeline.slice(Math.max(start, end - limit), end)
    : timeline.slice(start, Math.min(end, start + limit));
}
