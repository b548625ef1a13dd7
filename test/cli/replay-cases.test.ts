import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCases, CASES, CASES_HINT, type Case } from '../cases.ts';
import { launchtrail } from './desk.ts';

interface Told {
  readonly severity: string;
  readonly view: { readonly title: string };
}

/** What a run over a case's file says and how it ends. */
async function runOver({ file }: Case) {
  const run = await launchtrail(['replay', join(CASES ?? '', file), '--format', 'json']);
  const findings: Told[] = run.stdout.trim() === '' ? [] : JSON.parse(run.stdout);
  return { run, findings, alerts: findings.filter(({ severity }) => severity !== 'low') };
}

/** What the sentence of an expectation says of severity: `CRITICAL, named …`, `HIGH, and it names …`, `at least MEDIUM …`. */
const wantedSeverity = ({ expected }: Case): string =>
  /\b(CRITICAL|HIGH|MEDIUM)\b/.exec(expected)?.[1]?.toLowerCase() ?? 'medium';

const RANKS = ['low', 'medium', 'high', 'critical'];

describe.skipIf(CASES === undefined)(`replay of ${CASES_HINT}`, () => {
  it('finds cases, each with something to check', () => {
    expect(allCases().length).toBeGreaterThan(0);
    for (const { check } of allCases()) expect(['alert', 'quiet', 'told', 'any']).toContain(check.want);
  });

  it.each(allCases())('says what is expected of $file', async (each) => {
    const { check } = each;
    const { run, findings, alerts } = await runOver(each);
    if (check.want === 'told') {
      // either judged, or said to hold no record
      const said = run.code !== 0 && /no record to judge/.test(run.stderr);
      expect(findings.length > 0 || said).toBe(true);
      return;
    }
    expect(run.code).toBe(check.exit ?? 0);
    if (check.want === 'quiet') expect(alerts).toEqual([]);
    if (check.want === 'any') expect(findings.length).toBeGreaterThan(0);
    if (check.want === 'alert') {
      const asWanted = alerts.filter(
        (finding) =>
          new RegExp(check.title ?? '').test(finding.view.title) &&
          JSON.stringify(finding).includes(check.actor ?? ''),
      );
      const worst = Math.max(-1, ...asWanted.map(({ severity }) => RANKS.indexOf(severity)));
      expect(worst).toBeGreaterThanOrEqual(RANKS.indexOf(wantedSeverity(each)));
    }
    if (check.notTitle !== undefined)
      for (const { view } of findings) expect(view.title).not.toMatch(new RegExp(check.notTitle));
  });
});
