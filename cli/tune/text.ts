import { stringify } from 'yaml';
import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { policyDifference } from '../../core/policy/difference.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { AttackName } from '../../simulate/attacks/catalogue.ts';
import { differenceLines } from '../../tell/policy-change.ts';
import { shown } from '../../tell/shown.ts';
import { coveredBy } from '../../tell/suppression.ts';
import type { Tried, Tuned } from './tune.ts';

/** Findings named under each change. */
const MOST_NAMED = 5;

/** What is proposed, with its evidence, for people. */
export function tunedText(tuned: Tuned): string {
  const { before, after, proposed, refused, needless, confirmed, unmatched, attacks } = tuned;
  const differences = policyDifference(before, after);
  const asExpected = (missed: readonly AttackName[]): number => attacks.count - missed.length;
  return [
    `needless   ${needless.before} heard of ${needless.decided} that were closed as expected; ${needless.after} with what is proposed`,
    `confirmed  ${confirmed}, none of them less severe`,
    `attacks    ${attacks.count} simulated; ${asExpected(attacks.before)} as severe as expected before, ${asExpected(attacks.after)} after`,
    ...(unmatched === 0
      ? []
      : [
          `decisions  ${unmatched === 1 ? '1 decision is' : `${unmatched} decisions are`} about no finding of these records`,
        ]),
    '',
    ...proposed.flatMap((each, index) => [...proposal(each, index + 1), '']),
    ...(proposed.length === 0 ? ['Nothing is proposed.', ''] : []),
    ...(refused.length === 0
      ? []
      : ['Not proposed:', ...refused.map((each) => `  ${each.candidate.what}: ${each.refused}`), '']),
    ...(differences.length === 0
      ? []
      : [
          'What the policy would say differently:',
          ...differenceLines(differences.filter(({ key }) => key !== 'suppressions')).map(
            (line) => `  ${line}`,
          ),
          ...newSuppressions(before, after).map((line) => `  ${line}`),
          '',
          'As policy.yaml has it (exceptions are added to those that there are). Nothing was changed:',
          '',
          stringify(changed(before, after)).trimEnd(),
          '',
        ]),
  ].join('\n');
}

function proposal({ candidate, silenced, others, takenOver }: Tried, number: number): string[] {
  const { less, unheard } = takenOver;
  return [
    `${number}. ${candidate.kind}: ${candidate.what}`,
    `   silences ${counted(silenced.length, 'needless finding')}:`,
    ...named(silenced),
    ...(others.length === 0
      ? []
      : [`   and ${others.length} that nobody has decided about:`, ...named(others)]),
    ...(less.length + unheard.length === 0
      ? []
      : [
          '   If whom it names were the attacker, at worst:',
          ...(unheard.length === 0 ? [] : [`     nobody would hear of the simulated ${unheard.join(', ')}`]),
          ...(less.length === 0 ? [] : [`     less severe than expected: ${less.join(', ')}`]),
        ]),
  ];
}

function named(findings: readonly FindingRecord[]): string[] {
  const lines = findings.slice(0, MOST_NAMED).map(({ id, severity, start, members }) => {
    const actor = members[0]?.activity.actor;
    const who = actor === undefined ? '' : `  ${shown(subjectLabel(actor), 80)}`;
    return `     ${severity.toUpperCase().padEnd(8)}  ${new Date(start).toISOString().slice(0, 16)}Z  ${clean(id, 80)}${who}`;
  });
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, `     and ${more} more`] : lines;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const newSuppressions = (before: Policy, after: Policy): string[] =>
  after.suppressions
    .filter((each) => !before.suppressions.includes(each))
    .map((each) => `suppressions: + ${coveredBy(each)} until ${each.expires}`);

/** The parts of the policy that are different, as its file writes them; of suppressions those that are new. */
function changed(before: Policy, after: Policy): Record<string, unknown> {
  const suppressions = after.suppressions.filter((each) => !before.suppressions.includes(each));
  const parts: Record<string, Record<string, unknown>> = {};
  for (const { key } of policyDifference(before, after)) {
    const [section = '', name] = key.split('.');
    if (section === 'suppressions' || name === undefined) continue;
    const own: unknown = Object.entries(after).find(([each]) => each === section)?.[1];
    parts[section] = { ...parts[section], [name]: Object(own)[name] };
  }
  return { ...parts, ...(suppressions.length > 0 && { suppressions }) };
}

/** The same for programs. */
export function plainTuned({ before, after, proposed, refused, needless, confirmed, attacks }: Tuned) {
  const plain = ({ candidate, silenced, others, takenOver, refused: why }: Tried) => ({
    ...{ kind: candidate.kind, what: candidate.what },
    silenced: silenced.map(({ id }) => id),
    others: others.map(({ id }) => id),
    takenOver,
    ...(why !== undefined && { refused: why }),
  });
  return {
    ...{ needless, confirmed, attacks },
    proposed: proposed.map(plain),
    refused: refused.map(plain),
    differences: policyDifference(before, after),
    policy: changed(before, after),
  };
}
