import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { coverage, leftOut } from './coverage.ts';
import { embedded } from './embed.ts';
import { finding } from './finding.ts';
import { badge, counted, grouped, html, minute } from './html.ts';
import { type Entry, type Report, STATIC, type Summary } from './model.ts';
import { timeline, timelineTable } from './timeline.ts';

/** What the page is put together of beside the report: written by whoever can hash, bundle and zip. */
export interface Parts {
  readonly style: string;
  readonly script: string;
  /** Content Security Policy with the hashes of these two. */
  readonly policy: string;
  /** Data as the script reads it, from element `data-NAME`. */
  readonly data: readonly Block[];
}

export interface Block {
  readonly name: string;
  /** JSON, or gzip of JSON in base64. */
  readonly type: 'application/json' | 'application/gzip';
  readonly text: string;
}

/** Findings that are told with all their parts where no script lays out the rest, and lines of these parts. */
const WHOLE = 8;
const MOST_STATIC = 4;
/** Lines of those that follow. */
const MOST_BRIEF = 1;

/** The report as one page that asks for nothing from anywhere and reads without its script. */
export function* page(report: Report, { style, script, policy, data }: Parts): Generator<string> {
  const { summary } = report;
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield `<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n`;
  yield `<title>Launchtrail report</title>\n<style>${style}</style>\n</head>\n<body>\n`;
  yield renderToString(head(summary));
  yield '<main id="main" tabindex="-1">\n';
  // the page's script fills these
  yield '<div id="app" hidden></div>\n';
  yield renderToString(withoutScript(report));
  yield `\n<section id="coverage">${renderToString(coverage(summary))}</section>\n</main>\n`;
  for (const { name, type, text } of data)
    yield `<script type="${type}" id="data-${name}">${text}</script>\n`;
  yield `<script>${script}</script>\n</body>\n</html>\n`;
}

/** A block of plain JSON. */
export const jsonBlock = (name: string, value: unknown): Block => ({
  name,
  type: 'application/json',
  text: embedded(value),
});

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

function head({ totals, reading, made, suppressed, product, inputs }: Summary): VNode {
  const span =
    reading?.first === undefined || reading.last === undefined
      ? ''
      : `${minute(reading.first)} to ${minute(reading.last)}`;
  return html`<header class="top">
    <a class="skip" href="#main">To the findings</a>
    <div class="brand"><h1>Launchtrail report</h1>
      <p>${[span, reading === undefined ? '' : `${grouped(reading.judged)} of ${counted(reading.records, 'record')} judged`, inputs.slice(0, 2).join(', '), `made ${minute(made)}`, product].filter(Boolean).join(' · ')}</p>
    </div>
    <ul class="totals" aria-label="Findings by severity">${SEVERITIES.map((severity) => html`<li>${badge(severity)} <strong>${grouped(totals[severity])}</strong></li>`)}${suppressed > 0 ? html`<li class="quiet">${grouped(suppressed)} of them suppressed</li>` : null}</ul>
    <nav id="nav" aria-label="Pages" hidden></nav>
  </header>`;
}

const anchor = (index: number): string => `f${index + 1}`;

function withoutScript({ entries, details, summary }: Report): VNode {
  const top = entries.slice(0, STATIC);
  const rest = entries.length - top.length;
  if (entries.length === 0)
    return html`<section id="static"><h2>No findings</h2><p class="empty">Nothing that was judged is suspicious enough to be told.${summary.reading === undefined ? '' : ` ${counted(summary.reading.judged, 'record')} were judged; below is what was read, and what was not.`}</p></section>`;
  return html`<section id="static">
    <h2>Findings over time</h2>${timeline(entries)}${timelineTable(entries)}
    <h2>${rest > 0 ? `The ${top.length} most severe of ${counted(entries.length, 'finding')}` : counted(entries.length, 'finding')}</h2>
    ${rest > 0 ? html`<p class="note">All of them, with search and pictures, where this page may run its script: it asks nothing from anywhere.</p>` : null}
    ${summary.bare > 0 ? html`<p class="note">${leftOut(summary.bare)}</p>` : null}
    <div class="scroll" tabindex="0" role="group" aria-label="List of findings"><table class="contents"><thead><tr>${['severity', 'score', 'first', 'account', 'who', 'what'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${top.map(contentsRow)}</tbody></table></div>
    ${top.map((entry, index) => html`<article id=${anchor(index)}>${finding(entry, details[index], index < WHOLE ? { level: 3, live: false, most: MOST_STATIC } : { level: 3, live: false, most: MOST_BRIEF, brief: true })}</article>`)}
  </section>`;
}

const contentsRow = ({ severity, score, first, account, who, what }: Entry, index: number): VNode =>
  html`<tr><td>${badge(severity)}</td><td>${score.toFixed(1)}</td><td>${minute(first)}</td><td>${account}</td><td>${who}</td><td><a href=${`#${anchor(index)}`}>${what}</a></td></tr>`;
