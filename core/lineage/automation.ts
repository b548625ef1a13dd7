import type { Activity } from '../activity/activity.ts';
import { plain, type Resource, type ResourceType, uniqueResources } from '../activity/resources.ts';

/**
 * What launches by itself once someone has set it up; first what people set up: a node group launches through a group of
 * its own making, and the group of a stack may be changed like any other.
 */
const AUTOMATIONS: readonly ResourceType[] = ['node-group', 'auto-scaling-group', 'fleet', 'stack'];

const AUTOMATION: ReadonlySet<string> = new Set(AUTOMATIONS);

/**
 * The automations that an activity set up or changed. A fleet that answers with its instances (`instant`) has nothing left to
 * launch.
 */
export function automationsOf(activity: Activity): readonly Resource[] {
  const { kind, actor, links } = activity;
  if (actor.class === 'service' || (kind !== 'fleet.change' && kind !== 'instance.launch')) return [];
  const made = links.filter(({ role }) => role !== 'used');
  if (kind === 'instance.launch' && made.some(({ type }) => type === 'instance')) return [];
  return uniqueResources(made.filter(({ type }) => AUTOMATION.has(type)).map(plain));
}

/** Whether a service decided on a launch: in its own name, or with a role that a stack was given. */
export const isByService = ({ kind, actor, origin, links }: Activity): boolean =>
  kind === 'instance.launch' &&
  (actor.class === 'service' ||
    (actor.person === undefined &&
      actor.invokedBy !== undefined &&
      actor.invokedBy === origin.service &&
      links.some(({ type }) => type === 'stack')));

/** The one automation behind a launch that a service made; undefined where the record names none. */
export function automationBehind(activity: Activity): Resource | undefined {
  if (!isByService(activity)) return undefined;
  for (const each of AUTOMATIONS) {
    const behind = activity.links.find(({ type, role }) => type === each && role === 'used');
    if (behind !== undefined) return plain(behind);
  }
  return undefined;
}
