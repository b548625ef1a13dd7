import type { Activity, Link } from './activity.ts';
import { isSameResource, plain, type Resource, uniqueResources } from './resources.ts';

/** Types of resources that hold a disk's data, or stand for what is launched from one. */
export const CARRIERS: ReadonlySet<Link['type']> = new Set<Link['type']>([
  'instance',
  'snapshot',
  'volume',
  'image',
  'launch-template',
]);

/** Resources whose data a link carries on. */
export function sourcesOf(activity: Activity): readonly Resource[] {
  const sources: Resource[] = [];
  for (const { role, from } of activity.links) {
    if (role !== 'used' && from !== undefined) for (const source of from) sources.push(source);
  }
  for (const source of launchedFrom(activity)) sources.push(source);
  return uniqueResources(sources);
}

/** What a launch is made from: images, snapshots and the launch template, by its version where the record has a number. */
export function launchedFrom({ launch }: Activity): Resource[] {
  if (launch === undefined) return [];
  const from: Resource[] = [];
  for (const id of launch.images) from.push({ type: 'image', id });
  for (const id of launch.snapshots) from.push({ type: 'snapshot', id });
  const { template } = launch;
  // its changes are kept under the id that the cloud gave it: a name leads nowhere
  if (template !== undefined && template.account === undefined) {
    from.push(/^\d+$/.test(template.version ?? '') ? template : wholeOf(template));
  }
  return from;
}

/** A launch template whatever the version. */
export const wholeOf = ({ version: _, ...template }: Resource): Resource => template;

/** What the resources that an activity made or changed are called beside their ids. */
export const aliasesIn = ({ links }: Pick<Activity, 'links'>): readonly Resource[] =>
  links.flatMap(({ type, alias }) => (alias === undefined ? [] : [{ type, id: alias }]));

/** Whether a link is to a resource, by either of its ids. */
export const isTo = (link: Link, resource: Resource): boolean =>
  isSameResource(link, resource) || (link.alias === resource.id && link.type === resource.type);

/** Resources that an activity made or changed. */
export function targetsOf({ links }: Pick<Activity, 'links'>): readonly Resource[] {
  const targets: Resource[] = [];
  for (const link of links) if (link.role !== 'used' && CARRIERS.has(link.type)) targets.push(plain(link));
  return uniqueResources(targets);
}
