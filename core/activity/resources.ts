export type ResourceType =
  | 'instance'
  | 'snapshot'
  | 'volume'
  | 'image'
  | 'security-group'
  | 'network-interface'
  | 'launch-template'
  | 'auto-scaling-group'
  | 'fleet'
  | 'stack'
  | 'node-group'
  | 'instance-profile'
  | 'key-pair'
  | 'address'
  | 'user'
  | 'role'
  | 'access-key';

/** Something that activities act on. */
export interface Resource {
  readonly type: ResourceType;
  readonly id: string;
  /** The one version of a launch template that is meant; absent where it is the template as a whole. */
  readonly version?: string;
  /** Account and Region within which the id is unique, where it is a name that somebody chose; absent where the cloud gave it. */
  readonly account?: string;
  readonly region?: string;
}

/** Names a resource among all. */
export const resourceKey = ({ type, id, version, account, region }: Resource): string => {
  const name = version === undefined ? id : `${id}:${version}`;
  return account === undefined ? `${type}/${name}` : `${type}/${account}/${region}/${name}`;
};

/** Type of the resource that a key (`resourceKey`) begins with. */
export const typeInKey = (key: string): string => key.slice(0, key.indexOf('/'));

/** An id in a sentence: one that is a path ends in the name that people know it by. */
export const shortId = (id: string): string =>
  /^(?:\/subscriptions|projects)\//.test(id) ? id.slice(id.lastIndexOf('/') + 1) : id;

/** How a resource is called in a sentence. */
export const nameOf = ({ id, version }: Resource): string =>
  version === undefined ? shortId(id) : `${shortId(id)}:${version}`;

/** The same in full: two things of one name are two. */
export const fullNameOf = ({ id, version }: Resource): string =>
  version === undefined ? id : `${id}:${version}`;

export const isSameResource = (a: Resource, b: Resource): boolean =>
  a.id === b.id &&
  a.type === b.type &&
  a.version === b.version &&
  a.account === b.account &&
  a.region === b.region;

export const includesResource = (resources: readonly Resource[], one: Resource): boolean =>
  resources.some((each) => isSameResource(each, one));

/** Lists up to here are looked through faster than a map of them is built. */
const FEW = 8;

/** The resources once each, in order of appearance. */
export function uniqueResources(resources: readonly Resource[]): readonly Resource[] {
  if (resources.length < 2) return resources;
  if (resources.length > FEW) {
    const found = new Map<string, Resource>();
    for (const each of resources) {
      const key = resourceKey(each);
      if (!found.has(key)) found.set(key, each);
    }
    return [...found.values()];
  }
  const found: Resource[] = [];
  for (const each of resources) if (!includesResource(found, each)) found.push(each);
  return found;
}

/** The resource that something names, without what else it says of it. */
export function plain({ type, id, version, account, region }: Resource): Resource {
  // nearly all are this, and there are several to a record
  if (version === undefined && account === undefined) return { type, id };
  return {
    type,
    id,
    ...(version !== undefined && { version }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  };
}

/** Resources of one type by their ids. */
export const resourcesOf = (type: ResourceType, ids: readonly string[]): Resource[] =>
  ids.map((id) => ({ type, id }));
