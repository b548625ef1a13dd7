import type { VNode } from 'preact';
import type { Drawing } from '../drawing.ts';
import { BADGE, type Box, CAP, LINE, PAD, type Placed, pathOf, place } from '../layout.ts';
import { html } from './html.ts';

const MARGIN = 12;
/** Width that a finding has on a large screen, px: what is wider is drawn smaller, as long as it can be read. */
const [ROOM, SMALLEST] = [1110, 0.75];
const TONES = ['strong', 'calm', 'faint'] as const;

/** The lineage drawn in the colours of the page. */
export function lineage(drawing: Drawing): VNode {
  const { nodes, edges, width, height } = place(drawing);
  const [wide, high] = [Math.ceil(width + 2 * MARGIN), Math.ceil(height + 2 * MARGIN)];
  const size = Math.max(SMALLEST, Math.min(1, ROOM / wide));
  return html`<figure class="lineage scroll" tabindex="0" aria-label="Lineage">
    <svg width=${Math.round(wide * size)} height=${Math.round(high * size)} viewBox=${`${-MARGIN} ${-MARGIN} ${wide} ${high}`} role="img" aria-label=${`Lineage of ${nodes.length} things in ${edges.length} steps. The list below tells the same.`}>
      <defs>${TONES.map((tone) => html`<marker id=${`tip-${tone}`} class=${tone} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" /></marker>`)}</defs>
      ${edges.map(({ points, box, tone }) => html`<path class=${`edge ${tone}`} d=${pathOf(points, box)} marker-end=${`url(#tip-${tone})`} />`)}
      ${nodes.map(node)}
      ${edges.map(label)}
    </svg>
    <figcaption>Numbers give the order. Red arrow: speaks against the actor. Dashed box: terminated or deleted since.</figcaption>
  </figure>`;
}

function node({ lines, tone, gone, alike, type, box }: Placed['nodes'][number]): VNode {
  const round = type === 'account' || type === 'organisation' || type === 'everyone' || type === 'network';
  const frame = ({ x, y, width, height }: Box): VNode =>
    html`<rect x=${x} y=${y} width=${width} height=${height} rx=${round ? 20 : type === 'volume' ? 12 : 5} />`;
  const top = box.y + PAD + (type === 'volume' ? CAP + 3 : 0) + 13;
  return html`<g class=${`node ${tone}${gone ? ' gone' : ''}`}>
    ${alike > 0 ? frame({ ...box, x: box.x + 6, y: box.y - 6 }) : null}${frame(box)}
    ${lines.map((line, index) => html`<text class=${index === 0 ? 'first' : 'rest'} x=${box.x + box.width / 2} y=${top + LINE * index} text-anchor="middle">${line}</text>`)}</g>`;
}

const label = ({ lines, tone, step, box: { x, y, width, height } }: Placed['edges'][number]): VNode =>
  html`<g class=${`edge-label ${tone}`}><rect x=${x} y=${y} width=${width} height=${height} rx="4" />
    <circle cx=${x + BADGE / 2 + 1} cy=${y + BADGE / 2 + 1} r=${BADGE / 2 - 1} /><text class="step" x=${x + BADGE / 2 + 1} y=${y + BADGE / 2 + 5} text-anchor="middle">${step}</text>
    ${lines.map((line, index) => html`<text class=${index === 0 ? 'first' : 'rest'} x=${x + BADGE + 8} y=${y + 17 + LINE * index}>${line}</text>`)}</g>`;
