import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageScript } from '../../cli/report/script.ts';
import { pageOf } from '../../cli/report/write.ts';
import { openBrowser, openFile } from '../../test/e2e/browser.ts';
import { repeated, simulatedReport } from './repeated.ts';

/** `npm run bench:report`: how large the report's page gets, and how long a browser takes over it. */
const COUNTS = [0, 100, 1_000, 5_000];
const RUNS = 3;

const folder = mkdtempSync(join(tmpdir(), 'launchtrail-report-'));
const browser = await openBrowser();
try {
  const month = simulatedReport(folder);
  const script = await pageScript();
  process.stdout.write(
    `Report, ${month.entries.length} findings of a generated month repeated; Chromium ${browser.version()}; middle of ${RUNS} runs\n`,
  );
  process.stdout.write(
    `${'findings'.padEnd(12)}${'MB'.padStart(8)}${'usable, ms'.padStart(14)}${'search, ms'.padStart(14)}${'facet, ms'.padStart(14)}${'open, ms'.padStart(14)}\n`,
  );
  for (const count of COUNTS) {
    const { text, bare } = pageOf(repeated(month, count), script);
    const file = join(folder, `${count}.html`);
    writeFileSync(file, text);
    const runs: Awaited<ReturnType<typeof timed>>[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await timed(file, count > 0));
    const middle = (key: keyof (typeof runs)[number]): string =>
      (runs.map((each) => each[key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0)
        .toFixed(0)
        .padStart(14);
    process.stdout.write(
      `${String(count).padEnd(12)}${(Buffer.byteLength(text) / 1e6).toFixed(2).padStart(8)}${middle('usable')}${middle('search')}${middle('facet')}${middle('open')}${bare > 0 ? `   details of ${bare} left out` : ''}\n`,
    );
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** From navigation until the page is laid out and can be used; each choice until it is laid out. */
async function timed(
  file: string,
  filled: boolean,
): Promise<{ usable: number; search: number; facet: number; open: number }> {
  const { page } = await openFile(browser, file);
  const usable = await page.evaluate('document.body.offsetHeight, performance.now()');
  const after = async (work: string): Promise<number> =>
    filled
      ? Number(
          await page.evaluate(
            `(async () => { const from = performance.now(); ${work}; document.body.offsetHeight; return performance.now() - from; })()`,
          ),
        )
      : 0;
  // a search begins when typing pauses, for 80 ms
  const search = await after(
    `const box = document.getElementById('search'); box.value = 'sev:high launched'; box.dispatchEvent(new Event('input', { bubbles: true })); await new Promise((done) => { const look = () => location.hash.includes('q=') ? done() : setTimeout(look, 1); look(); })`,
  );
  const facet = await after(`document.querySelector('[data-facet=account] input').click()`);
  const open = await after(
    `document.querySelector('.row:not(.headings):not([hidden]) a').click(); await new Promise((done) => { const look = () => document.querySelector('.one .part') ? done() : setTimeout(look, 1); look(); })`,
  );
  await page.context().close();
  return { usable: Number(usable), search: Math.max(0, search - (filled ? 80 : 0)), facet, open };
}
