import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';

/** Accounts named in one line of the summary; all are counted. */
const MOST_NAMED = 5;

/** Signals that ask whether an account is ours. */
const ASKING: ReadonlySet<string> = new Set(['shared-outside', 'shared-snapshot-used', 'foreign-actor']);

/**
 * Which accounts a replay took for the organisation's, and what rests on it: lines for its summary. Where the policy names none, those
 * with records of their own are ours; where it names some, only these are.
 *
 * @param seen accounts with judged records of their own in the input
 */
export function accountLines(
  seen: ReadonlySet<string>,
  findings: readonly FindingRecord[],
  { organisation }: Policy,
): string[] {
  const ours = new Set(organisation.accounts);
  const unnamed = [...seen].filter((account) => !ours.has(account)).sort();
  const absent = organisation.accounts.filter((account) => !seen.has(account)).length;
  const lines = [
    ours.size === 0
      ? `${seen.size} with records of their own; as the policy names none, each is ours from its first record on`
      : `${seen.size} with records of their own, ${seen.size - unnamed.length} of them named as ours${absent > 0 ? `; ${absent} named without a record` : ''}`,
  ];
  if (unnamed.length === 0 || (ours.size === 0 && seen.size < 2)) return lines;
  const resting = findings.filter((finding) => restsOn(finding, new Set(unnamed))).length;
  const names = unnamed.slice(0, MOST_NAMED).join(', ');
  const more = unnamed.length > MOST_NAMED ? ` and ${unnamed.length - MOST_NAMED} more` : '';
  if (ours.size > 0) lines.push(`not named: ${names}${more}`);
  lines.push(
    `${resting === 1 ? '1 finding takes' : `${resting} findings take`} an account with records here for an outsider's; organisation.accounts in the policy names ours, and launchtrail policy init writes it`,
  );
  return lines;
}

/** Whether evidence of a finding has one of some accounts for another's. */
const restsOn = ({ members }: FindingRecord, accounts: ReadonlySet<string>): boolean =>
  members.some(
    ({ activity: { share, actor, account }, evidence }) =>
      evidence.some(({ signal }) => ASKING.has(signal)) &&
      [...(share?.accounts ?? []), actor.account].some((other) => other !== account && accounts.has(other)),
  );
