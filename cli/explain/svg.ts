import stringWidth from 'string-width';
import { CELL } from '../../tell/cells.ts';
import { drawingOf, type EdgeTone } from '../../tell/drawing.ts';
import { BADGE, type Box, CAP, LINE, PAD, type Placed, pathOf, place, round } from '../../tell/layout.ts';
import type { LineageGraph } from '../../tell/lineage-graph.ts';
import type { Tone } from '../../tell/lineage-labels.ts';
import type { Telling } from './telling.ts';

const FONT = 13;
const MARGIN = 28;
/** Reasons written above the picture, so that it can stand alone. */
const TOP_REASONS = 3;
/** The head's text wraps no narrower than this. */
const MIN_WIDTH = 780;

const INK = '#1f2328';
const FAINT = '#59636e';
const RED = '#cf222e';
const FILLS: Readonly<Record<Tone, { fill: string; stroke: string; width: number }>> = {
  plain: { fill: '#ffffff', stroke: '#59636e', width: 1.5 },
  source: { fill: '#ddf4ff', stroke: '#0969da', width: 2.5 },
  danger: { fill: '#ffebe9', stroke: RED, width: 2.5 },
};

/**
 * A lineage as a picture that stands alone: no script, no outside font, readable in print and in the light.
 *
 * Everything taken from a record is cleaned and escaped; what XML cannot hold at all is left out.
 */
export function svg(graph: LineageGraph, telling: Telling): string {
  const placed = place(drawingOf(graph));
  const width = Math.max(MIN_WIDTH, placed.width) + 2 * MARGIN;
  const head = headOf(telling, graph, Math.floor((width - 2 * MARGIN) / CELL));
  const headHeight = head.length * LINE + 16;
  const legend = legendLines();
  const height = headHeight + placed.height + 2 * MARGIN + LINE * 2 + 10;
  const shift = MARGIN + Math.max(0, (width - 2 * MARGIN - placed.width) / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" role="img" font-family="ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="${FONT}">`,
    `<title>${xml(`${telling.severity.toUpperCase()} ${telling.score.toFixed(1)}: ${telling.title}`)}</title>`,
    `<desc>${xml(`Lineage of finding ${telling.id}: ${telling.data.length} steps, oldest first. ${telling.data.map(({ at, to, from, action, who }) => `${at} ${to} from ${from}, ${action} by ${who}.`).join(' ')}`)}</desc>`,
    '<defs>',
    ...[
      ['strong', RED],
      ['calm', INK],
      ['faint', '#8c959f'],
    ].map(
      ([id, colour]) =>
        `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" fill="${colour}"/></marker>`,
    ),
    '</defs>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...head.map(
      ({ text, colour, bold }, index) =>
        `<text x="${MARGIN}" y="${MARGIN + index * LINE}" fill="${colour}"${bold ? ' font-weight="600"' : ''}>${xml(text)}</text>`,
    ),
    `<g transform="translate(${round(shift)} ${round(headHeight + MARGIN)})">`,
    ...placed.edges.map(lineOf),
    ...placed.nodes.map(nodeOf),
    ...placed.edges.map(labelOf),
    ...(graph.nodes.length === 0
      ? [
          `<text x="0" y="${LINE}" fill="${INK}">Nothing to draw: no record of this finding made, shared or opened a resource.</text>`,
        ]
      : []),
    '</g>',
    ...legend.map(
      (text, index) =>
        `<text x="${MARGIN}" y="${round(height - MARGIN - (legend.length - 1 - index) * LINE)}" fill="${FAINT}" font-size="12">${xml(text)}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

function headOf(
  { severity, score, title, id, account, start, end, signals }: Telling,
  { omitted }: LineageGraph,
  cells: number,
): { text: string; colour: string; bold: boolean }[] {
  const time = (iso: string): string => `${iso.replace('T', ' ').slice(0, 19)}Z`;
  return [
    ...wrapped(`${severity.toUpperCase()} ${score.toFixed(1)}: ${title}`, cells - 6).map((text) => ({
      text,
      colour: severity === 'low' || severity === 'medium' ? INK : RED,
      bold: true,
    })),
    ...wrapped(`Account ${account}, ${time(start)} to ${time(end)}, finding ${id}`, cells).map((text) => ({
      text,
      colour: FAINT,
      bold: false,
    })),
    ...signals
      .slice(0, TOP_REASONS)
      .flatMap(({ points, reason }) => wrapped(`+${points.toFixed(1)} ${reason}`, cells))
      .map((text) => ({ text, colour: INK, bold: false })),
    ...(omitted > 0 ? [{ text: `${omitted} more resources are not drawn`, colour: RED, bold: false }] : []),
  ];
}

const legendLines = (): string[] => [
  'Numbers give the order. Red arrow: speaks against the subject. Black: by the same subject. Grey dashes: by others.',
  'Blue: where data was taken from. Red: where it got to, or who was let in. Dashed box: terminated or deleted since.',
];

function wrapped(text: string, cells: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= cells)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const LINES: Readonly<Record<EdgeTone, string>> = {
  strong: `stroke="${RED}" stroke-width="2.5"`,
  calm: `stroke="${INK}" stroke-width="1.8"`,
  faint: 'stroke="#8c959f" stroke-width="1.5" stroke-dasharray="6 4"',
};

function lineOf({ tone, points, box }: Placed['edges'][number]): string {
  const way = pathOf(points, box);
  return way === '' ? '' : `<path d="${way}" fill="none" ${LINES[tone]} marker-end="url(#${tone})"/>`;
}

function nodeOf(node: Placed['nodes'][number]): string {
  const { lines, tone, box, gone } = node;
  const { fill, stroke, width } = FILLS[tone];
  const style = `fill="${fill}" stroke="${stroke}" stroke-width="${width}"${gone ? ' stroke-dasharray="6 4"' : ''}`;
  const stack =
    node.alike > 0 ? shapeOf({ ...node, box: { ...box, x: box.x + 6, y: box.y - 6 } }, style) : '';
  const texts = lines.map(
    (line, index) =>
      `<text x="${round(box.x + box.width / 2)}" y="${round(box.y + PAD + (node.type === 'volume' ? CAP + 3 : 0) + LINE * index + 13)}" text-anchor="middle" fill="${index === 0 ? INK : FAINT}"${index === 0 ? ' font-weight="600"' : ' font-size="12"'}>${xml(line)}</text>`,
  );
  return `<g>${stack}${shapeOf(node, style)}${texts.join('')}</g>`;
}

/** A cylinder for a disk, a slanted page for a snapshot, a double frame for an image, a shield for a group. */
function shapeOf({ type, box: { x, y, width, height } }: { type: string; box: Box }, style: string): string {
  const [left, right, top, bottom] = [round(x), round(x + width), round(y), round(y + height)];
  const rect = (inset: number, radius: number): string =>
    `<rect x="${round(x + inset)}" y="${round(y + inset)}" width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}" rx="${radius}" ${style}/>`;
  switch (type) {
    case 'volume': {
      const [rx, lid, foot] = [round(width / 2), round(y + CAP), round(y + height - CAP)];
      return `<path d="M${left} ${lid}a${rx} ${CAP} 0 0 1 ${round(width)} 0V${foot}a${rx} ${CAP} 0 0 1 ${round(-width)} 0z" ${style}/><path d="M${left} ${lid}a${rx} ${CAP} 0 0 0 ${round(width)} 0" ${style}/>`;
    }
    case 'snapshot':
      return `<path d="M${left} ${top}H${round(x + width - 14)}L${right} ${round(y + 14)}V${bottom}H${left}z" ${style}/><path d="M${round(x + width - 14)} ${top}V${round(y + 14)}H${right}" fill="none" stroke="${FAINT}"/>`;
    case 'image':
    case 'launch-template':
      return `${rect(0, 3)}<rect x="${round(x + 4)}" y="${round(y + 4)}" width="${round(width - 8)}" height="${round(height - 8)}" rx="2" fill="none" stroke="${FAINT}"/>`;
    case 'security-group':
      return `<path d="M${round(x + 12)} ${top}H${round(x + width - 12)}L${right} ${round(y + height / 2)}L${round(x + width - 12)} ${bottom}H${round(x + 12)}L${left} ${round(y + height / 2)}z" ${style}/>`;
    case 'account':
    case 'organisation':
    case 'everyone':
    case 'network':
      return rect(0, 20);
    default:
      return rect(0, 6);
  }
}

function labelOf({ tone, lines, step, box: { x, y, width, height } }: Placed['edges'][number]): string {
  const colour = tone === 'strong' ? RED : tone === 'calm' ? INK : '#6e7781';
  const texts = lines.map(
    (line, index) =>
      `<text x="${round(x + BADGE + 8)}" y="${round(y + 4 + LINE * index + 13)}" fill="${index === 0 ? INK : FAINT}"${index === 0 ? ' font-weight="600"' : ' font-size="12"'}>${xml(line)}</text>`,
  );
  return [
    `<g><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="4" fill="#ffffff" fill-opacity="0.92"/>`,
    `<circle cx="${round(x + BADGE / 2 + 1)}" cy="${round(y + BADGE / 2 + 1)}" r="${BADGE / 2 - 1}" fill="${colour}"/>`,
    `<text x="${round(x + BADGE / 2 + 1)}" y="${round(y + BADGE / 2 + 5)}" text-anchor="middle" font-size="11" font-weight="600" fill="#ffffff">${step}</text>`,
    `${texts.join('')}</g>`,
  ].join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** XML 1.0 has no place for controls, lone surrogates and the two non-characters. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');
