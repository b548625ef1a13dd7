import { activityKey } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { suppressedBy } from '../../tell/suppression.ts';

/** What people hear of a finding: its severity, nothing where the policy suppresses it or a person has closed it. */
type Heard = Severity | 'suppressed' | 'closed';

/** What one policy makes of some records. */
export interface Side {
  readonly policy: Policy;
  readonly findings: readonly FindingRecord[];
}

export interface Move {
  readonly kind: 'appeared' | 'vanished' | 'moved';
  /** The finding as the second policy tells it; of one that vanished, as the first did. */
  readonly finding: FindingRecord;
  readonly from?: Heard;
  readonly to?: Heard;
  /** Keys of the policy each of which alone does the same. */
  readonly by: readonly string[];
}

const heard = (finding: FindingRecord, policy: Policy): Heard =>
  finding.triage?.state === 'closed'
    ? 'closed'
    : suppressedBy(finding, policy).length > 0
      ? 'suppressed'
      : finding.severity;

const rank = (each: Heard | undefined): number =>
  each === undefined || each === 'suppressed' || each === 'closed' ? -1 : SEVERITIES.indexOf(each);

/** The loudest that a side says about records of a finding. */
type Loudest = (finding: FindingRecord) => Heard | undefined;

function loudestIn({ findings, policy }: Side): Loudest {
  const byRecord = new Map<string, Heard>();
  for (const finding of findings) {
    const said = heard(finding, policy);
    for (const { activity } of finding.members) {
      const key = activityKey(activity);
      const before = byRecord.get(key);
      if (before === undefined || rank(said) > rank(before)) byRecord.set(key, said);
    }
  }
  return ({ members }) => {
    let loudest: Heard | undefined;
    for (const { activity } of members) {
      const said = byRecord.get(activityKey(activity));
      if (said !== undefined && (loudest === undefined || rank(said) > rank(loudest))) loudest = said;
    }
    return loudest;
  };
}

/**
 * What people would hear otherwise by a second policy than by a first. Findings of the two are the same where they share a record,
 * as their ids may differ.
 *
 * @param single what the first policy says with one key of the second, by key
 */
export function movesBetween(before: Side, after: Side, single: ReadonlyMap<string, Side>): Move[] {
  const [first, second] = [loudestIn(before), loudestIn(after)];
  const alone = [...single].map(([key, side]) => [key, loudestIn(side)] as const);
  const by = (finding: FindingRecord, to: Heard | undefined): string[] =>
    alone.filter(([, loudest]) => loudest(finding) === to).map(([key]) => key);

  const moves: Move[] = [];
  for (const finding of after.findings) {
    const [from, to] = [first(finding), heard(finding, after.policy)];
    if (from === to) continue;
    moves.push({
      kind: from === undefined ? 'appeared' : 'moved',
      finding,
      ...(from !== undefined && { from }),
      to,
      by: by(finding, to),
    });
  }
  for (const finding of before.findings) {
    if (second(finding) !== undefined) continue;
    moves.push({
      kind: 'vanished',
      finding,
      from: heard(finding, before.policy),
      by: by(finding, undefined),
    });
  }
  const loudest = ({ from, to }: Move): number => Math.max(rank(from), rank(to));
  return moves.sort(
    (a, b) =>
      loudest(b) - loudest(a) ||
      a.finding.start - b.finding.start ||
      (a.finding.id < b.finding.id ? -1 : Number(a.finding.id > b.finding.id)),
  );
}

/** Whether the one or the other policy says something at least so loud. */
export const isHeardAt = ({ from, to }: Move, least: Severity): boolean =>
  Math.max(rank(from), rank(to)) >= rank(least);

/** Whether people hear more than before, and at least so loud. */
export const isLouder = ({ from, to }: Move, least: Severity): boolean =>
  rank(to) > rank(from) && rank(to) >= rank(least);
