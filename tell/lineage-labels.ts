import { type Activity, activityKey } from '../core/activity/activity.ts';
import { typeName } from '../core/activity/instance-types.ts';
import { does } from '../core/activity/kinds.ts';
import { shortId } from '../core/activity/resources.ts';
import { isWorldOpen } from '../core/activity/world-open.ts';
import { ruleText } from '../core/lineage/exposure.ts';
import type { LineageEdge, LineageGraph, LineageNode, NodeType } from './lineage-graph.ts';
import { callOf } from './narrate.ts';
import { shown } from './shown.ts';

/** How a node or edge should strike the eye. */
export type Tone = 'plain' | 'source' | 'danger';

const WORDS: Readonly<Partial<Record<NodeType, string>>> = {
  'launch-template': 'template',
  'security-group': 'security group',
  network: 'addresses',
};

/** Longest line of a label: a picture whose boxes are wider cannot be taken in. */
const MAX_LINE = 44;
/** Events of one node told; the rest is counted. */
const MAX_EVENTS = 3;

/** Who did it, short: the person, else the last part of the role's or user's name. */
const shortWho = ({ actor }: Activity): string => shown(actor.person?.label ?? actor.label, 36);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `18 Sep 16:51:35Z`: the year stands in the title. */
function shortTime(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${time.slice(0, 8)}Z`;
}

/** What is written into a node, most telling line first. */
export function nodeLines(node: LineageNode, graph: LineageGraph): string[] {
  const { type, id, alike, launch, events } = node;
  const lines = [titleOf(type, id)];
  if (alike > 0) lines.push(`and ${alike} more like it`);
  if (several(graph) && node.account !== undefined)
    lines.push(shown(`${node.account} ${node.region ?? ''}`, MAX_LINE));
  const traits = launch === undefined ? [] : traitsOf(launch);
  if (traits.length > 0) lines.push(...packed(traits));
  for (const event of events.slice(-MAX_EVENTS)) {
    lines.push(
      shown(`${callOf(event)} ${shortTime(event.at)}`, MAX_LINE),
      shown(`by ${shortWho(event)}`, MAX_LINE),
    );
  }
  if (events.length > MAX_EVENTS) lines.push(`and ${events.length - MAX_EVENTS} earlier changes`);
  return lines;
}

/** What a node is, in one line. */
export const nodeTitle = ({ type, id, alike }: LineageNode): string =>
  `${titleOf(type, id)}${alike > 0 ? ` and ${alike} more like it` : ''}`;

function titleOf(type: NodeType, id: string): string {
  if (type === 'everyone') return 'EVERYONE (public)';
  if (type === 'network' && isWorldOpen({ group: '', protocol: '', source: id }))
    return `the internet (${shown(id, 24)})`;
  return `${WORDS[type] ?? type} ${shown(shortId(id), MAX_LINE - 12)}`;
}

/** Ways in which a launch opens an instance or shows a hand. */
function traitsOf({ launch }: Activity): string[] {
  if (launch === undefined) return [];
  return [
    ...launch.types.slice(0, 2).map((type) => shown(typeName(type), 24)),
    ...(launch.publicAddress ? ['public address'] : []),
    ...(launch.httpTokens === 'optional' ? ['IMDSv1'] : []),
    ...(launch.profile === undefined ? [] : [`profile ${shown(launch.profile, 30)}`]),
    ...(launch.keyName === undefined ? [] : [`key pair ${shown(launch.keyName, 24)}`]),
    ...(launch.userData ? ['user data'] : []),
  ];
}

/** Words put into as few lines as hold them. */
function packed(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= MAX_LINE - 8)
      lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines;
}

const several = ({ nodes }: LineageGraph): boolean =>
  new Set(nodes.flatMap(({ account, region }) => (account === undefined ? [] : [`${account} ${region}`])))
    .size > 1;

/** What is written beside an edge: the call, what it let in, who, when. */
export function edgeLines({ activities, to, from }: LineageEdge): string[] {
  const [first] = activities;
  const last = activities.at(-1);
  if (first === undefined || last === undefined) return [];
  const rule = first.ingress?.find(
    ({ group, source }) => group === to && source === from.replace(/^network /, ''),
  );
  return [
    `${callOf(first)}${activities.length > 1 ? ` (${activities.length} times)` : ''}`,
    ...(rule === undefined ? [] : [shown(ruleText(rule).replace(/ from .*/s, ''), 30)]),
    shortWho(first),
    activities.length > 1 ? `${shortTime(first.at)} to ${shortTime(last.at)}` : shortTime(first.at),
  ];
}

/** Edges with the number of their step; what one call brought about is one step. */
export function stepsOf({ edges }: LineageGraph): { edge: LineageEdge; step: number }[] {
  const steps = new Map<string, number>();
  return edges.map((edge) => {
    const key = edge.activities.map(activityKey).join(' ');
    const step = steps.get(key) ?? steps.size + 1;
    steps.set(key, step);
    return { edge, step };
  });
}

/** Whether it was terminated, deleted or deregistered, as far as records tell. */
export const isGone = ({ events }: LineageNode): boolean => events.some(({ kind }) => does(kind, 'end'));

/** Where the data was taken from, where it got to, and who was let in. */
export function toneOf(node: LineageNode, { edges }: LineageGraph): Tone {
  const { key, type, id } = node;
  if (type === 'everyone' || type === 'account' || type === 'organisation') return 'danger';
  if (type === 'network') return isWorldOpen({ group: '', protocol: '', source: id }) ? 'danger' : 'plain';
  const into = edges.filter(({ to }) => to === key);
  if (into.some(({ signals }) => signals.some((signal) => REACHED.has(signal)))) return 'danger';
  const copied = edges.some(
    ({ from, activities }) => from === key && activities.some(({ kind }) => does(kind, 'take')),
  );
  return into.length === 0 && copied ? 'source' : 'plain';
}

/** Signals by which copied data is known to have got there. */
const REACHED: ReadonlySet<string> = new Set([
  'copied-data-on-instance',
  'sensitive-data-on-instance',
  'copied-data-exposed',
]);
