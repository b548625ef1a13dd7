import type { VNode } from 'preact';
import { counted, grouped, html, minute, second } from './html.ts';
import type { Reading, Summary } from './model.ts';

/** What was read and what was not, who is still being learnt, what exceptions did, and where the page comes from. */
export function coverage(summary: Summary): VNode {
  const { reading, suppressions } = summary;
  return html`<div class="coverage">
    <h2 tabindex="-1" class="finding-title">What was read, and by what</h2>
    ${reading === undefined ? html`<p class="note">The findings come from a history that was there already; what was read into it is not known here.</p>` : read(reading)}
    <section class="part"><h3>Exceptions of the policy</h3>${
      suppressions.length === 0
        ? html`<p>The policy has none.</p>`
        : html`<div class="scroll" tabindex="0" role="group" aria-label="Exceptions"><table><thead><tr>${['covers', 'reason', 'owner', 'expires', 'findings', 'last'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>${suppressions.map((each) => html`<tr class=${each.hits === 0 ? 'dead' : ''}><th scope="row">${each.covers}</th><td>${each.reason}</td><td>${each.owner}</td><td>${each.expires}${soon(each.expires, summary.made)}</td><td>${each.hits === 0 ? 'never hit' : grouped(each.hits)}</td><td>${each.lastHit === undefined ? '' : minute(each.lastHit)}</td></tr>`)}</tbody></table></div>`
    }</section>
    <section class="part"><h3>Where this page comes from</h3><dl class="facts">
      <div><dt>Made</dt><dd>${second(summary.made)} by ${summary.product}</dd></div>
      <div><dt>Command</dt><dd><code>${summary.command}</code></dd></div>
      <div><dt>Policy</dt><dd>${summary.policy.from}, SHA-256 <code>${summary.policy.sha256}</code></dd></div>
      <div><dt>Input</dt><dd>${summary.inputs.join(', ')}</dd></div>
      ${reading?.first === undefined || reading.last === undefined ? null : html`<div><dt>Judged</dt><dd>${second(reading.first)} to ${second(reading.last)}</dd></div>`}
      ${reading === undefined ? null : html`<div><dt>Time taken</dt><dd>${reading.seconds.toFixed(1)} s</dd></div>`}
    </dl>${summary.bare === 0 ? null : html`<p>${leftOut(summary.bare)}</p>`}</section>
  </div>`;
}

/** Says of how many findings the page has no details. */
export const leftOut = (bare: number): string =>
  `The details of the ${bare === 1 ? 'least severe finding' : `${grouped(bare)} least severe findings`} are left out to keep the page small; made with --full it has them all.`;

const DAY = 86_400_000;
/** What runs out within this is said. */
const SOON = 14;

function soon(expires: string, made: string): string {
  const days = Math.ceil((Date.parse(expires) + DAY - Date.parse(made)) / DAY);
  return days <= 0 ? ' (expired)' : days <= SOON ? ` (in ${counted(days, 'day')})` : '';
}

function read(reading: Reading): VNode[] {
  const { skipped, besides, problems, learning, coverage: accounts, regions, first } = reading;
  const numbers = [
    ['files', reading.files],
    ['files passed over by their name', reading.ignored],
    ['records', reading.records],
    ['judged', reading.judged],
    ['could not be judged', reading.failed],
    ['damaged', reading.damaged],
  ] as const;
  return [
    html`<section class="part"><h3>Read</h3><dl class="facts">${numbers.map(([name, count]) => html`<div><dt>${name}</dt><dd>${grouped(count)}</dd></div>`)}</dl>
      ${besides.length === 0 ? null : html`<ul>${besides.map((line) => html`<li>${line}</li>`)}</ul>`}</section>`,
    html`<section class="part"><h3>Skipped, and why</h3>${
      skipped.length === 0
        ? html`<p>Nothing was skipped.</p>`
        : html`<table><thead><tr><th scope="col">why</th><th scope="col">records</th></tr></thead><tbody>${skipped.map(([reason, count]) => html`<tr><th scope="row">${reason}</th><td>${grouped(count)}</td></tr>`)}</tbody></table>`
    }${problems.length === 0 ? null : html`<h4>Told while reading</h4><ul>${problems.map((line) => html`<li>${line}</li>`)}</ul>`}</section>`,
    html`<section class="part"><h3>Still being learnt</h3>${
      learning.length === 0
        ? html`<p>No account: what is unusual was compared with enough history.</p>`
        : html`<p>Until then what is merely new stays LOW there.</p><ul>${learning.map(({ account, until }) => html`<li>${account} until ${minute(until)}</li>`)}</ul>`
    }</section>`,
    html`<section class="part"><h3>Coverage</h3>${
      accounts.length === 0 || first === undefined
        ? html`<p>No record was judged.</p>`
        : html`<p>${counted(accounts.length, 'account')}, ${counted(regions.length, 'Region')}: ${regions.join(', ')}</p>${days(accounts, first)}`
    }</section>`,
  ];
}

const [LEFT, CELL] = [120, 9];

/** Judged records by account and day: a gap shows where no records came. */
function days(accounts: Reading['coverage'], first: string): VNode {
  const length = Math.max(...accounts.map((each) => each.days.length));
  const gaps = accounts.map(
    ({ account, days: counts }) => [account, counts.filter((count) => count === 0).length] as const,
  );
  const [width, height] = [LEFT + length * CELL + 4, accounts.length * 16 + 4];
  return html`<figure class="heat scroll" tabindex="0" aria-label="Coverage by account and day"><svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${`Days without a judged record: ${gaps.map(([account, count]) => `${account} ${count} of ${length}`).join(', ')}.`}>
    ${accounts.map(({ account, days: counts }, row) => {
      const most = Math.max(1, ...counts);
      return [
        html`<text x=${LEFT - 8} y=${row * 16 + 12} text-anchor="end">${account}</text>`,
        counts.map(
          (count, day) =>
            html`<rect class=${count === 0 ? 'cell gap' : 'heat-fill'} x=${LEFT + day * CELL} y=${row * 16 + 2} width=${CELL - 1} height="13" opacity=${count === 0 ? undefined : (0.35 + 0.65 * Math.sqrt(count / most)).toFixed(2)} />`,
        ),
      ];
    })}
  </svg><figcaption>A column for each day from ${first.slice(0, 10)}; an empty one had no record to judge.</figcaption></figure>`;
}
