import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { joinedActs } from '../../core/activity/acts.ts';
import { explain } from '../../core/findings/assess.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { activitiesIn, CLOUDS, CLOUDS_HINT, cloudFiles, contentOf, foundIn, readOf } from '../clouds.ts';

const DOCUMENT = new URL('../../docs/evaluation.md', import.meta.url);

/** Rows of the table of Azure and Google there: file, what it holds, verdict. */
const rows = readFileSync(DOCUMENT, 'utf8')
  .split('\n')
  .filter((line) => /^\| (?:azure|gcp)\//.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, file = '', , held = '', verdict = '']) => ({ file, held, verdict }));

/** What a file is read as, in the table's words. */
function heldIn(content: unknown): string {
  const acts = joinedActs(activitiesIn(content)).map(({ kind, outcome }) => `${kind} ${outcome}`);
  const rest = readOf(content).normalised.flatMap((each) =>
    each === undefined ? ['no record'] : each.ok ? [] : [each.reason],
  );
  return [...new Set([...acts, ...rest])].join('; ');
}

/** What the detector says of it alone, in the table's words. */
async function verdictOf(content: unknown): Promise<string> {
  const found = (await foundIn(activitiesIn(content))).map((record) => {
    const signals = explain(record, defaultPolicy).parts.map(({ signal }) => signal);
    return `${record.severity.toUpperCase()} ${record.score} (${signals.join(', ')})`;
  });
  return found.join('; ') || 'nothing';
}

describe('the table of Azure and Google in docs/evaluation.md', () => {
  it('has a row for every file', () => {
    expect(rows).toHaveLength(113);
  });

  it.skipIf(CLOUDS === undefined)(`says what is read and what is found: ${CLOUDS_HINT}`, async () => {
    expect(rows.map(({ file }) => `${file}.json`)).toEqual(cloudFiles());
    for (const { file, held, verdict } of rows) {
      const content = contentOf(`${file}.json`);
      expect(`${file}: ${heldIn(content)}: ${await verdictOf(content)}`).toBe(`${file}: ${held}: ${verdict}`);
    }
  });
});
