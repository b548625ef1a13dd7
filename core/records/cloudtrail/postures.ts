import { type Effect, effect, links, type Reader } from './call.ts';
import { groupsOf, profileName } from './launch-spec.ts';
import { anyOf, at, flag, get, items, type Obj, text, textOf } from './read.ts';

/** Attributes of an instance or interface worth naming; what else a call sets is shown by its action alone. */
const ATTRIBUTES = [
  'userData',
  'groupSet',
  'instanceType',
  'sourceDestCheck',
  'disableApiTermination',
  'disableApiStop',
  'blockDeviceMapping',
  'instanceInitiatedShutdownBehavior',
  'ebsOptimized',
  'associatePublicIpAddress',
  'description',
  'attachment',
] as const;

function attributesOf(request: Obj): string | undefined {
  const named = ATTRIBUTES.filter((name) => get(request, name) !== undefined);
  const attribute = textOf(request, 'attribute');
  const all = attribute === undefined ? named : [...named, attribute];
  return all.length === 0 ? undefined : all.join(', ');
}

export const modifyInstance: Reader = ({ request }) => ({
  ...effect(
    [
      links('instance', 'changed', [textOf(request, 'instanceId')]),
      links('security-group', 'used', groupsOf(request)),
    ],
    attributesOf(request),
  ),
  ...(protects(request) && { posture: { protected: true } }),
});

/** Termination protection put on, in the newer form of the call or the older one that names an attribute and a value. */
const protects = (request: Obj): boolean =>
  flag(get(request, 'disableApiTermination')) ||
  (textOf(request, 'attribute') === 'disableApiTermination' && flag(get(request, 'value')));

export const modifyInterface: Reader = ({ request }) => ({
  ...effect(
    [
      links('network-interface', 'changed', [textOf(request, 'networkInterfaceId')]),
      links('security-group', 'used', groupsOf(request)),
    ],
    attributesOf(request),
  ),
  ...(flag(get(request, 'associatePublicIpAddress')) && { posture: { publicAddress: true } }),
});

export const attachInterface: Reader = ({ request }) =>
  effect(
    [
      links('instance', 'changed', [textOf(request, 'instanceId')]),
      links('network-interface', 'used', [textOf(request, 'networkInterfaceId')]),
    ],
    'network interface attached',
  );

export const associateAddress: Reader = ({ request }) =>
  effect([
    links('instance', 'changed', [textOf(request, 'instanceId')]),
    links('network-interface', 'changed', [textOf(request, 'networkInterfaceId')]),
    links('address', 'used', [textOf(request, 'allocationId', 'publicIp')]),
  ]);

export const attachProfile: Reader = ({ request, response }) => {
  const association = get(response, 'iamInstanceProfileAssociation');
  const profile =
    profileName(get(request, 'iamInstanceProfile')) ?? profileName(get(association, 'iamInstanceProfile'));
  return effect([
    links('instance', 'changed', [textOf(request, 'instanceId') ?? textOf(association, 'instanceId')]),
    links('instance-profile', 'used', [profile]),
  ]);
};

export const metadataOptions: Reader = ({ request }) => {
  const tokens = textOf(request, 'httpTokens');
  const endpoint = textOf(request, 'httpEndpoint');
  const parts = [tokens && `tokens ${tokens}`, endpoint && `endpoint ${endpoint}`].filter(Boolean);
  return {
    ...effect([links('instance', 'changed', [textOf(request, 'instanceId')])], parts.join(', ')),
    ...((tokens === 'optional' || tokens === 'required') && { posture: { httpTokens: tokens } }),
  };
};

/** Commands name instances, or tags of some that the record does not list. `mi-…` are machines elsewhere. */
export const commandSent: Reader = ({ request }) => {
  const named = items(request.targets)
    .filter((target) => /^instanceids$/i.test(textOf(target, 'key') ?? ''))
    .flatMap((target) => items(get(target, 'values')));
  return onInstances([...items(request.instanceIds), ...named], textOf(request, 'documentName'));
};

/** A session, key or tunnel for one instance. A tunnel to an address names none, and is told by nothing. */
export const entered =
  (detail: string): Reader =>
  ({ request }) =>
    onInstances([request.target ?? request.instanceId], detail);

function onInstances(ids: readonly unknown[], detail: string | undefined): Effect | undefined {
  const instances = ids.map((id) => text(id)).filter((id) => id?.startsWith('i-'));
  return instances.length === 0 ? undefined : effect([links('instance', 'changed', instances)], detail);
}

export const createGroup: Reader = ({ request, response }) =>
  effect([links('security-group', 'made', [textOf(response, 'groupId')])], textOf(request, 'groupName'));

export const groupDeleted: Reader = ({ request }) =>
  effect([links('security-group', 'changed', [textOf(request, 'groupId', 'groupName')])]);

/** Whether users and root signed in with MFA. Of others it says no whatever their identity provider asked for. */
function mfaOf(record: unknown): string | undefined {
  const type = textOf(get(record, 'userIdentity'), 'type');
  const used = text(at(record, 'additionalEventData', 'MFAUsed'));
  return used !== undefined && (type === 'IAMUser' || type === 'Root') ? `MFA used: ${used}` : undefined;
}

/** A sign-in to the console; one that failed says so in its answer and not by an error code. */
export const consoleLogin: Reader = ({ record, response }) => ({
  ...effect([], mfaOf(record)),
  ...(textOf(response, 'consoleLogin') === 'Failure' && { error: 'FailedAuthentication' }),
});

export const keyPair: Reader = ({ request }) =>
  effect([links('key-pair', 'made', [textOf(request, 'keyName')])]);

/** A guard of the whole account and Region goes off; the detail says which, in words. */
export const guardrail =
  (what: string): Reader =>
  () => ({ links: [], detail: what });

/** Account-wide metadata defaults can also be made stricter: only a change towards IMDSv1 takes a guard away. */
export const metadataDefaults: Reader = ({ request }) => {
  const tokens = textOf(request, 'httpTokens');
  return tokens === 'required'
    ? undefined
    : { links: [], detail: `instance metadata defaults: ${tokens ?? 'changed'}` };
};

export const enableRegion: Reader = ({ request }) => effect([], textOf(request, 'regionName'));

export const raiseQuota: Reader = ({ request }) => {
  const what = [textOf(request, 'serviceCode'), textOf(request, 'quotaCode')].filter(Boolean).join(' ');
  const value = textOf(request, 'desiredValue');
  return effect([], value === undefined ? what : `${what} to ${value}`.trim());
};

/** Keys of the tags that Launchtrail itself sets. */
const OWN_TAG = 'launchtrail:';
const TYPE_OF_PREFIX = { i: 'instance', vol: 'volume', snap: 'snapshot', ami: 'image' } as const;
const isPrefix = (prefix: string): prefix is keyof typeof TYPE_OF_PREFIX =>
  Object.hasOwn(TYPE_OF_PREFIX, prefix);

/** Our own tags taken off. Without a list of tags the call removes every tag, which on an instance includes ours. */
export const deleteTags: Reader = ({ request }) => {
  const keys = items(anyOf(request, 'tagSet', 'tags')).map((each) => textOf(each, 'key'));
  const resources = items(anyOf(request, 'resourcesSet', 'resources')).map(
    (each) => textOf(each, 'resourceId') ?? text(each) ?? '',
  );
  const own = keys.filter((key) => key?.startsWith(OWN_TAG));
  const all = keys.length === 0 && resources.some((id) => id.startsWith('i-'));
  if (own.length === 0 && !all) return undefined;
  const touched = resources.flatMap((id) => {
    const prefix = id.split('-', 1)[0] ?? '';
    return isPrefix(prefix) ? links(TYPE_OF_PREFIX[prefix], 'changed', [id]) : [];
  });
  return effect([touched], all ? 'every tag' : own.join(', '));
};

/** New users and roles are named by principal id, the key their own activities will carry; keys by access key id. */
export const createUser: Reader = ({ request, response }) =>
  effect([links('user', 'made', [text(at(response, 'user', 'userId'))])], textOf(request, 'userName'));

export const createRole: Reader = ({ request, response }) =>
  effect([links('role', 'made', [text(at(response, 'role', 'roleId'))])], textOf(request, 'roleName'));

const keyNamed = (request: unknown) => [links('access-key', 'changed', [textOf(request, 'accessKeyId')])];

/** A key switched off, or on again: its detail is the status that it gets, `Active` or `Inactive`. */
export const keySwitched: Reader = ({ request }) => effect(keyNamed(request), textOf(request, 'status'));

export const keyDeleted: Reader = ({ request }) => effect(keyNamed(request));

export const createAccessKey: Reader = ({ request, response }) => {
  const user = textOf(request, 'userName') ?? text(at(response, 'accessKey', 'userName'));
  return effect(
    [
      links('access-key', 'made', [text(at(response, 'accessKey', 'accessKeyId'))]),
      links('user', 'changed', [user]),
    ],
    user,
  );
};

/** The record names the user only by name. */
export const createLogin: Reader = ({ request }) => {
  const user = textOf(request, 'userName');
  return effect([links('user', 'changed', [user])], user);
};

export const grant: Reader = ({ request }): Effect => {
  const policy = textOf(request, 'policyArn', 'policyName', 'groupName', 'instanceProfileName');
  return effect(
    [
      links('user', 'changed', [textOf(request, 'userName')]),
      links('role', 'changed', [textOf(request, 'roleName')]),
      links('instance-profile', 'changed', [textOf(request, 'instanceProfileName')]),
    ],
    policy,
  );
};
