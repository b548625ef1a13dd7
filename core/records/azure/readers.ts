import type { IngressRule, Launch, Link } from '../../activity/activity.ts';
import { type Resource, type ResourceType, uniqueResources } from '../../activity/resources.ts';
import { type Effect, effect, links, named } from '../cloudtrail/call.ts';
import { eventTime } from '../cloudtrail/event-time.ts';
import { distinct, isObj, type Obj } from '../cloudtrail/read.ts';
import { behind } from './automations.ts';
import { idIn, listIn, oneOrMore, textIn, within } from './body.ts';
import { type AzureCall, type AzureReader, imageOf, NEW_WITHIN, ofType, tagKeys } from './call.ts';
import { sourceOf } from './copies.ts';
import { idOf } from './event.ts';

/** An operation on one resource that needs no body. */
export const changed =
  (type: ResourceType, detail?: string): AzureReader =>
  ({ id }) =>
    effect([links(type, 'changed', [id])], detail);

/** One rule of a group taken away; its detail is the rule's name, as that of its making is. */
export const ruleDeleted: AzureReader = ({ id }) =>
  effect(
    [links('security-group', 'changed', [ofType(id, 'networksecuritygroups') ?? id])],
    id.split('/').at(-1),
  );

export const guard =
  (what: string): AzureReader =>
  ({ id }) => ({ links: [], detail: `${what} ${id.split('/').at(-1) ?? ''}`.trim() });

/** An act of which only where it was done matters. */
export const plainly =
  (what: string): AzureReader =>
  () => ({ links: [], detail: what });

const location = (body: Obj | undefined): string | undefined =>
  textIn(body, 'location')?.toLowerCase().replaceAll(' ', '');

/** Region of the resource, which only a body says. */
export const regionIn = (body: Obj | undefined): string => location(body) ?? 'unknown';

/**
 * What disks of the machine come from somewhere: of a new one those attached as they are, not made of the image. Of a machine that is
 * written anew all: where its system disk is swapped, the option still says how the first was made.
 */
function disksOf(body: Obj | undefined, isNew: boolean): string[] {
  const storage = within(body, 'properties', 'storageProfile');
  const os = within(storage, 'osDisk');
  const all = [os, ...listIn(storage, 'dataDisks')];
  return distinct(
    all.map((disk) =>
      !isNew || /^attach$/i.test(textIn(disk, 'createOption') ?? '')
        ? idIn(disk, 'managedDisk', 'id')
        : undefined,
    ),
  );
}

const interfacesOf = (body: Obj | undefined): string[] =>
  distinct(listIn(body, 'properties', 'networkProfile', 'networkInterfaces').map((each) => idIn(each, 'id')));

/** The identity that the machine may act as; one that is its own has no name beside the machine's. */
const identityOf = (body: Obj | undefined): string | undefined => {
  const given = within(body, 'identity', 'userAssignedIdentities');
  return isObj(given) ? idOf(Object.keys(given)[0]) || undefined : undefined;
};

/** Whether a write has made the machine, and not changed one: Azure has one operation for both. */
function isCreation({ body, at, detail }: AzureCall): boolean {
  const made = eventTime(within(body, 'properties', 'timeCreated'));
  if (made !== undefined) return at - made < NEW_WITHIN;
  if (/^(?:created|201)$/i.test(detail)) return true;
  // without a body nobody can tell, and a launch must not be missed
  return body === undefined || /^creating$/i.test(textIn(body, 'properties', 'provisioningState') ?? '');
}

/** Snapshots and restore points that disks of a new machine are made of by its own call. */
const copiesOf = (body: Obj | undefined): readonly Resource[] =>
  uniqueResources(
    listIn(body, 'properties', 'storageProfile', 'dataDisks').flatMap(
      (disk) => sourceOf(idIn(disk, 'sourceResource', 'id')) ?? [],
    ),
  );

/** Disks put on a standing machine by a call that names no more of it; the answer holds all that it has. */
export const disksAttached: AzureReader = ({ id, body }) => {
  const asked = listIn(body, 'dataDisksToAttach').map((disk) => idIn(disk, 'diskId'));
  const all = listIn(body, 'dataDisks').map((disk) => idIn(disk, 'managedDisk', 'id'));
  const disks = distinct(asked.length > 0 ? asked : all);
  return effect([
    links('instance', 'changed', [id], named('volume', ...disks)),
    links('volume', 'used', disks),
  ]);
};

export const machineWritten: AzureReader = (call) => {
  const { id, body } = call;
  const isNew = isCreation(call);
  const disks = disksOf(body, isNew);
  const image = imageOf(within(body, 'properties', 'storageProfile'));
  if (!isNew) {
    // a disk is attached by writing the machine anew, with all that it has
    return disks.length === 0
      ? { kind: 'instance.modify', links: links('instance', 'changed', [id]) }
      : {
          kind: 'volume.attach',
          links: [
            ...links('instance', 'changed', [id], named('volume', ...disks)),
            ...links('volume', 'used', disks),
          ],
        };
  }
  const copies = copiesOf(body);
  const sources: Resource[] = [...named('image', image), ...named('volume', ...disks), ...copies];
  const size = textIn(body, 'properties', 'hardwareProfile', 'vmSize');
  const launch: Launch = {
    count: 1,
    types: distinct([size]),
    images: distinct([image]),
    snapshots: copies.filter(({ type }) => type === 'snapshot').map((copy) => copy.id),
    groups: [],
    tagKeys: tagKeys(body),
    ...profileOf(identityOf(body)),
  };
  return {
    links: [
      ...links('instance', 'made', [id], sources),
      ...links('image', 'used', [image]),
      ...links('volume', 'used', disks),
      ...copies.map((copy): Link => ({ ...copy, role: 'used' })),
      ...links('network-interface', 'used', interfacesOf(body)),
      ...behind(id, body),
    ],
    launch,
  };
};

const profileOf = (profile: string | undefined): Partial<Launch> =>
  profile === undefined ? {} : { profile };

/** Sources of a rule that mean everybody, beside ranges of addresses. */
const EVERYBODY: ReadonlySet<string> = new Set(['*', 'internet', 'any', '0.0.0.0']);
/** Rules kept of one call. */
const MAX_RULES = 100;

/** Rules that a security rule of Azure is: one for each source and range of ports. Empty where it lets nobody in. */
function rulesOf(group: string, rule: Obj): IngressRule[] {
  const properties = within(rule, 'properties') ?? rule;
  const isAllowed = /^allow$/i.test(textIn(properties, 'access') ?? '');
  if (!isAllowed || !/^inbound$/i.test(textIn(properties, 'direction') ?? '')) return [];
  const protocol = (textIn(properties, 'protocol') ?? '*').toLowerCase();
  const sources = distinct(oneOrMore(properties, 'sourceAddressPrefix', 'sourceAddressPrefixes'));
  const ranges = distinct(oneOrMore(properties, 'destinationPortRange', 'destinationPortRanges'));
  return sources.flatMap((source) =>
    (ranges.length === 0 ? ['*'] : ranges).map((range) => ({
      group,
      protocol: protocol === '*' ? '-1' : protocol,
      source: EVERYBODY.has(source.toLowerCase()) ? '0.0.0.0/0' : source,
      ...portsOf(range),
    })),
  );
}

function portsOf(range: string): { fromPort?: number; toPort?: number } {
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
  return from === undefined ? {} : { fromPort: Number(from), toPort: Number(to ?? from) };
}

const openingOf = (group: string, rules: readonly Obj[], hasBody: boolean): Effect | undefined => {
  const ingress = rules.flatMap((rule) => rulesOf(group, rule)).slice(0, MAX_RULES);
  if (hasBody && ingress.length === 0) return undefined;
  return { links: links('security-group', 'changed', [group]), ...(ingress.length > 0 && { ingress }) };
};

/** One rule, which its detail names: its group is what machines are in. */
export const ruleWritten: AzureReader = ({ id, body }) => {
  const group = ofType(id, 'networksecuritygroups') ?? id;
  const opening = openingOf(group, body === undefined ? [] : [body], body !== undefined);
  // not passed over: the records of the call that have no body would be taken for an opening by themselves
  return opening === undefined
    ? { kind: 'ingress.close', links: [] }
    : { ...opening, detail: id.split('/').at(-1) ?? id };
};

/** A group with all of its rules. One without a way in is made like a group of AWS. */
export const groupWritten: AzureReader = ({ id, body }) =>
  openingOf(id, listIn(body, 'properties', 'securityRules'), body !== undefined) ?? {
    kind: 'security-group.create',
    links: links('security-group', 'made', [id]),
  };

/** An interface: the address it has and the group it is in, which a machine that takes it has with it. */
export const interfaceWritten: AzureReader = ({ id, body }) => {
  const group = idIn(body, 'properties', 'networkSecurityGroup', 'id');
  const addresses = listIn(body, 'properties', 'ipConfigurations').map((each) =>
    idIn(each, 'properties', 'publicIPAddress', 'id'),
  );
  const address = addresses.find((each) => each !== undefined);
  if (body !== undefined && group === undefined && address === undefined) return undefined;
  return {
    ...effect([
      links('network-interface', 'changed', [id]),
      links('instance', 'changed', [idIn(body, 'properties', 'virtualMachine', 'id')]),
      links('security-group', 'used', [group]),
      links('address', 'used', [address]),
    ]),
    ...(address !== undefined && { posture: { publicAddress: true } }),
  };
};

export const keyMade: AzureReader = ({ id }) => effect([links('key-pair', 'made', [id])]);

export const identityMade: AzureReader = ({ id }) =>
  effect([links('role', 'made', [id])], id.split('/').at(-1));

/** A resource group names the Region of what is put into it, though anything may be put there. */
export const groupOfResources: AzureReader = ({ body, detail }) => {
  const place = location(body);
  return place !== undefined && /^(?:created|201)$/i.test(detail) ? { links: [], detail: place } : undefined;
};

/** The machine that an operation on a part of it is about. */
export const machineOf =
  (detail: string): AzureReader =>
  ({ id }) =>
    effect(
      [
        links('instance', 'changed', [
          ofType(id, 'virtualmachinescalesets/[^/]+/virtualmachines') ?? ofType(id, 'virtualmachines'),
        ]),
      ],
      detail,
    );

/** Machines that the body of an operation on something else names. */
export const machinesIn =
  (list: string, detail: string): AzureReader =>
  ({ body }) =>
    effect(
      [
        links(
          'instance',
          'changed',
          listIn(body, list).map((each) => idIn(each, 'vm', 'id') ?? idIn(each, 'id')),
        ),
      ],
      detail,
    );
