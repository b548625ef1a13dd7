import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { sorted } from '../../tell/sorted.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { EXIT } from '../exit.ts';
import { type Format, forPeople } from './formats.ts';
import type { News } from './news.ts';
import { foreignOf } from './others.ts';
import { type Tally, unreadOf } from './tally.ts';

export interface Asked {
  readonly format: Format;
  readonly minSeverity?: Severity;
  readonly failOn?: Severity;
  /** Print for people what is closed, too. */
  readonly closed?: boolean;
  /** Findings whose last record is older are not reported, ms. */
  readonly since?: number;
}

export interface Outcome {
  /** Findings that this run is about. */
  readonly reported: readonly FindingRecord[];
  /** Those of them that are printed, in this order. */
  readonly printed: readonly FindingRecord[];
  readonly suppressed: number;
  readonly hidden: readonly string[];
  readonly exit: number;
}

/**
 * What is printed, what is only counted, and the exit code.
 *
 * @param news what is new since the run before, where only that is asked for
 */
export function outcomeOf(
  findings: readonly FindingRecord[],
  tally: Tally,
  policy: Policy,
  {
    format,
    minSeverity = leastPrinted(format),
    failOn,
    closed = false,
    since = Number.NEGATIVE_INFINITY,
  }: Asked,
  news: News | undefined,
): Outcome {
  const recent = findings.filter(({ last }) => last >= since);
  const reported = recent.filter(({ id }) => news === undefined || news.events.has(id));
  const loud = reported.filter((finding) => suppressedBy(finding, policy).length === 0);
  const isDone = ({ triage }: FindingRecord): boolean => triage?.state === 'closed';
  const toDo = loud.filter((finding) => !isDone(finding));
  // people see what they must act on; machines see what is suppressed or closed, too, marked as such
  const offered = forPeople(format) ? (closed ? loud : toDo) : reported;
  const printed = sorted(offered.filter(({ severity }) => atLeast(severity, minSeverity)));
  const below = offered.length - printed.length;
  const [old, told] = [findings.length - recent.length, recent.length - reported.length];
  const done = loud.length - toDo.length;
  const reached = failOn !== undefined && toDo.some(({ severity }) => atLeast(severity, failOn));
  const damaged = tally.damaged + tally.failed + foreignOf(tally) + unreadOf(tally) > 0;
  return {
    reported,
    printed,
    suppressed: reported.length - loud.length,
    hidden: [
      ...(below > 0 ? [`${below} below ${minSeverity} not printed; --min-severity low prints all`] : []),
      ...(done > 0 && !closed && forPeople(format)
        ? [`${done} closed not printed; launchtrail findings list --closed prints them`]
        : []),
      ...(told > 0 ? [`${told} more told by an earlier run, and no news of them; --all prints them`] : []),
      ...(old > 0 ? [`${old} more ended before --since`] : []),
    ],
    exit: reached ? EXIT.failOn : damaged ? EXIT.damaged : EXIT.done,
  };
}

const leastPrinted = (format: Format): Severity => (forPeople(format) ? 'medium' : 'low');
