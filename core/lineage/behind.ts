import type { Activity } from '../activity/activity.ts';
import { isCostly } from '../activity/instance-types.ts';
import { launchedFrom, targetsOf } from '../activity/links.ts';
import { automationBehind, automationsOf, isByService } from './automation.ts';

/**
 * Timelines that tell who set up what a service launched from: its automation's, and that of the template's version. Where
 * a miner's instances are launched also the template's own, which tells who made another version the default.
 */
export function setUpBy(activity: Activity): string[] {
  if (!isByService(activity)) return [];
  const templates = launchedFrom(activity).filter((source) => source.startsWith('lt-'));
  const whole = isCostly(activity.launch) ? templates.map((source) => source.split(':', 1)[0] ?? source) : [];
  const automation = automationBehind(activity);
  return [...new Set([...(automation === undefined ? [] : [automation]), ...templates, ...whole])];
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
  if (kind !== 'template.change') return recent && automationsOf(change).some((key) => from.includes(key));
  const of = targetsOf(change).filter((key) => from.includes(key));
  const carries = (plan?.snapshots.length ?? 0) > 0 && of.some((key) => key.includes(':'));
  return of.length > 0 && (recent || carries);
}
