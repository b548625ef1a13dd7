import { Graph, layout } from '@dagrejs/dagre';
import stringWidth from 'string-width';
import type { LineageEdge, LineageGraph, LineageNode } from '../../tell/lineage-graph.ts';
import { edgeLines, nodeLines, stepsOf, type Tone, toneOf } from '../../tell/lineage-labels.ts';

/** Sizes in px. A cell is as wide as a letter of a 13 px font is at most on average, so that text fits whatever the font. */
export const CELL = 7.4;
const BOLD_CELL = 8.4;
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

/** A graph with a place for everything, px. */
interface Placed {
  readonly nodes: readonly { node: LineageNode; lines: string[]; tone: Tone; box: Box }[];
  readonly edges: readonly {
    edge: LineageEdge;
    lines: string[];
    step: number;
    points: readonly Point[];
    box: Box;
  }[];
  readonly width: number;
  readonly height: number;
}

/** The first line is bold. */
const widthOf = (lines: readonly string[]): number =>
  Math.max(32, ...lines.map((line, index) => stringWidth(line) * (index === 0 ? BOLD_CELL : CELL)));

/** Layers from where data comes from down to where it goes; room for every label is part of the layout. */
export function place(graph: LineageGraph): Placed {
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
  const names = new Map(graph.nodes.map(({ key }, index) => [key, `n${index}`]));
  const nodes = graph.nodes.map((node) => {
    const lines = nodeLines(node, graph);
    const size = {
      width: widthOf(lines) + 2 * PAD + 16,
      height: lines.length * LINE + 2 * PAD + (node.type === 'volume' ? 2 * CAP : 0),
    };
    drawing.setNode(names.get(node.key) ?? '', size);
    return { node, lines, tone: toneOf(node, graph) };
  });
  const edges = stepsOf(graph).map(({ edge, step }, index) => {
    const lines = edgeLines(edge);
    drawing.setEdge(
      names.get(edge.from) ?? '',
      names.get(edge.to) ?? '',
      { width: widthOf(lines) + BADGE + 14, height: lines.length * LINE + 8, labelpos: 'r' },
      `e${index}`,
    );
    return { edge, lines, step };
  });
  if (nodes.length > 0) layout(drawing);
  const { width = 0, height = LINE * 2 } = drawing.graph();
  return {
    width,
    height,
    nodes: nodes.map((each) => ({ ...each, box: boxOf(drawing.node(names.get(each.node.key) ?? '')) })),
    edges: edges.map((each, index) => {
      const laid = drawing.edge(names.get(each.edge.from) ?? '', names.get(each.edge.to) ?? '', `e${index}`);
      return { ...each, points: laid.points ?? [], box: boxOf(laid) };
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
