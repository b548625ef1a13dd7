import { dequal } from 'dequal/lite';
import { hashOf } from '../core/activity/size.ts';
import { accountScope, DAY, factKey } from '../core/history/facts.ts';
import { driftOf } from '../core/records/inventory/aspects.ts';
import { type Baseline, baselineOf, type SeenInstance } from '../core/records/inventory/seen.ts';
import { type ExplainDeps, explainDrift, explainLaunch } from './explain-seen.ts';
import type { HistoryStore, Inventory, NoteStore, Place, Versioned } from './ports.ts';

/** What is kept of an instance between two looks. */
export interface Kept {
  readonly baseline: Baseline;
  /** It was first seen changed at `at`, ms, and as it was at `since`; `to` stands for what it changed to. */
  readonly changed?: { readonly at: number; readonly since: number; readonly to: string };
}

/** How far the look at a Region has come. */
export interface Sweep {
  /** When it began, ms. */
  readonly began: number;
  readonly open: boolean;
  /** Page that comes next; absent for the first. */
  readonly cursor?: string;
  /** When the last one began, ms, in which every instance could be looked at: since then each was as its baseline says. */
  readonly last?: number;
  /** Something could not be looked at this time. */
  readonly marred?: true;
}

export interface ReconcileDeps extends ExplainDeps {
  readonly history: Pick<HistoryStore, 'stretches' | 'around'>;
  readonly inventory: Inventory;
  readonly kept: NoteStore<Kept>;
  readonly sweeps: NoteStore<Sweep>;
  readonly now: () => number;
  /** Whether there is no time to begin with another instance. */
  readonly isLate: () => boolean;
}

/** One Region of one account. */
export interface Target {
  readonly account: string;
  readonly region: string;
}

/** What came of a look at a Region. */
export interface Looked {
  /** All of it has been looked at. */
  readonly done: boolean;
  readonly instances: number;
  /** Launches and changes whose records had been missing. */
  readonly fetched: number;
  /** Launches and changes of which no record tells. */
  readonly unrecorded: number;
  /** What could not be looked at; it comes again with the next look. */
  readonly failed: readonly string[];
}

/**
 * How long a launch or change waits for its record, ms. CloudTrail's history has nearly all within fifteen minutes,
 * 95 of 100 within seven, and the next look is half an hour away.
 */
export const GRACE = 15 * 60_000;
/** With less time left than this, ms, no other instance is begun: one may wait for a minute until CloudTrail answers. */
export const LATE_MS = 120_000;
/** CloudTrail remembers ninety days. What was launched before is the baseline; a day less, since both clocks run. */
const REMEMBERED = 89 * DAY;

const sweepPlace = ({ account, region }: Target): Place => ({
  account,
  subject: `sweep/${region}`,
  at: 0,
  id: region,
});
const keptPlace = ({ account, region, id }: SeenInstance): Place => ({
  account,
  subject: `inventory/${region}`,
  at: 0,
  id,
});

/**
 * Compares what runs in a Region with what is known.
 *
 * An instance without a baseline is explained by its record, which is fetched where it never came, or told as unrecorded. One that has
 * changed since its baseline is treated alike. What was launched before the history of the account begins is the baseline.
 *
 * Whatever is handed on bears an id and a time of the instance's own, and is handed on before it is noted that it was. So whoever
 * dies in between leaves nothing out, and whoever comes next says the same again.
 *
 * @throws when a store, the queue or the first page of the inventory fails
 */
export async function reconcile(deps: ReconcileDeps, target: Target): Promise<Looked> {
  let sweep = await begin(deps, target);
  const beginning = await beginningOf(deps, target);
  const notes = await deps.kept.within({
    account: target.account,
    subject: `inventory/${target.region}`,
    from: 0,
    to: 0,
  });
  let looked: Looked = { done: false, instances: 0, fetched: 0, unrecorded: 0, failed: [] };
  for (;;) {
    const page = await deps.inventory.page(sweep.value.cursor);
    if (page === undefined) {
      // too old: the look begins anew with the next call
      const { cursor: _, ...anew } = sweep.value;
      await deps.sweeps.write(sweepPlace(target), anew, sweep.version);
      return looked;
    }
    const { instances, next } = page;
    for (const instance of instances) {
      if (deps.isLate()) return looked;
      const note = notes.get(`${instance.account}#${instance.id}`);
      looked = added(looked, await lookAt(deps, instance, note, sweep.value, beginning));
    }
    const { began } = sweep.value;
    const marred = sweep.value.marred || looked.failed.length > 0;
    const last = next === undefined && !marred ? began : sweep.value.last;
    const so = { began, ...(last !== undefined && { last }) };
    if (next === undefined) {
      const done = await deps.sweeps.write(sweepPlace(target), { ...so, open: false }, sweep.version);
      return { ...looked, done };
    }
    const value: Sweep = { ...so, open: true, cursor: next, ...(marred && { marred }) };
    // another worker looks at this Region, too: it is not for two
    if (!(await deps.sweeps.write(sweepPlace(target), value, sweep.version))) return looked;
    sweep = { value, version: sweep.version + 1 };
  }
}

/** The look that is under way, or a new one. */
async function begin({ sweeps, now }: ReconcileDeps, target: Target): Promise<Versioned<Sweep>> {
  const place = sweepPlace(target);
  const known = await sweeps.read(place);
  if (known?.value.open) return known;
  const last = known?.value.last;
  const value: Sweep = { began: now(), open: true, ...(last !== undefined && { last }) };
  const version = known?.version ?? 0;
  if (await sweeps.write(place, value, version)) return { value, version: version + 1 };
  // another was first, or our own first try was
  const other = await sweeps.read(place);
  if (other === undefined) throw new Error(`the look at ${target.account} ${target.region} cannot begin`);
  return other;
}

/** Since when, ms, a launch without a record is strange: since the account has a history that CloudTrail still remembers. */
async function beginningOf({ history, now }: ReconcileDeps, { account }: Target): Promise<number> {
  const scope = accountScope({ account });
  const { sheets } = await history.around([scope], [], now());
  const since = sheets.get(scope)?.value.seen[factKey('since', '')]?.at;
  return since === undefined ? Number.POSITIVE_INFINITY : Math.max(since, now() - REMEMBERED);
}

type One = Omit<Looked, 'done' | 'instances'>;
const NOTHING: One = { fetched: 0, unrecorded: 0, failed: [] };

const added = (looked: Looked, one: One): Looked => ({
  done: looked.done,
  instances: looked.instances + 1,
  fetched: looked.fetched + one.fetched,
  unrecorded: looked.unrecorded + one.unrecorded,
  failed: [...looked.failed, ...one.failed],
});

/** Looks at one instance. What fails there holds up no other. */
async function lookAt(
  deps: ReconcileDeps,
  instance: SeenInstance,
  note: Versioned<Kept> | undefined,
  sweep: Sweep,
  beginning: number,
): Promise<One> {
  try {
    return note === undefined
      ? await lookAtNew(deps, instance, beginning)
      : await lookAgain(deps, instance, note, sweep);
  } catch (error) {
    return { ...NOTHING, failed: [`${instance.id}: ${String(error)}`] };
  }
}

async function lookAtNew(deps: ReconcileDeps, instance: SeenInstance, beginning: number): Promise<One> {
  const isOld = instance.launched < beginning;
  if (!isOld && deps.now() - instance.launched < GRACE) return NOTHING;
  const seen = await withUserData(deps, instance);
  const explanation = isOld ? 'recorded' : await explainLaunch(deps, seen);
  await keep(deps, seen, { baseline: baselineOf(seen) }, 0);
  return {
    fetched: explanation === 'fetched' || explanation === 'completed' ? 1 : 0,
    unrecorded: explanation === 'unrecorded' ? 1 : 0,
    failed: [],
  };
}

async function lookAgain(
  deps: ReconcileDeps,
  instance: SeenInstance,
  { value, version }: Versioned<Kept>,
  { began, last }: Sweep,
): Promise<One> {
  const { baseline, changed } = value;
  const seen = await withUserData(deps, instance, baseline);
  const write = (kept: Kept): Promise<void> => keep(deps, seen, kept, version);
  const aspects = driftOf(baseline, seen);
  if (aspects.length === 0) {
    const now = baselineOf(seen, baseline);
    if (changed !== undefined || !dequal(now, baseline)) await write({ baseline: now });
    return NOTHING;
  }
  const to = hashOf(JSON.stringify([aspects, baselineOf(seen)]));
  if (changed?.to !== to) {
    await write({ baseline, changed: { at: deps.now(), since: last ?? began, to } });
    return NOTHING;
  }
  if (deps.now() - changed.at < GRACE) return NOTHING;
  const left = await explainDrift(deps, seen, baseline, aspects, changed);
  await write({ baseline: baselineOf(seen, baseline) });
  return { fetched: 0, unrecorded: left.length, failed: [] };
}

/** Notes what was seen; another who was first, or our own first try, may have noted less, so it is looked at again. */
async function keep({ kept }: ReconcileDeps, seen: SeenInstance, note: Kept, version: number): Promise<void> {
  if (!(await kept.write(keptPlace(seen), note, version))) throw new Error('another was first');
}

/** With the user data: read once for each start, as it can be changed only while the instance is stopped. */
async function withUserData(
  { inventory }: ReconcileDeps,
  instance: SeenInstance,
  before?: Baseline,
): Promise<SeenInstance> {
  const userData =
    before?.started === instance.started ? before.userData : await inventory.userData(instance.id);
  return userData === undefined ? instance : { ...instance, userData };
}
