import { type Activity, activityKey, byTime } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import { does, type Kind, kindsThat } from '../core/activity/kinds.ts';
import { sourcesOf } from '../core/activity/links.ts';
import {
  fullNameOf,
  isSameResource,
  type ResourceType,
  uniqueResources,
} from '../core/activity/resources.ts';
import type { Assessment } from '../core/findings/finding.ts';
import type { SignalId } from '../core/policy/weights.ts';
import { edgeOrder, fold } from './graph-fold.ts';
import type { LineageEdge, LineageGraph, LineageNode, NodeType, Standing } from './lineage-graph.ts';

/** What resources go through rather than where their data goes. */
const EVENTS: ReadonlySet<Kind> = new Set(kindsThat('posture', 'unshare', 'pause', 'export', 'end'));

/** Types that the picture is about; the rest of what a call touches would hide them. */
const DRAWN: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'instance',
  'snapshot',
  'volume',
  'image',
  'launch-template',
]);

interface Draft extends LineageNode {
  readonly events: Activity[];
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly activity: Activity;
}

/**
 * The lineage of a finding as nodes and edges, so that text and pictures tell the same: where the data came from,
 * where it went, who got access and what was opened.
 *
 * @param members assessments of the finding, best evidence first
 * @param context activities of anybody that the members' data comes from, rests on or goes to
 */
export function lineageGraph(members: readonly Assessment[], context: readonly Activity[]): LineageGraph {
  const evidence = new Map(members.map((member) => [activityKey(member.activity), member]));
  const all = new Map(
    [...members.map(({ activity }) => activity), ...context].map((activity) => [
      activityKey(activity),
      activity,
    ]),
  );
  const done = [...all.values()].filter(({ outcome }) => outcome === 'succeeded').sort(byTime);
  const opened = new Set(
    done
      .flatMap(({ ingress, kind }) => (kind === 'ingress.open' ? (ingress ?? []) : []))
      .map(({ group }) => group),
  );

  const nodes = new Map<string, Draft>();
  const names = new Map(
    done.flatMap(({ links }) => links.flatMap(({ id, alias }) => (alias === undefined ? [] : [[alias, id]]))),
  );
  const see = (type: NodeType, called: string, over: Partial<Draft> = {}): string => {
    const id = names.get(called) ?? called;
    const key = isResource(type) ? id : `${type} ${id}`;
    const known = nodes.get(key);
    nodes.set(key, { key, type, id, alike: 0, events: [], ...known, ...over });
    return key;
  };

  const arrows: Arrow[] = [];
  for (const activity of done) {
    arrows.push(...arrowsOf(activity, see, opened));
    if (!EVENTS.has(activity.kind)) continue;
    for (const link of activity.links) {
      const { type } = link;
      if (DRAWN.has(type) && (activity.kind !== 'volume.detach' || type === 'volume')) {
        nodes.get(see(type, fullNameOf(link)))?.events.push(activity);
      }
    }
  }
  const edges = merged(arrows, evidence, standingIn(members));
  // what only something happened to, apart from all data, is no lineage
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const shown = [...nodes.values()].filter(
    ({ key, events }) => joined.has(key) || events.some((event) => evidence.has(activityKey(event))),
  );
  const rank = new Map(members.map(({ activity }, index) => [activityKey(activity), index]));
  return fold(shown, edges, (activity) => rank.get(activityKey(activity)) ?? Number.POSITIVE_INFINITY);
}

/** Tells whose an activity is, as seen from a finding. */
export function standingIn(members: readonly Assessment[]): (activity: Activity) => Standing {
  const own = new Set(members.map(({ activity }) => activityKey(activity)));
  const subjects = new Set(members.map(({ activity }) => subjectKey(activity.actor)));
  return (activity) =>
    own.has(activityKey(activity))
      ? 'finding'
      : subjects.has(subjectKey(activity.actor))
        ? 'subject'
        : 'other';
}

const isResource = (type: NodeType): boolean =>
  type !== 'account' && type !== 'organisation' && type !== 'everyone' && type !== 'network';

type See = (type: NodeType, id: string, over?: Partial<Draft>) => string;

function arrowsOf(activity: Activity, see: See, opened: ReadonlySet<string>): Arrow[] {
  const { kind, links, launch, account, region } = activity;
  const arrows: Arrow[] = [];
  const draw = (from: string, to: string): void => {
    arrows.push({ from, to, activity });
  };
  for (const link of links) {
    const { type, role, from } = link;
    if (!DRAWN.has(type) || role === 'used') continue;
    const sources = from ?? (kind === 'instance.launch' ? sourcesOf(activity) : []);
    if (sources.length === 0 && role !== 'made') continue;
    const to = see(type, fullNameOf(link), {
      account,
      region,
      ...(kind === 'instance.launch' && { launch: activity }),
    });
    for (const source of uniqueResources(sources))
      if (!isSameResource(source, link)) draw(see(source.type, fullNameOf(source)), to);
    for (const group of launch?.groups ?? []) if (opened.has(group)) draw(see('security-group', group), to);
  }
  if (kind === 'ingress.open') {
    for (const { group, source, fromGroup } of activity.ingress ?? []) {
      draw(
        see(fromGroup ? 'security-group' : 'network', source),
        see('security-group', group, { account, region }),
      );
    }
  }
  if (does(kind, 'admit') && activity.share !== undefined) {
    const { accounts, organisations, public: everyone } = activity.share;
    for (const link of links) {
      if (!DRAWN.has(link.type)) continue;
      const shared = see(link.type, fullNameOf(link), { account, region });
      if (everyone) draw(shared, see('everyone', 'everyone'));
      for (const each of accounts) draw(shared, see('account', each));
      for (const each of organisations) draw(shared, see('organisation', each));
    }
  }
  return arrows;
}

/** One edge for all that one subject did alike between two nodes. */
function merged(
  arrows: readonly Arrow[],
  evidence: ReadonlyMap<string, Assessment>,
  standing: (activity: Activity) => Standing,
): LineageEdge[] {
  const groups = Map.groupBy(arrows, ({ from, to, activity }) =>
    JSON.stringify([from, to, activity.action, subjectKey(activity.actor)]),
  );
  return [...groups.values()]
    .flatMap((group): LineageEdge[] => {
      const [first] = group;
      if (first === undefined) return [];
      const activities = [...new Set(group.map(({ activity }) => activity))].sort(byTime);
      const standings = activities
        .map((activity) => evidence.get(activityKey(activity)))
        .filter((member) => member !== undefined);
      const strongest = new Map<SignalId, number>();
      for (const { signal, strength } of standings.flatMap(({ evidence }) => evidence)) {
        strongest.set(signal, Math.max(strength, strongest.get(signal) ?? 0));
      }
      return [
        {
          from: first.from,
          to: first.to,
          activities,
          standing: standings.length > 0 ? 'finding' : standing(first.activity),
          signals: [...strongest]
            .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
            .map(([signal]) => signal),
        },
      ];
    })
    .sort(edgeOrder);
}
