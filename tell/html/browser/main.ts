import { render } from 'preact';
import { actor } from '../actor.ts';
import { FACET_NAMES, FACETS, type FacetName, type Sorted, sortOut } from '../facets.ts';
import { command, finding } from '../finding.ts';
import { counted, grouped, html, MARKS } from '../html.ts';
import { closingsOf, type Mark, marksOf, VERDICTS, type Verdict } from '../marks.ts';

import { FIELD_NAMES, haystackOf, matches, termsOf } from '../search.ts';
import { hashOf, START, type View, viewOf } from '../state.ts';
import { timeline } from '../timeline.ts';
import { readActors, readDetails, readEntries, readSummary } from './data.ts';
import { rowsOf } from './rows.ts';

/** Values of a facet shown before somebody asks for more. */
const MOST_VALUES = 7;
/** Pause in typing after which the list is searched, ms. */
const PAUSE = 80;

const root = document.documentElement;
const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

async function start(): Promise<void> {
  const [summary, entries] = await Promise.all([readSummary(), readEntries()]);
  const app = element('app');
  const [list, one] = [document.createElement('div'), document.createElement('div')];
  list.className = 'app';
  const side = document.createElement('aside');
  side.className = 'side';
  side.setAttribute('aria-label', 'Filters');
  const middle = document.createElement('div');
  const [top, tray] = [document.createElement('div'), document.createElement('div')];
  list.append(side, middle);
  app.append(list, one);

  const storage = `launchtrail ${summary.made} ${summary.policy.sha256.slice(0, 12)}`;
  const marks = stored(storage);
  let view: View = viewOf(location.hash);
  const haystacks = entries.map(haystackOf);
  const places = new Map(entries.map(({ id }, index) => [id, index]));
  const rows = rowsOf(entries, (index) =>
    hashOf({ ...view, page: 'finding', what: entries[index]?.id ?? '' }),
  );
  middle.append(top, rows.element, tray);
  let wide = new Set<FacetName>();
  let sorted: Sorted | undefined;

  /** Shows another choice, and puts it into the address without a step back for each letter. */
  const go = (next: Partial<View>): void => {
    view = { ...view, ...next };
    const hash = hashOf(view);
    history.replaceState(null, '', hash === '#' ? location.pathname + location.search : hash);
    show();
  };

  const filter = (): Sorted => {
    const terms = termsOf(view.query);
    return sortOut(entries, view.chosen, (entry, index) => {
      const day = entry.first.slice(0, 10);
      return (
        (view.from === undefined || day >= view.from) &&
        (view.to === undefined || day <= view.to) &&
        matches(entry, terms, haystacks[index])
      );
    });
  };

  const choose = (name: FacetName, value: string, on: boolean): void => {
    const rest = (view.chosen[name] ?? []).filter((each) => each !== value);
    const chosen = { ...view.chosen, [name]: on ? [...rest, value] : rest };
    go({ chosen });
  };

  const facet = (name: FacetName, counts: ReadonlyMap<string, number>) => {
    const chosen = view.chosen[name] ?? [];
    const all = [...new Set([...chosen, ...counts.keys()])].sort(
      name === 'severity'
        ? (a, b) => Object.keys(MARKS).indexOf(a) - Object.keys(MARKS).indexOf(b)
        : (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1),
    );
    const shown = wide.has(name) ? all.slice(0, 200) : all.slice(0, MOST_VALUES);
    return html`<fieldset class="facet" data-facet=${name}><legend>${FACETS[name].title}</legend>
      ${shown.map((value) => html`<label key=${value}><input type="checkbox" checked=${chosen.includes(value)} onChange=${(event: Event) => choose(name, value, (event.target as HTMLInputElement).checked)} /><span>${value}</span><output>${grouped(counts.get(value) ?? 0)}</output></label>`)}
      ${all.length === 0 ? html`<p class="none">none</p>` : null}
      ${
        all.length > MOST_VALUES
          ? html`<button type="button" aria-expanded=${wide.has(name)} onClick=${() => {
              wide = new Set(wide.has(name) ? [...wide].filter((each) => each !== name) : [...wide, name]);
              showList();
            }}>${wide.has(name) ? 'fewer' : `${grouped(all.length - MOST_VALUES)} more`}</button>`
          : null
      }
    </fieldset>`;
  };

  // on a narrow screen the list comes first
  const roomy = matchMedia('(min-width: 901px)').matches;
  let typing = 0;
  const showList = (): void => {
    sorted = filter();
    rows.show(sorted.shown);
    const { counts, count } = sorted;
    const narrowed =
      view.query !== '' ||
      view.from !== undefined ||
      view.to !== undefined ||
      FACET_NAMES.some((name) => (view.chosen[name] ?? []).length > 0);
    render(
      html`<details class="filters" open=${roomy}><summary>Filters</summary>${FACET_NAMES.map((name) => facet(name, counts[name]))}</details>`,
      side,
    );
    render(
      html`<div>
        <h2 class="sr">Findings</h2>
        <div class="pick" onClick=${pick}>${timeline(
          entries.filter((_, index) => sorted?.shown[index]),
          entries,
        )}</div>
        <div class="tools" role="search">
          <input id="search" type="search" aria-label="Search findings" aria-describedby="hint" placeholder="Search, e.g. sev:high actor:alice !region:eu-west-1" value=${view.query}
            onInput=${(event: Event) => {
              const query = (event.target as HTMLInputElement).value;
              clearTimeout(typing);
              typing = setTimeout(() => go({ query }), PAUSE);
            }} />
          <label>from <input type="date" value=${view.from ?? ''} onChange=${(event: Event) => go(dayOf('from', event))} /></label>
          <label>to <input type="date" value=${view.to ?? ''} onChange=${(event: Event) => go(dayOf('to', event))} /></label>
          ${narrowed ? html`<button type="button" id="clear" onClick=${() => go({ query: '', chosen: {}, from: undefined, to: undefined })}>Clear</button>` : null}
        </div>
        <p><span class="count" role="status" id="count">${count === entries.length ? counted(count, 'finding') : `${grouped(count)} of ${counted(entries.length, 'finding')}`}</span>
          <span class="note" id="hint"> · ${FIELD_NAMES.map((name) => `${name}:`).join(' ')} ! " " · / searches, j and k move, Enter opens, Esc goes back</span></p>
        ${count === 0 ? html`<p class="empty">${entries.length === 0 ? 'No findings: nothing that was judged is suspicious enough to be told.' : 'No finding is like that.'}</p>` : null}
      </div>`,
      top,
    );
    rows.element.hidden = count === 0;
    showTray();
  };

  const showTray = (): void =>
    render(
      marks.size === 0
        ? null
        : html`<section class="marks" aria-label="Marks"><h2>${counted(marks.size, 'finding')} marked</h2><p class="note">The page changes nothing: these commands make decisions of the marks, after showing what each does.</p>${command({ why: 'Close them', lines: closingsOf(marks, summary.source) }, true)}<button type="button" onClick=${() => {
            marks.clear();
            keep(storage, marks);
            show();
          }}>Forget all marks</button></section>`,
      tray,
    );

  const pick = (event: Event): void => {
    const bar = (event.target as Element).closest('.day');
    if (bar === null) return;
    const [from, to] = [bar.getAttribute('data-from') ?? '', bar.getAttribute('data-to') ?? ''];
    const same = view.from === from && view.to === to;
    go(same ? { from: undefined, to: undefined } : { from, to });
  };

  const mark = (id: string, index: number, form: HTMLFormElement): void => {
    const data = new FormData(form);
    const as = VERDICTS.find((name) => name === data.get('as'));
    if (as === undefined) marks.delete(id);
    else marks.set(id, { as, note: String(data.get('note') ?? '').slice(0, 500) });
    keep(storage, marks);
    rows.note(index, as === undefined ? '' : `marked ${as}`);
    void showOne();
  };

  const back = (...more: unknown[]) =>
    html`<div class="back"><button type="button" id="back" onClick=${leave}>← All findings</button>${more}</div>`;

  const showOne = async (): Promise<void> => {
    const { page, what = '' } = view;
    if (page === 'actor') {
      const someone = (await readActors())[Number(what)];
      render(
        html`<div>${back()}<div class="one">${someone === undefined ? html`<h2 tabindex="-1" class="finding-title">There is no such actor</h2>` : actor(someone)}</div></div>`,
        one,
      );
      return;
    }
    const index = places.get(what) ?? -1;
    const entry = entries[index];
    if (entry === undefined) {
      render(
        html`<div>${back()}<div class="one"><h2 tabindex="-1" class="finding-title">This report has no finding ${what.slice(0, 120)}</h2></div></div>`,
        one,
      );
      return;
    }
    const details = await readDetails(index);
    const marked = marks.get(entry.id);
    rows.note(index, marked === undefined ? '' : `marked ${marked.as}`);
    const beside = (by: 1 | -1): number => {
      for (let at = index + by; at >= 0 && at < entries.length; at += by) if (sorted?.shown[at]) return at;
      return -1;
    };
    const step = (name: string, at: number) =>
      at < 0 ? null : html`<a href=${hashOf({ ...view, what: entries[at]?.id ?? '' })}>${name}</a>`;
    render(
      html`<div>${back(step('previous', beside(-1)), step('next', beside(1)), entry.actor === undefined ? null : html`<a href=${hashOf({ ...view, page: 'actor', what: String(entry.actor) })}>What ${entry.who} usually does</a>`)}
        <div class="one" key=${entry.id}>${finding(entry, details, { level: 2, live: true, most: 400 })}
          <section class="part"><h3>Your mark</h3>
            <form class="mark-it" onSubmit=${(event: Event) => {
              event.preventDefault();
              mark(entry.id, index, event.currentTarget as HTMLFormElement);
            }}>
              <label>as <select name="as"><option value="">not marked</option>${VERDICTS.map((name: Verdict) => html`<option value=${name} selected=${marked?.as === name}>${name}</option>`)}</select></label>
              <input name="note" aria-label="Note" placeholder="why" maxlength="500" value=${marked?.note ?? ''} /><button>Mark</button>
            </form>
            ${marked === undefined ? null : command({ why: 'The page changes nothing: this command does, after showing what.', lines: closingsOf(new Map([[entry.id, marked]]), summary.source) }, true)}
          </section></div></div>`,
      one,
    );
  };

  let from = -1;
  const leave = (): void => {
    if (view.page === 'findings') return;
    location.hash = hashOf({ ...view, page: 'findings' });
  };

  const nav = element('nav');
  const showNav = (): void => {
    const link = (page: View['page'], name: string) =>
      html`<button type="button" aria-current=${view.page === page ? 'page' : undefined} onClick=${() => {
        location.hash = hashOf({ ...view, page });
      }}>${name}</button>`;
    render(
      html`<div>${link('findings', 'Findings')} ${link('coverage', 'What was read')} <button type="button" id="theme" onClick=${turn}>Light or dark</button></div>`,
      nav,
    );
  };

  const show = (): void => {
    root.classList.toggle('at-finding', view.page === 'finding');
    root.classList.toggle('at-actor', view.page === 'actor');
    root.classList.toggle('at-coverage', view.page === 'coverage');
    list.hidden = view.page !== 'findings';
    one.hidden = view.page !== 'finding' && view.page !== 'actor';
    showNav();
    if (view.page === 'findings') showList();
    else sorted ??= filter();
    if (view.page === 'finding' || view.page === 'actor') void showOne();
  };

  /** Focus goes to what was opened, and back to the row that it was opened from. */
  const moved = async (before: View): Promise<void> => {
    if (before.page === view.page && before.what === view.what) return;
    if (view.page === 'findings') {
      scrollTo(0, top.offsetTop);
      if (from >= 0) rows.focus(from);
      return;
    }
    if (view.page !== 'coverage') await showOne();
    if (view.page === 'finding') from = places.get(view.what ?? '') ?? -1;
    scrollTo(0, 0);
    const within = view.page === 'coverage' ? element('coverage') : one;
    within.querySelector<HTMLElement>('.finding-title')?.focus({ preventScroll: true });
  };

  addEventListener('hashchange', () => {
    const before = view;
    view = viewOf(location.hash);
    show();
    void moved(before);
  });

  document.addEventListener('keydown', (event) => {
    const typingIn = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === 'Escape') {
      if (typingIn && view.page === 'findings') (event.target as HTMLElement).blur();
      else leave();
    }
    if (event.key === '/' && !typingIn && view.page === 'findings') {
      event.preventDefault();
      document.getElementById('search')?.focus();
    }
  });
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-copy]');
    const text = button?.parentElement?.querySelector('pre')?.textContent;
    if (button === null || text === undefined || text === null) return;
    void copy(text).then((done) => {
      button.textContent = done ? 'Copied' : 'Select it';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 1500);
    });
  });
  // what is printed is what was chosen: of the static findings, those that the filters show
  addEventListener('beforeprint', () => {
    const shown = sorted?.shown;
    for (const [index, article] of document.querySelectorAll<HTMLElement>('#static article').entries())
      article.hidden = shown?.[index] === false;
    for (const [index, row] of document.querySelectorAll<HTMLElement>('#static tbody tr').entries())
      if (row.closest('.contents') !== null) row.hidden = shown?.[index] === false;
  });

  nav.hidden = false;
  app.hidden = false;
  root.classList.add('js');
  for (const [id, { as }] of marks) {
    const index = places.get(id);
    if (index !== undefined) rows.note(index, `marked ${as}`);
  }
  show();
  root.setAttribute('data-ready', '');
  void moved(START);
}

/** A day of an input, or none. */
const dayOf = (name: 'from' | 'to', event: Event): Partial<View> => ({
  [name]: (event.target as HTMLInputElement).value || undefined,
});

/** The clipboard where there is one; else the text is left to be selected. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function turn(): void {
  const dark =
    root.dataset.theme === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset.theme === 'dark';
  root.dataset.theme = dark ? 'light' : 'dark';
}

/** Marks of this very report: all files of a disk share one storage. */
function stored(key: string): Map<string, Mark> {
  try {
    return marksOf(localStorage.getItem(key));
  } catch {
    return new Map();
  }
}

function keep(key: string, marks: ReadonlyMap<string, Mark>): void {
  try {
    localStorage.setItem(key, JSON.stringify([...marks].map(([id, { as, note }]) => [id, as, note])));
  } catch {
    // a page from a mail may have no storage: the marks last as long as it is open
  }
}

void start();
