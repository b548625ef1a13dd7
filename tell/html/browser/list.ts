import { render } from 'preact';
import { leftOut } from '../coverage.ts';
import { FACET_NAMES, FACETS, type FacetName, type Sorted, sortOut } from '../facets.ts';
import { command } from '../finding.ts';
import { counted, grouped, html, MARKS } from '../html.ts';
import { closingsOf } from '../marks.ts';
import { FIELD_NAMES, haystackOf, matches, termsOf } from '../search.ts';
import type { View } from '../state.ts';
import { timeline } from '../timeline.ts';
import type { Desk } from './desk.ts';

/** Values of a facet shown before somebody asks for more, and after. */
const [MOST_VALUES, ALL_VALUES] = [7, 200];
/** Pause in typing after which the list is searched, ms. */
const PAUSE = 80;

/** All findings: what narrows them down, the days they began on, and their rows. */
export interface List {
  readonly element: HTMLElement;
  /** Which findings pass all that is chosen. */
  readonly shown: () => readonly boolean[];
  readonly show: () => void;
  /** From the top of the window to where the findings begin, px. */
  readonly top: () => number;
}

export function listOf(desk: Desk): List {
  const { entries, rows, go, view, marks, summary } = desk;
  const [element, middle, top, tray] = [div('app'), div(), div(), div()];
  const side = document.createElement('aside');
  side.className = 'side';
  side.setAttribute('aria-label', 'Filters');
  element.append(side, middle);
  middle.append(top, rows.element, tray);
  const haystacks = entries.map(haystackOf);
  // on a narrow screen the list comes first
  const roomy = matchMedia('(min-width: 901px)').matches;
  let wide: ReadonlySet<FacetName> = new Set();
  let sorted: Sorted | undefined;
  let typing = 0;

  const filter = (): Sorted => {
    const { query, chosen, from, to } = view();
    const terms = termsOf(query);
    return sortOut(entries, chosen, (entry, index) => {
      const day = entry.first.slice(0, 10);
      return (
        (from === undefined || day >= from) &&
        (to === undefined || day <= to) &&
        matches(entry, terms, haystacks[index])
      );
    });
  };

  const choose = (name: FacetName, value: string, on: boolean): void => {
    const { chosen } = view();
    const rest = (chosen[name] ?? []).filter((each) => each !== value);
    go({ chosen: { ...chosen, [name]: on ? [...rest, value] : rest } });
  };

  const widen = (name: FacetName): void => {
    wide = new Set(wide.has(name) ? [...wide].filter((each) => each !== name) : [...wide, name]);
    show();
  };

  const facet = (name: FacetName, counts: ReadonlyMap<string, number>) => {
    const chosen = view().chosen[name] ?? [];
    const all = [...new Set([...chosen, ...counts.keys()])].sort(
      name === 'severity'
        ? (a, b) => Object.keys(MARKS).indexOf(a) - Object.keys(MARKS).indexOf(b)
        : (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1),
    );
    const shown = all.slice(0, wide.has(name) ? ALL_VALUES : MOST_VALUES);
    return html`<fieldset class="facet" data-facet=${name}><legend>${FACETS[name].title}</legend>
      ${shown.map((value) => html`<label key=${value}><input type="checkbox" checked=${chosen.includes(value)} onChange=${(event: Event) => choose(name, value, (event.target as HTMLInputElement).checked)} /><span>${value}</span><output>${grouped(counts.get(value) ?? 0)}</output></label>`)}
      ${all.length === 0 ? html`<p class="none">none</p>` : null}
      ${all.length > MOST_VALUES ? html`<button type="button" aria-expanded=${wide.has(name)} onClick=${() => widen(name)}>${wide.has(name) ? 'fewer' : `${grouped(all.length - MOST_VALUES)} more`}</button>` : null}
    </fieldset>`;
  };

  const pick = (event: Event): void => {
    const bar = (event.target as Element).closest('.day');
    if (bar === null) return;
    const [from, to] = [bar.getAttribute('data-from') ?? '', bar.getAttribute('data-to') ?? ''];
    const same = view().from === from && view().to === to;
    go(same ? { from: undefined, to: undefined } : { from, to });
  };

  const type = (event: Event): void => {
    const query = (event.target as HTMLInputElement).value;
    clearTimeout(typing);
    typing = setTimeout(() => go({ query }), PAUSE);
  };

  const tools = ({ query, from, to, chosen }: View) => {
    const narrowed =
      query !== '' ||
      from !== undefined ||
      to !== undefined ||
      FACET_NAMES.some((name) => (chosen[name] ?? []).length > 0);
    return html`<div class="tools" role="search">
      <input id="search" type="search" aria-label="Search findings" aria-describedby="hint" placeholder="Search, e.g. sev:high actor:alice !region:eu-west-1" value=${query} onInput=${type} />
      <label>from <input type="date" value=${from ?? ''} onChange=${(event: Event) => go(dayOf('from', event))} /></label>
      <label>to <input type="date" value=${to ?? ''} onChange=${(event: Event) => go(dayOf('to', event))} /></label>
      ${narrowed ? html`<button type="button" id="clear" onClick=${() => go({ query: '', chosen: {}, from: undefined, to: undefined })}>Clear</button>` : null}
    </div>`;
  };

  const show = (): void => {
    sorted = filter();
    const { shown, counts, count } = sorted;
    rows.show(shown);
    render(
      html`<details class="filters" open=${roomy}><summary>Filters</summary>${FACET_NAMES.map((name) => facet(name, counts[name]))}</details>`,
      side,
    );
    render(
      html`<div>
        <h2 class="sr">Findings</h2>
        <div class="pick" tabindex="0" role="group" aria-label="Findings over time" onClick=${pick}>${timeline(
          entries.filter((_, index) => shown[index]),
          entries,
        )}</div>
        ${tools(view())}
        <p><span class="count" role="status" id="count">${count === entries.length ? counted(count, 'finding') : `${grouped(count)} of ${counted(entries.length, 'finding')}`}</span>
          <span class="note" id="hint"> · ${FIELD_NAMES.map((name) => `${name}:`).join(' ')} ! " "<span class="keys"> · / searches, j and k move, Enter opens, Esc goes back</span></span></p>
        ${summary.bare === 0 ? null : html`<p class="note" id="bare">${leftOut(summary.bare)}</p>`}
        ${count === 0 ? html`<p class="empty">${entries.length === 0 ? 'No findings: nothing that was judged is suspicious enough to be told.' : 'No finding is like that.'}</p>` : null}
      </div>`,
      top,
    );
    rows.element.hidden = count === 0;
    showTray();
  };

  const forget = (): void => {
    for (const id of marks.all.keys()) rows.note(desk.places.get(id) ?? -1, '');
    marks.clear();
    showTray();
  };

  const showTray = (): void =>
    render(
      marks.all.size === 0
        ? null
        : html`<section class="marks" aria-label="Marks"><h2>${counted(marks.all.size, 'finding')} marked</h2><p class="note">The page changes nothing: these commands make decisions of the marks, after showing what each does.</p>${command({ why: 'Close them', lines: closingsOf(marks.all, summary.source) }, true)}<button type="button" onClick=${forget}>Forget all marks</button></section>`,
      tray,
    );

  return {
    element,
    show,
    shown() {
      sorted ??= filter();
      return sorted.shown;
    },
    top: () => top.offsetTop,
  };
}

function div(style = ''): HTMLElement {
  const element = document.createElement('div');
  if (style !== '') element.className = style;
  return element;
}

/** A day of an input, or none. */
const dayOf = (name: 'from' | 'to', event: Event): Partial<View> => ({
  [name]: (event.target as HTMLInputElement).value || undefined,
});
