import type { AccountState } from '../account-state.ts';
import { changeState } from '../ec2-control.ts';
import { createFleet } from '../ec2-fleet.ts';
import { type LaunchSpec, runInstances } from '../ec2-launches.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, assume, forwarded } from '../identities.ts';
import { REGIONS, resourceId } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';

/** Types a general-purpose node pool lets Karpenter choose from. */
const CHOICE = [
  'c6g.xlarge',
  'c7g.xlarge',
  'c7g.2xlarge',
  'm6g.xlarge',
  'm7g.xlarge',
  'm7g.2xlarge',
  'r6g.xlarge',
  'r7g.large',
  'r7g.xlarge',
];
const REQUESTER = '111122220002';

/** Cluster nodes come and go all day, in whatever size fits; each is a CreateFleet and the RunInstances behind it. */
export function karpenter(estate: Estate, { account }: AccountState): Routine {
  const { id } = account;
  const random = randomOf(estate.seed, 'karpenter', id);
  const place = estate.places(id, REGIONS.home);
  const role = estate.role(id, 'KarpenterController-apps');
  const template = { id: resourceId(random, 'lt'), version: '1' };
  const provider = `arn:aws:iam::${id}:oidc-provider/oidc.eks.${REGIONS.home}.amazonaws.com/id/${random.hex(32).toUpperCase()}`;
  const egress = `198.51.100.${random.int(1, 60)}`;
  const nodes: string[] = [];

  return (day, emit) => {
    const say = sayer(random, emit);
    const session = assume(random, role, {
      name: String(day.start * 1_000_000 + random.int(0, 999)),
      since: day.start,
      source: egress,
      agent: AGENTS.karpenter,
      webIdentity: {
        federatedProvider: provider,
        attributes: { 'oidc:sub': 'system:serviceaccount:kube-system:karpenter' },
      },
    });
    const fleet = forwarded(session, 'ec2fleet');
    for (let left = day.working ? random.int(6, 14) : random.int(2, 5); left > 0; left--) {
      const at = day.start + Math.floor(random.next() * 24 * HOUR);
      const spec: LaunchSpec = {
        place,
        image: place.base,
        type: random.pick(CHOICE),
        profile: 'karpenter-node-apps',
        template,
        tags: {
          'karpenter.sh/nodepool': 'general',
          'eks:eks-cluster-name': 'apps',
          owner: 'team-platform',
        },
        clientToken: `fleet-${random.guid()}-0`,
        requester: REQUESTER,
        ...(random.chance(0.7) && { spot: true }),
      };
      let launched: readonly string[] = [];
      say(fleet, at, (now) => {
        const { call, instances } = runInstances(random, now, spec);
        launched = instances;
        nodes.push(...instances);
        return call;
      });
      say(session, at + 1000, () => createFleet(random, at, spec, CHOICE, launched));
    }
    for (let left = 8; left > 0; left--) {
      const at = day.start + 20 * HOUR + random.int(0, 230) * MINUTE;
      const most = random.int(1, 3);
      say(session, at, () =>
        nodes.length <= 8
          ? undefined
          : changeState('TerminateInstances', place.region, nodes.splice(0, most)),
      );
    }
  };
}
