import type { VNode } from 'preact';
import { counted, grouped, html, minute } from './html.ts';
import type { Actor } from './model.ts';
import { shade } from './scale.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const [CELL, LEFT, TOP] = [26, 44, 20];

/** Somebody who acts in findings: when, where and with what they usually work, and what of it stands in findings. */
export function actor(one: Actor): VNode {
  const { label, account, arn, sort, since, activities, cut, days, weeks, kinds, types } = one;
  return html`
    <header class="finding-head"><h2 tabindex="-1" class="finding-title">${label}</h2><p class="lead">${sort}, account ${account}</p></header>
    <dl class="facts">
      ${arn === '' ? null : html`<div><dt>ARN</dt><dd>${arn}</dd></div>`}
      ${since === undefined ? null : html`<div><dt>First seen</dt><dd>${minute(since)}</dd></div>`}
      <div><dt>Known by</dt><dd>${days >= 10 ? 'ten or more active days' : counted(days, 'active day')}, ${cut ? 'the last ' : ''}${counted(activities, 'activity').replace('activitys', 'activities')}</dd></div>
    </dl>
    <section class="part"><h3>Hours of the week (UTC)</h3>${heatMap(one)}</section>
    ${weeks.regions.length === 0 ? null : html`<section class="part"><h3>Regions by week</h3>${regionsByWeek(weeks)}</section>`}
    ${counts('What they do', 'call', kinds)}
    ${counts('What they launch', 'type', types)}`;
}

const counts = (title: string, noun: string, rows: readonly (readonly [string, number])[]): VNode | null =>
  rows.length === 0
    ? null
    : html`<section class="part"><h3>${title}</h3><table><thead><tr><th scope="col">${noun}</th><th scope="col">times</th></tr></thead><tbody>${rows.map(([name, count]) => html`<tr><th scope="row">${name}</th><td>${grouped(count)}</td></tr>`)}</tbody></table></section>`;

function heatMap({ hours, told }: Actor): VNode {
  const dark = shade(Math.max(...hours));
  const busiest = hours.indexOf(Math.max(...hours));
  return html`<figure class="heat scroll" tabindex="0" aria-label="Hours of the week">
    <svg width=${LEFT + 24 * CELL} height=${TOP + 7 * CELL + 2} viewBox=${`0 0 ${LEFT + 24 * CELL} ${TOP + 7 * CELL + 2}`} role="img" aria-label=${`Activities by weekday and hour; most on ${WEEKDAYS[Math.floor(busiest / 24)]} at ${busiest % 24} h. In findings: ${inWords(told)}.`}>
      ${Array.from({ length: 8 }, (_, index) => html`<text x=${LEFT + index * 3 * CELL + CELL / 2} y=${TOP - 6} text-anchor="middle">${index * 3}</text>`)}
      ${WEEKDAYS.map((day, row) => html`<text x=${LEFT - 8} y=${TOP + row * CELL + CELL / 2 + 4} text-anchor="end">${day}</text>`)}
      ${hours.map((count, index) => {
        const [x, y] = [LEFT + (index % 24) * CELL, TOP + Math.floor(index / 24) * CELL];
        const inFindings = told[index] ?? 0;
        return html`<g><title>${`${WEEKDAYS[Math.floor(index / 24)]} ${index % 24} h: ${count}, in findings ${inFindings}`}</title><rect class="cell" x=${x + 1} y=${y + 1} width=${CELL - 2} height=${CELL - 2} rx="2" /><rect class="heat-fill" x=${x + 1} y=${y + 1} width=${CELL - 2} height=${CELL - 2} rx="2" opacity=${dark(count).toFixed(2)} />${inFindings > 0 ? html`<circle class="heat-told" cx=${x + CELL / 2} cy=${y + CELL / 2} r="5" />` : null}</g>`;
      })}
    </svg><figcaption>Darker: more activities. Ring: some of them stand in findings.</figcaption></figure>`;
}

function inWords(told: readonly number[]): string {
  const cells = told.flatMap((count, index) =>
    count > 0 ? [`${WEEKDAYS[Math.floor(index / 24)]} ${index % 24} h`] : [],
  );
  return cells.length === 0 ? 'none' : cells.slice(0, 12).join(', ');
}

function regionsByWeek({ from, regions }: Actor['weeks']): VNode {
  const most = Math.max(1, ...regions.flatMap(([, counts]) => counts));
  const dark = shade(most);
  const length = Math.max(...regions.map(([, counts]) => counts.length));
  const [left, cell] = [130, 18];
  return html`<figure class="heat scroll" tabindex="0" aria-label="Regions by week"><svg width=${left + length * cell} height=${regions.length * cell + 4} viewBox=${`0 0 ${left + length * cell} ${regions.length * cell + 4}`} role="img" aria-label=${`Activities by Region and week from ${from}: ${regions.map(([region, counts]) => `${region} ${counts.reduce((sum, each) => sum + each, 0)}`).join(', ')}.`}>
    ${regions.map(([region, counts], row) => [
      html`<text x=${left - 8} y=${row * cell + cell / 2 + 4} text-anchor="end">${region}</text>`,
      counts.map(
        (count, week) =>
          html`<g><title>${`${region}, week ${week + 1}: ${count}`}</title><rect class="cell" x=${left + week * cell + 1} y=${row * cell + 1} width=${cell - 2} height=${cell - 2} rx="2" /><rect class="heat-fill" x=${left + week * cell + 1} y=${row * cell + 1} width=${cell - 2} height=${cell - 2} rx="2" opacity=${dark(count).toFixed(2)} /></g>`,
      ),
    ])}
  </svg><figcaption>A column for each week, from ${from}.</figcaption></figure>`;
}
