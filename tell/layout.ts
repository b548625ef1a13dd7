import { Graph, layout } from '@dagrejs/dagre';
import type { Drawing } from './drawing.ts';

/** Sizes in px. */
export const LINE = 17;
export const PAD = 12;
/** The circle with the number of a step. */
export const BADGE = 22;
/** Height of half a cylinder's end. */
export const CAP = 7;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing with a place for everything, px. */
export interface Placed {
  readonly nodes: readonly (Drawing['nodes'][number] & { readonly box: Box })[];
  readonly edges: readonly (Drawing['edges'][number] & {
    readonly points: readonly Point[];
    readonly box: Box;
  })[];
  readonly width: number;
  readonly height: number;
}

/** Layers from where data comes from down to where it goes; room for every label is part of the layout. */
export function place({ nodes, edges }: Drawing): Placed {
  const drawing = new Graph<
    { rankdir: 'TB'; nodesep: number; edgesep: number; ranksep: number; width?: number; height?: number },
    { width: number; height: number; x?: number; y?: number },
    {
      width: number;
      height: number;
      labelpos: 'r';
      x?: number;
      y?: number;
      points?: { x: number; y: number }[];
    }
  >({ multigraph: true });
  drawing.setGraph({ rankdir: 'TB', nodesep: 44, edgesep: 20, ranksep: 56 });
  for (const [index, { lines, width, type }] of nodes.entries())
    drawing.setNode(`n${index}`, {
      width: width + 2 * PAD + 16,
      height: lines.length * LINE + 2 * PAD + (type === 'volume' ? 2 * CAP : 0),
    });
  for (const [index, { from, to, lines, width }] of edges.entries())
    drawing.setEdge(
      `n${from}`,
      `n${to}`,
      { width: width + BADGE + 14, height: lines.length * LINE + 8, labelpos: 'r' },
      `e${index}`,
    );
  if (nodes.length > 0) layout(drawing);
  const { width = 0, height = LINE * 2 } = drawing.graph();
  return {
    width,
    height,
    nodes: nodes.map((node, index) => ({ ...node, box: boxOf(drawing.node(`n${index}`)) })),
    edges: edges.map((edge, index) => {
      const laid = drawing.edge(`n${edge.from}`, `n${edge.to}`, `e${index}`);
      return { ...edge, points: laid.points ?? [], box: boxOf(laid) };
    }),
  };
}

const boxOf = ({
  x = 0,
  y = 0,
  width,
  height,
}: {
  x?: number;
  y?: number;
  width: number;
  height: number;
}): Box => ({
  x: x - width / 2,
  y: y - height / 2,
  width,
  height,
});

const CORNER = 14;

/** A line with round corners that goes straight down beside its label, as the `d` of a path; empty without points. */
export function pathOf(points: readonly Point[], label: Box): string {
  const middle = label.y + label.height / 2;
  const way = points.flatMap((point) =>
    Math.abs(point.y - middle) < 1
      ? [
          { x: point.x, y: label.y },
          { x: point.x, y: label.y + label.height },
        ]
      : [point],
  );
  const [first] = way;
  if (first === undefined) return '';
  const parts = way.slice(1).map((point, index) => {
    const before = way[index] ?? point;
    const after = way[index + 2];
    if (after === undefined) return `L${at(point)}`;
    return `L${at(towards(point, before))}Q${at(point)} ${at(towards(point, after))}`;
  });
  return `M${at(first)}${parts.join('')}`;
}

/** Tenths of a pixel are enough. */
export const round = (value: number): number => Math.round(value * 10) / 10;

const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;

/** A corner's length from one point towards another, or half the way where that is shorter. */
function towards(from: Point, to: Point): Point {
  const far = Math.hypot(to.x - from.x, to.y - from.y);
  const share = far === 0 ? 0 : Math.min(0.5, CORNER / far);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
