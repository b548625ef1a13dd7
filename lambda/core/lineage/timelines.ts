import type { Activity, Kind, Link } from '../activity.ts';
import { subjectKey } from '../actor.ts';

/** Pseudo account under which resource timelines are kept: resource ids are unique by themselves. */
export const RESOURCES = '~';

/** Timeline of what used a resource as a source, apart from what made or changed it: popular images have thousands. */
export const usesOf = (resource: string): string => `${resource}>`;

/** Instances of one call that get timelines of their own; the rest of a big call behaves like the first. */
const MAX_INSTANCES = 10;
const MAX_GROUPS = 5;

/** Kinds that bring data into a resource, open one or clear one away. */
const KEPT: ReadonlySet<Kind> = new Set<Kind>([
  'instance.launch',
  'instance.replace-root',
  'instance.modify',
  'instance.terminate',
  'snapshot.create',
  'snapshot.copy',
  'snapshot.share',
  'snapshot.unshare',
  'snapshot.use',
  'snapshot.delete',
  'volume.create',
  'volume.copy',
  'volume.attach',
  'volume.delete',
  'image.create',
  'image.copy',
  'image.share',
  'image.delete',
  'template.change',
  'ingress.open',
  'profile.attach',
  'address.associate',
  'metadata.change',
]);

const CARRIERS: ReadonlySet<Link['type']> = new Set<Link['type']>([
  'instance',
  'snapshot',
  'volume',
  'image',
  'launch-template',
]);

/**
 * Keys of the resource timelines in which an activity is kept beside its subject's.
 *
 * A service's launches and terminations are kept only where their data comes from: nobody asks how open an Auto Scaling
 * instance is, and they are most of all records.
 */
export function timelinesOf(activity: Activity): string[] {
  const { kind, outcome, actor, launch, links } = activity;
  if (outcome !== 'succeeded' || !KEPT.has(kind)) return [];
  const byService = actor.class === 'service';
  if (byService && kind === 'instance.terminate') return [];
  if (kind === 'volume.create' && !links.some(({ from }) => from !== undefined && from.length > 0)) return [];

  const keys = new Set<string>();
  let instances = 0;
  for (const link of links) {
    if (link.type === 'security-group' && kind === 'ingress.open') keys.add(link.id);
    if (!CARRIERS.has(link.type)) continue;
    for (const source of link.from ?? []) keys.add(timelineOfUse(source));
    if (link.type === 'instance') {
      if (kind === 'instance.launch' && (byService || instances >= MAX_INSTANCES)) continue;
      instances += 1;
    }
    keys.add(link.role === 'used' ? timelineOfUse(link.id) : link.id);
  }
  if (launch !== undefined) {
    for (const source of [...launch.images, ...launch.snapshots]) keys.add(usesOf(source));
    if (!byService) for (const group of launch.groups.slice(0, MAX_GROUPS)) keys.add(usesOf(group));
  }
  return [...keys];
}

/** An instance has few activities, so what uses it (an image made of it) stands in its one timeline. */
const timelineOfUse = (resource: string): string => (resource.startsWith('i-') ? resource : usesOf(resource));

/** Resources whose data a link carries on. */
export const sourcesOf = (activity: Activity): string[] => [
  ...new Set([
    ...activity.links.filter(({ role }) => role !== 'used').flatMap(({ from }) => from ?? []),
    ...(activity.launch?.images ?? []),
    ...(activity.launch?.snapshots ?? []),
  ]),
];

/** Resources that an activity made or changed. */
export const targetsOf = ({ links }: Activity): string[] => [
  ...new Set(links.filter(({ type, role }) => CARRIERS.has(type) && role !== 'used').map(({ id }) => id)),
];

/** Every timeline an activity is stored in: its subject's, and those of the resources it touched. */
export const entriesOf = (
  activity: Activity,
): { readonly account: string; readonly subject: string; readonly activity: Activity }[] => [
  { account: activity.account, subject: subjectKey(activity.actor), activity },
  ...timelinesOf(activity).map((key) => ({ account: RESOURCES, subject: key, activity })),
];
