import type { Launch, Link } from '../../activity/activity.ts';
import type { Resource, ResourceType } from '../../activity/resources.ts';

/** Resources that go by the name that somebody gave them. */
const NAMED: ReadonlySet<ResourceType> = new Set(['auto-scaling-group', 'stack', 'node-group']);
/** Resources that may go by a name, and how the ids begin that EC2 gives. */
const PREFIXES: Partial<Record<ResourceType, string>> = { instance: 'i-', 'launch-template': 'lt-' };

/** How the ids of compute environments of AWS Batch begin among fleets: somebody named them. */
export const BATCH = 'batch/';

interface Place {
  readonly account: string;
  readonly region: string;
}

function isNamed({ type, id }: Resource): boolean {
  const prefix = PREFIXES[type];
  return NAMED.has(type) || id.startsWith(BATCH) || (prefix !== undefined && !id.startsWith(prefix));
}

/** A resource with the place in which its name is unique, where it goes by one. */
const inPlace = <T extends Resource>(resource: T, { account, region }: Place): T =>
  isNamed(resource) ? { ...resource, account, region } : resource;

/** Links whose names say where they are unique; most records have none, and keep their list. */
export const linksInPlace = (links: readonly Link[], place: Place): readonly Link[] =>
  links.some((link) => isNamed(link) || link.from?.some(isNamed))
    ? links.map(({ from, ...link }) => ({
        ...inPlace(link, place),
        ...(from && { from: from.map((source) => inPlace(source, place)) }),
      }))
    : links;

/** The same of the template that is launched from. */
export const launchInPlace = (launch: Launch, place: Place): Launch =>
  launch.template !== undefined && isNamed(launch.template)
    ? { ...launch, template: inPlace(launch.template, place) }
    : launch;
