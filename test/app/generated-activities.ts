import fc from 'fast-check';
import type { Activity, Link } from '../../core/activity/activity.ts';
import type { Actor } from '../../core/activity/actor.ts';
import { gainId } from '../../core/activity/gains.ts';
import { linksInPlace } from '../../core/records/cloudtrail/names.ts';
import { ACCOUNT, aLaunch, anActor, anOrigin, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { image, instance, snapshot, template, volume } from '../resources.ts';

const USER = 'AIDAEXAMPLEUSER000001';
export const SCALING = anActor({
  key: 'AROAEXAMPLESCALING001',
  label: 'role/AWSServiceRoleForAutoScaling',
  class: 'service',
  invokedBy: 'autoscaling.amazonaws.com',
});
/** One permission set in two accounts: whoever is behind it is the same person in both. */
function behindTheSet(name: string): Actor {
  const person = { key: name, label: name, vouched: true } as const;
  return aPerson(name, {
    key: 'AROAEXAMPLEDATA000001',
    label: 'role/AWSReservedSSO_Data_0123456789abcdef',
    person,
  });
}
const LEAKED = anActor({
  key: USER,
  label: 'user/ci',
  class: 'workload',
  credential: 'long-lived',
  accessKey: 'AKIAEXAMPLE1',
});
/** GuardDuty's own role, which copies, shares with its maker and takes back. */
const SCANNER = anActor({
  key: 'AROAEXAMPLESCANNER001',
  label: 'role/AWSServiceRoleForAmazonGuardDutyMalwareProtection',
  class: 'service',
  invokedBy: 'malware-protection.guardduty.amazonaws.com',
});
/** A user who signs in to the console without a second factor. */
const IN_CONSOLE = anActor({
  key: 'AIDAEXAMPLEUSER000002',
  label: 'user/frank',
  class: 'human',
  arn: 'arn:aws:iam::111122223333:user/frank',
  mfa: false,
});
/** What a scanner does; all other kinds become one of these. */
const SCANS: readonly Activity['kind'][] = [
  'snapshot.create',
  'snapshot.share',
  'snapshot.unshare',
  'snapshot.delete',
];
const ACTORS = [
  anActor(),
  SCANNER,
  IN_CONSOLE,
  aPerson('alice@example.com'),
  aPerson('bob@example.com'),
  behindTheSet('carol@example.com'),
  behindTheSet('dave@example.com'),
  LEAKED,
  anActor({
    key: 'AROAEXAMPLEWEB0000001',
    label: 'role/Web',
    class: 'workload',
    instance: 'i-00000000000000009',
  }),
  SCALING,
  SCALING,
  SCALING,
];
const REGIONS = ['eu-west-1', 'us-east-1', 'sa-east-1'];

const KINDS: readonly Activity['kind'][] = [
  'instance.launch',
  'instance.launch',
  'instance.launch',
  'snapshot.create',
  'snapshot.share',
  'snapshot.share',
  'snapshot.use',
  'snapshot.delete',
  'key-pair.create',
  'identity.create',
  'identity.grant',
  'access.gain',
  'session.open',
  'security-group.create',
  'region.enable',
  'image.create',
  'volume.create',
  'volume.attach',
  'snapshot.copy',
  'instance.replace-root',
  'ingress.open',
  'ingress.open',
  'template.change',
  'template.change',
  'volume.attach',
  'instance.terminate',
  'guardrail.disable',
  'fleet.change',
  'fleet.change',
  'fleet.change',
  'fleet.change',
  'fleet.change',
  'template.change',
  'template.change',
  'instance.modify',
  'instance.modify',
  'address.associate',
  'profile.attach',
  'metadata.change',
  'snapshot.unshare',
  'volume.delete',
  'image.delete',
];

/** What a case is drawn from; what is named more than once comes more often. */
interface Draw {
  readonly hour: fc.Arbitrary<number>;
  readonly actors: readonly Actor[];
  readonly accounts: readonly string[];
  readonly types: readonly string[];
  readonly kinds: readonly Activity['kind'][];
  readonly most: number;
}

const drawn = ({ hour, actors, accounts, types, kinds, most }: Draw) =>
  fc.array(
    fc.record({
      hour,
      actor: fc.constantFrom(...actors),
      account: fc.constantFrom(...accounts),
      region: fc.constantFrom(...REGIONS),
      network: fc.constantFrom('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'),
      outcome: fc.constantFrom<Activity['outcome'][]>(
        'succeeded',
        'succeeded',
        'succeeded',
        'denied',
        'limited',
      ),
      type: fc.constantFrom(...types),
      count: fc.constantFrom(1, 1, 3, 50),
      kind: fc.constantFrom(...kinds),
      disk: fc.boolean(),
      thing: fc.constantFrom('1', '2'),
    }),
    { minLength: 1, maxLength: most },
  );

/** Packed so that familiarity, windows, learning, suspicion and grouping all get in each other's way. */
const crowded = drawn({
  hour: fc.oneof(fc.integer({ min: 0, max: 24 * 50 }), fc.integer({ min: 24 * 14, max: 24 * 17 })),
  actors: ACTORS,
  accounts: [ACCOUNT, ACCOUNT, ACCOUNT, OTHER_ACCOUNT],
  types: ['m7g.large', 'm7g.large', 'g5.xlarge', 'p4d.24xlarge'],
  kinds: KINDS,
  most: 40,
});

/** Two at work for weeks with few values: most judgements ask whether a value that was suspect has aged. */
const quarantined = drawn({
  hour: fc.integer({ min: 24 * 6, max: 24 * 40 }),
  actors: [anActor(), LEAKED],
  accounts: [ACCOUNT],
  types: ['m7g.large', 'g5.xlarge', 'p4d.24xlarge'],
  kinds: ['instance.launch', 'instance.launch', 'instance.launch', 'snapshot.share', 'key-pair.create'],
  most: 16,
});

export const activities: fc.Arbitrary<Activity[]> = fc
  .oneof({ weight: 3, arbitrary: crowded }, { weight: 1, arbitrary: quarantined })
  .map((parts) =>
    parts.map(
      (
        { hour: any, actor, account, region, network, outcome, type, count, kind: what, thing, disk },
        index,
      ): Activity => {
        const byService = actor.class === 'service' && actor !== SCANNER;
        const kind =
          actor === SCANNER
            ? (SCANS[any % SCANS.length] as Activity['kind'])
            : actor.class === 'service'
              ? 'instance.launch'
              : what;
        // changes and what services launch because of them meet within two days in one place
        const behind = byService || kind === 'fleet.change' || kind === 'template.change';
        const hour = behind ? 24 * 15 + (any % 40) : any;
        const snapshots = disk ? [snapshot(`snap-${thing}`)] : [];
        const other = thing === '1' ? '2' : '1';
        const links: Record<string, Link[]> = {
          'snapshot.unshare': [{ type: 'snapshot', id: `snap-${thing}`, role: 'changed' }],
          'volume.delete': [{ type: 'volume', id: `vol-${thing}0`, role: 'changed' }],
          'image.delete': [{ type: 'image', id: `ami-${thing}`, role: 'changed' }],
          'snapshot.create': [
            ...(count === 50
              ? [{ type: 'snapshot', id: `snap-${thing}`, role: 'made' } as const]
              : [
                  { type: 'volume', id: `vol-${thing}`, role: 'used' } as const,
                  {
                    type: 'snapshot',
                    id: `snap-${thing}`,
                    role: 'made',
                    from: [volume(`vol-${thing}`)],
                  } as const,
                ]),
          ],
          'snapshot.share': [{ type: 'snapshot', id: `snap-${thing}`, role: 'changed' }],
          'snapshot.use': [{ type: 'snapshot', id: `snap-${thing}`, role: 'used' }],
          'snapshot.delete': [{ type: 'snapshot', id: `snap-${thing}`, role: 'changed' }],
          'key-pair.create': [{ type: 'key-pair', id: `key-${thing}`, role: 'made' }],
          'identity.create': [
            thing === '1'
              ? { type: 'user', id: USER, role: 'made' }
              : { type: 'access-key', id: 'AKIAEXAMPLE1', role: 'made' },
            ...(thing === '1' ? [] : [{ type: 'user', id: 'ci', role: 'changed' } as const]),
          ],
          'identity.grant': [{ type: 'user', id: 'ci', role: 'changed' }],
          'security-group.create': [{ type: 'security-group', id: `sg-${thing}`, role: 'made' }],
          'image.create': [
            {
              type: 'image',
              id: `ami-${thing}`,
              role: 'made',
              from: [disk ? instance(`i-${thing}`) : snapshot(`snap-${thing}`)],
            },
          ],
          'snapshot.copy': [
            { type: 'snapshot', id: 'snap-1', role: 'used' },
            { type: 'snapshot', id: 'snap-2', role: 'made', from: [snapshot('snap-1')] },
          ],
          'volume.create': [
            { type: 'snapshot', id: `snap-${thing}`, role: 'used' },
            { type: 'volume', id: `vol-${thing}0`, role: 'made', from: [snapshot(`snap-${thing}`)] },
          ],
          'volume.attach': [
            { type: 'volume', id: `vol-${thing}0`, role: 'used' },
            { type: 'instance', id: `i-${thing}`, role: 'changed', from: [volume(`vol-${thing}0`)] },
          ],
          'instance.replace-root': [
            {
              type: 'instance',
              id: `i-${thing}`,
              role: 'changed',
              from: [disk ? snapshot(`snap-${thing}`) : image(`ami-${thing}`)],
            },
            ...(disk ? [] : [{ type: 'image', id: `ami-${thing}`, role: 'used' } as const]),
          ],
          'instance.launch': [
            { type: 'instance', id: `i-${thing}`, role: 'made', from: [image(`ami-${thing}`), ...snapshots] },
            // one call may launch both, each with its interface
            ...(count === 50 && !byService
              ? [
                  {
                    type: 'instance',
                    id: `i-${other}`,
                    role: 'made',
                    from: [image(`ami-${thing}`)],
                  } as const,
                  { type: 'network-interface', id: 'eni-1', role: 'made', on: 'i-1' } as const,
                  { type: 'network-interface', id: 'eni-2', role: 'made', on: 'i-2' } as const,
                ]
              : []),
            { type: 'auto-scaling-group', id: 'web', role: 'used' },
          ],
          'instance.terminate': [{ type: 'instance', id: `i-${thing}`, role: 'changed' }],
          'instance.modify':
            type === 'g5.xlarge'
              ? [
                  { type: 'instance', id: `i-${thing}`, role: 'changed' },
                  { type: 'network-interface', id: `eni-${disk ? 1 : 2}`, role: 'used' },
                ]
              : [
                  type === 'm7g.large'
                    ? { type: 'instance', id: `i-${thing}`, role: 'changed' }
                    : { type: 'network-interface', id: `eni-${thing}`, role: 'changed' },
                  { type: 'security-group', id: `sg-${disk ? 1 : 2}`, role: 'used' },
                ],
          'address.associate': [
            disk
              ? { type: 'instance', id: `i-${thing}`, role: 'changed' }
              : { type: 'network-interface', id: `eni-${thing}`, role: 'changed' },
          ],
          'profile.attach': [
            { type: 'instance', id: `i-${thing}`, role: 'changed' },
            { type: 'instance-profile', id: type, role: 'used' },
          ],
          'metadata.change': [{ type: 'instance', id: `i-${thing}`, role: 'changed' }],
          'fleet.change': [{ type: 'auto-scaling-group', id: 'web', role: 'changed' }],
          'template.change': [
            { type: 'launch-template', id: 'lt-1', role: 'changed', from: [snapshot(`snap-${thing}`)] },
            {
              ...template(thing),
              role: 'changed',
              from: [disk ? snapshot(`snap-${thing}`) : thing === '1' ? image('ami-1') : template('1')],
            },
            { type: 'security-group', id: `sg-${thing}`, role: 'used' },
          ],
          'ingress.open': [{ type: 'security-group', id: `sg-${thing}`, role: 'changed' }],
        };
        return {
          // an audit finds a gain some hours after it was given
          id:
            kind === 'access.gain'
              ? gainId(String(index), NOW + (hour + count) * HOUR)
              : `${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
          at: NOW + hour * HOUR,
          account: behind ? ACCOUNT : account,
          region: behind ? (REGIONS[0] as string) : region,
          kind,
          action: `ec2:${kind}`,
          actor,
          origin:
            actor === SCANNER
              ? anOrigin({ service: 'malware-protection.guardduty.amazonaws.com', agent: 'service' })
              : anOrigin({ prefix: network, console: actor === IN_CONSOLE }),
          outcome: behind && outcome === 'limited' ? 'succeeded' : outcome,
          links: linksInPlace(
            [
              ...(links[kind] ?? []),
              ...(kind === 'instance.launch' && (byService || count === 3)
                ? [{ type: 'launch-template', id: 'lt-1', role: 'used' } as Link]
                : []),
              ...(kind === 'instance.launch' && count === 1
                ? [{ type: 'network-interface', id: `eni-${thing}`, role: disk ? 'used' : 'made' } as Link]
                : []),
            ],
            { account: behind ? ACCOUNT : account, region: behind ? (REGIONS[0] as string) : region },
          ),
          ...(kind === 'ingress.open' && {
            ingress: [
              { group: `sg-${thing}`, protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' },
            ],
          }),
          ...(kind === 'metadata.change' && {
            posture: { httpTokens: disk ? ('optional' as const) : ('required' as const) },
          }),
          ...((kind === 'fleet.change' || (kind === 'template.change' && disk)) && {
            plan: aLaunch({
              types: [type],
              count: kind === 'fleet.change' ? count : 0,
              images: [`ami-${thing}`],
            }),
          }),
          ...(kind === 'identity.create' && thing === '1' && { detail: 'ci' }),
          ...(kind === 'region.enable' && { detail: REGIONS[2] as string }),
          ...((kind === 'snapshot.share' || kind === 'snapshot.use') && {
            // one partner that the policy names, one that it does not, and one of ours
            share: {
              accounts: [count === 1 ? '999988887777' : count === 3 ? '888877776666' : OTHER_ACCOUNT],
              organisations: [],
              public: false,
            },
          }),
          ...(kind === 'instance.launch' && {
            launch: aLaunch({
              types: [type],
              count,
              images: [`ami-${thing}`],
              groups: [`sg-${type === 'g5.xlarge' ? '1' : '2'}`],
              ...((byService || count === 3) && {
                template: network.startsWith('192') ? template() : template(thing),
              }),
              keyName: `key-${thing}`,
              userData: true,
            }),
          }),
        };
      },
    ),
  );
