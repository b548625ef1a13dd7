import type { LineageGraph, NodeType, Standing } from './lineage-graph.ts';
import { edgeLines, isGone, nodeLines, stepsOf, toneOf } from './lineage-labels.ts';

/** Brackets that give a node its shape; the text inside is quoted. */
const SHAPES: Readonly<Partial<Record<NodeType, readonly [string, string]>>> = {
  volume: ['[(', ')]'],
  snapshot: ['[/', '/]'],
  image: ['[[', ']]'],
  'launch-template': ['[[', ']]'],
  instance: ['[', ']'],
  'security-group': ['{{', '}}'],
  network: ['>', ']'],
  account: ['([', '])'],
  organisation: ['([', '])'],
  everyone: ['([', '])'],
};

const ARROWS: Readonly<Record<Standing, string>> = { finding: '==>', subject: '-->', other: '-.->' };

const STYLES = [
  'classDef plain fill:#ffffff,stroke:#57606a,color:#1f2328',
  'classDef source fill:#ddf4ff,stroke:#0969da,color:#1f2328,stroke-width:2px',
  'classDef danger fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px',
  'classDef gone stroke-dasharray:5 4',
];

/**
 * A lineage as Mermaid flowchart text, for a ticket or wiki that draws it.
 *
 * Names of nodes are counted, never taken from a record, and every character of a label that could mean something to
 * Mermaid, HTML or Markdown is written as its number, so that nothing in a record can break the diagram or add to it.
 */
export function mermaid(graph: LineageGraph, title: string): string {
  const names = new Map(graph.nodes.map(({ key }, index) => [key, `n${index}`]));
  const lines = [`%% ${inert(title, '_')}`, 'flowchart TB'];
  for (const node of graph.nodes) {
    const [open, close] = SHAPES[node.type] ?? ['[', ']'];
    lines.push(
      `  ${names.get(node.key)}${open}"${label(nodeLines(node, graph))}"${close}:::${toneOf(node, graph)}`,
    );
  }
  for (const { edge, step } of stepsOf(graph)) {
    const arrow = ARROWS[edge.standing];
    lines.push(
      `  ${names.get(edge.from)} ${arrow}|"${label([`Step ${step}: ${edgeLines(edge)[0]}`, ...edgeLines(edge).slice(1)])}"| ${names.get(edge.to)}`,
    );
  }
  // a second class cannot stand beside the first
  for (const node of graph.nodes) if (isGone(node)) lines.push(`  class ${names.get(node.key)} gone`);
  if (graph.nodes.length === 0)
    lines.push(
      '  n0["Nothing to draw: no record of this finding made, shared or opened a resource"]:::plain',
    );
  if (graph.omitted > 0) lines.push(`  more["${graph.omitted} more resources are not drawn"]:::plain`);
  return `${[...lines, ...STYLES.map((style) => `  ${style}`)].join('\n')}\n`;
}

const label = (lines: readonly string[]): string => lines.map((line) => escaped(line)).join('<br/>');

/** Letters, digits and a few marks as they are; all else as Mermaid's numeric entity. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/@-]/gu, (mark) => `#${mark.codePointAt(0)};`);
}

/** For a comment, where entities are not read and a directive such as `%%{init…}` would be. */
const inert = (text: string, instead: string): string => text.replace(/[^\p{L}\p{N} .,:/@-]/gu, instead);
