import { MARKS, minute } from '../html.ts';
import type { Entry } from '../model.ts';

const HEADINGS = ['Severity', 'Score', 'First (UTC), account', 'Who', 'What'] as const;

/** The list of all findings: every row is built once, and hidden or shown from then on. */
export interface Rows {
  readonly element: HTMLElement;
  /** Shows some of the rows. */
  show(shown: readonly boolean[]): void;
  /** Says which have been looked at or marked. */
  note(index: number, text: string): void;
  focus(index: number): void;
}

export function rowsOf(entries: readonly Entry[], open: (index: number) => string): Rows {
  const element = make('div', 'rows');
  element.setAttribute('role', 'table');
  element.setAttribute('aria-label', 'Findings');
  element.setAttribute('aria-rowcount', String(entries.length + 1));
  const head = row('headings');
  for (const name of HEADINGS) head.append(cell(name, 'columnheader'));
  element.append(head);
  let current = 0;
  const links: HTMLAnchorElement[] = [];
  const rows = entries.map((entry, index) => {
    const one = row('');
    const badge = make('span', `badge ${entry.severity}`);
    const shape = make('span', '');
    shape.setAttribute('aria-hidden', 'true');
    shape.textContent = `${MARKS[entry.severity] ?? ''} `;
    badge.append(shape, entry.severity.toUpperCase());
    const severity = cell('', 'cell');
    severity.append(badge);
    const what = cell('', 'cell', 'what');
    const link = document.createElement('a');
    link.href = open(index);
    link.append(...withWholeIds(entry.what));
    link.tabIndex = index === 0 ? 0 : -1;
    links.push(link);
    what.append(link);
    const told = make('span', 'told');
    told.textContent = [entry.regions.slice(0, 4).join(', '), entry.status === 'open' ? '' : entry.status]
      .filter(Boolean)
      .join(' · ');
    what.append(told);
    one.append(
      severity,
      cell(entry.score.toFixed(1), 'cell'),
      twoLines(minute(entry.first), entry.account),
      whoCell(entry.who),
      what,
    );
    return one;
  });
  element.append(...rows);

  const focus = (index: number): void => {
    const [before, link] = [links[current], links[index]];
    if (link === undefined) return;
    if (before !== undefined) before.tabIndex = -1;
    current = index;
    link.tabIndex = 0;
    link.focus();
  };
  const step = (from: number, by: 1 | -1): void => {
    let index = from + by;
    while (rows[index]?.hidden === true) index += by;
    focus(index);
  };
  element.addEventListener('focusin', ({ target }) => {
    const index = links.indexOf(target as HTMLAnchorElement);
    if (index < 0 || index === current) return;
    const before = links[current];
    if (before !== undefined) before.tabIndex = -1;
    current = index;
    (links[index] as HTMLAnchorElement).tabIndex = 0;
  });
  // letters only while the list has the focus (WCAG 2.1.4)
  element.addEventListener('keydown', (event) => {
    const by = ({ j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 } as const)[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(current, by);
  });
  element.addEventListener('click', ({ target }) => {
    const at = rows.findIndex((one) => one.contains(target as Node));
    if (at >= 0 && !(target instanceof HTMLAnchorElement)) links[at]?.click();
  });
  return {
    element,
    focus,
    show(shown) {
      let first = -1;
      for (const [index, one] of rows.entries()) {
        const visible = shown[index] === true;
        if (one.hidden === visible) one.hidden = !visible;
        if (visible && first < 0) first = index;
      }
      if (shown[current] !== true && first >= 0) {
        const [before, next] = [links[current], links[first]];
        if (before !== undefined) before.tabIndex = -1;
        if (next !== undefined) next.tabIndex = 0;
        current = first;
      }
    },
    note(index, text) {
      const told = rows[index]?.querySelector('.what .told');
      const entry = entries[index];
      rows[index]?.classList.add('seen');
      if (told === null || told === undefined || entry === undefined) return;
      told.textContent = [
        entry.regions.slice(0, 4).join(', '),
        entry.status === 'open' ? '' : entry.status,
        text,
      ]
        .filter(Boolean)
        .join(' · ');
    },
  };
}

/** Ids of AWS, which are read as one word. */
const ID = /\b([a-z]{1,9}-[0-9a-f]{8,17})\b/;

/** A text in which no id is broken at its hyphen. */
const withWholeIds = (text: string): (string | HTMLElement)[] =>
  text.split(ID).map((part, index) => {
    if (index % 2 === 0) return part;
    const id = make('span', 'id');
    id.textContent = part;
    return id;
  });

/** A person, and below, what role they had; cut where it is too long, and then whole as a title. */
function whoCell(who: string): HTMLElement {
  const [, name = who, role = ''] = /^(.*?) \((.*)\)$/.exec(who) ?? [];
  const both = twoLines(name, role);
  both.classList.add('who');
  both.title = who;
  return both;
}

function twoLines(first: string, second: string): HTMLElement {
  const both = cell('', 'cell');
  for (const [text, style] of [
    [first, 'line'],
    [second, 'line told'],
  ] as const) {
    if (text === '') continue;
    const line = make('span', style);
    line.textContent = text;
    both.append(line);
  }
  return both;
}

function make(tag: string, style: string): HTMLElement {
  const element = document.createElement(tag);
  if (style !== '') element.className = style;
  return element;
}

function row(style: string): HTMLElement {
  const element = make('div', `row ${style}`.trim());
  element.setAttribute('role', 'row');
  return element;
}

function cell(text: string, role: string, style = ''): HTMLElement {
  const element = make('span', style);
  element.setAttribute('role', role);
  element.textContent = text;
  return element;
}
