import { render } from 'preact';
import { actor } from '../actor.ts';
import { command, finding } from '../finding.ts';
import { html } from '../html.ts';
import { closingsOf, VERDICTS } from '../marks.ts';
import type { Entry } from '../model.ts';
import { hashOf } from '../state.ts';
import { readActors, readDetails } from './data.ts';
import type { Desk } from './desk.ts';

/** Characters of a note. */
const LONGEST_NOTE = 500;

/** What is opened from the list: a finding with its mark, or somebody who acts. */
export interface Opened {
  readonly element: HTMLElement;
  readonly show: () => Promise<void>;
}

/** @param shown which findings pass all that is chosen: the next one is the next of these */
export function openedOf(desk: Desk, shown: () => readonly boolean[]): Opened {
  const { entries, places, rows, marks, summary, view } = desk;
  const element = document.createElement('div');

  const put = (content: unknown, ...more: unknown[]): void =>
    render(
      html`<div><div class="back"><button type="button" id="back" onClick=${() => desk.open({ page: 'findings' })}>← All findings</button>${more}</div>${content}</div>`,
      element,
    );
  const missing = (text: string): void =>
    put(html`<div class="one"><h2 tabindex="-1" class="finding-title">${text}</h2></div>`);

  const beside = (index: number, by: 1 | -1): number | undefined => {
    for (let at = index + by; at >= 0 && at < entries.length; at += by) if (shown()[at]) return at;
    return undefined;
  };
  const step = (name: string, at: number | undefined) =>
    at === undefined ? null : html`<a href=${hashOf({ ...view(), what: entries[at]?.id ?? '' })}>${name}</a>`;

  const mark = (event: Event, { id }: Entry): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const as = VERDICTS.find((name) => name === data.get('as'));
    const note = String(data.get('note') ?? '').slice(0, LONGEST_NOTE);
    marks.set(id, as === undefined ? undefined : { as, note });
    void show();
  };

  const marking = (entry: Entry) => {
    const marked = marks.all.get(entry.id);
    return html`<section class="part"><h3>Your mark</h3>
      <form class="mark-it" onSubmit=${(event: Event) => mark(event, entry)}>
        <label>as <select name="as"><option value="">not marked</option>${VERDICTS.map((name) => html`<option value=${name} selected=${marked?.as === name}>${name}</option>`)}</select></label>
        <input name="note" aria-label="Note" placeholder="why" maxlength=${LONGEST_NOTE} value=${marked?.note ?? ''} /><button>Mark</button>
      </form>
      ${marked === undefined ? null : command({ why: 'The page changes nothing: this command does, after showing what.', lines: closingsOf(new Map([[entry.id, marked]]), summary.source) }, true)}
    </section>`;
  };

  const showActor = async (place: number): Promise<void> => {
    const someone = (await readActors())[place];
    if (someone === undefined) missing('There is no such actor');
    else put(html`<div class="one">${actor(someone)}</div>`);
  };

  const showFinding = async (id: string): Promise<void> => {
    const index = places.get(id) ?? -1;
    const entry = entries[index];
    if (entry === undefined) return missing(`This report has no finding ${id.slice(0, 120)}`);
    const details = await readDetails(index);
    // somebody went on while it was inflated
    if (view().what !== id) return;
    const marked = marks.all.get(id);
    rows.note(index, marked === undefined ? '' : `marked ${marked.as}`);
    put(
      html`<div class="one" key=${id}>${finding(entry, details, { level: 2, live: true, most: 400 })}${marking(entry)}</div>`,
      step('previous', beside(index, -1)),
      step('next', beside(index, 1)),
      entry.actor !== undefined &&
        html`<a href=${hashOf({ ...view(), page: 'actor', what: String(entry.actor) })}>What ${entry.who} usually does</a>`,
    );
  };

  const show = (): Promise<void> => {
    const { page, what = '' } = view();
    return page === 'actor' ? showActor(Number(what)) : showFinding(what);
  };
  return { element, show };
}
