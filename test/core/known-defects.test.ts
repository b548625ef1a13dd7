import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { assess } from '../../core/findings/assess.ts';
import { severityOf } from '../../core/findings/severity.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { narrate } from '../../tell/narrate.ts';
import { anActivity, anActor, anOrigin, aPerson, HOUR, memoryAfter, NOW } from '../builders.ts';
import {
  aShare,
  GROUP,
  habit,
  INSTANCE,
  inARow,
  PARTNER,
  SNAPSHOT,
  someoneElse,
  started,
  watched,
} from '../fixtures/signals/cases.ts';
import { activityOf, cloudTrailRecord, roleIdentity } from './records/cloudtrail-record.ts';
import { busy, gpu, judged, limited, rank, severity } from './situations.ts';
import { by, type Json, run, saidOf, share } from './whole-records.ts';

const signals = (activity: Activity, history: readonly Activity[] = []): string[] =>
  judged(activity, history).evidence.map(({ signal }) => signal);

/** An instance launched an hour before the records that `activityOf` makes. */
const anHourAgo = (): Activity[] => [
  started({}, { at: Date.UTC(2026, 2, 2, 8, 15), region: 'eu-central-1' }),
];

/** Defects of published rules (research by reading and running them) that ours must not repeat. */
describe('what other rules get wrong', () => {
  it.each<[string, string, Json]>([
    [
      'by IPv6, which stands in a list of its own',
      'AuthorizeSecurityGroupIngress',
      {
        ipPermissions: {
          items: [
            {
              ipProtocol: 'tcp',
              fromPort: 22,
              toPort: 22,
              ipRanges: {},
              ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
            },
          ],
        },
      },
    ],
    [
      'in the flat shape of the command line',
      'AuthorizeSecurityGroupIngress',
      { ipPermissions: {}, ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' },
    ],
    [
      'by a range of ports around the one to look for',
      'AuthorizeSecurityGroupIngress',
      { ipPermissions: {}, ipProtocol: 'tcp', fromPort: 0, toPort: 65_535, cidrIp: '0.0.0.0/0' },
    ],
    [
      'by protocol -1, which names no port',
      'AuthorizeSecurityGroupIngress',
      { ipPermissions: { items: [{ ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] } },
    ],
    [
      'by a rule that is rewritten',
      'ModifySecurityGroupRules',
      {
        ModifySecurityGroupRulesRequest: {
          GroupId: GROUP,
          SecurityGroupRule: {
            tag: 1,
            SecurityGroupRuleId: 'sgr-00000000000000001',
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' },
          },
        },
      },
    ],
  ])('a new instance opened to the world is seen: %s', (_, eventName, rule) => {
    const request = eventName === 'ModifySecurityGroupRules' ? rule : { groupId: GROUP, ...rule };
    const opening = activityOf({ eventName, requestParameters: request });
    expect(signals(opening, anHourAgo())).toContain('new-instance-opened');
  });

  it('a launch of min = max = 10 counts ten, so four of them reach the threshold of forty', () => {
    const calls = inARow(4, (index) => ({ ...activityOf(run(10)), id: `${index}`, at: NOW }));
    const last = calls.at(-1) as Activity;
    expect(signals(last, calls.slice(0, 3))).toContain('launch-burst');
    expect(signals(last, calls.slice(0, 2))).not.toContain('launch-burst');
  });

  it('launches of two users are two findings, also when all were refused and no record names an instance', async () => {
    const refused = {
      errorCode: 'Client.VcpuLimitExceeded',
      errorMessage: 'too many',
      responseElements: null,
    };
    const calls = ['alice', 'mallory'].flatMap((user, who) =>
      [1, 2, 3].map((each) => by(user, 10 * who + each, run(8, { types: ['p5.48xlarge'], ...refused }))),
    );
    const told = await saidOf(calls);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('user/alice tried to launch 8 x p5.48xlarge');
    expect(told[1]).toContain('user/mallory tried to launch 8 x p5.48xlarge');
  });

  it.each(['autoscaling', 'ec2fleet', 'spotfleet', 'cloudformation'])(
    'a launch that %s invokes is a launch, and kept with what it belongs to',
    (service) => {
      const host = `${service}.amazonaws.com`;
      const behind = {
        autoscaling: { key: 'aws:autoscaling:groupName', value: 'web' },
        ec2fleet: { key: 'aws:ec2:fleet-id', value: 'web' },
        spotfleet: { key: 'aws:ec2spot:fleet-request-id', value: 'web' },
        cloudformation: { key: 'aws:cloudformation:stack-name', value: 'web' },
      }[service];
      const launch = activityOf({
        ...run(1),
        userIdentity: { ...roleIdentity(service), invokedBy: host },
        sourceIPAddress: host,
        responseElements: {
          instancesSet: { items: [{ instanceId: INSTANCE, tagSet: { items: [behind] } }] },
        },
      });
      expect(launch.kind).toBe('instance.launch');
      expect(launch.links.filter(({ role }) => role === 'used').map(({ id }) => id)).toContain('web');
    },
  );

  it.each([
    ['CreateVolume', { size: '8' }, { volumeId: 'vol-00000000000000005', size: '8' }],
    ['CreateSnapshot', { volumeId: 'vol-00000000000000005' }, { snapshotId: SNAPSHOT }],
    ['CreateKeyPair', { keyName: 'k' }, { keyName: 'k' }],
    ['RunInstances', { instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount: 1 }] } }, {}],
  ])("somebody's first %s is a first launch only if it launches", (eventName, request, response) => {
    const activity = activityOf({ eventName, requestParameters: request, responseElements: response });
    const history = watched.map((each) => ({ ...each, at: activity.at - 20 * 24 * HOUR }));
    expect(signals(activity, history).includes('first-launch')).toBe(eventName === 'RunInstances');
  });

  it('a new security group is no launch at all', () => {
    expect(activityOf(cloudTrailRecord({ eventName: 'CreateSecurityGroup' })).kind).toBe(
      'security-group.create',
    );
    expect(signals(activityOf(cloudTrailRecord({ eventName: 'CreateSecurityGroup' })))).toEqual([]);
  });

  it('a call for fifty instances counts fifty', () => {
    const { evidence } = judged(activityOf(run(50)));
    expect(evidence.find(({ signal }) => signal === 'launch-burst')?.reason).toContain('50 instances');
  });

  it('an expensive instance is seen behind a cheap one of the same call', () => {
    expect(signals(activityOf(run(2, { types: ['m7g.large', 'p5.48xlarge'] })))).toContain(
      'accelerated-launch',
    );
  });

  it.each([
    ['as CloudTrail writes it', { attributeType: 'CREATE_VOLUME_PERMISSION' }],
    ['as the API names it', { attribute: 'createVolumePermission' }],
    ['without a name', {}],
  ])('a snapshot is public whatever the attribute is called: %s', (_, attribute) => {
    expect(signals(activityOf(share({ group: 'all' }, attribute)))).toContain('shared-publicly');
  });

  it('the image in a message is the image, and the instance the instance', () => {
    expect(narrate(activityOf(run(1)))).toMatch(/image ami-00000000000000007\b.*made i-00000000000000000\b/);
  });

  it('two events of one batch do not share a severity', async () => {
    const everyone = by('alice', 1, share({ group: 'all' }));
    const partner = by('mallory', 2, share({ userId: PARTNER }));
    const apart = [...(await saidOf([everyone])), ...(await saidOf([partner]))].sort();
    expect(apart.map((each) => each.split(' ', 1)[0])).toEqual(['critical', 'high']);
    expect(await saidOf([everyone, partner])).toEqual(apart);
    expect(await saidOf([partner, everyone])).toEqual(apart);
  });

  it('ReplaceIamInstanceProfileAssociation gives a new instance a profile, by the name the record has for it', () => {
    const replaced = activityOf({
      eventName: 'ReplaceIamInstanceProfileAssociation',
      requestParameters: {
        ReplaceIamInstanceProfileAssociationRequest: {
          AssociationId: 'iip-assoc-00000000000000001',
          IamInstanceProfile: { Name: 'admin' },
        },
      },
      responseElements: {
        ReplaceIamInstanceProfileAssociationResponse: {
          iamInstanceProfileAssociation: { instanceId: INSTANCE, state: 'associating' },
        },
      },
    });
    expect(signals(replaced, anHourAgo())).toContain('new-instance-opened');
  });

  it('a share with a single foreign account is not missed beside public ones', () => {
    expect(severity(aShare({ accounts: [PARTNER] }))).toBe('high');
  });

  it('a permission taken away is no share', () => {
    expect(judged(aShare({ accounts: [PARTNER] }, { kind: 'snapshot.unshare' })).evidence).toEqual([]);
  });

  it('launches through CloudFormation are judged as those of whoever called it', () => {
    const through = anActivity({
      actor: anActor({
        key: 'AROAEXAMPLENEW0000001',
        label: 'role/New',
        invokedBy: 'cloudformation.amazonaws.com',
      }),
      origin: { service: 'cloudformation.amazonaws.com', agent: 'cloudformation', console: false },
    });
    expect(severity(through, busy)).toBe('low');
  });

  it('a new session of a known role is not a new actor', () => {
    expect(
      judged(anActivity({ actor: anActor({ accessKey: 'ASIAEXAMPLESESSION22' }) }), habit()).evidence,
    ).toEqual([]);
  });

  it('the same name in another account is another actor', () => {
    const elsewhere = anActivity({ account: '444455556666' });
    const known = habit({ account: '444455556666', actor: someoneElse });
    expect(judged(elsewhere, [...habit(), ...known]).evidence.map(({ signal }) => signal)).toContain(
      'first-launch',
    );
  });

  it('the first new actors of a watched account are told though nobody is known to compare with', () => {
    const first = anActivity({ at: NOW - HOUR });
    const second = anActivity({ actor: aPerson('mallory@example.com') });
    expect(rank(severity(first, watched))).toBeGreaterThanOrEqual(rank('low'));
    expect(rank(severity(second, [...watched, first]))).toBeGreaterThanOrEqual(rank('low'));
  });

  it('a record that is delivered again tells nothing new', async () => {
    const record = by('alice', 1, share({ group: 'all' }));
    expect(await saidOf([record], [record])).toEqual(await saidOf([record]));
  });

  it('a launch from the console that shows an AWS address is judged as the person it is', () => {
    const origin = anOrigin({ service: 'AWS Internal', agent: 'console', console: true });
    expect(severity(anActivity({ actor: aPerson('mallory@example.com'), origin }), busy)).toBe('low');
  });

  it('a tool that hides behind the user agent of Terraform scores what it scored before', () => {
    const tool = judged(anActivity({ origin: anOrigin({ agent: 'pacu' }), region: 'sa-east-1' }), busy);
    const dressed = judged(
      anActivity({ origin: anOrigin({ agent: 'terraform' }), region: 'sa-east-1' }),
      busy,
    );
    expect(dressed.score).toBeGreaterThanOrEqual(60);
    expect(tool.score).toBeGreaterThan(dressed.score);
  });

  it('an attempt that failed leaves evidence though nothing was launched', () => {
    expect(judged(gpu(limited)).evidence.map(({ signal }) => signal)).toEqual(['accelerated-launch']);
  });

  it('an intruder who waits a day does not become familiar by the intrusion', () => {
    const first = gpu({ at: NOW - 2 * 24 * HOUR });
    const second = gpu();
    const memory = memoryAfter([...busy, first], second, { suspect: [first] });
    expect(severityOf(defaultPolicy, assess(second, memory, defaultPolicy).score)).toBe('high');
  });
});
