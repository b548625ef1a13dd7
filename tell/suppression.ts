import type { Activity } from '../core/activity/activity.ts';
import { subjectLabel } from '../core/activity/actor.ts';
import { explain } from '../core/findings/assess.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../core/findings/severity.ts';
import { DAY } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { Evidence } from '../core/signals/signal.ts';
import { shown } from './shown.ts';

export type Suppression = Policy['suppressions'][number];

/** Below this a finding is not shown to people, so what a suppression leaves over need not be shown either. */
const ALERTED: Severity = 'medium';

const rank = (severity: Severity | undefined): number =>
  severity === undefined ? -1 : SEVERITIES.indexOf(severity);

/** Whether a suppression still counts at a time, ms; its last day counts in full, in UTC. */
const valid = ({ expires }: Suppression, at: number): boolean => at < Date.parse(expires) + DAY;

function covers(suppression: Suppression, { activity }: Assessment, { signal }: Evidence): boolean {
  const { signal: only, account, actor } = suppression;
  // one that names nothing would silence everything: it silences nothing
  if (only === undefined && account === undefined && actor === undefined) return false;
  return (
    (only === undefined || only === signal) &&
    (account === undefined || account === activity.account) &&
    (actor === undefined || labelIncludes(activity, actor))
  );
}

/** A person copies the label out of a message, where it is cleaned and cut. */
const labelIncludes = ({ actor }: Activity, part: string): boolean =>
  subjectLabel(actor).includes(part) || shown(subjectLabel(actor), 120).includes(part);

/**
 * Suppressions of the policy that silence a finding; empty when it must be heard.
 *
 * A suppression takes away the evidence it names, not the whole finding: what is left decides. So an exception for one
 * signal cannot hide a public share by the same actor. Expiry is compared with the finding's end, never the clock.
 */
export function suppressedBy(
  { members, end, severity }: Pick<FindingRecord, 'members' | 'end' | 'severity'>,
  policy: Policy,
): Suppression[] {
  const live = policy.suppressions.filter((suppression) => valid(suppression, end));
  const used = new Set<Suppression>();
  const left = members.map((member) => ({
    ...member,
    evidence: member.evidence.filter((evidence) => {
      const covering = live.filter((suppression) => covers(suppression, member, evidence));
      for (const suppression of covering) used.add(suppression);
      return covering.length === 0;
    }),
  }));
  if (used.size === 0) return [];
  const rest = rank(explain({ members: left }, policy).severity);
  return rest < rank(severity) && rest < rank(ALERTED) ? [...used] : [];
}
