import type { EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ec2Inventory } from '../../../adapters/ec2/inventory.ts';
import { ACCOUNT } from '../../builders.ts';

const PLACE = { account: ACCOUNT, region: 'eu-west-1' };
const LAUNCHED = new Date('2026-06-01T10:00:00Z');
const STARTED = new Date('2026-06-15T12:00:00.400Z');

const instance = {
  InstanceId: 'i-1',
  ImageId: 'ami-1',
  InstanceType: 'm7g.large',
  LaunchTime: STARTED,
  IamInstanceProfile: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/path/web` },
  SecurityGroups: [{ GroupId: 'sg-2' }],
  MetadataOptions: { HttpTokens: 'optional' },
  PublicIpAddress: '203.0.113.9',
  RootDeviceName: '/dev/xvda',
  BlockDeviceMappings: [
    { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-1' } },
    { DeviceName: '/dev/sdf', Ebs: { VolumeId: 'vol-2' } },
  ],
  NetworkInterfaces: [
    {
      NetworkInterfaceId: 'eni-1',
      Groups: [{ GroupId: 'sg-1' }],
      Attachment: { DeviceIndex: 0, AttachTime: LAUNCHED },
    },
  ],
  Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }],
  ClientToken: 'token-1',
};

/** A client that answers each command by its name; an error is thrown. */
function ec2(answers: Readonly<Record<string, object>>) {
  const asked: [string, object][] = [];
  const send = async (command: { input: object }): Promise<object> => {
    const name = command.constructor.name.replace('Command', '');
    asked.push([name, command.input]);
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, inventory: ec2Inventory({ send } as unknown as EC2Client, PLACE) };
}

const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('the inventory of a Region', () => {
  it('tells of an instance what may matter later, and when it was launched whatever its last start', async () => {
    const { inventory } = ec2({
      DescribeInstances: {
        Reservations: [{ ReservationId: 'r-1', Instances: [instance] }],
        NextToken: 'more',
      },
      DescribeImages: { Images: [{ ImageId: 'ami-1', OwnerId: '444455556666' }] },
      DescribeVolumes: { Volumes: [{ VolumeId: 'vol-2', SnapshotId: 'snap-2' }, { VolumeId: 'vol-1' }] },
    });
    expect(await inventory.page()).toEqual({
      next: 'more',
      instances: [
        {
          ...PLACE,
          id: 'i-1',
          reservation: 'r-1',
          launched: LAUNCHED.getTime(),
          started: Date.parse('2026-06-15T12:00:00Z'),
          image: 'ami-1',
          imageOwner: '444455556666',
          type: 'm7g.large',
          profile: 'web',
          groups: ['sg-1', 'sg-2'],
          interfaces: ['eni-1'],
          publicAddress: true,
          httpTokens: 'optional',
          tags: { 'aws:autoscaling:groupName': 'web' },
          volumes: [
            { id: 'vol-1', root: true },
            { id: 'vol-2', snapshot: 'snap-2' },
          ],
          clientToken: 'token-1',
        },
      ],
    });
  });

  it('leaves out what is terminated, and asks no volumes where nothing runs', async () => {
    const { inventory, asked } = ec2({ DescribeInstances: { Reservations: [] } });
    expect(await inventory.page()).toEqual({ instances: [] });
    expect(asked.map(([name]) => name)).toEqual(['DescribeInstances']);
    expect(JSON.stringify(asked)).not.toContain('terminated');
  });

  it('knows no owner of AWS’s own images, and of what is gone', async () => {
    const [amazon, gone] = await Promise.all(
      [[{ ImageId: 'ami-1', OwnerId: '444455556666', ImageOwnerAlias: 'amazon' }], []].map((Images) =>
        ec2({
          DescribeInstances: { Reservations: [{ ReservationId: 'r-1', Instances: [instance] }] },
          DescribeImages: { Images },
        }).inventory.page(),
      ),
    );
    expect(amazon?.instances[0]).not.toHaveProperty('imageOwner');
    expect(gone).toEqual(amazon);
  });

  it('says that a cursor is too old, and throws whatever else fails', async () => {
    const old = ec2({ DescribeInstances: named('InvalidNextToken') });
    expect(await old.inventory.page('old')).toBeUndefined();
    await expect(old.inventory.page()).rejects.toThrow();
    const refused = ec2({ DescribeInstances: named('UnauthorizedOperation') });
    await expect(refused.inventory.page('old')).rejects.toThrow('UnauthorizedOperation');
  });

  it('keeps a hash of user data and never the text', async () => {
    const { inventory } = ec2({ DescribeInstanceAttribute: { UserData: { Value: 'c2VjcmV0' } } });
    expect(await inventory.userData('i-1')).toMatch(/^[\w-]{43}$/);
    expect(await ec2({}).inventory.userData('i-1')).toBeUndefined();
    const gone = ec2({ DescribeInstanceAttribute: named('InvalidInstanceID.NotFound') });
    expect(await gone.inventory.userData('i-1')).toBeUndefined();
  });
});
