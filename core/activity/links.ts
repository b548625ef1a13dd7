import type { Activity, Link } from './activity.ts';
import { unique } from './unique.ts';

/** Types of resources that hold a disk's data, or stand for what is launched from one. */
export const CARRIERS: ReadonlySet<Link['type']> = new Set<Link['type']>([
  'instance',
  'snapshot',
  'volume',
  'image',
  'launch-template',
]);

/** Resources whose data a link carries on. */
export function sourcesOf(activity: Activity): readonly string[] {
  const sources: string[] = [];
  for (const { role, from } of activity.links) {
    if (role !== 'used' && from !== undefined) for (const source of from) sources.push(source);
  }
  for (const source of launchedFrom(activity)) sources.push(source);
  return unique(sources);
}

/** What a launch is made from: images, snapshots and the launch template, by its version where the record has a number. */
export function launchedFrom({ launch }: Activity): string[] {
  if (launch === undefined) return [];
  const from = [...launch.images, ...launch.snapshots];
  // a template's name is unique only within an account and Region
  if (launch.template?.startsWith('lt-')) {
    const [template = '', version = ''] = launch.template.split(':');
    from.push(/^\d+$/.test(version) ? `${template}:${version}` : template);
  }
  return from;
}

/** Resources that an activity made or changed. */
export function targetsOf({ links }: Pick<Activity, 'links'>): readonly string[] {
  const targets: string[] = [];
  for (const { type, role, id } of links) if (role !== 'used' && CARRIERS.has(type)) targets.push(id);
  return unique(targets);
}
