import type { ScalingGroup } from './account-state.ts';
import { runInstances } from './ec2-launches.ts';
import type { Estate } from './estate.ts';
import { assumedByService } from './identities.ts';
import type { Image, Place } from './places.ts';
import type { Random } from './random.ts';
import type { Caller } from './trail-record.ts';

/** The accounts services launch from, as EC2 names them in its answers. */
const REQUESTERS = { autoScaling: '111122220001', spotFleet: '111122220003' } as const;

export const autoScalingCaller = (estate: Estate, random: Random, account: string, at: number): Caller =>
  assumedByService(
    random,
    estate.role(account, 'AWSServiceRoleForAutoScaling', '/aws-service-role/autoscaling.amazonaws.com/'),
    'autoscaling',
    'AutoScaling',
    at,
  );

/** What Auto Scaling asks EC2 for when a group grows: the group's template, and tags that say so. */
export const groupLaunch = (
  random: Random,
  at: number,
  place: Place,
  group: Pick<ScalingGroup, 'name' | 'type' | 'image' | 'template'>,
  count: number,
): ReturnType<typeof runInstances> =>
  runInstances(random, at, {
    place,
    image: group.image,
    type: group.type,
    count,
    profile: `${group.name}-server`,
    tags: {
      'aws:autoscaling:groupName': group.name,
      'aws:ec2launchtemplate:id': group.template.id,
      'aws:ec2launchtemplate:version': String(group.template.version),
      owner: 'team-platform',
    },
    template: { id: group.template.id, version: String(group.template.version) },
    requester: REQUESTERS.autoScaling,
  });

export const spotFleetCaller = (estate: Estate, random: Random, account: string, at: number): Caller =>
  assumedByService(
    random,
    estate.role(account, 'AWSServiceRoleForEC2SpotFleet', '/aws-service-role/spotfleet.amazonaws.com/'),
    'spotfleet',
    'FleetLauncher',
    at,
  );

/** What a spot fleet asks EC2 for, tagged with the request behind it. */
export const spotFleetLaunch = (
  random: Random,
  at: number,
  place: Place,
  launch: { readonly fleet: string; readonly image: Image; readonly type: string; readonly count: number },
): ReturnType<typeof runInstances> =>
  runInstances(random, at, {
    place,
    image: launch.image,
    type: launch.type,
    count: launch.count,
    spot: true,
    publicAddress: true,
    tags: { 'aws:ec2spot:fleet-request-id': launch.fleet },
    requester: REQUESTERS.spotFleet,
  });
