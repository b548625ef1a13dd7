import { InvalidArgumentError } from 'commander';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';

/** The policy file of a folder, which commands take where none is named. */
export const BESIDE = 'policy.yaml';

/** What commands say of `--policy`. */
export const POLICY_OPTION = `policy file, or none (default: ${BESIDE} in this folder if there is one, else built-in defaults)`;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** A date (its first moment, UTC) or time; a time without a zone is UTC, never that of the machine. In ms. */
export function timeArgument(text: string): number {
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = DATE.test(text)
    ? Date.parse(text)
    : TIME.test(text)
      ? Date.parse(zoned ? text : `${text}Z`)
      : Number.NaN;
  if (Number.isNaN(at) || !existing(text)) {
    throw new InvalidArgumentError(
      'Expected a date such as 2026-01-31 or a time such as 2026-01-31T08:30:00Z.',
    );
  }
  return at;
}

/** Whether the day exists: JavaScript takes 31 February for 3 March. */
function existing(text: string): boolean {
  const day = text.slice(0, 10);
  const parsed = new Date(day);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}

export function severityArgument(text: string): Severity {
  const severity = SEVERITIES.find((name) => name === text.toLowerCase());
  if (severity === undefined) throw new InvalidArgumentError(`Expected one of ${SEVERITIES.join(', ')}.`);
  return severity;
}

/** More would only hold more files in memory: one core judges, the others can read no faster than it takes. */
const MAX_JOBS = 16;

export function jobsArgument(text: string): number {
  const jobs = Number(text);
  if (!/^\d+$/.test(text) || jobs < 1 || jobs > MAX_JOBS) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_JOBS}.`);
  }
  return jobs;
}
