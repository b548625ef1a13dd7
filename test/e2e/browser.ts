import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of this machine; undefined where there is none. `CHROMIUM_PATH` names another. */
export const CHROMIUM = [process.env.CHROMIUM_PATH ?? '', ...PLACES].find((path) => existsSync(path));

/** What a suite says in its name where there is no browser. */
export const CHROMIUM_HINT =
  CHROMIUM === undefined
    ? ' (no Chromium here: skipped; on Debian apt-get install chromium fonts-dejavu-core)'
    : '';

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM ?? '',
    // a container gives neither the rights that its sandbox asks for nor much shared memory
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

/** A page, and all that a reader should not get to see. */
export interface Opened {
  readonly page: Page;
  /** Errors, warnings and violations of the page's policy. */
  readonly troubles: string[];
  readonly requests: string[];
}

/** Opens a file as one who double-clicks it. */
export async function openFile(
  browser: Browser,
  file: string,
  { hash = '', ...options }: BrowserContextOptions & { hash?: string } = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  const [troubles, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href + hash);
  if (options.javaScriptEnabled !== false)
    await page.waitForSelector('html[data-ready]', { timeout: 20_000 });
  return { page, troubles, requests };
}
