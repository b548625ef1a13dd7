import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageScript } from '../../cli/report/script.ts';
import { pageOf } from '../../cli/report/write.ts';
import { repeated, reportIn } from '../../measure/report/repeated.ts';
import { launch, launchtrail, publicShare } from '../cli/desk.ts';
import { CORPUS, hostileShare } from '../cli/hostile.ts';
import { CHROMIUM, CHROMIUM_HINT, openBrowser, openFile } from './browser.ts';

describe.skipIf(CHROMIUM === undefined)(`a report in Chromium${CHROMIUM_HINT}`, () => {
  let folder: string;
  let browser: Browser;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'launchtrail-report-'));
    const records = [
      publicShare('1', '2026-03-02T10:00:00Z'),
      launch('2', '2026-03-02T11:00:00Z'),
      publicShare('3', '2026-03-12T10:00:00Z'),
      { ...publicShare('4', '2026-03-20T10:00:00Z'), awsRegion: 'eu-central-1' },
    ];
    await writeFile(join(folder, 'records.json'), JSON.stringify({ Records: records }));
    file = join(folder, 'report.html');
    const { code, stderr } = await launchtrail(['report', join(folder, 'records.json'), '--output', file]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('opens from a file with one request and nothing to complain of', async () => {
    const { page, troubles, requests } = await openFile(browser, file);
    expect(await page.locator('.row:not(.headings)').count()).toBe(3);
    expect(await page.locator('#count').textContent()).toBe('3 findings');
    await page.locator('.row a').first().click();
    await page.waitForSelector('.one .story li');
    expect(await page.locator('.one .finding-title').textContent()).toContain('CRITICAL');
    expect(troubles).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('is read where no script may run', async () => {
    const { page } = await openFile(browser, file, { javaScriptEnabled: false });
    expect(await page.locator('article').count()).toBe(3);
    const text = await page.locator('main').innerText();
    for (const part of ['Containment', 'Why it counts', 'What happened', 'Skipped, and why', 'SHA-256'])
      expect(text).toContain(part);
  });

  it('shows hostile names as text, runs none of them and leads nowhere', async () => {
    const texts = Object.values(CORPUS);
    const records = texts.map((text, index) =>
      hostileShare(`${index}`, text, `2026-03-02T${10 + index}:00:00Z`),
    );
    await writeFile(join(folder, 'hostile.json'), JSON.stringify({ Records: records }));
    const hostile = join(folder, 'hostile.html');
    const { code } = await launchtrail(['report', join(folder, 'hostile.json'), '--output', hostile]);
    expect(code).toBe(0);
    const { page, troubles, requests } = await openFile(browser, hostile);
    const links = page.locator('.row:not(.headings) a');
    const count = await links.count();
    expect(count).toBe(texts.length);
    for (let index = 0; index < count; index++) {
      await links.nth(index).click();
      await page.waitForSelector('.one .story li');
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => !document.documentElement.classList.contains('at-finding'));
    }
    await page.fill('#search', '<img src=x onerror=alert(1)>');
    await page.waitForFunction(() => location.hash.includes('q='));
    expect(await page.locator('.row:not(.headings):visible').count()).toBe(1);
    expect(await page.locator('img, iframe, object, embed, form[action], [onerror], [onclick]').count()).toBe(
      0,
    );
    expect(await page.locator('a:not([href^="#"])').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('<img src=x');
    expect(troubles).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  describe('of a simulated fortnight', () => {
    let rich: string;

    beforeAll(async () => {
      const trail = join(folder, 'trail');
      rich = join(folder, 'rich.html');
      await launchtrail(['simulate', '--seed', '3', '--days', '14', '--out', trail]);
      const { code, stderr } = await launchtrail(['report', trail, '--output', rich]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
    });

    const shown = (page: Page) => page.locator('.row:not(.headings):visible').count();

    it.each(['light', 'dark'] as const)(
      'has nothing that axe objects to with 200 findings: %s',
      async (colorScheme) => {
        const many = join(folder, 'many.html');
        const report = repeated(reportIn(await readFile(rich, 'utf8')), 200);
        await writeFile(many, pageOf(report, await pageScript()).text);
        const { page } = await openFile(browser, many, { colorScheme });
        expect(await shown(page)).toBe(200);
        const problems = async (part: string) =>
          (await new AxeBuilder({ page }).include(part).analyze()).violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .slice(0, 3)
                .map(({ html }) => html.slice(0, 200))
                .join(' | ')}`,
          );
        expect(await problems('html')).toEqual([]);
        await page.locator('.row a').first().click();
        await page.waitForSelector('.one .story li');
        expect(await problems('.one')).toEqual([]);
        await page.getByRole('link', { name: /usually does/ }).click();
        await page.waitForSelector('.heat');
        expect(await problems('.one')).toEqual([]);
        await page.getByRole('button', { name: 'What was read' }).click();
        expect(await problems('#coverage')).toEqual([]);
      },
    );

    it('says of which findings the details are left out', async () => {
      const report = repeated(reportIn(await readFile(rich, 'utf8')), 200);
      const { text, bare } = pageOf(report, await pageScript(), { largest: 480_000 });
      expect(bare).toBeGreaterThan(0);
      const cut = join(folder, 'cut.html');
      await writeFile(cut, text);
      const { page, troubles } = await openFile(browser, cut);
      expect(await page.locator('#bare').textContent()).toContain(`the ${bare} least severe findings`);
      await page.locator('.row a').last().click();
      await page.waitForSelector('.one .note');
      expect(await page.locator('.one').textContent()).toContain('--full keeps all');
      expect(troubles).toEqual([]);
    });

    it('is searched and narrowed down, keeps that in its address, and counts as it goes', async () => {
      const { page, troubles } = await openFile(browser, rich);
      const all = await shown(page);
      await page.fill('#search', 'sev:critical');
      await page.waitForFunction(() => location.hash.includes('q=sev'));
      const critical = await shown(page);
      expect(critical).toBeGreaterThan(0);
      expect(critical).toBeLessThan(all);
      expect(await page.locator('#count').textContent()).toBe(`${critical} of ${all} findings`);
      const account = page.locator('[data-facet=account] label').first();
      const count = Number(await account.locator('output').textContent());
      await account.locator('input').check();
      expect(await shown(page)).toBe(count);
      const again = await openFile(browser, rich, { hash: new URL(page.url()).hash });
      expect(await shown(again.page)).toBe(count);
      await page.locator('#clear').click();
      expect(await shown(page)).toBe(all);
      await page.locator('#app .day').last().click();
      expect(await shown(page)).toBeLessThan(all);
      expect(troubles).toEqual([]);
    });

    it('is read with the keyboard alone', async () => {
      const { page, troubles } = await openFile(browser, rich);
      await page.keyboard.press('/');
      await page.keyboard.type('sev:high');
      await page.waitForFunction(() => location.hash.includes('q='));
      await page.keyboard.press('Escape');
      await page.locator('.row:visible a').first().focus();
      await page.keyboard.press('j');
      const opened = await page.evaluate(() => document.activeElement?.textContent);
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.classList.contains('finding-title'));
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(opened);
      await page.keyboard.press('Escape');
      await page.waitForFunction((text) => document.activeElement?.textContent === text, opened);
      expect(troubles).toEqual([]);
    });

    it('makes commands of marks, and keeps them when it is opened again', async () => {
      const { page } = await openFile(browser, rich);
      await page.locator('.row a').first().click();
      await page.selectOption('.mark-it select', 'benign');
      await page.fill('.mark-it input', "Bob's job");
      await page.getByRole('button', { name: 'Mark', exact: true }).click();
      const close = "--as benign --note 'Bob'\\''s job' --state";
      await page.waitForFunction(
        (text) => document.querySelector('.one')?.textContent?.includes(text),
        close,
      );
      await page.reload();
      await page.waitForSelector('html[data-ready]');
      await page.keyboard.press('Escape');
      expect(await page.locator('.marks pre').textContent()).toContain(close);
    });

    it('prints what is shown, one finding a page, on white', async () => {
      const { page } = await openFile(browser, rich, { colorScheme: 'dark' });
      await page.fill('#search', 'sev:critical');
      await page.waitForFunction(() => location.hash.includes('q=sev'));
      const critical = await shown(page);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('#static article:visible').count()).toBe(critical);
      expect(await page.locator('.side:visible, .tools:visible').count()).toBe(0);
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        'rgb(255, 255, 255)',
      );
    });

    it('fits a narrow screen', async () => {
      const { page } = await openFile(browser, rich, { viewport: { width: 360, height: 740 } });
      const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
      expect(await wide()).toBeLessThanOrEqual(360);
      await page.locator('.row a').first().click();
      await page.waitForSelector('.one .story li');
      expect(await wide()).toBeLessThanOrEqual(360);
    });
  });
});
