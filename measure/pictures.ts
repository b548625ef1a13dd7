import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROGRAM } from './bench/program.ts';

/** `npm run pictures`: draws the pictures of the README anew, of a generated theft of a disk, when what they show has changed. */
const PICTURES = resolve(import.meta.dirname, '../docs/pictures');
const SIMULATED = ['--seed', '3', '--days', '14', '--attacks', 'snapshot-heist'];
/** Characters and lines of the terminal that is shown. */
const [COLUMNS, LINES] = [120, 30];
const [CELL, LINE, PAD] = [7.8, 17, 14];

const [node = '', ...program] = PROGRAM;
const launchtrail = (folder: string, ...args: string[]): string =>
  execFileSync(node, [...program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text as a terminal shows it. */
function terminal(text: string): string {
  const lines = text.split('\n').slice(0, LINES);
  const [width, height] = [Math.ceil(COLUMNS * CELL + 2 * PAD), lines.length * LINE + 2 * PAD];
  // each word stands on its cell, whatever the font
  const drawn = lines.flatMap((line, index) =>
    [...line.matchAll(/\S+/g)].map(
      ({ 0: word, index: cell }) =>
        `<text x="${(PAD + CELL * cell).toFixed(1)}" y="${PAD + LINE * (index + 0.75)}" textLength="${(word.length * CELL).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escaped(word)}</text>`,
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" fill="#e6edf3">`,
    '<title>Findings as launchtrail replay prints them</title>',
    `<rect width="${width}" height="${height}" rx="6" fill="#0d1117"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'launchtrail-pictures-'));
try {
  mkdirSync(PICTURES, { recursive: true });
  launchtrail(folder, 'simulate', ...SIMULATED, '--out', 'trail');
  launchtrail(folder, 'policy', 'init', 'trail');
  const table = launchtrail(folder, 'replay', 'trail', '--state', 'history.sqlite');
  const [worst] = JSON.parse(
    launchtrail(folder, 'findings', 'list', '--state', 'history.sqlite', '--format', 'json'),
  );
  writeFileSync(join(PICTURES, 'table.svg'), terminal(`$ launchtrail replay trail\n${table}`));
  launchtrail(
    folder,
    'explain',
    worst.id,
    '--state',
    'history.sqlite',
    '--graph',
    join(PICTURES, 'story.svg'),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
