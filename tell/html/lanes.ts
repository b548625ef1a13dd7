import { utcTicks } from 'd3-time';
import type { VNode } from 'preact';
import { html, second, tickOf } from './html.ts';
import type { Details, Happening } from './model.ts';
import { linear } from './scale.ts';

const [WIDTH, LABEL, ROW, TOP, RIGHT] = [1000, 300, 30, 30, 24];
/** Characters of a lane's name; the story below has it whole. */
const NAME = 37;

/** Who did what to which thing, when: a lane for each principal and resource, a mark for each call. */
export function lanes({ lanes: all, story }: Details): VNode {
  const times = story.flatMap(({ at, until }) => [
    Date.parse(at),
    ...(until === undefined ? [] : [Date.parse(until)]),
  ]);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const end = last === first ? first + 1000 : last;
  const x = linear([first, end], [LABEL, WIDTH - RIGHT]);
  const rowOf = (lane: number): number => TOP + ROW * (lane + 0.5);
  const height = TOP + ROW * all.length + 6;
  const ticks = utcTicks(new Date(first), new Date(end), 5);
  const label = tickOf(first, last);
  return html`<figure class="lanes scroll" tabindex="0" aria-label="The story by lane">
    <svg viewBox=${`0 0 ${WIDTH} ${height}`} role="img" aria-label=${`${story.length} lines of the story in ${all.length} lanes, ${second(story[0]?.at ?? '')} to ${second(new Date(last).toISOString())}. The list below tells the same.`}>
      ${ticks.map((tick) => html`<g class="tick"><line x1=${x(tick.getTime())} x2=${x(tick.getTime())} y1=${TOP - 6} y2=${height} /><text x=${x(tick.getTime())} y=${TOP - 12} text-anchor="middle">${label(tick)}</text></g>`)}
      ${all.map(({ label: name, sort }, lane) => html`<g class=${`lane ${sort}`}><line x1=${LABEL} x2=${WIDTH - RIGHT} y1=${rowOf(lane)} y2=${rowOf(lane)} /><text x=${LABEL - 12} y=${rowOf(lane) + 4} text-anchor="end">${short(name)}<title>${name}</title></text></g>`)}
      ${story.map((each) => mark(each, x(Date.parse(each.at)), each.until === undefined ? undefined : x(Date.parse(each.until)), rowOf))}
    </svg>
    <figcaption>Filled: done. Hollow: refused. Red: speaks against the actor. Square: undone or deleted. Times in UTC.</figcaption>
  </figure>`;
}

/** A person goes by their name alone where there is no room for the role. */
function short(name: string): string {
  const whole = name.length > NAME ? name.replace(/ \(.*\)$/, '') : name;
  return whole.length > NAME ? `${whole.slice(0, 18)}…${whole.slice(-(NAME - 19))}` : whole;
}

function mark(
  each: Happening,
  x: number,
  until: number | undefined,
  rowOf: (lane: number) => number,
): VNode | null {
  const rows = each.lanes.map(rowOf);
  if (rows.length === 0) return null;
  const style = `mark ${each.signals.length > 0 ? 'strong' : each.standing === 'other' ? 'faint' : 'calm'} ${each.done ? 'done' : 'not-done'}`;
  const shape = (row: number): VNode =>
    each.phase === 'cover'
      ? html`<rect x=${x - 5} y=${row - 5} width="10" height="10" />`
      : html`<circle cx=${x} cy=${row} r="6" />`;
  return html`<g class=${style}><title>${`${second(each.at)} ${each.what}`}</title>
    ${rows.length > 1 ? html`<line x1=${x} x2=${x} y1=${Math.min(...rows)} y2=${Math.max(...rows)} />` : null}
    ${until === undefined || until - x < 2 ? null : html`<line class="until" x1=${x} x2=${until} y1=${rows[0]} y2=${rows[0]} />`}
    ${rows.map(shape)}</g>`;
}
