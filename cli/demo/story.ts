import { explain } from '../../core/findings/assess.ts';
import { type FindingRecord, inSequence } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { AttackName } from '../../simulate/attacks/catalogue.ts';
import type { Label, Organisation } from '../../simulate/organisation.ts';
import { findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { from, narrate, utc } from '../../tell/narrate.ts';
import { PACKED } from '../packed.ts';

/** A finding and how many of its records the hidden attack wrote. */
export interface DemoFinding {
  readonly finding: FindingRecord;
  readonly hostile: number;
}

/** Members shown of a long story; the rest is counted. */
const MOST = 25;

/** What is about to be judged. */
export function opening(
  { accounts, labels }: Organisation,
  { days, start }: { days: number; start: string },
): string {
  const [label] = labels;
  return [
    `A generated organisation: ${accounts.map(({ id, name }) => `${id} (${name})`).join(', ')}`,
    `${days} days of CloudTrail from ${start}: people, pipelines, Auto Scaling, Karpenter, backups${label === undefined ? '' : `, and one attack hidden in them (${label.attack})`}`,
    '',
  ].join('\n');
}

/** One finding told in full: what happened in order, and what every point of its score rests on. */
export function explained(finding: FindingRecord, policy: Policy): string {
  const { parts, score } = explain(finding, policy);
  const members = finding.members.toSorted(inSequence);
  const [first] = members;
  const timeline = members
    .slice(0, MOST)
    .map(({ activity }) => `  ${utc(activity.at)}  ${activity.region.padEnd(14)} ${narrate(activity)}`);
  const left = members.length - timeline.length;
  return [
    `The top finding, ${finding.severity.toUpperCase()} ${score.toFixed(1)}: ${headline(finding, findingTypeOf(finding, parts))}`,
    '',
    ...(first === undefined ? [] : [`What happened, from ${from(first.activity)}:`]),
    ...timeline,
    ...(left > 0 ? [`  and ${left} more`] : []),
    '',
    'Why it scores what it does:',
    ...parts.map(
      ({ points, signal, reason, times }) =>
        `  ${`+${points.toFixed(1)}`.padStart(5)}  ${signal}${times > 1 ? ` (${times} times)` : ''}: ${reason}`,
    ),
    `  ${score.toFixed(1).padStart(5)}  of 100`,
    '',
  ].join('\n');
}

/** What was hidden and what was found, as it is. */
export function hiddenAndFound(label: Label, top: DemoFinding | undefined): string {
  const hidden = `Hidden: ${label.attack} in account ${label.account}, ${label.start} to ${label.end}, ${label.eventIDs.length} records, worth ${label.expected.toUpperCase()}.`;
  const found =
    top === undefined
      ? 'Found: nothing of MEDIUM or worse.'
      : top.hostile === 0
        ? 'Found: the top finding is not the attack.'
        : `Found: ${top.finding.severity.toUpperCase()}; ${top.hostile} of the ${top.finding.members.length} records in the top finding are the attack's; the others it made are reads, which are skipped, and calls kept as context.`;
  return `${hidden}\n${found}\n`;
}

/** Where to go from here. */
export function nextSteps(attack: AttackName, seed: number): string {
  const run = PACKED ? 'launchtrail' : 'npm run launchtrail --';
  const steps = [
    ['replay path/to/AWSLogs', 'your own CloudTrail files, nothing leaves this machine'],
    ['policy init path/to/AWSLogs', 'a first policy: which accounts are yours'],
    [
      `simulate --seed ${seed} --attacks ${attack} --out trail`,
      'the same kind of records as files, with labels',
    ],
    [`demo --attack ${attack === 'snapshot-heist' ? 'public-share' : 'snapshot-heist'}`, 'another attack'],
  ] as const;
  const width = Math.max(...steps.map(([args]) => args.length)) + 2;
  return ['', 'Next:', ...steps.map(([args, about]) => `  ${run} ${args.padEnd(width)}${about}`)].join('\n');
}
