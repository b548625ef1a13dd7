import { renderToString } from 'preact-render-to-string';
import { grouped, html } from '../html/html.ts';
import { shown } from '../shown.ts';
import type { Line, Section } from './report.ts';

export interface AccessPage {
  readonly made: string;
  readonly judged: number;
  readonly beforeScps: boolean;
  readonly problems: readonly string[];
  readonly sections: readonly Section[];
}

/** Lines of one section that a page holds; `--format json` has all. */
const MOST_LINES = 500;
const LONG = 600;

/** Who can launch, as one page that asks for nothing from anywhere and has no script. */
export function* accessPage(
  { made, judged, beforeScps, problems, sections }: AccessPage,
  { style, policy }: { readonly style: string; readonly policy: string },
): Generator<string> {
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield `<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n`;
  yield `<title>Who can launch</title>\n<style>${style}</style>\n</head>\n<body>\n`;
  yield renderToString(html`<header class="top"><a class="skip" href="#main">To the report</a>
    <div class="brand"><h1>Who can launch</h1><p>${`${grouped(judged)} principals judged · made ${made}`}</p></div></header>`);
  yield '<main id="main" tabindex="-1">\n';
  yield renderToString(html`<section>
    <p class="note">Each verdict is an upper bound: policies of sessions and of endpoints only take away.${beforeScps ? ' Some verdicts are before SCPs.' : ''}</p>
    ${problems.length > 0 ? html`<h2>What could not be read</h2><ul class="notes">${problems.slice(0, MOST_LINES).map((each) => html`<li>${shown(each, LONG)}</li>`)}</ul>` : null}
    <nav aria-label="Sections"><ul>${sections.map(({ title, lines }, index) => html`<li><a href=${`#s${index}`}>${title}</a> (${grouped(lines.length)})</li>`)}</ul></nav>
  </section>`);
  for (const [index, section] of sections.entries()) yield renderToString(sectionOf(section, index));
  yield '\n</main>\n</body>\n</html>\n';
}

function sectionOf({ title, lead, lines }: Section, index: number) {
  return html`<article id=${`s${index}`}><h2>${title}</h2>${lead ? html`<p class="note">${lead}</p>` : null}
    <div class="scroll" tabindex="0" role="group" aria-label=${title}><table class="contents"><thead><tr>${['answer', 'who', 'last done', 'why'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${lines.slice(0, MOST_LINES).map(rowOf)}</tbody></table></div>
    ${lines.length > MOST_LINES ? html`<p class="note">${grouped(lines.length - MOST_LINES)} more: --format json has all.</p>` : null}
  </article>`;
}

const rowOf = ({ mark, who, note, details }: Line) =>
  html`<tr><td>${mark}</td><td>${shown(who, LONG)}</td><td>${shown(note, LONG)}</td><td>${details.slice(0, 12).map((each) => html`<p>${shown(each, LONG)}</p>`)}</td></tr>`;
