import { type Activity, byTime, type Launch } from '../activity/activity.ts';
import type { Resource } from '../activity/resources.ts';
import { groupsPut, interfacesOf, interfacesOn, isPosture } from './timelines.ts';

/** What is known of one instance up to some time: its launch, and what was changed on it or its interfaces since. */
export interface InstanceHistory {
  readonly instance: Resource;
  /** Oldest first. */
  readonly activities: readonly Activity[];
}

/** How an instance stands at some time, each part with the activity that it came by. */
export interface InstancePosture {
  readonly launch?: Activity;
  /** By group id. */
  readonly groups: ReadonlyMap<string, Activity>;
  readonly address?: Activity;
  readonly profile?: { readonly name: string; readonly by: Activity };
  /** The last word on whether IMDSv1 works. */
  readonly tokens?: { readonly required: boolean; readonly by: Activity };
}

/** What was done to an interface before it came to the instance. */
interface Waiting {
  readonly groups: readonly string[];
  readonly address: boolean;
}

/**
 * How a launch and the changes after it leave an instance. A change of groups takes the place of the groups before, on the
 * first interface or on the one it names; what an interface brings along comes by the call that brings it. An address that
 * is taken away and a rule that is removed again still count: in between the instance was open.
 *
 * @param instance whose interfaces are meant where a launch made several; absent where the launch itself is asked about
 */
export function postureOf(activities: readonly Activity[], instance?: Resource): InstancePosture {
  let posture: Omit<InstancePosture, 'groups'> = {};
  let first: string | undefined;
  const there = new Set<string>();
  const waiting = new Map<string, Waiting>();
  const groupsOn = new Map<string, readonly [readonly string[], Activity]>();
  const put = (on: string, { groups, address }: Waiting, by: Activity): void => {
    if (groups.length > 0) groupsOn.set(on === first ? '' : on, [groups, by]);
    if (address) posture = { ...posture, address: by };
  };

  for (const activity of [...activities].sort(byTime)) {
    const { kind, launch, links } = activity;
    const interfaces = instance === undefined ? interfacesOf(activity) : interfacesOn(activity, instance);
    const onInstance = links.some(({ type, role }) => type === 'instance' && role !== 'used');
    // what was seen later tells of the launch only where no record does
    const starts = kind === 'instance.launch' || (kind === 'instance.observe' && !posture.launch);
    if (starts && launch !== undefined) {
      first ??= interfaces[0]?.id;
      posture = { ...posture, ...launchedWith(launch, activity) };
    }
    if (onInstance) {
      for (const { id } of interfaces) {
        const brought = waiting.get(id);
        if (!there.has(id) && brought !== undefined) put(id, brought, activity);
        there.add(id);
      }
    }
    // a launch that names no groups leaves those of the interface that it brings
    if (starts && launch !== undefined && (launch.groups.length > 0 || !groupsOn.has('')))
      groupsOn.set('', [launch.groups, activity]);
    if (!isPosture(activity)) continue;

    const change: Waiting = {
      groups: groupsPut(activity).map(({ id }) => id),
      address: kind === 'address.associate' || activity.posture?.publicAddress === true,
    };
    const on = onInstance ? '' : (interfaces[0]?.id ?? '');
    if (on === '' || there.has(on)) put(on, change, activity);
    else waiting.set(on, added(waiting.get(on), change));
    if (kind === 'profile.attach') {
      const name = links.find(({ type }) => type === 'instance-profile')?.id ?? '';
      posture = { ...posture, profile: { name, by: activity } };
    }
    const tokens = activity.posture?.httpTokens;
    if (tokens !== undefined)
      posture = { ...posture, tokens: { required: tokens === 'required', by: activity } };
  }
  const groups = [...groupsOn.values()].flatMap(([names, by]) =>
    names.map((name): [string, Activity] => [name, by]),
  );
  return { ...posture, groups: new Map(groups) };
}

const added = (before: Waiting | undefined, { groups, address }: Waiting): Waiting => ({
  groups: groups.length > 0 ? groups : (before?.groups ?? []),
  address: address || before?.address === true,
});

const launchedWith = (launch: Launch, by: Activity): Omit<InstancePosture, 'groups'> => ({
  launch: by,
  ...(launch.publicAddress && { address: by }),
  ...(launch.profile !== undefined && { profile: { name: launch.profile, by } }),
  ...(launch.httpTokens !== undefined && { tokens: { required: launch.httpTokens === 'required', by } }),
});
