import { stateOf } from '../../simulate/account-state.ts';
import { changeGroup, changeTemplate, iam } from '../../simulate/ec2-control.ts';
import { type LaunchSpec, runInstances } from '../../simulate/ec2-launches.ts';
import { HOUR, MINUTE } from '../../simulate/estate.ts';
import { AGENTS, assumedByService, userArn, userOf, withKey } from '../../simulate/identities.ts';
import { type Place, REGIONS, resourceId } from '../../simulate/places.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { apiCall, type Call, type Caller, isoTime, type TrailRecord } from '../../simulate/trail-record.ts';
import { createNodeGroup, createStack, desiredCapacity, keepFleet, spotFleet, useVersion } from './calls.ts';
import { END_OF_HISTORY, estate, FIRST, PRODUCTION, sessionOf } from './world.ts';

/** Someone makes a service launch: what they do, and the launches that follow. */
export interface Indirect {
  readonly name: string;
  /** Whether accelerated instances are launched. */
  readonly accelerated: boolean;
  readonly play: (scene: Scene) => void;
}

interface Scene {
  readonly random: Random;
  /** A step by the one who makes the service launch, minutes after the one before. */
  readonly by: (make: (at: number) => Call) => void;
  /** A launch that a service makes, a minute after the step before. */
  readonly launch: (service: keyof typeof SERVICES, spec: LaunchSpec) => void;
}

/** Service, role and name of its session. */
const SERVICES = {
  autoscaling: [
    'autoscaling',
    'AWSServiceRoleForAutoScaling',
    'AutoScaling',
    '/aws-service-role/autoscaling.amazonaws.com/',
  ],
  fleet: ['ec2fleet', 'AWSServiceRoleForEC2Fleet', 'EC2Fleet', '/aws-service-role/ec2fleet.amazonaws.com/'],
  spot: [
    'spotfleet',
    'AWSServiceRoleForEC2SpotFleet',
    'SpotFleet',
    '/aws-service-role/spotfleet.amazonaws.com/',
  ],
  stack: ['cloudformation', 'stack-deploy', 'AWSCloudFormation', '/'],
} as const;

/** A person who launches every day, or a user that someone made half an hour before. */
export type Who = 'launcher' | 'new user';

const home = estate.places(PRODUCTION.id, REGIONS.home);
const group = stateOf(estate, PRODUCTION).groups[0];
if (group === undefined) throw new Error('production has no group');
const user = userOf(1578, PRODUCTION.id, 'export');

/** The records of one such story, in the order of time, and the ids of its launches. */
export function recordsBehind(
  { play }: Indirect,
  who: Who,
): { readonly records: readonly TrailRecord[]; readonly launches: readonly string[] } {
  const random = randomOf(1578, 'behind');
  const records: TrailRecord[] = [];
  const launches: string[] = [];
  let now = END_OF_HISTORY + 9 * HOUR + 30 * MINUTE;
  const write = (caller: Caller, call: Call): TrailRecord => {
    const record = apiCall(random, caller, now, call);
    records.push(record);
    return record;
  };
  const admin = (): Caller => sessionOf(random, FIRST, PRODUCTION.id, now);
  const caller = (): Caller =>
    who === 'launcher' ? admin() : withKey(user, '203.0.113.77', AGENTS.cli('autoscaling'));
  if (who === 'new user') {
    const made = {
      path: '/',
      userName: user.name,
      userId: user.principalId,
      arn: userArn(user),
      createDate: isoTime(now),
    };
    write(admin(), iam('CreateUser', { userName: user.name }, { user: made }));
    now += 30 * MINUTE;
  }
  play({
    random,
    by: (make) => {
      write(caller(), make(now));
      now += 6 * MINUTE;
    },
    launch: (service, spec) => {
      now += MINUTE;
      const [name, role, session, path] = SERVICES[service];
      const { call } = runInstances(random, now, { ...spec, requester: '111122220001' });
      const as = assumedByService(random, estate.role(PRODUCTION.id, role, path), name, session, now);
      launches.push(write(as, call).eventID);
    },
  });
  return { records, launches };
}

const scaled = (
  place: Place,
  type: string,
  name: string,
  template: { id: string; version: number },
): LaunchSpec => ({
  place,
  image: place.base,
  type,
  count: 4,
  tags: {
    'aws:autoscaling:groupName': name,
    'aws:ec2launchtemplate:id': template.id,
    'aws:ec2launchtemplate:version': `${template.version}`,
  },
  template: { id: template.id, version: `${template.version}` },
});

const CHOICE = ['c6i.8xlarge', 'c7i.8xlarge', 'm6i.8xlarge', 'm7i.8xlarge', 'r6i.8xlarge', 'r7i.8xlarge'];

export const INDIRECT: readonly Indirect[] = [
  {
    name: 'CreateLaunchTemplateVersion with p4d.24xlarge → ModifyLaunchTemplate → RunInstances by Auto Scaling',
    accelerated: true,
    play: ({ by, launch }) => {
      const { template, name } = group;
      const version = { ...template, version: template.version + 1 };
      const type = 'p4d.24xlarge';
      by((at) => changeTemplate(at, home.region, version, { image: home.base.id, type }, 'user'));
      by(() => useVersion(home.region, version));
      launch('autoscaling', scaled(home, type, name, version));
      launch('autoscaling', scaled(home, type, name, version));
    },
  },
  {
    name: 'SetDesiredCapacity of a standing group to 200 → RunInstances by Auto Scaling',
    accelerated: false,
    play: ({ by, launch }) => {
      by(() => desiredCapacity(home.region, group.name, 200));
      for (let calls = 0; calls < 5; calls += 1) {
        launch('autoscaling', { ...scaled(home, group.type, group.name, group.template), count: 40 });
      }
    },
  },
  {
    name: 'CreateFleet that keeps 60 of many types → RunInstances by EC2 Fleet',
    accelerated: false,
    play: ({ random, by, launch }) => {
      const fleet = `fleet-${random.guid()}`;
      by((at) =>
        keepFleet(random, at, home.region, { fleet, types: CHOICE, count: 60, image: home.base.id }),
      );
      for (const type of CHOICE.slice(0, 2)) {
        launch('fleet', {
          place: home,
          image: home.base,
          type,
          count: 30,
          tags: { 'aws:ec2:fleet-id': fleet },
        });
      }
    },
  },
  {
    name: 'RequestSpotFleet for 60 of many types → RunInstances by Spot Fleet',
    accelerated: false,
    play: ({ random, by, launch }) => {
      const fleet = `sfr-${random.guid()}`;
      by(() => spotFleet(home.region, { fleet, types: CHOICE, count: 60, image: home.base.id }));
      for (const type of CHOICE.slice(0, 2)) {
        const tags = { 'aws:ec2spot:fleet-request-id': fleet };
        launch('spot', { place: home, image: home.base, type, count: 30, tags, spot: true });
      }
    },
  },
  {
    name: 'CreateLaunchTemplate → CreateAutoScalingGroup in a Region that nobody uses → RunInstances by Auto Scaling',
    accelerated: false,
    play: ({ random, by, launch }) => {
      const place = estate.places(PRODUCTION.id, 'sa-east-1');
      const template = { id: resourceId(random, 'lt'), name: 'batch', version: 1 };
      const data = { image: place.base.id, type: 'm7g.large' };
      by((at) => changeTemplate(at, place.region, template, data, 'user'));
      by(() => changeGroup('CreateAutoScalingGroup', place.region, 'batch', template, { min: 4, max: 8 }));
      launch('autoscaling', scaled(place, 'm7g.large', 'batch', template));
    },
  },
  {
    name: "CreateStack → RunInstances by the stack's role",
    accelerated: false,
    play: ({ random, by, launch }) => {
      by(() => createStack(random, PRODUCTION.id, home.region, 'workers'));
      const tags = { 'aws:cloudformation:stack-name': 'workers', 'aws:cloudformation:logical-id': 'Worker' };
      launch('stack', { place: home, image: home.base, type: 'c7i.8xlarge', count: 2, tags });
    },
  },
  {
    name: 'CreateNodegroup of g5.12xlarge → RunInstances by Auto Scaling for the group that EKS makes',
    accelerated: true,
    play: ({ random, by, launch }) => {
      const type = 'g5.12xlarge';
      by(() => createNodeGroup(home.region, { cluster: 'apps', name: 'extra', types: [type], count: 4 }));
      const template = { id: resourceId(random, 'lt'), version: 1 };
      const spec = scaled(home, type, `eks-extra-${random.guid()}`, template);
      launch('autoscaling', {
        ...spec,
        tags: { ...spec.tags, 'eks:cluster-name': 'apps', 'eks:nodegroup-name': 'extra' },
      });
    },
  },
];
