import { utcTicks } from 'd3-time';
import type { VNode } from 'preact';
import { counted, html, tickOf } from './html.ts';
import type { Entry } from './model.ts';
import { linear, rulings } from './scale.ts';

const DAY = 86_400_000;
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT] = [1000, 130, 40, 10, 8, 22];
/** Bars that can still be told apart. */
const MOST_BARS = 92;
const ORDER = ['low', 'medium', 'high', 'critical'] as const;

interface Bar {
  /** First and last day, `2026-03-02`. */
  readonly from: string;
  readonly to: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Findings by the day they begin, or by several days where these are too many. */
function barsOf(entries: readonly Entry[], span: readonly Entry[] = entries): Bar[] {
  if (span.length === 0) return [];
  const days = span.map(({ first }) => Math.floor(Date.parse(first) / DAY));
  const [least, most] = days.reduce(
    ([low, high], day) => [Math.min(low, day), Math.max(high, day)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const step = Math.ceil((most - least + 1) / MOST_BARS);
  const bars = Array.from({ length: Math.ceil((most - least + 1) / step) }, (_, index) => ({
    from: dayOf((least + index * step) * DAY),
    to: dayOf((least + (index + 1) * step - 1) * DAY),
    counts: {} as Record<string, number>,
    total: 0,
  }));
  for (const { first, severity } of entries) {
    const bar = bars[Math.floor((Math.floor(Date.parse(first) / DAY) - least) / step)];
    if (bar === undefined) continue;
    bar.counts[severity] = (bar.counts[severity] ?? 0) + 1;
    bar.total += 1;
  }
  return bars;
}

/** Findings over time, stacked by severity; the page's script makes each bar choose its days. */
export function timeline(entries: readonly Entry[], span: readonly Entry[] = entries): VNode | null {
  const bars = barsOf(entries, span);
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return null;
  const [begin, end] = [Date.parse(first.from), Date.parse(last.to) + DAY];
  const x = linear([begin, end], [LEFT, WIDTH - RIGHT]);
  const rules = rulings(Math.max(...bars.map(({ total }) => total)));
  const y = linear([0, rules.at(-1) ?? 1], [HEIGHT - FOOT, TOP]);
  const ticks = utcTicks(new Date(begin), new Date(end), 8);
  const label = tickOf(begin, end + 3 * DAY);
  return html`<svg class="timeline" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="xMinYMid" role="img" aria-label=${`Findings by the day they began, ${first.from} to ${last.to}: ${counted(entries.length, 'finding')}. A table of the same follows.`}>
    ${rules.map((rule) => html`<g class="tick"><line x1=${LEFT} x2=${WIDTH - RIGHT} y1=${tenth(y(rule))} y2=${tenth(y(rule))} /><text x=${LEFT - 6} y=${tenth(y(rule) + 4)} text-anchor="end">${rule}</text></g>`)}
    ${ticks.map((tick) => html`<g class="tick"><text x=${tenth(x(tick.getTime()))} y=${HEIGHT - 6} text-anchor="middle">${label(tick)}</text></g>`)}
    ${bars.map((bar) => {
      const left = x(Date.parse(bar.from));
      const width = Math.max(1, x(Date.parse(bar.to) + DAY) - left - 1.5);
      let below = 0;
      const rects = ORDER.flatMap((severity) => {
        const count = bar.counts[severity] ?? 0;
        if (count === 0) return [];
        const [top, foot] = [y(below + count), y(below)];
        below += count;
        return [
          html`<rect class=${`fill-${severity}`} x=${left.toFixed(1)} y=${top.toFixed(1)} width=${width.toFixed(1)} height=${Math.max(1, foot - top).toFixed(1)} />`,
        ];
      });
      if (rects.length === 0) return null;
      return html`<g class="day" data-from=${bar.from} data-to=${bar.to}><title>${`${bar.from}${bar.to === bar.from ? '' : ` to ${bar.to}`}: ${told(bar)}`}</title><rect class="hit" x=${left.toFixed(1)} y=${TOP} width=${width.toFixed(1)} height=${HEIGHT - FOOT - TOP} />${rects}</g>`;
    })}
  </svg>`;
}

/** Tenths of a pixel are enough. */
const tenth = (value: number): number => Math.round(value * 10) / 10;

const told = ({ counts }: Bar): string =>
  ORDER.toReversed()
    .flatMap((severity) => (counts[severity] === undefined ? [] : [`${counts[severity]} ${severity}`]))
    .join(', ');

/** The same numbers as a table. */
export const timelineTable = (entries: readonly Entry[]): VNode =>
  html`<details class="numbers"><summary>The same as a table</summary><table><thead><tr><th scope="col">days</th>${ORDER.toReversed().map((severity) => html`<th scope="col">${severity}</th>`)}</tr></thead>
    <tbody>${barsOf(entries)
      .filter(({ total }) => total > 0)
      .map(
        (bar) =>
          html`<tr><th scope="row">${bar.from}${bar.to === bar.from ? '' : ` to ${bar.to}`}</th>${ORDER.toReversed().map((severity) => html`<td>${bar.counts[severity] ?? 0}</td>`)}</tr>`,
      )}</tbody></table></details>`;
