import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { pageScript } from '../../cli/report/script.ts';
import { pageOf } from '../../cli/report/write.ts';
import { definition } from '../../core/definition.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { organisation } from '../../simulate/organisation.ts';
import { alertText } from '../../tell/message.ts';
import { CHROMIUM, openBrowser, openFile } from '../../test/e2e/browser.ts';
import { launchtrail, repeated, simulatedReport } from './repeated.ts';

/**
 * Part of `npm run pictures`: the README's picture of a report, and with a folder named, the page as others meet it (light, dark,
 * narrow, printed, without script, with 5,000 findings) and a mail, to be looked at.
 */
const README = resolve(import.meta.dirname, '../../docs/pictures/report.png');
const SIMULATED = ['--seed', '3', '--days', '14', '--attacks', 'snapshot-heist'];
const [, , out] = process.argv;

if (CHROMIUM === undefined)
  throw new Error('no Chromium here: on Debian apt-get install chromium fonts-dejavu-core');
const folder = mkdtempSync(join(tmpdir(), 'launchtrail-pictures-'));
const browser = await openBrowser();

const openFirst = async (page: Page): Promise<void> => {
  await page.locator('.row:not(.headings) a').first().click();
  await page.waitForSelector('.one .part');
};
const openActor = async (page: Page): Promise<void> => {
  await openFirst(page);
  await page.getByRole('link', { name: /usually does/ }).click();
  await page.waitForSelector('.heat');
};
const openCoverage = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'What was read' }).click();

async function shoot(
  file: string,
  name: string,
  {
    act,
    whole = true,
    ...options
  }: Parameters<typeof openFile>[2] & {
    act?: (page: Page) => Promise<void>;
    whole?: boolean;
  } = {},
): Promise<void> {
  const { page } = await openFile(browser, file, options);
  await act?.(page);
  await page.screenshot({ path: name, fullPage: whole });
  await page.context().close();
}

/** The worst alert of the theft that the README shows, as it is mailed. */
function mailOf(): string {
  const [, seed, , days] = SIMULATED;
  const { records } = organisation({
    seed: Number(seed),
    days: Number(days),
    attacks: ['snapshot-heist'],
  });
  const activities = [...records()].flatMap((record) => {
    const read = fromCloudTrail(record);
    return read.ok ? [read.activity] : [];
  });
  const [worst] = definition(activities, defaultPolicy).sort((a, b) => b.score - a.score);
  if (worst === undefined) throw new Error('the simulated theft was not found');
  const { subject, body } = alertText(worst, defaultPolicy);
  return `${subject}\n\n${body}`;
}

/** Text as a mail client shows it that breaks lines. */
async function shootText(text: string, name: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 } });
  await page.setContent(
    '<pre style="white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.45 sans-serif">',
  );
  await page.locator('pre').evaluate((pre, all) => {
    pre.textContent = all;
  }, text);
  await page.screenshot({ path: name, fullPage: true });
  await page.close();
}

try {
  launchtrail(folder, 'simulate', ...SIMULATED, '--out', 'trail');
  launchtrail(folder, 'report', 'trail', '--output', 'heist.html');
  await shoot(join(folder, 'heist.html'), README, {
    act: openFirst,
    whole: false,
    viewport: { width: 1080, height: 700 },
  });
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    const to = (name: string): string => join(out, `${name}.png`);
    const month = simulatedReport(folder);
    const file = join(folder, 'month.html');
    const narrow = { width: 390, height: 844 };
    await shoot(file, to('light'), { whole: false });
    await shoot(file, to('dark'), { whole: false, colorScheme: 'dark' });
    await shoot(file, to('finding'), { act: openFirst });
    await shoot(file, to('finding-dark'), { act: openFirst, colorScheme: 'dark' });
    await shoot(file, to('actor'), { act: openActor });
    await shoot(file, to('coverage'), { act: openCoverage });
    await shoot(file, to('narrow'), { whole: false, viewport: narrow });
    await shoot(file, to('narrow-finding'), { act: openFirst, viewport: narrow });
    await shoot(file, to('no-script'), { whole: false, javaScriptEnabled: false });
    const large = join(folder, 'large.html');
    writeFileSync(large, pageOf(repeated(month, 5_000), await pageScript()).text);
    await shoot(large, to('5000'), { whole: false });
    await shoot(file, to('print'), {
      act: (page) => page.emulateMedia({ media: 'print' }),
      whole: false,
      viewport: { width: 794, height: 2246 },
    });
    const { page } = await openFile(browser, file);
    await page.pdf({ path: join(out, 'print.pdf'), format: 'A4' });
    await shootText(mailOf(), to('mail'));
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
