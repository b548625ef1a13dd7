import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { rowOf } from './row.ts';

const HEAD = ['severity', 'score', 'when (UTC)', 'account', 'Regions', 'who', 'what', 'finding'];

/** A table for a pull request, an issue or a page; empty without findings. */
export function* markdown(findings: readonly FindingRecord[], policy: Policy): Generator<string> {
  if (findings.length === 0) return;
  yield `| ${HEAD.join(' | ')} |\n|${HEAD.map(() => '---').join('|')}|\n`;
  for (const finding of findings) {
    const { severity, score, first, account, regions, who, what, id } = rowOf(finding, policy);
    const when = `${first.slice(0, 10)} ${first.slice(11, 16)}`;
    const cells = [
      severity.toUpperCase(),
      score.toFixed(1),
      when,
      account,
      regions.join(', '),
      who,
      what,
      id,
    ];
    yield `| ${cells.map((each, index) => (index < 3 ? each : code(each))).join(' | ')} |\n`;
  }
}

/** As code, where nothing is a link, a mention or markup; a fence longer than any within keeps it so. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  // a table takes any bar for its own, even within code
  return text === '' ? '' : `${fence}${pad}${text.replaceAll('|', '\\|')}${pad}${fence}`;
}
