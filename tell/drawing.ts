import stringWidth from 'string-width';
import { BOLD_CELL, CELL } from './cells.ts';
import type { LineageEdge, LineageGraph, NodeType } from './lineage-graph.ts';
import { edgeLines, isGone, nodeLines, stepsOf, type Tone, toneOf } from './lineage-labels.ts';

/** How much an edge should strike the eye: it speaks against the subject, is by the same subject, or by others. */
export type EdgeTone = 'strong' | 'calm' | 'faint';

/** A lineage as it is drawn: labels and their widths in px, without the records behind. Every text is cleaned. */
export interface Drawing {
  readonly nodes: readonly {
    readonly type: NodeType;
    readonly lines: readonly string[];
    readonly width: number;
    readonly tone: Tone;
    readonly gone: boolean;
    readonly alike: number;
  }[];
  /** From and to by the places of the nodes. */
  readonly edges: readonly {
    readonly from: number;
    readonly to: number;
    readonly lines: readonly string[];
    readonly width: number;
    readonly tone: EdgeTone;
    readonly step: number;
  }[];
}

/** Writes the labels of a lineage and measures them, so that it can be laid out where there is no font to ask. */
export function drawingOf(graph: LineageGraph): Drawing {
  const places = new Map(graph.nodes.map(({ key }, index) => [key, index]));
  return {
    nodes: graph.nodes.map((node) => {
      const lines = nodeLines(node, graph);
      return {
        type: node.type,
        lines,
        width: widthOf(lines),
        tone: toneOf(node, graph),
        gone: isGone(node),
        alike: node.alike,
      };
    }),
    edges: stepsOf(graph).map(({ edge, step }) => {
      const lines = edgeLines(edge);
      return {
        from: places.get(edge.from) ?? 0,
        to: places.get(edge.to) ?? 0,
        lines,
        width: widthOf(lines),
        tone: edgeTone(edge),
        step,
      };
    }),
  };
}

/** The first line is bold. */
const widthOf = (lines: readonly string[]): number =>
  Math.round(
    Math.max(32, ...lines.map((line, index) => stringWidth(line) * (index === 0 ? BOLD_CELL : CELL))) * 10,
  ) / 10;

const edgeTone = ({ standing, signals }: LineageEdge): EdgeTone =>
  signals.length > 0 ? 'strong' : standing === 'other' ? 'faint' : 'calm';
