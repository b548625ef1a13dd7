import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { historyBehind } from '../../tell/history-behind.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { suppressedBy } from '../../tell/suppression.ts';

/** One OCSF Detection Finding per line, made as they are taken. */
export function* ocsfLines(findings: readonly FindingRecord[], policy: Policy): Generator<string> {
  for (const finding of findings) yield `${JSON.stringify(toOcsf(finding, { policy }))}\n`;
}

/** One JSON array with one finding per line: the stored record and, under `view`, what it means. */
export function* jsonArray(findings: readonly FindingRecord[], policy: Policy): Generator<string> {
  yield '[';
  let separator = '\n';
  for (const finding of findings) {
    yield `${separator}${escaped(JSON.stringify({ ...finding, view: viewOf(finding, policy) }))}`;
    separator = ',\n';
  }
  yield findings.length === 0 ? ']\n' : '\n]\n';
}

/** JSON with those characters escaped that JSON allows as they are and a terminal or an editor obeys. */
const escaped = (json: string): string =>
  json.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
    Array.from(
      { length: char.length },
      (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

function viewOf(finding: FindingRecord, policy: Policy) {
  const { parts, capped } = explain(finding, policy);
  return {
    title: headline(finding, findingTypeOf(finding, parts)),
    start: new Date(finding.start).toISOString(),
    end: new Date(finding.last).toISOString(),
    suppressedBy: suppressedBy(finding, policy),
    capped,
    history: historyBehind(finding),
    parts,
  };
}
