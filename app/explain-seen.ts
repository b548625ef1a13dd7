import { type Activity, type Aspect, linked } from '../core/activity/activity.ts';
import { does } from '../core/activity/kinds.ts';
import { RESOURCES, timelineOf } from '../core/lineage/timelines.ts';
import { drifted, observed } from '../core/records/inventory/activities.ts';
import { explains } from '../core/records/inventory/aspects.ts';
import { clientTokenOf, completed, isCut } from '../core/records/inventory/completed.ts';
import type { Baseline, SeenInstance } from '../core/records/inventory/seen.ts';
import type { EventLookup, HistoryStore, Inventory, SeenSink } from './ports.ts';
import { lookUp, type Recorded, unknownOf } from './recorded.ts';

/** What it takes to explain what was seen. */
export interface ExplainDeps {
  readonly history: Pick<HistoryStore, 'stretches'>;
  readonly events: EventLookup;
  readonly inventory: Pick<Inventory, 'reservation'>;
  readonly seen: SeenSink;
}

const MINUTE = 60_000;
/** How far the time of a launch's record may lie from that of the instance, ms: the call ends when all of its instances are up. */
const APART = 10 * MINUTE;
/** Resources of one instance that a change of it may name. */
const MAX_NAMES = 6;

/** Why an instance is there: a record says so, its record was fetched or completed, or no record does. */
export type Explanation = 'recorded' | 'fetched' | 'completed' | 'unrecorded';

/** Explains an instance that has no baseline, and hands on what `detect` does not know yet. */
export async function explainLaunch(deps: ExplainDeps, instance: SeenInstance): Promise<Explanation> {
  const { id, launched } = instance;
  const around = { from: launched - APART, to: launched + APART };
  const isLaunchOf = (activity: Activity): boolean =>
    does(activity.kind, 'launch') && linked(activity, 'instance', 'made').includes(id);
  const [timeline = []] = await deps.history.stretches(
    [{ account: RESOURCES, subject: timelineOf({ type: 'instance', id }), ...around }],
    launched,
  );
  if (timeline.some(isLaunchOf)) return 'recorded';

  const found = await lookUp(deps.events, { by: { resource: id }, ...around });
  if (found.some(({ activity }) => isLaunchOf(activity)))
    return (await handOn(deps, found)) ? 'fetched' : 'recorded';

  const cut = await cutLaunchOf(deps, instance, around);
  if (cut !== undefined) {
    const activity = completed(cut.record, await deps.inventory.reservation(instance.reservation));
    if (activity !== undefined) {
      const news = await unknownOf(deps.history, [activity]);
      if (!news.has(activity)) return 'recorded';
      await deps.seen.send({ activities: [activity], records: [cut.record] });
      return 'completed';
    }
  }
  await deps.seen.send({ activities: [observed(instance)] });
  return 'unrecorded';
}

/** The launch whose answer was left out of its record and that named itself as the instance says. */
async function cutLaunchOf(
  { events }: ExplainDeps,
  { clientToken, type, image }: SeenInstance,
  around: { from: number; to: number },
): Promise<Recorded | undefined> {
  const cut = (await lookUp(events, { by: { call: 'RunInstances' }, ...around })).filter(({ activity }) =>
    isCut(activity),
  );
  const named = cut.filter(
    ({ record }) => clientToken !== undefined && clientTokenOf(record) === clientToken,
  );
  if (named.length > 0) return named[0];
  // without a name only a launch of the same sort that stands alone can be meant
  const alike = cut.filter(
    ({ record, activity: { launch } }) =>
      clientTokenOf(record) === undefined &&
      launch?.types.includes(type ?? '') &&
      launch.images.includes(image ?? ''),
  );
  return alike.length === 1 ? alike[0] : undefined;
}

/** Hands on those records that the history does not hold; whether there were any. */
async function handOn({ history, seen }: ExplainDeps, found: readonly Recorded[]): Promise<boolean> {
  const news = await unknownOf(
    history,
    found.map(({ activity }) => activity),
  );
  const records = found.filter(({ activity }) => news.has(activity)).map(({ record }) => record);
  if (records.length > 0) await seen.send({ records });
  return records.length > 0;
}

/**
 * Explains what has changed on an instance between two times, ms, and hands on what `detect` does not know yet.
 *
 * @returns what no record explains
 */
export async function explainDrift(
  deps: ExplainDeps,
  instance: SeenInstance,
  before: Baseline,
  aspects: readonly Aspect[],
  between: { readonly since: number; readonly at: number },
): Promise<readonly Aspect[]> {
  const news = instance.volumes.map(({ id }) => id).filter((id) => !before.volumes.includes(id));
  const names = [instance.id, ...instance.interfaces, ...news].slice(0, MAX_NAMES);
  const stretch = { from: between.since - APART, to: between.at };
  const found: Recorded[] = [];
  for (const resource of names) {
    found.push(...(await lookUp(deps.events, { by: { resource }, ...stretch })));
    if (aspects.every((aspect) => found.some((each) => isDone(each, aspect)))) break;
  }
  await handOn(deps, found);
  const left = aspects.filter((aspect) => !found.some((each) => isDone(each, aspect)));
  if (left.length > 0)
    await deps.seen.send({ activities: left.map((aspect) => drifted(aspect, instance, before, between)) });
  return left;
}

const isDone = ({ activity: { kind, outcome } }: Recorded, aspect: Aspect): boolean =>
  outcome === 'succeeded' && explains(kind, aspect);
