import type { HistoryStore, Stretch, Versioned } from '../app/ports.ts';
import { type Activity, byTime } from '../core/activity.ts';
import { subjectKey } from '../core/actor.ts';
import { actorScope, emptySheet, type FactSheet } from '../core/facts.ts';
import { isSheetAlive, oldestActivity } from './retention.ts';
import { accountOf } from './scope-account.ts';
import { firstIndex, getOrMake } from './sorted.ts';

/** Dropped in strides of this many, since taking from the front of an array costs a move of the rest. */
const DROP_STRIDE = 256;

interface MemoryHistoryOptions {
  /**
   * Once more than `spare` activities are kept, drop those this far (ms) behind the newest seen in their account, so that
   * memory does not grow with the length of a replay. A record that comes later than that finds its history gone.
   * Absent keeps all.
   */
  readonly retainMs?: number;
  readonly spare?: number;
}

interface Account {
  /** By subject, each in order of time. */
  readonly timelines: Map<string, Activity[]>;
  readonly sheets: Map<string, Versioned<FactSheet>>;
  /** Scopes of actors, sorted. */
  readonly actors: string[];
  newest: number;
}

/** History that lives as long as the process: for replay, where millions of records must pass quickly. */
export function memoryHistory({ retainMs, spare = 0 }: MemoryHistoryOptions = {}): HistoryStore {
  const accounts = new Map<string, Account>();
  let kept = 0;
  const accountFor = (id: string): Account =>
    getOrMake(accounts, id, () => ({ timelines: new Map(), sheets: new Map(), actors: [], newest: 0 }));

  return {
    async remember(activities) {
      for (const activity of activities) {
        const account = accountFor(activity.account);
        const timeline = getOrMake(account.timelines, subjectKey(activity.actor), (): Activity[] => []);
        account.newest = Math.max(account.newest, activity.at);
        kept += insert(timeline, activity);
        if (retainMs !== undefined && kept > spare) kept -= drop(timeline, account.newest - retainMs);
      }
    },

    async stretches(stretches, asOf) {
      return stretches.map((stretch) => {
        const timeline = accounts.get(stretch.account)?.timelines.get(stretch.subject) ?? [];
        return cut(timeline, stretch, oldestActivity(asOf));
      });
    },

    async sheets(scopes, asOf) {
      const found = new Map<string, Versioned<FactSheet>>();
      for (const scope of scopes) {
        const sheet = accounts.get(accountOf(scope))?.sheets.get(scope);
        if (sheet === undefined) continue;
        const { value, version } = sheet;
        found.set(scope, isSheetAlive(value.lastDay, asOf) ? sheet : { value: emptySheet(scope), version });
      }
      return found;
    },

    async saveSheet(sheet, expected) {
      const { sheets, actors } = accountFor(accountOf(sheet.scope));
      const version = sheets.get(sheet.scope)?.version ?? 0;
      if (version !== expected) return false;
      sheets.set(sheet.scope, { value: sheet, version: version + 1 });
      if (version === 0 && sheet.scope.startsWith('actor#')) {
        const index = firstIndex(actors, (scope) => scope < sheet.scope);
        actors.splice(index, 0, sheet.scope);
      }
      return true;
    },

    async subjects(id, prefix) {
      const actors = accounts.get(id)?.actors ?? [];
      const start = actorScope(id, prefix);
      const found: string[] = [];
      for (let index = firstIndex(actors, (scope) => scope < start); index < actors.length; index += 1) {
        const scope = actors[index] as string;
        if (!scope.startsWith(start)) break;
        found.push(scope.slice(actorScope(id, '').length));
      }
      return found;
    },
  };
}

/** Puts an activity into its place; how many there are more now. */
function insert(timeline: Activity[], activity: Activity): number {
  const index = firstIndex(timeline, (other) => byTime(other, activity) < 0);
  const there = timeline[index];
  const replaces = there !== undefined && byTime(there, activity) === 0;
  timeline.splice(index, replaces ? 1 : 0, activity);
  return replaces ? 0 : 1;
}

/** Drops what lies before a time; how many that were. */
function drop(timeline: Activity[], before: number): number {
  if ((timeline[DROP_STRIDE]?.at ?? before) >= before) return 0;
  const old = firstIndex(timeline, ({ at }) => at < before);
  timeline.splice(0, old);
  return old;
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
