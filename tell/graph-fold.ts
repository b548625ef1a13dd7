import { type Activity, byTime } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import type { LineageEdge, LineageGraph, LineageNode } from './lineage-graph.ts';

/** Nodes that fit into a picture which can still be read. */
const MAX_NODES = 60;

/**
 * Makes a graph small enough to be read: what came about and went alike becomes one node, and what lies furthest from
 * the finding's best evidence is left out and counted.
 *
 * @param rank place of an activity among the members, infinite for context
 */
export function fold(
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
  rank: (activity: Activity) => number,
): LineageGraph {
  const few = foldAlike(nodes, edges);
  const touching = new Map<string, Activity[]>(few.nodes.map(({ key, events }) => [key, [...events]]));
  for (const { from, to, activities } of few.edges) {
    touching.get(from)?.push(...activities);
    touching.get(to)?.push(...activities);
  }
  const begins = new Map([...touching].map(([key, activities]) => [key, activities.sort(byTime)[0]]));
  const ordered = few.nodes.toSorted((a, b) => {
    const [first, second] = [begins.get(a.key), begins.get(b.key)];
    const tie = a.key < b.key ? -1 : 1;
    return first === undefined || second === undefined ? tie : byTime(first, second) || tie;
  });

  const best = new Map(
    [...touching].map(([key, activities]) => [
      key,
      activities.reduce((low, each) => Math.min(low, rank(each)), Number.POSITIVE_INFINITY),
    ]),
  );
  const nearest = nearestFirst(ordered, few.edges, (key) => best.get(key) ?? Number.POSITIVE_INFINITY);
  const kept = new Set(nearest.slice(0, MAX_NODES));
  return {
    nodes: ordered.filter(({ key }) => kept.has(key)),
    edges: few.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
    omitted: ordered.reduce((sum, { key, alike }) => sum + (kept.has(key) ? 0 : 1 + alike), 0),
  };
}

/** Oldest first; a tie in time has still one answer. */
export function edgeOrder(a: LineageEdge, b: LineageEdge): number {
  const [first, second] = [a.activities[0], b.activities[0]];
  const tie = `${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1;
  return first === undefined || second === undefined ? tie : byTime(first, second) || tie;
}

/** Joins ends of the lineage to which the same subjects did the same: instances of one fleet, say. */
function foldAlike(
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
): { nodes: LineageNode[]; edges: LineageEdge[] } {
  const sources = new Set(edges.map(({ from }) => from));
  const incoming = Map.groupBy(edges, ({ to }) => to);
  const did = ({ action, actor }: Activity): string => `${action} ${subjectKey(actor)}`;
  const likeness = ({ key, type, account, region, events }: LineageNode): string =>
    sources.has(key)
      ? key
      : JSON.stringify([
          type,
          account,
          region,
          (incoming.get(key) ?? [])
            .map(({ from, activities, standing }) => [from, standing, activities.slice(0, 1).map(did)])
            .sort(),
          [...new Set(events.map(did))].sort(),
        ]);

  const into = new Map<string, string>();
  const folded: LineageNode[] = [];
  for (const group of Map.groupBy(nodes, likeness).values()) {
    const [first, ...rest] = group;
    if (first === undefined || rest.length === 0) {
      folded.push(...group);
      continue;
    }
    for (const { key } of rest) into.set(key, first.key);
    const events = new Set(group.flatMap((each) => each.events));
    folded.push({ ...first, alike: rest.length, events: [...events].sort(byTime) });
  }
  const moved = edges.map((edge) => ({ ...edge, to: into.get(edge.to) ?? edge.to }));
  const joined = [
    ...Map.groupBy(moved, ({ from, to, activities }) =>
      JSON.stringify([from, to, activities.slice(0, 1).map(did)]),
    ).values(),
  ];
  return { nodes: folded, edges: joined.flatMap(join).sort(edgeOrder) };
}

function join(group: readonly LineageEdge[]): LineageEdge[] {
  const [first] = group;
  if (first === undefined) return [];
  return [
    {
      ...first,
      activities: [...new Set(group.flatMap(({ activities }) => activities))].sort(byTime),
      standing: group.some(({ standing }) => standing === 'finding') ? 'finding' : first.standing,
      signals: [...new Set(group.flatMap(({ signals }) => signals))],
    },
  ];
}

/** Keys of nodes, starting from the one with the best evidence and going along the edges before starting anew. */
function nearestFirst(
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
  rank: (key: string) => number,
): string[] {
  const beside = new Map<string, string[]>(nodes.map(({ key }) => [key, []]));
  for (const { from, to } of edges) {
    beside.get(from)?.push(to);
    beside.get(to)?.push(from);
  }
  const found = new Set<string>();
  for (const start of nodes
    .map(({ key }) => key)
    .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))) {
    if (found.has(start)) continue;
    found.add(start);
    const queue = [start];
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
      for (const next of beside.get(key) ?? []) {
        if (found.has(next)) continue;
        found.add(next);
        queue.push(next);
      }
    }
  }
  return [...found];
}
