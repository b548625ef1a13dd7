import type { IngressRule, Launch, Link } from '../../activity/activity.ts';
import type { Resource, ResourceType } from '../../activity/resources.ts';
import { type Effect, effect, links, named } from '../cloudtrail/call.ts';
import { at, count, distinct, flag, get, isObj, items, type Obj, text, textOf } from '../cloudtrail/read.ts';
import { behind } from './automations.ts';
import { type GoogleCall, type GoogleReader, ref, typeOf } from './call.ts';

export const changed =
  (type: ResourceType, detail?: string): GoogleReader =>
  ({ id }) =>
    effect([links(type, 'changed', [id])], detail);

export const guard =
  (what: string): GoogleReader =>
  ({ id }) => ({ links: [], detail: `${what} ${id.split('/').at(-1) ?? ''}`.trim() });

/** Labels as a list of pairs, or an object. */
const labelKeys = (labels: unknown): string[] =>
  distinct(
    Array.isArray(labels)
      ? labels.map((each) => textOf(each, 'key'))
      : isObj(labels)
        ? Object.keys(labels)
        : [],
  );

/** An image of a family by the family's name: what it resolved to stands in the metadata of newer entries only. */
function imagesOf(disks: readonly unknown[], { metadata, project }: GoogleCall): string[] {
  const resolved = items(at(metadata, 'usedResources', 'attachedDisks'))
    .filter((each) => get(each, 'isBootDisk') === true)
    .map((each) => ref(get(each, 'sourceImage'), project));
  const asked = disks.map((each) => ref(at(each, 'initializeParams', 'sourceImage'), project));
  return distinct(resolved.some((each) => each !== undefined) ? resolved : asked);
}

/** Networks, tags and service accounts by which the rules of a firewall reach a machine: they take the place of groups. */
function groupsOf(properties: Obj, project: string): string[] {
  const networks = items(properties.networkInterfaces).map((each) => {
    const network = ref(get(each, 'network'), project);
    const subnetwork = ref(get(each, 'subnetwork'), project);
    // an automatic network calls its subnetworks like itself
    return (
      network ?? (subnetwork === undefined ? undefined : networkNamed(subnetwork.split('/').at(-1), project))
    );
  });
  const tags = items(at(properties, 'tags', 'items') ?? at(properties, 'tags', 'tags')).map((tag) =>
    tagNamed(text(tag), project),
  );
  const accounts = items(properties.serviceAccounts).map((each) =>
    accountNamed(textOf(each, 'email'), project),
  );
  return distinct([...networks, ...tags, ...accounts], 20);
}

const networkNamed = (name: string | undefined, project: string): string | undefined =>
  name === undefined ? undefined : `projects/${project}/global/networks/${name}`;
const tagNamed = (tag: string | undefined, project: string): string | undefined =>
  tag === undefined ? undefined : `projects/${project}/tags/${tag}`;
const accountNamed = (email: string | undefined, project: string): string | undefined =>
  email === undefined ? undefined : `projects/${project}/serviceAccounts/${email}`;

/** What a request or a template says of a machine. */
function specOf(properties: Obj, call: GoogleCall): { launch: Omit<Launch, 'count'>; sources: Resource[] } {
  const { project } = call;
  const disks = items(properties.disks);
  const images = distinct([
    ...imagesOf(disks, call),
    ref(get(call.request, 'sourceMachineImage') ?? properties.sourceMachineImage, project),
  ]);
  const snapshots = distinct(
    disks.map((each) => ref(at(each, 'initializeParams', 'sourceSnapshot'), project)),
  );
  const volumes = distinct(disks.map((each) => ref(get(each, 'source'), project)));
  const accelerators = items(properties.guestAccelerators).map((each) =>
    typeOf(get(each, 'acceleratorType')),
  );
  const account = items(properties.serviceAccounts).map((each) => textOf(each, 'email'))[0];
  const isPublic = items(properties.networkInterfaces).some(
    (each) => items(get(each, 'accessConfigs')).length + items(get(each, 'ipv6AccessConfigs')).length > 0,
  );
  const template = ref(get(call.request, 'sourceInstanceTemplate'), project);
  return {
    launch: {
      types: distinct([typeOf(properties.machineType), ...accelerators]),
      images,
      snapshots,
      groups: groupsOf(properties, project),
      tagKeys: labelKeys(properties.labels),
      ...(account !== undefined && { profile: account }),
      ...(isPublic && { publicAddress: true }),
      ...(template !== undefined && { template: { type: 'launch-template', id: template } }),
    },
    sources: [
      ...named('image', ...images),
      ...named('snapshot', ...snapshots),
      ...named('volume', ...volumes),
    ],
  };
}

const usedBy = (sources: readonly Resource[]): Link[] =>
  sources.map(({ type, id }): Link => ({ type, id, role: 'used' }));

export const instanceInserted: GoogleReader = (call) => {
  const { launch, sources } = specOf(call.request, call);
  return {
    links: [...links('instance', 'made', [call.id], sources), ...usedBy(sources), ...behind(call)],
    launch: { count: 1, ...launch },
  };
};

/** Several machines at once: the call tells how many, and each machine has an entry of its own, which adds none. */
export const bulkInserted: GoogleReader = (call) => {
  if (/\/instances\/[^/]+$/.test(call.id)) return undefined;
  const properties = isObj(call.request.instanceProperties) ? call.request.instanceProperties : {};
  const { launch, sources } = specOf(properties, call);
  const asked = count(call.request.count);
  const names = isObj(call.request.perInstanceProperties)
    ? Object.keys(call.request.perInstanceProperties)
    : [];
  return {
    links: [...usedBy(sources), ...behind({ ...call, request: properties })],
    launch: { count: asked ?? Math.max(names.length, 1), ...launch },
  };
};

export const diskInserted: GoogleReader = ({ id, request, project }) => {
  const snapshot = ref(request.sourceSnapshot ?? request.sourceInstantSnapshot, project);
  const disk = ref(request.sourceDisk, project);
  const image = ref(request.sourceImage, project);
  const sources = [...named('snapshot', snapshot), ...named('volume', disk), ...named('image', image)];
  return {
    links: [...links('volume', 'made', [id], sources), ...usedBy(sources)],
    ...(disk !== undefined && { kind: 'volume.copy' }),
  };
};

/** The entry names the disk; the snapshot's name is in the request, and unknown in the entry that ends it. */
export const snapshotOfDisk: GoogleReader = ({ id, request, project }) => {
  const name = text(request.name);
  return effect([
    links('snapshot', 'made', [name && `projects/${project}/global/snapshots/${name}`], named('volume', id)),
    links('volume', 'used', [id]),
  ]);
};

/** An outsider's snapshot of a disk that was shared with it names our disk, and no address. */
export const snapshotInserted: GoogleReader = (call) => {
  const { id, request, project } = call;
  const outside =
    /\/disks\//.test(id) || JSON.stringify(call.metadata).includes('CrossEntityControlAuditMetadata');
  const instant = ref(request.sourceInstantSnapshot, project);
  const disk = ref(request.sourceDisk, project) ?? (/\/disks\//.test(id) ? id : undefined);
  if (outside)
    return {
      kind: 'snapshot.use',
      links: links('volume', 'used', [disk]),
      share: { accounts: [], organisations: [], public: false },
    };
  const source = instant === undefined ? named('volume', disk) : named('snapshot', instant);
  return {
    ...effect([links('snapshot', 'made', [id], source), usedBy(source)]),
    ...(instant !== undefined && { kind: 'snapshot.copy' }),
  };
};

/** A disk elsewhere is kept like this one. */
export const diskReplicated: GoogleReader = ({ id, request, project }) => {
  const other = ref(request.asyncSecondaryDisk, project);
  return other === undefined
    ? undefined
    : effect([links('volume', 'changed', [other], named('volume', id)), links('volume', 'used', [id])]);
};

export const imageInserted: GoogleReader = ({ id, request, project }) => {
  const image = ref(request.sourceImage, project);
  const sources = [
    ...named('volume', ref(request.sourceDisk, project)),
    ...named('snapshot', ref(request.sourceSnapshot, project)),
    ...named('image', image),
  ];
  const raw = text(at(request, 'rawDisk', 'source'), 512);
  return {
    ...effect([links('image', 'made', [id], sources), usedBy(sources)], raw && `imported from ${raw}`),
    ...(image !== undefined && { kind: 'image.copy' }),
  };
};

export const machineImageInserted: GoogleReader = ({ id, request, project }) => {
  const source = ref(request.sourceInstance, project);
  return effect([
    links('image', 'made', [id], named('instance', source)),
    links('instance', 'used', [source]),
  ]);
};

export const diskAttached: GoogleReader = ({ id, request, project }) => {
  const disk = ref(request.source, project);
  return effect([links('instance', 'changed', [id], named('volume', disk)), links('volume', 'used', [disk])]);
};

export const diskDetached: GoogleReader = ({ id }) => effect([links('instance', 'changed', [id])]);

export const serviceAccountSet: GoogleReader = ({ id, request }) =>
  effect([links('instance', 'changed', [id]), links('instance-profile', 'used', [text(request.email)])]);

export const protectionSet: GoogleReader = ({ id, request }) => ({
  links: links('instance', 'changed', [id]),
  ...(flag(request.deletionProtection) && { posture: { protected: true } }),
});

/** Rules reach a machine by its tags: whoever sets these puts it into groups. */
export const tagsSet: GoogleReader = ({ id, request, project }) =>
  effect([
    links('instance', 'changed', [id]),
    links(
      'security-group',
      'used',
      items(request.tags ?? at(request, 'items')).map((tag) => tagNamed(text(tag), project)),
    ),
  ]);

/** Names of metadata that let somebody in, or run code. Their values are never logged. */
const CODE = /startup-script|shutdown-script|sysprep/;
const KEYS = /ssh-keys|sshKeys|windows-keys/;

export const metadataSet: GoogleReader = ({ id, metadata }) => {
  const delta = get(metadata, 'instanceMetadataDelta') ?? get(metadata, 'projectMetadataDelta');
  const names = distinct(
    ['addedMetadataKeys', 'modifiedMetadataKeys'].flatMap((name) =>
      items(get(delta, name)).map((each) => text(each)),
    ),
  );
  const machine = /\/instances\//.test(id) ? links('instance', 'changed', [id]) : [];
  const keyed = names.find((name) => KEYS.test(name));
  if (keyed !== undefined && !names.some((name) => CODE.test(name)))
    return {
      kind: 'key-pair.create',
      links: [...machine, ...links('key-pair', 'made', [`${id}/${keyed.split(' ')[0]}`])],
    };
  const code = names.some((name) => CODE.test(name)) && machine.length > 0;
  return {
    ...effect([machine], names.length === 0 ? undefined : `metadata: ${names.join(', ')}`),
    ...(code && { kind: 'instance.run' }),
  };
};

const MAX_RULES = 100;
const ALL = '0.0.0.0/0';

/** A rule of a firewall policy under the names that a rule of a network has. */
const ofPolicy = (request: Obj): Obj => {
  const { match } = request;
  return isObj(match)
    ? {
        ...request,
        alloweds: /^allow$/i.test(text(request.action) ?? '') ? match.layer4Configs : [],
        sourceRanges: match.srcIpRanges,
        sourceTags: match.srcSecureTags,
      }
    : request;
};

/** Not passed over: the entry that ends the call, without a body, would be taken for an opening by itself. */
const OPENS_NOTHING: Effect = { kind: 'ingress.close', links: [] };

/** A rule of the firewall. */
export const firewallSet: GoogleReader = (call) => {
  const { id, project } = call;
  const request = ofPolicy(call.request);
  if (flag(request.disabled))
    return { kind: 'ingress.close', links: links('security-group', 'changed', [id]) };
  if (/^egress$/i.test(text(request.direction) ?? '')) return OPENS_NOTHING;
  const before = isObj(call.payload.resourceOriginalState) ? call.payload.resourceOriginalState : {};
  const of = (...names: readonly string[]): readonly unknown[] => {
    for (const name of names) {
      const own = items(request[name]);
      if (own.length > 0) return own;
    }
    for (const name of names) {
      const kept = items(before[name]);
      if (kept.length > 0) return kept;
    }
    return [];
  };
  const name = id.split('/').at(-1) ?? id;
  const isWhole = /\.(?:insert|update|addRule)$/i.test(call.method);
  const allowed = of('alloweds', 'allowed');
  const ranges = distinct(of('sourceRanges').map((each) => text(each)));
  const narrowed = of('sourceTags', 'sourceServiceAccounts').length > 0;
  // a rule that names no source lets everybody in; of a change nobody can tell
  const sources = ranges.length > 0 ? ranges : narrowed || !isWhole ? [] : [ALL];
  const groups = distinct([
    ...of('targetTags').map((tag) => tagNamed(text(tag), project)),
    ...of('targetServiceAccounts').map((each) => accountNamed(text(each), project)),
  ]);
  const network = ref(request.network ?? before.network, project);
  const targets = groups.length > 0 ? groups : [network ?? id];
  const hasBody = Object.keys(request).some((name) => name !== '@type');
  if (hasBody && allowed.length === 0) return OPENS_NOTHING;
  const ingress = targets
    .flatMap((group) => sources.flatMap((source) => allowed.flatMap((each) => rulesOf(group, source, each))))
    .slice(0, MAX_RULES);
  return {
    links: links('security-group', 'changed', targets),
    ...(ingress.length > 0 && { ingress }),
    // a rule of a policy has no name of its own
    detail: isObj(call.request.match) ? `rule ${text(request.priority) ?? ''} of ${name}` : name,
  };
};

function rulesOf(group: string, source: string, allowed: unknown): IngressRule[] {
  const protocol = (textOf(allowed, 'IPProtocol', 'ipProtocol') ?? 'all').toLowerCase();
  const ports = items(get(allowed, 'ports')).map((each) => text(each) ?? '');
  const rule = { group, source, protocol: protocol === 'all' ? '-1' : protocol };
  if (ports.length === 0) return [rule];
  return ports.map((range) => {
    const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    return from === undefined ? rule : { ...rule, fromPort: Number(from), toPort: Number(to ?? from) };
  });
}

/** Where a member is at home: the project of a service account, the domain of a person or group. */
const homeOf = (member: string): string => {
  const name = member.replace(/^\w+:/, '').toLowerCase();
  return /@([\w-]+)\.iam\.gserviceaccount\.com$/.exec(name)?.[1] ?? name.slice(name.lastIndexOf('@') + 1);
};

/** Characters of roles and their members that a share names: whole ones, by which it can be taken back. */
const MAX_BINDINGS = 200;

/** `roles/compute.imageUser to allUsers, …`: everybody first, then as many as find room. */
function bindingsText(bindings: readonly (readonly [role: string, member: string])[]): string {
  const isAll = ([, member]: (typeof bindings)[number]): boolean => member.startsWith('all');
  let said = '';
  for (const [role, member] of [...bindings.filter(isAll), ...bindings.filter((each) => !isAll(each))]) {
    const next = `${said === '' ? '' : `${said}, `}${role} to ${member}`;
    if (next.length <= MAX_BINDINGS) said = next;
  }
  return said;
}

/** Who may use a copy, by the whole new policy: the log does not say what changed. */
export const shared =
  (type: ResourceType): GoogleReader =>
  ({ id, request }) => {
    const bindings = items(at(request, 'policy', 'bindings')).flatMap((each) =>
      items(get(each, 'members')).flatMap((one): (readonly [string, string])[] => {
        const member = text(one);
        return member === undefined ? [] : [[textOf(each, 'role') ?? 'a role', member]];
      }),
    );
    const members = distinct(bindings.map(([, member]) => member));
    const open = members.some((member) => member === 'allUsers' || member === 'allAuthenticatedUsers');
    const accounts = distinct(members.filter((member) => !member.startsWith('all')).map(homeOf));
    if (members.length === 0) return undefined;
    return {
      links: links(type, 'changed', [id]),
      share: { accounts, organisations: [], public: open },
      detail: bindingsText(bindings),
    };
  };

export const templateInserted: GoogleReader = (call) => {
  const properties = isObj(call.request.properties) ? call.request.properties : {};
  const { launch, sources } = specOf(properties, call);
  return {
    links: [...links('launch-template', 'made', [call.id], sources), ...usedBy(sources)],
    plan: { count: 0, ...launch },
  };
};

/** A policy of the organisation that is no longer enforced here, whatever is above it. */
export const policyLoosened: GoogleReader = (call) => {
  const spec = at(call.request, 'policy', 'spec');
  const isOff = items(get(spec, 'rules')).some(
    (rule) => get(rule, 'enforce') === false || flag(get(rule, 'allowAll')),
  );
  return isOff || flag(get(spec, 'reset')) ? guard('organisation policy')(call) : undefined;
};

/** Rights given; of a policy's changes those that add a member. */
export const policySet: GoogleReader = ({ payload }) => {
  const deltas = items(at(payload, 'serviceData', 'policyDelta', 'bindingDeltas'));
  const added = deltas.filter((each) => textOf(each, 'action') === 'ADD');
  const unlogged = items(at(payload, 'serviceData', 'policyDelta', 'auditConfigDeltas')).filter(
    (each) => textOf(each, 'action') === 'REMOVE',
  );
  if (added.length === 0 && unlogged.length > 0)
    return {
      kind: 'guardrail.disable',
      links: [],
      detail: `audit log of ${distinct(unlogged.map((each) => textOf(each, 'service'))).join(', ')}`,
    };
  if (deltas.length > 0 && added.length === 0) return undefined;
  const words = added
    .slice(0, 3)
    .map((each) => `${textOf(each, 'role') ?? 'a role'} to ${textOf(each, 'member') ?? 'somebody'}`);
  return {
    links: links(
      'user',
      'changed',
      // `user:bob@example.com` is who calls as `bob@example.com`
      distinct(added.map((each) => textOf(each, 'member')?.replace(/^\w+:/, '').toLowerCase())),
    ),
    detail: words.join(', '),
  };
};

/** Somebody outside the organisation is asked to own a project. */
export const ownerInvited: GoogleReader = ({ request }) => {
  const member = textOf(request, 'member');
  return {
    links: links('user', 'changed', [member?.replace(/^\w+:/, '').toLowerCase()]),
    detail: `roles/owner to ${member ?? 'somebody'}`,
  };
};

/** Who signs in elsewhere may act here. */
export const providerMade: GoogleReader = ({ id }) => effect([], `provider ${id.split('/').at(-1)}`);

export const serviceAccountMade: GoogleReader = ({ response, request }) => {
  const email = text(response.email) ?? text(request.account_id ?? request.accountId);
  return effect([links('user', 'made', [email])], email);
};

export const keyMade: GoogleReader = ({ response, resource }) => {
  const name = text(response.name, 512) ?? resource;
  return effect([links('access-key', 'made', [name.split('/').at(-1)])], name.split('/').at(-3));
};

export const serviceEnabled: GoogleReader = ({ id, request }) => {
  const name = text(request.name, 512) ?? id;
  return name.includes('compute.googleapis.com')
    ? { links: [], detail: 'compute.googleapis.com' }
    : undefined;
};

/** Flow logs are switched off by a change of their subnetwork, and by few of these. */
export const subnetworkPatched: GoogleReader = (call) =>
  get(call.request, 'enableFlowLogs') === false || at(call.request, 'logConfig', 'enable') === false
    ? guard('flow logs of subnetwork')(call)
    : undefined;

/** A way into a machine that no rule of a firewall tells of. A tunnel's entry names the machine by a label alone, by its number. */
export const entered =
  (detail: string): GoogleReader =>
  ({ id, project, labels }) => {
    const [zone, number] = [text(labels.zone), text(labels.instance_id)];
    const [machine] = /^.*?\/instances\/[^/]+/.exec(id) ?? [
      zone && number && `projects/${project}/zones/${zone}/instances/${number}`,
    ];
    return machine ? effect([links('instance', 'changed', [machine])], detail) : undefined;
  };
