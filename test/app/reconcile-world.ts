import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detect, detectActivities, Observation } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type {
  EventLookup,
  HistoryStore,
  Inventory,
  Lookup,
  SeenSink,
  VerdictStore,
} from '../../app/ports.ts';
import { type Kept, type Looked, type ReconcileDeps, reconcile, type Sweep } from '../../app/reconcile.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import type { SeenInstance } from '../../core/records/inventory/seen.ts';
import { ACCOUNT, anActivity, HOUR, NOW } from '../builders.ts';
import { memoryNotes } from './verdict-world.ts';

export const TARGET = { account: ACCOUNT, region: 'eu-west-1' };

/** Instances of a page. */
const PAGE = 2;

/** A Region as AWS would show it: what runs there, and what CloudTrail remembers. */
export interface Region {
  instances: SeenInstance[];
  /** As CloudTrail wrote them. */
  records: object[];
}

/** Something that a look-up would find a record by: the ids in it. */
const names = (record: object, id: string): boolean => JSON.stringify(record).includes(`"${id}"`);

const timeOf = (record: object): number => Date.parse(String(isObj(record) ? record.eventTime : undefined));

const found = (record: object, { by, from, to }: Lookup): boolean => {
  if (timeOf(record) < from || timeOf(record) > to) return false;
  if ('resource' in by) return names(record, by.resource);
  return 'call' in by ? isObj(record) && record.eventName === by.call : true;
};

export const inventoryOf = (region: Region): Inventory => ({
  async page(cursor = '0') {
    const start = Number(cursor);
    if (start > region.instances.length) return undefined;
    const instances = region.instances
      .slice(start, start + PAGE)
      .map(({ userData: _, ...instance }): SeenInstance => instance);
    const next = start + PAGE;
    return { instances, ...(next < region.instances.length && { next: String(next) }) };
  },
  reservation: async (id) => region.instances.filter(({ reservation }) => reservation === id),
  userData: async (id) => region.instances.find((each) => each.id === id)?.userData,
  regions: async () => ['eu-west-1'],
});

export const lookupOf = (region: Region): EventLookup => ({
  page: async (lookup, cursor = '0') => {
    const all = region.records.filter((record) => found(record, lookup));
    const next = Number(cursor) + 1;
    return {
      records: all.slice(next - 1, next),
      ...(next < all.length && { next: String(next) }),
    };
  },
});

/** A queue of what was seen; `judge` has it judged as `detect` does. */
interface Queue extends SeenSink {
  readonly sent: unknown[];
}

function queue(): Queue {
  const sent: unknown[] = [];
  return {
    sent,
    async send({ activities = [], records = [] }) {
      // as a message carries them
      sent.push(...structuredClone(activities).map((activity) => new Observation(activity)), ...records);
    },
  };
}

/** Deps and what belongs to them, with an account that has been watched for twenty days. */
export async function reconcileWorld(region: Region, at = NOW + HOUR) {
  const history: HistoryStore = memoryHistory();
  const verdicts: VerdictStore = memoryVerdicts();
  const stores = { history, verdicts, policy: defaultPolicy };
  await detectActivities(stores, [anActivity({ at: NOW - 20 * DAY, kind: 'key-pair.create' })]);
  const seen = queue();
  const clock = { at };
  const deps: ReconcileDeps = {
    history,
    inventory: inventoryOf(region),
    events: lookupOf(region),
    seen,
    kept: memoryNotes<Kept>(),
    sweeps: memoryNotes<Sweep>(),
    now: () => clock.at,
    isLate: () => false,
  };
  return {
    deps,
    stores,
    clock,
    sent: seen.sent,
    look: (): Promise<Looked> => reconcile(deps, TARGET),
    /** Has `detect` judge what is in the queue. */
    judge: async () => {
      await detect(stores, seen.sent.splice(0));
    },
    arrive: (activities: readonly Activity[]) => detectActivities(stores, activities),
    findings: () => findingsIn(verdicts, defaultPolicy),
  };
}
