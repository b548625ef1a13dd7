import type { Link } from '../activity.ts';
import { effect, links, type Reader } from './call.ts';
import { launchSpec, templateOf, usedBy } from './launch-spec.ts';
import { anyOf, count, get, items, type Obj, obj, text, textOf } from './read.ts';

/** Who changes a template is behind every later launch from it, so what it names is kept like a launch's. */
function templateChange(role: Link['role']): Reader {
  return ({ request, response }) => {
    const data = launchSpec(obj(get(request, 'launchTemplateData')));
    const answer = anyOf(response, 'launchTemplate', 'launchTemplateVersion');
    const id =
      textOf(answer, 'launchTemplateId') ?? textOf(request, 'launchTemplateId', 'launchTemplateName');
    const version = textOf(request, 'setDefaultVersion', 'defaultVersion');
    const from = [...data.images, ...data.snapshots];
    const made = textOf(answer, 'versionNumber') ?? (role === 'made' ? '1' : undefined);
    // launches name the version they start from, and only that one gives them its disks
    const numbered = id === undefined || made === undefined || from.length === 0 ? [] : [`${id}:${made}`];
    return effect(
      [links('launch-template', role, [id, ...numbered], from), usedBy(data)],
      version === undefined ? data.types.join(', ') : `default version ${version}`,
    );
  };
}

export const createTemplate = templateChange('made');
export const changeTemplate = templateChange('changed');

export const createLaunchConfiguration: Reader = ({ request }) => {
  const spec = launchSpec(request);
  const name = textOf(request, 'launchConfigurationName');
  return effect(
    [
      links('launch-template', 'made', [name], [...spec.images, ...spec.snapshots]),
      links('instance', 'used', [textOf(request, 'instanceId')]),
      usedBy(spec),
    ],
    spec.types.join(', '),
  );
};

/** `desired 4, at most 10`, as far as a request says. */
function capacity(source: unknown): string {
  const desired = count(
    anyOf(source, 'desiredCapacity', 'desiredSize', 'targetCapacity', 'totalTargetCapacity'),
  );
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

const group = (role: Link['role']): Reader => {
  return ({ request }) =>
    effect(
      [
        links('auto-scaling-group', role, [textOf(request, 'autoScalingGroupName')]),
        startsFrom(request),
        links('instance', 'used', [textOf(request, 'instanceId')]),
      ],
      capacity(request),
    );
};

export const createGroup = group('made');
export const changeGroup = group('changed');

export const modifyFleet: Reader = ({ request }) =>
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
    capacity(get(request, 'targetCapacitySpecification') ?? request),
  );

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
    const sizes = capacity(get(request, 'scalingConfig'));
    return effect(
      [links('node-group', role, [id]), links('launch-template', 'used', [templateOf(request)?.id])],
      [...types, sizes].filter(Boolean).join(', '),
    );
  };
};

export const createNodeGroup = nodeGroup('made');
export const changeNodeGroup = nodeGroup('changed');
