import type { Activity, Aspect, Launch, Link } from '../../activity/activity.ts';
import type { Actor } from '../../activity/actor.ts';
import { hashOf } from '../../activity/size.ts';
import { bounded } from '../cloudtrail/bounds.ts';
import { links, named } from '../cloudtrail/call.ts';
import { launchSources } from '../cloudtrail/launch-spec.ts';
import type { Baseline, SeenInstance } from './seen.ts';

/**
 * How long after its launch an instance counts as seen, ms. A record bears the time at which the call completed, by another
 * clock than the launch: by then it lies behind what was seen, however late it comes, and explains it.
 */
const SEEN_AFTER = 60_000;

/** Somebody of whom no record tells: by what they did, so that strangers are not taken for one. */
const unrecorded = (account: string, key: string, id: string): Actor => ({
  key,
  label: `someone unrecorded (${id})`,
  class: 'unknown',
  account,
});

/** Where what was only seen comes from: nobody knows where the call did. */
const UNSEEN = { agent: 'other', console: false } as const;

/** Snapshots that something other than the image brought onto an instance. */
const snapshotsOf = ({ volumes }: SeenInstance): string[] =>
  volumes.flatMap(({ snapshot, root }) => (root || snapshot === undefined ? [] : [snapshot]));

function launchOf(seen: SeenInstance): Launch {
  const { image, type, profile, keyName, subnet, vpc, httpTokens } = seen;
  return {
    count: 1,
    types: type === undefined ? [] : [type],
    images: image === undefined ? [] : [image],
    snapshots: snapshotsOf(seen),
    ...(profile !== undefined && { profile }),
    ...(keyName !== undefined && { keyName }),
    ...(seen.userData !== undefined && { userData: true }),
    ...(seen.publicAddress && { publicAddress: true }),
    ...(httpTokens !== undefined && { httpTokens }),
    groups: seen.groups,
    ...(subnet !== undefined && { subnet }),
    ...(vpc !== undefined && { vpc }),
    tagKeys: Object.keys(seen.tags),
  };
}

/** Who is behind an instance by the tags that AWS alone can set. */
const serviceBehind = ({ tags }: SeenInstance): Link[] => [
  ...links('auto-scaling-group', 'used', [tags['aws:autoscaling:groupName']]),
  ...links('fleet', 'used', [tags['aws:ec2:fleet-id'], tags['aws:ec2spot:fleet-request-id']]),
];

/**
 * A running instance that no record explains, as an activity: launched by someone unrecorded, one for each reservation. Its id and
 * time come from the instance, so that whoever sees it again says the same.
 */
export function observed(seen: SeenInstance): Activity {
  const { account, region, id, reservation, launched } = seen;
  const launch = launchOf(seen);
  return bounded({
    id: `seen-${id}`,
    at: launched + SEEN_AFTER,
    account,
    region,
    kind: 'instance.observe',
    action: 'ec2:DescribeInstances',
    actor: unrecorded(account, `reservation/${reservation}`, reservation),
    origin: UNSEEN,
    outcome: 'succeeded',
    links: [
      ...links('instance', 'made', [id], launchSources(launch)),
      ...links('image', 'used', launch.images),
      ...links('snapshot', 'used', launch.snapshots),
      ...links('security-group', 'used', launch.groups),
      ...links('instance-profile', 'used', [launch.profile]),
      ...links('key-pair', 'used', [launch.keyName]),
      ...links('network-interface', 'made', seen.interfaces),
      ...serviceBehind(seen),
    ],
    launch,
    seen: { since: launched, ...imageOf(seen) },
  });
}

/** Whose image an instance runs, where that is another account's. */
const imageOf = ({ account, imageOwner }: SeenInstance): { imageOwner?: string } =>
  imageOwner === undefined || imageOwner === account ? {} : { imageOwner };

/** What an aspect of an instance is now, as links. */
function nowOf(aspect: Aspect, seen: SeenInstance, before: Baseline): Link[] {
  const { id, image, profile, groups, volumes } = seen;
  const instance = (from: Parameters<typeof links>[3] = []): Link[] =>
    links('instance', 'changed', [id], from);
  switch (aspect) {
    case 'image':
      return [...instance(named('image', image)), ...links('image', 'used', [image])];
    case 'instance profile':
      return [...instance(), ...links('instance-profile', 'used', [profile])];
    case 'security groups':
      return [...instance(), ...links('security-group', 'used', added(groups, before.groups))];
    case 'volumes': {
      const news = volumes.filter((each) => !before.volumes.includes(each.id));
      return [
        ...instance(news.map((each) => ({ type: 'volume', id: each.id }))),
        ...news.flatMap((each) =>
          links('volume', 'changed', [each.id], named('snapshot', each.root ? undefined : each.snapshot)),
        ),
        ...links(
          'snapshot',
          'used',
          news.map((each) => each.snapshot),
        ),
      ];
    }
    default:
      return instance();
  }
}

const added = (now: readonly string[], before: readonly string[]): string[] =>
  now.filter((each) => !before.includes(each));

/**
 * A change of an instance that no record explains, as an activity.
 *
 * @param since when it was last seen as it was, ms
 * @param at when it was first seen changed, ms
 */
export function drifted(
  aspect: Aspect,
  seen: SeenInstance,
  before: Baseline,
  { since, at }: { readonly since: number; readonly at: number },
): Activity {
  const { account, region, id } = seen;
  const now = nowOf(aspect, seen, before);
  const state = hashOf(JSON.stringify([now, aspect === 'user data' ? seen.userData : '']));
  return bounded({
    id: `drift-${id}-${aspect.replaceAll(' ', '-')}-${at}-${state}`,
    at,
    account,
    region,
    kind: 'instance.drift',
    action: 'ec2:DescribeInstances',
    actor: unrecorded(account, `drift/${id}`, id),
    origin: UNSEEN,
    outcome: 'succeeded',
    links: now,
    detail: aspect,
    seen: { since, aspect, ...(aspect === 'image' && imageOf(seen)) },
  });
}
