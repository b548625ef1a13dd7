import type { Launch, Link } from '../../activity/activity.ts';
import { typeByAttributes } from '../../activity/instance-types.ts';
import { type Resource, resourcesOf } from '../../activity/resources.ts';
import { links } from './call.ts';
import {
  anyOf,
  at,
  count,
  distinct,
  flag,
  get,
  isObj,
  items,
  type Obj,
  obj,
  requestedTags,
  text,
  textOf,
} from './read.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What a launch is made from. The same fields under slightly different names describe a RunInstances request, an
 * instance in its response, a spot launch specification, launch template data and a launch configuration.
 */
export interface LaunchSpec {
  readonly images: readonly string[];
  readonly types: readonly string[];
  readonly snapshots: readonly string[];
  readonly profile?: string | undefined;
  readonly keyName?: string | undefined;
  readonly groups: readonly string[];
  readonly subnet?: string | undefined;
  readonly vpc?: string | undefined;
  readonly userData: boolean;
  readonly publicAddress: boolean;
  readonly httpTokens?: 'optional' | 'required' | undefined;
  readonly template?: { readonly id: string; readonly version?: string | undefined } | undefined;
  readonly tagKeys: readonly string[];
}

/**
 * Root devices of Amazon's and nearly all other images. Used when the response does not name the root: the console
 * writes the image's own root snapshot into the request, and that is no snapshot of ours being mounted.
 */
const USUAL_ROOTS: ReadonlySet<string> = new Set(['/dev/xvda', '/dev/sda1', '/dev/sda']);

/** Name of an instance profile from a name, an ARN, or an object with either: one profile must have one name. */
export function profileName(value: unknown): string | undefined {
  const written = isObj(value) ? (textOf(value, 'arn') ?? textOf(value, 'name')) : text(value);
  return written?.split('/').at(-1) || undefined;
}

/** Snapshots of block devices other than `root` (a device name); of all devices when `root` is null. */
export function snapshotsOf(source: unknown, root?: string | null): string[] {
  const devices = items(anyOf(source, 'blockDeviceMapping', 'blockDeviceMappings', 'blockDeviceMappingSet'));
  return distinct(
    devices.map((device) => {
      const name = textOf(device, 'deviceName') ?? '';
      const isRoot = root === null ? false : root === undefined ? USUAL_ROOTS.has(name) : name === root;
      return isRoot ? undefined : text(at(device, 'ebs', 'snapshotId'));
    }),
  );
}

/** Security groups of a request, instance or network interface. */
export function groupsOf(source: unknown): string[] {
  const named = [
    ...items(get(source, 'groupSet')),
    ...items(get(source, 'groups')),
    ...items(anyOf(source, 'securityGroupIds', 'securityGroupId', 'securityGroupIdSet')),
    ...items(anyOf(source, 'securityGroups', 'securityGroup')),
  ];
  return distinct(named.map((group) => textOf(group, 'groupId', 'groupName') ?? text(group)));
}

/** A launch template named by id or name, with its version. */
export function templateOf(source: unknown): LaunchSpec['template'] {
  const reference = anyOf(source, 'launchTemplate', 'launchTemplateSpecification');
  const id = textOf(reference, 'launchTemplateId', 'launchTemplateName', 'id', 'name');
  return id === undefined ? undefined : { id, version: textOf(reference, 'version') };
}

/** What stands for instances chosen by attributes; of ranges their lower end, and any accelerator where only its sort is named. */
function byAttributes(requirements: unknown): string | undefined {
  if (!isObj(requirements)) return undefined;
  const least = (name: string): number => count(get(get(requirements, name), 'min')) ?? 0;
  const named = items(anyOf(requirements, 'acceleratorTypes', 'acceleratorTypeSet')).length > 0;
  return typeByAttributes(least('vCpuCount'), Math.max(least('acceleratorCount'), named ? 1 : 0));
}

/** Reads a launch specification; `root` is the root device's name where the response gave it. */
export function launchSpec(source: Obj, root?: string): LaunchSpec {
  const interfaces = items(anyOf(source, 'networkInterfaceSet', 'networkInterfaces', 'networkInterface'));
  const tokens = text(at(source, 'metadataOptions', 'httpTokens'));
  return {
    images: distinct([textOf(source, 'imageId')]),
    types: distinct([textOf(source, 'instanceType') ?? byAttributes(get(source, 'instanceRequirements'))]),
    snapshots: snapshotsOf(source, root),
    profile: profileName(get(source, 'iamInstanceProfile')),
    keyName: textOf(source, 'keyName'),
    groups: distinct([...groupsOf(source), ...interfaces.flatMap(groupsOf)]),
    subnet: textOf(source, 'subnetId') ?? interfaces.map((each) => textOf(each, 'subnetId')).find(Boolean),
    vpc: textOf(source, 'vpcId') ?? interfaces.map((each) => textOf(each, 'vpcId')).find(Boolean),
    userData: get(source, 'userData') !== undefined && get(source, 'userData') !== '',
    publicAddress: [source, ...interfaces].some((each) => flag(get(each, 'associatePublicIpAddress'))),
    httpTokens: tokens === 'optional' || tokens === 'required' ? tokens : undefined,
    template: templateOf(source),
    tagKeys: [...requestedTags(source, ['instance']).keys()],
  };
}

/** One specification out of several: what the first ones say wins, lists are joined. */
export function mergeSpecs(specs: readonly LaunchSpec[]): LaunchSpec {
  if (specs.length === 1 && specs[0] !== undefined) return specs[0];
  const first = <K extends keyof LaunchSpec>(key: K): LaunchSpec[K] | undefined =>
    specs.find((spec) => spec[key] !== undefined)?.[key];
  const joined = (key: 'images' | 'types' | 'snapshots' | 'groups' | 'tagKeys', max = 20): string[] =>
    distinct(
      specs.flatMap((spec) => spec[key]),
      max,
    );
  return {
    images: joined('images'),
    types: joined('types'),
    snapshots: joined('snapshots'),
    profile: first('profile'),
    keyName: first('keyName'),
    groups: joined('groups'),
    subnet: first('subnet'),
    vpc: first('vpc'),
    userData: specs.some(({ userData }) => userData),
    publicAddress: specs.some(({ publicAddress }) => publicAddress),
    httpTokens: first('httpTokens'),
    template: first('template'),
    tagKeys: joined('tagKeys', 50),
  };
}

/** A specification as an activity keeps it. */
export function launchOf(spec: LaunchSpec, instances: number, asked = instances): Launch {
  const launch: Mutable<Launch> = {
    count: instances,
    ...(asked > instances && { asked }),
    types: spec.types,
    images: spec.images,
    snapshots: spec.snapshots,
    groups: spec.groups,
    tagKeys: spec.tagKeys,
  };
  if (spec.profile !== undefined) launch.profile = spec.profile;
  if (spec.keyName !== undefined) launch.keyName = spec.keyName;
  if (spec.userData) launch.userData = true;
  if (spec.publicAddress) launch.publicAddress = true;
  if (spec.httpTokens !== undefined) launch.httpTokens = spec.httpTokens;
  if (spec.subnet !== undefined) launch.subnet = spec.subnet;
  if (spec.vpc !== undefined) launch.vpc = spec.vpc;
  if (spec.template !== undefined) {
    const { id, version } = spec.template;
    launch.template = { type: 'launch-template', id, ...(version !== undefined && { version }) };
  }
  return launch;
}

/** What a specification's instances carry the data of. */
export const launchSources = ({
  images,
  snapshots,
}: Pick<LaunchSpec, 'images' | 'snapshots'>): Resource[] => [
  ...resourcesOf('image', images),
  ...resourcesOf('snapshot', snapshots),
];

/** Everything a specification names, as links in role `used`. */
export function usedBy(spec: LaunchSpec): Link[] {
  return [
    ...links('image', 'used', spec.images),
    ...links('snapshot', 'used', spec.snapshots),
    ...links('security-group', 'used', spec.groups),
    ...links('instance-profile', 'used', [spec.profile]),
    ...links('key-pair', 'used', [spec.keyName]),
    ...links('launch-template', 'used', [spec.template?.id]),
  ];
}

/** Launch specifications of a fleet or spot request: written out, or a template and its overrides. */
export function fleetSpecs(request: unknown): LaunchSpec[] {
  const written = items(anyOf(request, 'launchSpecifications', 'launchSpecification')).map((each) =>
    launchSpec(obj(each)),
  );
  const configs = items(anyOf(request, 'launchTemplateConfigs', 'launchTemplateConfig')).flatMap((config) => [
    launchSpec(obj(config)),
    ...items(anyOf(config, 'overrides', 'override')).map((each) => launchSpec(obj(each))),
  ]);
  return [...written, ...configs];
}
