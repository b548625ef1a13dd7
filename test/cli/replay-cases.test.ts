import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CASES, CASES_HINT, casesOf } from '../cases.ts';
import { launchtrail } from './desk.ts';

const KINDS = [
  'wrapped records passed over in silence',
  'parameters as text',
  'a test message counted as damage',
];

describe.skipIf(CASES === undefined)(`replay of ${CASES_HINT}`, () => {
  it('finds cases of these kinds', () => {
    expect(casesOf(KINDS).length).toBeGreaterThan(0);
  });

  it.each(casesOf(KINDS))('says what is expected of $file', async ({ file, check }) => {
    const run = await launchtrail(['replay', join(CASES ?? '', file), '--format', 'json']);
    if (check.want === 'told') {
      const judged = run.code === 0 && run.stdout.length > 10;
      expect(judged || (run.code !== 0 && /no record to judge/.test(run.stderr))).toBe(true);
      return;
    }
    expect(run.code).toBe(check.exit ?? 0);
    const [worst] = JSON.parse(run.stdout);
    expect(['medium', 'high', 'critical']).toContain(worst.severity);
    expect(worst.view.title).toContain(check.title ?? '');
    expect(run.stdout).toContain(check.actor ?? '');
  });
});
