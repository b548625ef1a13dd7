import type { IngressRule, Launch, Link, Outcome, Posture, Share } from '../../activity/activity.ts';
import type { Kind } from '../../activity/kinds.ts';
import type { ResourceType } from '../../activity/resources.ts';
import { type Resource, resourcesOf, uniqueResources } from '../../activity/resources.ts';
import { distinct, type Obj } from './read.ts';

/** What a reader sees of one record. */
export interface Call {
  readonly record: Obj;
  /** Request parameters, out of their `…Request` wrapper. */
  readonly request: Obj;
  /** Response elements, out of their `…Response` wrapper; empty when the call failed or they were left out. */
  readonly response: Obj;
  readonly outcome: Outcome;
  /** Made by an AWS service (source address is a service name): then its tags and tokens are not the caller's. */
  readonly byService: boolean;
  /** ARNs of Launchtrail's own keys, which have no name that would tell them. */
  readonly ownKeys: readonly string[];
}

/** What a call did or tried, as far as its kind needs it. */
export interface Effect {
  readonly links: readonly Link[];
  /** Where one event name has several kinds (add or remove a permission). */
  readonly kind?: Kind;
  /** Where the response names an error of its own although the call as such succeeded. */
  readonly error?: string;
  readonly launch?: Launch;
  readonly posture?: Posture;
  readonly plan?: Launch;
  readonly share?: Share;
  readonly ingress?: readonly IngressRule[];
  readonly detail?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Reads one event name's records; undefined when the call changes nothing that matters. */
export type Reader = (call: Call) => Effect | undefined;

/** Links per type and role kept of one call; the most instances one RunInstances of an attack was seen to start. */
export const MAX_LINKS = 50;

/** Links of one type and role, without repetition. */
export function links(
  type: ResourceType,
  role: Link['role'],
  ids: Iterable<string | undefined>,
  from: readonly Resource[] = [],
): Link[] {
  const sources = uniqueResources(from);
  return distinct(ids, MAX_LINKS).map((id) =>
    sources.length === 0 ? { type, id, role } : { type, id, role, from: sources },
  );
}

/** Resources of one type, without repetition. */
export const named = (type: ResourceType, ...ids: readonly (string | undefined)[]): Resource[] =>
  resourcesOf(type, distinct(ids));

/** An effect with only the parts that exist. */
export function effect(list: readonly (readonly Link[])[], detail?: string): Effect {
  const all = list.flat();
  return detail === undefined || detail === '' ? { links: all } : { links: all, detail };
}
