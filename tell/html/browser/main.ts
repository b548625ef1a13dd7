import { render } from 'preact';
import { html } from '../html.ts';
import { hashOf, START, type View, viewOf } from '../state.ts';
import { readEntries, readSummary } from './data.ts';
import type { Desk } from './desk.ts';
import { keptMarks } from './kept-marks.ts';
import { listOf } from './list.ts';
import { openedOf } from './opened.ts';
import { rowsOf } from './rows.ts';
import { copyOnClick, printChosen, turn } from './whole-page.ts';

const root = document.documentElement;
const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

/** Reads the data, lays out the list, and from then on shows what the address says. */
async function start(): Promise<void> {
  const [summary, entries] = await Promise.all([readSummary(), readEntries()]);
  const [app, nav] = [element('app'), element('nav')];
  let view: View = viewOf(location.hash);
  const desk: Desk = {
    summary,
    entries,
    places: new Map(entries.map(({ id }, index) => [id, index])),
    rows: rowsOf(entries, (index) => hashOf({ ...view, page: 'finding', what: entries[index]?.id ?? '' })),
    marks: keptMarks(summary),
    view: () => view,
    go(next) {
      view = { ...view, ...next };
      const hash = hashOf(view);
      history.replaceState(null, '', hash === '#' ? location.pathname + location.search : hash);
      void show();
    },
    open(next) {
      location.hash = hashOf({ ...view, ...next });
    },
  };
  const list = listOf(desk);
  const opened = openedOf(desk, list.shown);
  app.append(list.element, opened.element);

  const showNav = (): void => {
    const link = (page: View['page'], name: string) =>
      html`<button type="button" aria-current=${view.page === page ? 'page' : undefined} onClick=${() => desk.open({ page })}>${name}</button>`;
    render(
      html`<div>${link('findings', 'Findings')} ${link('coverage', 'What was read')} <button type="button" id="theme" onClick=${turn}>Light or dark</button></div>`,
      nav,
    );
  };

  /** Shows what is looked at; done when it is laid out. */
  const show = async (): Promise<void> => {
    for (const page of ['finding', 'actor', 'coverage'])
      root.classList.toggle(`at-${page}`, view.page === page);
    const one = view.page === 'finding' || view.page === 'actor';
    list.element.hidden = view.page !== 'findings';
    opened.element.hidden = !one;
    showNav();
    if (view.page === 'findings') list.show();
    if (one) await opened.show();
  };

  /** Focus goes to what was opened, and back to the row that it was opened from. */
  let from: number | undefined;
  const moved = async (before: View): Promise<void> => {
    await show();
    if (before.page === view.page && before.what === view.what) return;
    if (view.page === 'findings') {
      scrollTo(0, list.top());
      if (from !== undefined) desk.rows.focus(from);
      return;
    }
    if (view.page === 'finding') from = desk.places.get(view.what ?? '');
    scrollTo(0, 0);
    const within = view.page === 'coverage' ? element('coverage') : opened.element;
    within.querySelector<HTMLElement>('.finding-title')?.focus({ preventScroll: true });
  };

  addEventListener('hashchange', () => {
    const before = view;
    view = viewOf(location.hash);
    void moved(before);
  });
  document.addEventListener('keydown', (event) => {
    const { target } = event;
    const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    const atList = view.page === 'findings';
    if (event.key === 'Escape') {
      if (!atList) desk.open({ page: 'findings' });
      else if (typing) target.blur();
    }
    if (event.key === '/' && !typing && atList) {
      event.preventDefault();
      element('search').focus();
    }
  });
  copyOnClick();
  printChosen(list.shown);

  nav.hidden = false;
  app.hidden = false;
  root.classList.add('js');
  for (const [id, { as }] of desk.marks.all) {
    const index = desk.places.get(id);
    if (index !== undefined) desk.rows.note(index, `marked ${as}`);
  }
  void moved(START);
  root.setAttribute('data-ready', '');
}

void start();
