import type { VNode } from 'preact';
import type { Drawing } from '../drawing.ts';
import { badge, counted, html, second } from './html.ts';
import { lanes } from './lanes.ts';
import { lineage } from './lineage.ts';
import {
  type Command,
  type Details,
  type Entry,
  type Habit,
  type Happening,
  PHASES,
  type Reason,
} from './model.ts';

/** How a finding is laid out. */
export interface Layout {
  /** Level of its heading; those of its parts are one below. */
  readonly level: 2 | 3;
  /** With pictures and buttons, which need a script. */
  readonly live: boolean;
  /** Lines told of the story and of the score. */
  readonly most: number;
  /** Only what and who, first steps, the worst of the story and of the score. */
  readonly brief?: true;
}

/** Lines of a story and steps of data that stand open; the rest unfolds. */
const FIRST_LINES = 14;

const PHASE_WORDS = {
  reach: 'Reach: get in, get ready',
  copy: 'Copy: take the data',
  move: 'Move: share, export, carry on',
  launch: 'Launch: start compute',
  open: 'Open: let the world in',
  cover: 'Cover: undo, delete, switch off',
} as const satisfies Record<Happening['phase'], string>;

/** A finding in full: what, who, what to do; then how it went, why it counts, and what was usual before. */
export function finding(entry: Entry, details: Details | undefined, layout: Layout): VNode {
  const Head = `h${layout.level}`;
  const facts = [
    ['Who', entry.who],
    ['Account', entry.account],
    [entry.regions.length === 1 ? 'Region' : 'Regions', entry.regions.join(', ')],
    [
      'When',
      entry.first === entry.last ? second(entry.first) : `${second(entry.first)} to ${second(entry.last)}`,
    ],
    ...(layout.brief ? [] : (details?.facts ?? [])),
    ['Finding', entry.id],
  ] as const;
  return html`
    <header class="finding-head">
      <${Head} tabindex="-1" class="finding-title">${badge(entry.severity)} <span>${entry.what}</span><//>
      <p class="lead">
        Score ${entry.score.toFixed(1)} of 100 · ${counted(entry.records, 'record')}${entry.status === 'open' ? '' : ` · ${entry.status}`}
      </p>
    </header>
    <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${details === undefined ? html`<p class="note">Its details were left out to keep the page small; <code>--full</code> keeps all.</p>` : body(details, layout)}`;
}

function body(details: Details, { level, live, most, brief }: Layout): VNode[] {
  const Part = `h${level + 1}`;
  const section = (name: string, title: string, content: unknown, note?: string): VNode =>
    html`<section class=${`part ${name}`}><${Part}>${title}<//>${note === undefined ? null : html`<p class="note">${note}</p>`}${content}</section>`;
  const { notes, still, steps, containment, story, reasons, habits, drawing, commands } = details;
  const data = drawing === undefined ? [] : wayOf(drawing);
  return [
    ...still.map((text) => html`<p class="still">${text}</p>`),
    ...(notes.length > 0
      ? [html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`]
      : []),
    section(
      'steps',
      'First steps',
      html`<ol>${steps.map((step) => html`<li>${step}</li>`)}</ol><p class="note">More: <code>${details.runbook}</code></p>`,
    ),
    ...(containment.length > 0 && !brief
      ? [
          section(
            'contain',
            'Containment, once you are sure',
            [
              ...containment.slice(0, most).map((each) => command(each, live)),
              more(containment.length - most, 'step'),
            ],
            'Launchtrail has done none of this. Run each in the account it names.',
          ),
        ]
      : []),
    section('story', 'What happened', storyOf(details, live, most)),
    section('score', 'Why it counts', scoreOf(reasons, most)),
    ...(live && habits.length > 0
      ? [section('habits', 'Usual against now', habitsOf(habits), daysNote(details.days))]
      : []),
    ...(data.length > 0 && !brief
      ? [
          section('data', 'The way of the data', [
            live && drawing !== undefined && drawing.nodes.length > 0 ? lineage(drawing) : null,
            html`<ol class="data-steps">${data.slice(0, most).map((step) => html`<li>${step}</li>`)}</ol>`,
            more(data.length - most, 'step'),
          ]),
        ]
      : []),
    ...(live || story.length === 0
      ? [
          section(
            'more',
            'Look further',
            commands.map((each) => command(each, live)),
          ),
        ]
      : []),
  ];
}

/** The way of the data in words, oldest first: the same as the picture, for who cannot see it. */
const wayOf = ({ nodes, edges }: Drawing): string[] =>
  edges.map(
    ({ from, to, lines }) =>
      `${lines.at(-1)}: ${nodes[to]?.lines[0] ?? ''} from ${nodes[from]?.lines[0] ?? ''}, ${lines.slice(0, -1).join(', ')}`,
  );

const more = (count: number, noun: string): VNode | null =>
  count > 0 ? html`<p class="note">and ${counted(count, `more ${noun}`)}</p>` : null;

/** Commands to copy; the button is made to work by the page's script. */
export const command = ({ why, account, lines }: Command, live: boolean): VNode =>
  html`<div class="command">
    <p>${why}${account === undefined ? null : html` <span class="where">in account ${account}</span>`}</p>
    ${lines.length === 0 ? null : html`<div class="shell"><pre tabindex=${live ? 0 : undefined}><code>${lines.join('\n')}</code></pre>${live ? html`<button type="button" data-copy>Copy</button>` : null}</div>`}
  </div>`;

function storyOf(details: Details, live: boolean, most: number): unknown[] {
  const { story, untold } = details;
  // where few lines are told they are those that speak most against somebody
  const worst = new Set(story.toSorted((a, b) => b.signals.length - a.signals.length).slice(0, most));
  const shown = story.filter((each) => worst.has(each));
  const reached = PHASES.filter((phase) =>
    story.some((each) => each.phase === phase && each.standing !== 'other'),
  );
  return [
    live &&
      html`<p class="phases">${PHASES.map(
        (phase) =>
          html`<span class=${reached.includes(phase) ? 'phase reached' : 'phase'} title=${PHASE_WORDS[phase]}>${phase}${reached.includes(phase) ? ' ✓' : ''}</span>`,
      )}</p>`,
    live && story.length > 1 ? lanes(details) : null,
    html`<ol class="story">${shown.slice(0, FIRST_LINES).map((each) => happening(each, live))}</ol>`,
    shown.length > FIRST_LINES
      ? html`<details class="rest"><summary>${counted(shown.length - FIRST_LINES, 'more line')}</summary><ol class="story">${shown.slice(FIRST_LINES).map((each) => happening(each, live))}</ol></details>`
      : null,
    more(story.length - shown.length + untold, 'line'),
  ];
}

const happening = (each: Happening, live: boolean): VNode =>
  html`<li class=${`${each.standing}${each.done ? '' : ' refused'}`}>
        <p class="when"><time>${second(each.at)}</time> <span class="tag">${each.phase}</span> <span>${each.region}</span>${each.standing === 'finding' ? null : html` <span class="tag quiet">${each.standing === 'subject' ? 'before, by the same' : 'by others'}</span>`}</p>
        <p class="what">${each.what}</p>
        <p class="by">${each.who} from ${each.from}${each.times > 1 ? ` · ${each.times} times, last ${second(each.until ?? each.at)}` : ''}${each.signals.length > 0 ? html` · <span class="signals">${each.signals.join(', ')}</span>` : null}</p>
        ${live ? ids(each) : null}
      </li>`;

/** One stands open; of several it is said how many of them are here. */
function ids({ eventIds, times }: Happening): VNode {
  const all = html`<code>${eventIds.join('\n')}</code>`;
  if (times === 1) return html`<p class="ids">event ${all}</p>`;
  const some = eventIds.length < times ? `${eventIds.length} of ` : '';
  return html`<details class="ids"><summary>${some}${counted(times, 'event id')}</summary>${all}</details>`;
}

/** Every point of the score, the family discount said. */
function scoreOf(reasons: readonly Reason[], most: number): unknown[] {
  const ordered = reasons.toSorted((a, b) => b.points - a.points);
  const top = Math.max(1, ordered[0]?.points ?? 0);
  const shown = ordered.slice(0, most);
  return [
    html`<ul class="reasons">${shown.map(
      (each) => html`<li>
        <span class="points">+${each.points.toFixed(1)}</span>
        <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${((each.points / top) * 100).toFixed(1)} height="8" rx="1" class=${each.novelty ? 'novel' : 'plain'} /></svg>
        <div><p>${each.reason}</p>
        <p class="by"><code>${each.signal}</code> · ${each.family} · weight ${each.weight} × strength ${each.strength.toFixed(2)}${each.rank > 0 ? ` · ${ordinal(each.rank)} of its family, counted at ${(100 * 0.35 ** each.rank).toFixed(0)} %` : ''}${each.times > 1 ? ` · ${each.times} records` : ''}${each.novelty ? ' · only compared with the past' : ''}</p></div>
      </li>`,
    )}</ul>`,
    more(reasons.length - shown.length, 'signal'),
  ];
}

const ordinal = (rank: number): string => `${['1st', '2nd', '3rd'][rank] ?? `${rank + 1}th`}`;

const daysNote = (days: number): string =>
  `Known by ${days >= 10 ? 'ten or more active days' : counted(days, 'active day')} before.`;

const habitsOf = (habits: readonly Habit[]): VNode =>
  html`<table class="habits"><thead><tr><th scope="col">what</th><th scope="col">now</th><th scope="col">usual before</th></tr></thead>
    <tbody>${habits.map(
      ({ what, now, fresh, usual }) => html`<tr><th scope="row">${what}</th>
        <td>${now.map((value) => (fresh.includes(value) ? html`<span class="fresh">${value} (new)</span> ` : html`<span class="known">${value}</span> `))}</td>
        <td>${usual.length === 0 ? 'nothing known' : usual.join(', ')}</td></tr>`,
    )}</tbody></table>`;
