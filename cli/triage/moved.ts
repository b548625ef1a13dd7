import { clean } from '../../core/activity/clean.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';

const LINES = 20;

/** What has become of other findings because one was decided about, in lines. */
export function movedLines(
  before: readonly FindingRecord[],
  after: readonly FindingRecord[],
  decided: ReadonlySet<string>,
): string[] {
  const now = new Map(after.map((finding) => [finding.id, finding]));
  const once = new Map(before.map((finding) => [finding.id, finding]));
  const said = ({ severity, score }: FindingRecord): string =>
    `${severity.toUpperCase()} ${score.toFixed(1)}`;
  const lines = [
    ...before.flatMap((finding) => {
      const then = now.get(finding.id);
      if (then === undefined) return [`finding ${clean(finding.id, 128)} is no more, was ${said(finding)}`];
      if (then.score === finding.score || (decided.has(finding.id) && then.severity === finding.severity))
        return [];
      return [`finding ${clean(finding.id, 128)} is ${said(then)} now, was ${said(finding)}`];
    }),
    ...after
      .filter(({ id }) => !once.has(id))
      .map((finding) => `finding ${clean(finding.id, 128)} is new: ${said(finding)}`),
  ];
  const more = lines.length - LINES;
  return more > 0 ? [...lines.slice(0, LINES), `and ${more} more findings changed`] : lines;
}
