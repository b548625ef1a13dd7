import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CASES, CASES_HINT, casesOf } from '../cases.ts';
import { launchtrail } from './desk.ts';

const KINDS = [
  'wrapped records passed over in silence',
  'parameters as text',
  'a test message counted as damage',
];

/** Kinds that are about what is said of records, and not about how they come. */
const JUDGED = [
  'the way in opened just before the launch',
  'launches that Batch or EMR is told to make',
  "AWS's own service roles share",
  'instances chosen by attributes',
  'a request and its fulfilment counted twice',
  'asked for taken for started',
  'a launch whose type only its template tells',
  'termination protection on new instances',
  'numbers in headlines',
  'price of what is launched',
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

describe.skipIf(CASES === undefined)(`judgement of ${CASES_HINT}`, () => {
  it.each(casesOf(JUDGED))('says what is expected of $file', async ({ file, check }) => {
    const run = await launchtrail(['replay', join(CASES ?? '', file), '--format', 'json']);
    const findings: { severity: string; view: { title: string } }[] = JSON.parse(run.stdout);
    const alerts = findings.filter(({ severity }) => severity !== 'low');
    if (check.want === 'quiet') expect(alerts).toEqual([]);
    if (check.want === 'alert') {
      const asWanted = alerts.filter(({ view }) => new RegExp(check.title ?? '').test(view.title));
      expect(asWanted.length).toBeGreaterThan(0);
      expect(JSON.stringify(asWanted)).toContain(check.actor ?? '');
    }
    if (check.notTitle !== undefined)
      for (const { view } of findings) expect(view.title).not.toMatch(new RegExp(check.notTitle));
  });
});
