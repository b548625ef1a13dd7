import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { NetworkLookup } from '../../app/ports.ts';
import { applyDecision } from '../../app/triage.ts';
import { type Activity, activityKey } from '../../core/activity/activity.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { suppressedBy } from '../../tell/suppression.ts';

/** What a policy makes of some activities. */
export interface Trial {
  readonly policy: Policy;
  readonly findings: readonly FindingRecord[];
}

/** Judges the same activities by one policy after the other; by policies that differ in their suppressions alone only once. */
export type TryPolicy = (policy: Policy) => Promise<Trial>;

/** Activities judged in one go. */
const BATCH = 200;

/** @param decisions what people have decided about any of it: what is learnt, and so what is told later, depends on that, too */
export function trials(
  activities: readonly Activity[],
  decisions: readonly Decision[] = [],
  networks?: NetworkLookup,
): TryPolicy {
  const known = new Map<string, Promise<readonly FindingRecord[]>>();
  return async (policy) => {
    const key = canonicalPolicy({ ...policy, suppressions: [] });
    const judging = known.get(key) ?? judged(activities, decisions, policy, networks);
    known.set(key, judging);
    return { policy, findings: await judging };
  };
}

async function judged(
  activities: readonly Activity[],
  decisions: readonly Decision[],
  policy: Policy,
  networks: NetworkLookup | undefined,
): Promise<readonly FindingRecord[]> {
  const stores = { history: memoryHistory(), verdicts: memoryVerdicts() };
  const deps = { ...stores, policy, ...(networks && { networks }) };
  // nothing is there yet that would have to be judged again
  for (const decision of decisions) await applyDecision({ ...stores, judgeAgain: async () => {} }, decision);
  for (let from = 0; from < activities.length; from += BATCH)
    for (const outcome of await detectActivities(deps, activities.slice(from, from + BATCH)))
      if (outcome.status === 'failed') throw new Error(outcome.error);
  return findingsIn(stores.verdicts, policy);
}

/** What people hear of a finding; undefined where the policy suppresses it. */
export const heardAs = (finding: FindingRecord, policy: Policy): Severity | undefined =>
  suppressedBy(finding, policy).length > 0 ? undefined : finding.severity;

/** Whether people hear of it: MEDIUM or worse, and not suppressed. */
export const isHeard = (severity: Severity | undefined): boolean =>
  severity !== undefined && severity !== 'low';

/** The loudest that a trial says about records; findings of two trials are the same where they share a record. */
export function loudest({ findings, policy }: Trial): (keys: Iterable<string>) => Severity | undefined {
  const byRecord = new Map<string, Severity>();
  for (const finding of findings) {
    const severity = heardAs(finding, policy);
    if (severity === undefined) continue;
    for (const { activity } of finding.members) {
      const key = activityKey(activity);
      if (isWorse(severity, byRecord.get(key))) byRecord.set(key, severity);
    }
  }
  return (keys) => {
    let worst: Severity | undefined;
    for (const key of keys) {
      const severity = byRecord.get(key);
      if (severity !== undefined && isWorse(severity, worst)) worst = severity;
    }
    return worst;
  };
}

const isWorse = (severity: Severity, other: Severity | undefined): boolean =>
  other === undefined || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(other);

export const keysOf = ({ members }: FindingRecord): string[] =>
  members.map(({ activity }) => activityKey(activity));
