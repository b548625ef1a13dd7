import type { PolicyDifference } from '../core/policy/difference.ts';
import { DOCS } from './finding-type.ts';
import { shown } from './shown.ts';

/** A change of what is in force, or of what must never change. */
export type PolicyChange =
  | {
      readonly kind: 'in-force';
      /** What was in force before; absent: nothing had been pushed. */
      readonly before?: number;
      readonly after: number;
      readonly by: string;
      /** When, ms. */
      readonly at: number;
      readonly why: string;
      /** The version that it goes back to. */
      readonly of?: number;
      /** Absent where the one before cannot be read any more. */
      readonly differences?: readonly PolicyDifference[];
    }
  /** The pointer names what no function will judge by. */
  | { readonly kind: 'unusable'; readonly version: number; readonly reason: string }
  | { readonly kind: 'nothing-in-force'; readonly before: number }
  | { readonly kind: 'altered' | 'removed'; readonly version: number };

/** Differences in a message; `launchtrail policy diff` has all of them. */
const MOST_DIFFERENCES = 100;
/** Longest value of one. */
const LONGEST = 300;

/** Keys whose values are durations, in ms. */
const DURATIONS =
  /^(timeWindow|lineageWindow|userContext\.newIdentity|geoLocation\.newRegion|learning\.\w+)$/;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** A duration as a policy file writes it. */
function durationText(ms: number): string {
  const [letter, unit] = UNITS.find(([, each]) => ms !== 0 && ms % each === 0) ?? ['m', 60_000];
  return `${ms / unit}${letter}`;
}

/** A value of a key, given as JSON, as a person reads it. */
export function keyText(key: string, json: string): string {
  const value = shown(json, LONGEST);
  return DURATIONS.test(key) && /^\d+$/.test(json) ? durationText(Number(json)) : value;
}

/** One line for each difference: `severity.high: 70 → 80`, `organisation.accounts: + "111122223333"`. */
export function differenceLines(differences: readonly PolicyDifference[]): string[] {
  const lines = differences.slice(0, MOST_DIFFERENCES).map(({ key, before, after }) => {
    const name = shown(key, 120);
    const [a, b] = [before, after].map((json) => (json === undefined ? undefined : keyText(key, json)));
    if (a === undefined) return `${name}: + ${b}`;
    if (b === undefined) return `${name}: - ${a}`;
    return `${name}: ${a} → ${b}`;
  });
  const more = differences.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function counted(differences: readonly PolicyDifference[] | undefined): string {
  if (differences === undefined) return 'the one before cannot be read';
  return differences.length === 1 ? '1 change' : `${differences.length} changes`;
}

/**
 * What people are told of a change: subject, and plain text.
 *
 * @param docs address of docs/
 */
export function policyChangeText(
  change: PolicyChange,
  docs: string = DOCS,
): { readonly subject: string; readonly body: string } {
  const runbook = `${docs}/operations.md#a-policy-is-rejected`;
  if (change.kind === 'in-force') return inForceText(change, runbook);
  if (change.kind === 'unusable')
    return {
      subject: `[Launchtrail] policy version ${change.version} cannot be used`,
      body: text([
        `Version ${change.version} of the policy was put in force, and no function judges by it: ${shown(change.reason, LONGEST)}.`,
        'The version before stays where it is known. A function that starts anew judges by the policy that it was deployed with.',
        `Push a policy that is right, or go back: launchtrail policy rollback. See ${runbook}.`,
      ]),
    };
  if (change.kind === 'nothing-in-force')
    return {
      subject: '[Launchtrail] no policy is in force any more',
      body: text([
        `The pointer to version ${change.before} of the policy was deleted, which no command of Launchtrail does.`,
        'Functions that know this version keep it. One that starts anew judges by the policy that it was deployed with.',
        `Find out who did it, and push the policy again. See ${runbook}.`,
      ]),
    };
  return {
    subject: `[Launchtrail] policy version ${change.version} was ${change.kind}`,
    body: text([
      `Version ${change.version} of the policy was ${change.kind} in the table, which no command of Launchtrail does.`,
      `Find out who may write to the table of the settings, and who did. See ${runbook}.`,
    ]),
  };
}

function inForceText(
  change: Extract<PolicyChange, { kind: 'in-force' }>,
  runbook: string,
): { subject: string; body: string } {
  const { before, after, by, at, why, of, differences } = change;
  const place = before === undefined ? 'the policy that was deployed' : `version ${before}`;
  const from = before === undefined ? 'the deployed one' : String(before);
  return {
    subject: `[Launchtrail] policy ${from} -> ${after}: ${counted(differences)}`,
    body: text([
      `Version ${after} of the policy is in force in place of ${place}. Functions judge by it within a minute.`,
      [
        `Who, as their command says: ${shown(by, 200)}`,
        `When: ${new Date(at).toISOString()}`,
        `Why: ${shown(why, 500)}`,
        ...(of === undefined ? [] : [`It goes back to version ${of}.`]),
      ].join('\n'),
      differenceText(differences),
      `Is it not yours? launchtrail policy log, then launchtrail policy rollback. See ${runbook}.`,
    ]),
  };
}

function differenceText(differences: readonly PolicyDifference[] | undefined): string {
  if (differences === undefined)
    return 'What is different is not known: the one before cannot be read any more.';
  if (differences.length === 0) return 'It judges as the one before.';
  return ['What is different:', ...differenceLines(differences).map((line) => `  ${line}`)].join('\n');
}

const text = (paragraphs: readonly string[]): string => `${paragraphs.join('\n\n')}\n`;
