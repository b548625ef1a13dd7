import type { AccountState, ScalingGroup } from '../account-state.ts';
import { changeGroup, changeState } from '../ec2-control.ts';
import { modifySpotFleet } from '../ec2-fleet.ts';
import { runInstances } from '../ec2-launches.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, assume, assumedByService } from '../identities.ts';
import { REGIONS, resourceId } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { autoScalingCaller, groupLaunch, spotFleetCaller, spotFleetLaunch } from '../service-launches.ts';
import { pipelineSession } from '../sessions.ts';
import { refused } from '../trail-record.ts';

/** A scheduler starts a cluster each night, a larger one on Mondays; EMR launches its nodes and takes them away. */
export function emr(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'emr', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const scheduler = estate.role(account.id, 'airflow');
  const service = estate.role(account.id, 'EMR_DefaultRole');

  return (day, emit) => {
    if (!day.working) return;
    const say = sayer(random, emit);
    const at = day.start + 2 * HOUR + random.int(0, 20) * MINUTE;
    const flow = `j-${random.letters(13)}`;
    const caller = assume(random, scheduler, {
      name: 'airflow-worker',
      since: at - HOUR,
      source: '198.51.100.61',
      agent: AGENTS.boto3,
    });
    say(caller, at, {
      service: 'elasticmapreduce',
      name: 'RunJobFlow',
      region: place.region,
      request: { name: 'nightly-aggregation', releaseLabel: 'emr-7.10.0', serviceRole: service.name },
      response: { jobFlowId: flow },
    });
    const nodes: string[] = [];
    const emrCaller = assumedByService(random, service, 'elasticmapreduce', 'CCSSession', at);
    const large = new Date(day.start).getUTCDay() === 1 ? 2 : 1;
    const groups = [
      { role: 'MASTER', type: 'm6g.xlarge', count: 1 },
      { role: 'CORE', type: 'r6g.2xlarge', count: random.int(3, 6) * large },
    ];
    groups.forEach(({ role, type, count }, index) => {
      say(emrCaller, at + (index + 1) * MINUTE, (now) => {
        const { call, instances } = runInstances(random, now, {
          place,
          image: place.base,
          type,
          count,
          profile: 'EMR_EC2_DefaultRole',
          groups: [place.groups.data],
          tags: {
            'aws:elasticmapreduce:job-flow-id': flow,
            'aws:elasticmapreduce:instance-group-role': role,
            owner: 'team-data',
          },
          ...(role === 'CORE' && { spot: true }),
        });
        nodes.push(...instances);
        return call;
      });
    });
    say(emrCaller, at + random.int(100, 240) * MINUTE, () =>
      changeState('TerminateInstances', place.region, nodes.splice(0)),
    );
  };
}

/** Two queues of AWS Batch, one of them with GPUs for inference: jobs come in and the groups behind them grow. */
export function batch(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'batch', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const role = estate.role(account.id, 'AWSServiceRoleForBatch', '/aws-service-role/batch.amazonaws.com/');
  const groups = [
    { name: 'batch-simulation', type: 'c6i.4xlarge', image: place.amazonLinux, most: 8 },
    { name: 'batch-inference', type: 'g4dn.xlarge', image: place.gpu, most: 3 },
  ].map((group) => ({
    ...group,
    template: { id: resourceId(random, 'lt'), name: group.name, version: random.int(1, 9) },
  }));

  return (day, emit) => {
    if (!day.working) return;
    const say = sayer(random, emit);
    const caller = assumedByService(random, role, 'batch', 'aws-batch', day.start);
    const scaling = autoScalingCaller(estate, random, account.id, day.start);
    for (const group of groups) {
      if (!random.chance(0.7)) continue;
      const at = day.start + random.int(6 * 60, 18 * 60) * MINUTE;
      const count = random.int(1, group.most);
      const size = { min: 0, max: 32, desired: count };
      say(caller, at, () =>
        changeGroup('UpdateAutoScalingGroup', place.region, group.name, group.template, size),
      );
      let nodes: readonly string[] = [];
      const spec: Pick<ScalingGroup, 'name' | 'type' | 'image' | 'template'> = group;
      say(scaling, at + 30_000, (now) => {
        const { call, instances } = groupLaunch(random, now, place, spec, count);
        nodes = instances;
        return call;
      });
      say(scaling, at + random.int(20, 150) * MINUTE, () =>
        changeState('TerminateInstances', place.region, nodes),
      );
    }
  };
}

/** In some accounts a spot fleet, older than the history, runs tests; a job turns it up in the morning and down at night. */
export function spotRunners(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'spot runners', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const inUse = random.chance(0.6);
  const fleet = `sfr-${random.guid()}`;
  const running: string[] = [];

  return (day, emit) => {
    if (!inUse || !day.working) return;
    const say = sayer(random, emit);
    const morning = day.start + 6 * HOUR + random.int(0, 40) * MINUTE;
    const evening = day.start + 18 * HOUR + random.int(0, 40) * MINUTE;
    const capacity = random.int(4, 8);
    for (const [at, target] of [
      [morning, capacity],
      [evening, 0],
    ] as const) {
      const ci = pipelineSession(estate, random, account.id, 'ci-runners', AGENTS.boto3, at);
      say(ci, at, () => modifySpotFleet(place.region, fleet, target));
    }
    const service = spotFleetCaller(estate, random, account.id, morning);
    for (let left = capacity; left > 0; ) {
      const count = Math.min(left, random.int(1, 4));
      left -= count;
      const at = morning + random.int(1, 90) * MINUTE;
      const type = random.pick(['c6i.xlarge', 'c6a.xlarge', 'm6i.xlarge']);
      const launch = { fleet, image: place.base, type, count };
      if (random.chance(0.1)) {
        say(service, at - 30_000, (now) =>
          refused(
            spotFleetLaunch(random, now, place, launch).call,
            'Server.InsufficientInstanceCapacity',
            `There is no Spot capacity available that matches your request for ${type}.`,
          ),
        );
      }
      say(service, at, (now) => {
        const { call, instances } = spotFleetLaunch(random, now, place, launch);
        running.push(...instances);
        return call;
      });
    }
    say(service, evening + 2 * MINUTE, () =>
      running.length === 0 ? undefined : changeState('TerminateInstances', place.region, running.splice(0)),
    );
  };
}
