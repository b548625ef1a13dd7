import type { AccountState } from '../account-state.ts';
import { changeState } from '../ec2-control.ts';
import { runInstances } from '../ec2-launches.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, assume } from '../identities.ts';
import { REGIONS } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { refused } from '../trail-record.ts';

const TYPES = ['c6i.xlarge', 'c6i.2xlarge', 'm6i.xlarge'];

/** A build server with the credentials of its instance starts an agent for each batch of jobs, too fast now and then. */
export function jenkins(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'jenkins', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const controller = account.servers[5]?.instance ?? 'i-0';
  const source = `198.51.100.${random.int(1, 60)}`;

  return (day, emit) => {
    if (!day.working) return;
    const say = sayer(random, emit);
    const caller = assume(random, estate.role(account.id, 'jenkins'), {
      name: controller,
      since: day.start,
      source,
      agent: AGENTS.javaSdk,
      ec2RoleDelivery: '2.0',
      inScopeOf: {
        issuerType: 'AWS::EC2::Instance',
        credentialsIssuedTo: `arn:aws:ec2:${place.region}:${account.id}:instance/${controller}`,
      },
    });
    for (let left = random.int(5, 12); left > 0; left--) {
      const at = day.start + 7 * HOUR + random.int(0, 11 * 60) * MINUTE;
      const spec = {
        place,
        image: place.base,
        type: random.pick(TYPES),
        keyName: 'jenkins-agents',
        profile: 'jenkins-agent',
        userData: true,
        tags: { Name: 'jenkins-agent', jenkins_slave_type: 'demand', owner: 'team-platform' },
      } as const;
      if (random.chance(0.04)) {
        say(caller, at - 20_000, (now) =>
          refused(
            runInstances(random, now, spec).call,
            'Client.RequestLimitExceeded',
            'Request limit exceeded.',
          ),
        );
      }
      let agents: readonly string[] = [];
      say(caller, at, (now) => {
        const { call, instances } = runInstances(random, now, spec);
        agents = instances;
        return call;
      });
      say(caller, at + random.int(30, 75) * MINUTE, () =>
        changeState('TerminateInstances', place.region, agents),
      );
    }
  };
}
