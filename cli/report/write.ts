import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { toColumns } from '../../tell/html/columns.ts';
import { BLOCK, type Details, type Report } from '../../tell/html/model.ts';
import { type Block, jsonBlock, page } from '../../tell/html/page.ts';
import { STYLE } from '../../tell/html/style.ts';

/**
 * Data up to this size stands in the page as it is, bytes: filters of mail suspect base64 beside a script (T1027.006), and a small
 * page can be searched by any tool. With more, a page of a hundred findings would be larger than half a megabyte.
 */
const PLAIN = 200_000;
/** Largest page that still opens at once and passes as an attachment, bytes. */
const LARGEST = 8_000_000;

/**
 * The page, with the details of the least severe findings left out where it would be larger than `LARGEST`.
 *
 * @param full keeps all details, whatever the size
 */
export function pageOf(
  report: Report,
  script: string,
  { full = false, plain = PLAIN, largest = LARGEST } = {},
): { text: string; bare: number } {
  const small = [
    jsonBlock('entries', toColumns(report.entries)),
    jsonBlock('actors', toColumns(report.actors)),
  ];
  const blocks: Block[] = [];
  for (let from = 0; from < report.details.length; from += BLOCK)
    blocks.push(jsonBlock(`details-${from / BLOCK}`, toColumns(report.details.slice(from, from + BLOCK))));
  const size = [...small, ...blocks].reduce((sum, { text }) => sum + text.length, 0);
  const data = size <= plain ? [...small, ...blocks] : [...small, ...blocks].map(zipped);
  const details = data.slice(small.length);
  const around = build(report, script, data.slice(0, small.length));
  let room = full ? Number.POSITIVE_INFINITY : largest - Buffer.byteLength(around);
  const kept = details.findIndex(({ text }) => {
    room -= text.length + 100;
    return room < 0;
  });
  if (kept < 0) return { text: build(report, script, data), bare: 0 };
  const left: readonly Details[] = report.details.slice(0, kept * BLOCK);
  const bare = report.entries.length - left.length;
  const cut = { ...report, details: left, summary: { ...report.summary, bare } };
  return { text: build(cut, script, data.slice(0, small.length + kept)), bare };
}

function build(report: Report, script: string, data: readonly Block[]): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(STYLE)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return [
    ...page(report, { style: STYLE, script, policy, data: [jsonBlock('summary', report.summary), ...data] }),
  ].join('');
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** JSON that is embedded as it is is JSON still, so it can be zipped as it is. */
const zipped = ({ name, text }: Block): Block => ({
  name,
  type: 'application/gzip',
  text: gzipSync(text, { level: 9 }).toString('base64'),
});
