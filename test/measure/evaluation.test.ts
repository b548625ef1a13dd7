import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { explain } from '../../core/findings/assess.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { RECORDS, RECORDS_HINT, recordsIn } from '../records.ts';

/** Rows of the first table in docs/evaluation.md: file and verdict. */
const rows = readFileSync(new URL('../../docs/evaluation.md', import.meta.url), 'utf8')
  .split('\n## ', 2)
  .flatMap((part) => part.split('\n'))
  .filter((line) => /^\| [a-z]+\//.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, file = '', , , verdict = '']) => ({ file, verdict }));

/** What the detector says of one file alone, in the table's words. */
async function verdictOf(file: string): Promise<string> {
  const verdicts = memoryVerdicts();
  await detect({ history: memoryHistory(), verdicts, policy: defaultPolicy }, recordsIn(`${file}.json`));
  const found: string[] = [];
  for (const record of await findingsIn(verdicts, defaultPolicy)) {
    const signals = explain(record, defaultPolicy).parts.map(({ signal }) => signal);
    found.push(`${record.severity.toUpperCase()} ${record.score} (${signals.join(', ')})`);
  }
  return found.join('; ') || 'nothing';
}

describe('the table of real records in docs/evaluation.md', () => {
  it('has a row for every file', () => {
    expect(rows).toHaveLength(63);
  });

  it.skipIf(RECORDS === undefined)(`says what the detector says ${RECORDS_HINT}`, async () => {
    for (const { file, verdict } of rows)
      expect(`${file}: ${await verdictOf(file)}`).toBe(`${file}: ${verdict}`);
  });
});
