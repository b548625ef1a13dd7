import type { Activity } from '../core/activity/activity.ts';
import type { Policy } from '../core/policy/policy.ts';
import { fromCloudTrail, type Normalised, type SkipReason } from '../core/records/cloudtrail/cloudtrail.ts';
import { type ConvergeDeps, converge, type PolicyOrLook } from './converge.ts';
import type { NetworkLookup } from './ports.ts';

export interface DetectDeps<P extends PolicyOrLook = Policy> extends ConvergeDeps<P> {
  /** Absent: signals that need a country or an autonomous system stay silent. */
  readonly networks?: NetworkLookup;
  /** ARNs of Launchtrail's own roles, whose calls are not judged. */
  readonly ownRoles?: readonly string[];
  /** ARNs of Launchtrail's own keys. */
  readonly ownKeys?: readonly string[];
  /** Reads records of other clouds; undefined for what is of none. Absent: none are expected. */
  readonly otherClouds?: (record: unknown) => Normalised | undefined;
}

/**
 * An activity that no record tells of: Launchtrail has seen it itself. It is made from a message of the queue's own sort and of
 * nothing else, so that no record can pass for one.
 */
export class Observation {
  readonly activity: Activity;
  constructor(activity: Activity) {
    this.activity = activity;
  }
}

/** What became of one record. */
export type RecordOutcome =
  | {
      readonly status: 'judged';
      readonly id: string;
      readonly at: number;
      readonly account: string;
      readonly region: string;
    }
  | { readonly status: 'skipped'; readonly reason: SkipReason }
  | { readonly status: 'failed'; readonly error: string };

/**
 * Judges CloudTrail records, and what Launchtrail has seen itself: the one use case behind replay and Lambda.
 *
 * A batch that cannot be judged is tried record by record, so that one failing record does not take others with it.
 * `converge` says how activities are judged.
 *
 * @returns one outcome per record, in order
 */
export async function detect(
  deps: DetectDeps<PolicyOrLook>,
  records: readonly unknown[],
): Promise<RecordOutcome[]> {
  const normalised = records.map((record) => normalise(record, deps));
  const activities = normalised.flatMap((each) => ('activity' in each ? [each.activity] : []));
  const judged = (await detectActivities(deps, activities)).values();
  return normalised.map((each): RecordOutcome => {
    if (!('activity' in each)) return each;
    return judged.next().value ?? { status: 'failed', error: 'not judged' };
  });
}

/** A record that breaks its reader is a defect of ours: it fails alone, and does not take its batch with it. */
function normalise(
  record: unknown,
  { ownRoles = [], ownKeys = [], otherClouds }: DetectDeps<PolicyOrLook>,
): { activity: Activity } | RecordOutcome {
  if (record instanceof Observation) return record;
  try {
    const ours = fromCloudTrail(record, { ownRoles, ownKeys });
    const isForeign = otherClouds !== undefined && !ours.ok && ours.reason === 'no-event';
    const read = (isForeign && otherClouds(record)) || ours;
    return read.ok ? read : { status: 'skipped', reason: read.reason };
  } catch (error) {
    return { status: 'failed', error: String(error) };
  }
}

/** The same for records that are activities already. */
export async function detectActivities(
  deps: DetectDeps<PolicyOrLook>,
  activities: readonly Activity[],
): Promise<RecordOutcome[]> {
  const placed = activities.map((activity) => located(activity, deps.networks));
  const failed = await judgeAll(deps, placed);
  return placed.map((activity): RecordOutcome => {
    const error = failed.get(activity);
    if (error !== undefined) return { status: 'failed', error };
    const { id, at, account, region } = activity;
    return { status: 'judged', id, at, account, region };
  });
}

function located(activity: Activity, networks: NetworkLookup | undefined): Activity {
  const { origin } = activity;
  if (networks === undefined || origin.prefix === undefined || origin.ip === undefined) return activity;
  const network = networks(origin.ip);
  return network === undefined ? activity : { ...activity, origin: { ...origin, network } };
}

async function judgeAll(
  deps: DetectDeps<PolicyOrLook>,
  activities: readonly Activity[],
): Promise<Map<Activity, string>> {
  if (activities.length === 0) return new Map();
  try {
    await converge(deps, activities);
    return new Map();
  } catch (error) {
    if (activities.length === 1) return new Map([[activities[0] as Activity, String(error)]]);
  }
  const failed = new Map<Activity, string>();
  for (const activity of activities) {
    for (const [, error] of await judgeAll(deps, [activity])) failed.set(activity, error);
  }
  return failed;
}
