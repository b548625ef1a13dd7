import type { Launch, Link } from '../../activity/activity.ts';
import { vcpusOf } from '../../activity/instance-types.ts';
import type { Resource } from '../../activity/resources.ts';
import { type Effect, effect, links, named, type Reader } from './call.ts';
import {
  fleetSpecs,
  type LaunchSpec,
  launchOf,
  launchSources,
  launchSpec,
  mergeSpecs,
  templateOf,
  usedBy,
} from './launch-spec.ts';
import { BATCH } from './names.ts';
import { anyOf, count, distinct, get, items, type Obj, obj, text, textOf } from './read.ts';

/** An effect with what it tells a service to launch; nothing where it says neither what nor how many. */
function planned(done: Effect, spec: LaunchSpec, instances = 0): Effect {
  const plan: Launch = launchOf(spec, instances);
  const { types, images, snapshots, profile, publicAddress } = plan;
  const said = instances > 0 || [types, images, snapshots].some((list) => list.length > 0);
  return said || profile !== undefined || publicAddress === true ? { ...done, plan } : done;
}

/** Who changes a template is behind every later launch from it, so what it names is kept like a launch's. */
function templateChange(role: Link['role']): Reader {
  return ({ request, response }) => {
    const data = launchSpec(obj(get(request, 'launchTemplateData')));
    const answer = anyOf(response, 'launchTemplate', 'launchTemplateVersion');
    const id =
      textOf(answer, 'launchTemplateId') ?? textOf(request, 'launchTemplateId', 'launchTemplateName');
    const version = textOf(request, 'setDefaultVersion', 'defaultVersion');
    const from = [
      ...launchSources(data),
      ...(data.images.length === 0 ? sourceVersion(id, textOf(request, 'sourceVersion')) : []),
    ];
    const made = textOf(answer, 'versionNumber') ?? (role === 'made' ? '1' : undefined);
    // launches name the version they start from: only that one gives them its disks, and its maker is behind them
    const template = links('launch-template', role, [id], from);
    const numbered = made === undefined ? [] : template.map((link) => ({ ...link, version: made }));
    return planned(
      effect(
        [template, numbered, usedBy(data)],
        version === undefined ? data.types.join(', ') : `default version ${version}`,
      ),
      data,
    );
  };
}

/**
 * The version whose image a new version takes over; snapshots are not inherited, says the API reference of
 * CreateLaunchTemplateVersion. What `$Latest` was the record does not say, so it may be any.
 */
function sourceVersion(template: string | undefined, version: string | undefined): Resource[] {
  if (version === undefined) return [];
  return named('launch-template', template).map((each) =>
    /^\d+$/.test(version) ? { ...each, version } : each,
  );
}

export const createTemplate = templateChange('made');
export const changeTemplate = templateChange('changed');

export const createLaunchConfiguration: Reader = ({ request }) => {
  const spec = launchSpec(request);
  const name = textOf(request, 'launchConfigurationName');
  return planned(
    effect(
      [
        links('launch-template', 'made', [name], launchSources(spec)),
        links('instance', 'used', [textOf(request, 'instanceId')]),
        usedBy(spec),
      ],
      spec.types.join(', '),
    ),
    spec,
  );
};

const desiredOf = (source: unknown): number | undefined =>
  count(anyOf(source, 'desiredCapacity', 'desiredSize', 'targetCapacity', 'totalTargetCapacity'));

/** Instances that a request makes a service keep: those it wants, or must not fall below. */
const wanted = (source: unknown): number =>
  Math.max(desiredOf(source) ?? 0, count(anyOf(source, 'minSize')) ?? 0);

/** `desired 4, at most 10`, as far as a request says. */
function capacity(source: unknown): string {
  const desired = desiredOf(source);
  const max = count(anyOf(source, 'maxSize'));
  return [desired !== undefined && `desired ${desired}`, max !== undefined && `at most ${max}`]
    .filter(Boolean)
    .join(', ');
}

/** Launch templates and configurations that a group starts from. */
function startsFrom(request: Obj): Link[] {
  const mixed = get(get(request, 'mixedInstancesPolicy'), 'launchTemplate');
  const overrides = items(get(mixed, 'overrides')).map((each) => templateOf(each)?.id);
  return links('launch-template', 'used', [
    templateOf(request)?.id,
    templateOf(mixed)?.id,
    ...overrides,
    textOf(request, 'launchConfigurationName'),
  ]);
}

/** A specification of which only the types are known. */
const ofTypes = (types: readonly (string | undefined)[]): LaunchSpec => ({
  ...launchSpec({}),
  types: distinct(types),
});

const group = (role: Link['role']): Reader => {
  return ({ request }) =>
    planned(
      effect(
        [
          links('auto-scaling-group', role, [textOf(request, 'autoScalingGroupName')]),
          startsFrom(request),
          links('instance', 'used', [textOf(request, 'instanceId')]),
        ],
        capacity(request),
      ),
      ofTypes(
        items(get(get(get(request, 'mixedInstancesPolicy'), 'launchTemplate'), 'overrides')).flatMap(
          (each) => launchSpec(obj(each)).types,
        ),
      ),
      wanted(request),
    );
};

export const createGroup = group('made');
export const changeGroup = group('changed');

export const modifyFleet: Reader = ({ request }) => {
  const sizes = get(request, 'targetCapacitySpecification') ?? request;
  return planned(
    effect(
      [
        links('fleet', 'changed', [textOf(request, 'fleetId', 'spotFleetRequestId')]),
        links(
          'launch-template',
          'used',
          items(anyOf(request, 'launchTemplateConfigs', 'launchTemplateConfig')).map(
            (each) => templateOf(each)?.id,
          ),
        ),
      ],
      capacity(sizes),
    ),
    mergeSpecs(fleetSpecs(request)),
    wanted(sizes),
  );
};

/** A stack's name, also out of its ARN: instances of a stack carry the name in a tag. */
function stackName(request: unknown): string | undefined {
  const written = textOf(request, 'stackName', 'stackId', 'stackSetName');
  return written?.startsWith('arn:') ? written.split('/')[1] : written;
}

const stack = (role: Link['role']): Reader => {
  return ({ request }) => {
    const regions = items(get(request, 'regions')).map((each) => text(each));
    return effect([links('stack', role, [stackName(request)])], regions.filter(Boolean).join(', '));
  };
};

export const createStack = stack('made');
export const changeStack = stack('changed');

const nodeGroup = (role: Link['role']): Reader => {
  return ({ request }) => {
    const cluster = textOf(request, 'clusterName', 'name');
    const name = textOf(request, 'nodegroupName');
    const id = name === undefined || cluster === undefined ? name : `${cluster}/${name}`;
    const types = items(get(request, 'instanceTypes')).map((each) => text(each));
    const scaling = get(request, 'scalingConfig');
    return planned(
      effect(
        [links('node-group', role, [id]), links('launch-template', 'used', [templateOf(request)?.id])],
        [...types, capacity(scaling)].filter(Boolean).join(', '),
      ),
      ofTypes(types),
      wanted(scaling),
    );
  };
};

export const createNodeGroup = nodeGroup('made');
export const changeNodeGroup = nodeGroup('changed');

/** Instances of one type that hold so many vCPUs; of several types the largest is taken, so that none are invented. */
const instancesFor = (vcpus: number, types: readonly string[]): number =>
  types.length === 0 ? vcpus : Math.ceil(vcpus / Math.max(...types.map(vcpusOf)));

/**
 * A compute environment of AWS Batch: it names types and vCPUs. What it keeps whatever is queued counts as asked for; what it may
 * grow to stands in the detail.
 */
const computeEnvironment = (role: Link['role']): Reader => {
  return ({ request }) => {
    const resources = obj(get(request, 'computeResources'));
    const types = items(get(resources, 'instanceTypes')).flatMap((each) => text(each) ?? []);
    const keeps = Math.max(
      count(get(resources, 'desiredvCpus')) ?? 0,
      count(get(resources, 'minvCpus')) ?? 0,
    );
    const most = count(get(resources, 'maxvCpus'));
    const name = textOf(request, 'computeEnvironmentName', 'computeEnvironment')?.split('/').at(-1);
    return planned(
      effect(
        [
          links('fleet', role, [name === undefined ? undefined : `${BATCH}${name}`]),
          links('launch-template', 'used', [templateOf(resources)?.id]),
        ],
        [...types, most !== undefined && `at most ${most} vCPUs`].filter(Boolean).join(', '),
      ),
      ofTypes(types),
      instancesFor(keeps, types),
    );
  };
};

export const createComputeEnvironment = computeEnvironment('made');
export const changeComputeEnvironment = computeEnvironment('changed');

/** Groups of instances that a cluster of EMR is given, in any of the forms of its calls. */
function emrGroups(source: unknown): { readonly types: string[]; readonly count: number } {
  const groups = [
    ...items(get(source, 'instanceGroups')),
    ...items(get(source, 'instanceFleets')),
    ...items(get(source, 'instanceFleet')),
  ];
  const types = groups.flatMap((group) => [
    textOf(group, 'instanceType'),
    ...items(get(group, 'instanceTypeConfigs')).map((each) => textOf(each, 'instanceType')),
  ]);
  const counts = groups.map((group) =>
    Math.max(
      count(get(group, 'instanceCount')) ?? 0,
      (count(get(group, 'targetOnDemandCapacity')) ?? 0) + (count(get(group, 'targetSpotCapacity')) ?? 0),
    ),
  );
  return {
    types: distinct([...types, textOf(source, 'slaveInstanceType'), textOf(source, 'masterInstanceType')]),
    count: Math.max(
      counts.reduce((sum, each) => sum + each, 0),
      count(get(source, 'instanceCount')) ?? 0,
    ),
  };
}

/** A cluster of EMR, which launches with a role of its own; whoever asked for it is behind its launches. */
const cluster = (role: Link['role']): Reader => {
  return ({ request, response }) => {
    const { types, count: instances } = emrGroups(get(request, 'instances') ?? request);
    const id = textOf(response, 'jobFlowId', 'clusterId') ?? textOf(request, 'jobFlowId', 'clusterId');
    return planned(effect([links('fleet', role, [id])], types.join(', ')), ofTypes(types), instances);
  };
};

export const runJobFlow = cluster('made');
export const changeCluster = cluster('changed');

/** A product of Service Catalog is a stack, named after the account and the provisioned product. */
const product = (role: Link['role']): Reader => {
  return ({ record, request, response }) => {
    const id =
      textOf(get(response, 'recordDetail'), 'provisionedProductId') ??
      textOf(request, 'provisionedProductId');
    const account = textOf(record, 'recipientAccountId');
    const stack = id === undefined || account === undefined ? undefined : `SC-${account}-${id}`;
    return effect([links('stack', role, [stack])], textOf(request, 'provisionedProductName', 'productName'));
  };
};

export const provisionProduct = product('made');
export const updateProduct = product('changed');
