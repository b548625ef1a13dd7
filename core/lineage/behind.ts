import type { Activity } from '../activity/activity.ts';
import { isCostly } from '../activity/instance-types.ts';
import { launchedFrom, targetsOf, wholeOf } from '../activity/links.ts';
import { includesResource, type Resource, uniqueResources } from '../activity/resources.ts';
import { automationBehind, automationsOf, isByService } from './automation.ts';

/**
 * What was set up for a launch by a service: its automation, and the template's version. Where a miner's instances are
 * launched also the template itself, whose timeline tells who made another version the default.
 */
export function setUpBy(activity: Activity): readonly Resource[] {
  if (!isByService(activity)) return [];
  const templates = launchedFrom(activity).filter(({ type }) => type === 'launch-template');
  const whole = isCostly(activity.launch) ? templates.map(wholeOf) : [];
  const automation = automationBehind(activity);
  return uniqueResources([...(automation === undefined ? [] : [automation]), ...templates, ...whole]);
}

/** Whether a share let the account in that uses what was shared: EC2 tells the owner of the use, and the two are one act. */
export const letsIn = (change: Activity, use: Activity): boolean =>
  change.kind === 'snapshot.share' &&
  change.outcome === 'succeeded' &&
  change.at <= use.at &&
  change.links.some(({ id }) => use.links.some((link) => link.id === id)) &&
  (change.share?.public === true || usersOf(use).some((user) => change.share?.accounts.includes(user)));

/** Accounts that use what was shared with them. */
export const usersOf = ({ share, actor }: Activity): readonly string[] =>
  share !== undefined && share.accounts.length > 0 ? share.accounts : [actor.account];

/**
 * Whether a service launched something because of a change: it set up what is launched, within the window before, or put a
 * disk's data into the version of the template that is launched from, however long before.
 */
export function isBehind(change: Activity, launch: Activity, window: number): boolean {
  const { kind, outcome, actor, at, plan } = change;
  if (launch.kind === 'snapshot.use') return letsIn(change, launch);
  if (outcome !== 'succeeded' || actor.class === 'service' || at > launch.at) return false;
  const recent = launch.at - at <= window;
  const from = setUpBy(launch);
  if (kind !== 'template.change')
    return recent && automationsOf(change).some((each) => includesResource(from, each));
  const of = targetsOf(change).filter((each) => includesResource(from, each));
  const carries = (plan?.snapshots.length ?? 0) > 0 && of.some(({ version }) => version !== undefined);
  return of.length > 0 && (recent || carries);
}
