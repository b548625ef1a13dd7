import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depth, putEvents, sqsClient, takeBatch } from './pipeline.ts';
import {
  guardOff,
  launch,
  publicShare,
  scaledOut,
  setCapacity,
  sharedSnapshotUsed,
  unrelated,
} from './records.ts';
import { type World, worldOf } from './world.ts';

const policy = 'test/e2e/policy.yaml';

/** Launches instances on moto's EC2, so that there is something to tag. */
async function realInstances(count: number): Promise<{ ids: string[]; imageId: string }> {
  const ec2 = new EC2Client();
  const { Images } = await ec2.send(new DescribeImagesCommand({}));
  const imageId = Images?.[0]?.ImageId ?? '';
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: imageId,
      MinCount: count,
      MaxCount: count,
      InstanceType: 'p5.48xlarge',
    }),
  );
  return { ids: (Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []), imageId };
}

async function tagsOf(instanceId: string): Promise<Record<string, string>> {
  const { Reservations } = await new EC2Client().send(
    new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
  );
  const tags = Reservations?.[0]?.Instances?.[0]?.Tags ?? [];
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

describe('a stack that tags', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({ response: 'tag', policy });
  });
  afterAll(() => world?.stop());

  it('turns a launch by root into a finding, an alert and a tag', async () => {
    const { ids, imageId } = await realInstances(2);
    const record = launch(ids, imageId);
    await putEvents([record]);
    expect(await depth(world.queue)).toBe(1);
    await world.workOff();
    expect(await depth(world.queue)).toBe(0);

    const [finding, ...more] = await world.findings();
    expect(more).toEqual([]);
    const ocsf = JSON.parse(finding?.Message ?? '');
    expect(ocsf).toMatchObject({
      class_uid: 2004,
      type_uid: 200401,
      cloud: { account: { uid: '111122223333' } },
    });
    expect(ocsf.finding_info.related_events).toEqual([expect.objectContaining({ uid: record.eventID })]);
    expect(finding?.MessageAttributes.account?.Value).toBe('111122223333');
    expect(finding?.Subject.length).toBeLessThan(100);

    const [alert] = await world.alerts();
    expect(alert?.Message).toContain(ids[0]);
    expect(alert?.Message).toContain('RunInstances');

    for (const id of ids) {
      expect(await tagsOf(id)).toEqual({
        'launchtrail:finding': ocsf.finding_info.uid,
        'launchtrail:severity': finding?.MessageAttributes.severity?.Value,
        'launchtrail:detected-at': '2026-06-15T12:00:00.000Z',
      });
    }
  });

  it('says nothing new about a record that is delivered again', async () => {
    const { ids, imageId } = await realInstances(1);
    const record = launch(ids, imageId, { eventTime: '2026-07-20T12:00:00Z' });
    await putEvents([record, record]);
    await world.workOff();
    const first = await world.findings();
    await putEvents([record]);
    await world.workOff();
    expect(first).toHaveLength(1);
    expect(await world.findings()).toEqual([]);
    await world.alerts();
  });

  it('hears of a public snapshot and of its use by another account, which is no API call', async () => {
    const records = [
      publicShare('snap-0123456789abcdef0', { eventTime: '2026-08-20T12:00:00Z' }),
      sharedSnapshotUsed('snap-0123456789abcdef0'),
    ];
    await putEvents(records);
    expect(await depth(world.queue)).toBe(2);
    await world.workOff();
    const findings = await world.findings();
    const share = findings
      .map(({ Message }) => JSON.parse(Message))
      .find(({ message }) => message.length > 0);
    expect(share).toBeDefined();
    expect(findings.map(({ MessageAttributes }) => MessageAttributes.severity?.Value)).toContain('critical');
    await world.alerts();
  });

  it('lets nothing unrelated into the queue, nor what only looks like a record of AWS', async () => {
    await putEvents(unrelated());
    await putEvents([publicShare('snap-0123456789abcdef1')], 'made.up');
    expect(await depth(world.queue)).toBe(0);
  });

  it('puts off what it has no time to judge again, and takes it up later', async () => {
    await putEvents([guardOff({ eventTime: '2026-10-20T12:00:00Z' })]);
    // late as soon as the message has been begun
    await takeBatch(world.queue, world.fn('detect'), [60_000, 60_000, 0]);
    const { Messages = [] } = await sqsClient().send(
      new ReceiveMessageCommand({ QueueUrl: world.queue, VisibilityTimeout: 0 }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? '{}')).toMatchObject({
      kind: 'reopen',
      waiting: [{ kind: 'subjects' }],
    });
    await world.workOff();
    expect(await depth(world.queue)).toBe(0);
    await Promise.all([world.findings(), world.alerts()]);
  });

  it('hands back what it has no time to begin', async () => {
    await putEvents([guardOff({ eventTime: '2026-10-21T12:00:00Z' })]);
    await takeBatch(world.queue, world.fn('detect'), [10_000]);
    expect(await depth(world.queue)).toBe(1);
    await world.workOff();
    expect(await depth(world.queue)).toBe(0);
    await Promise.all([world.findings(), world.alerts()]);
  });

  it('keeps what it cannot read in the dead-letter queue, and judges what came with it', async () => {
    const sqs = sqsClient();
    const bodies = ['no JSON at all', '{"detail-type":"AWS API Call via CloudTrail","detail":null}', '[]'];
    for (const MessageBody of bodies)
      await sqs.send(new SendMessageCommand({ QueueUrl: world.queue, MessageBody }));
    await putEvents([publicShare('snap-0123456789abcdef2', { eventTime: '2026-09-20T12:00:00Z' })]);
    await world.workOff();

    expect(await depth(world.queue)).toBe(0);
    expect(await depth(world.deployed.physical('IngestUnjudged'))).toBe(bodies.length);
    expect(await world.findings()).toHaveLength(1);
    expect(world.fn('detect').log()).toContain('is not JSON');
  });

  it('judges a change behind a launch by a service again when it comes again', async () => {
    const records = [setCapacity('web', '2026-11-20T12:00:00Z'), scaledOut('web', '2026-11-20T12:01:00Z')];
    await putEvents(records);
    await world.workOff();
    expect(await world.findings()).toHaveLength(1);
    await putEvents(records.slice(0, 1));
    await world.workOff();
    expect(await world.findings()).toEqual([]);
    await world.alerts();
  });

  it.each(['detect', 'notify', 'respond'])('has used exactly the rights that %s has', (name) => {
    expect(world.calls(name)).toEqual(rightsOf(world, name));
  });

  it('logs no line that is not structured and counts what it judged', () => {
    const lines = world
      .fn('detect')
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const judged = lines
      .map(({ JudgedRecords }) => JudgedRecords ?? 0)
      .reduce((sum, count) => sum + count, 0);
    expect(judged).toBeGreaterThanOrEqual(6);
    expect(lines.filter(({ DetectionLag }) => DetectionLag !== undefined)).not.toEqual([]);
  });
});

/**
 * What the template lets a function's own code do: action and physical resource, as the recorder writes calls. Rights
 * that Lambda itself uses (queue, stream, log) and the key that SNS encrypts with are none of these.
 */
function rightsOf(world: World, name: string): string[] {
  const policies = Object.values(world.template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  const own = policies.filter((policy) =>
    JSON.stringify(policy.Properties?.Roles).toLowerCase().includes(`"${name}`),
  );
  const statements = own.flatMap(({ Properties }) => {
    const document = Properties?.PolicyDocument as {
      Statement: { Action: string | string[]; Resource: unknown }[];
    };
    return document.Statement;
  });
  return statements
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => [action, resource] as const)),
    )
    .filter(([action]) => /^(dynamodb:(?!.*Stream|Get(Records|Shard))|sns:|ec2:)/.test(action))
    .map(([action, resource]) => {
      const logicalId = /"(?:Fn::GetAtt":\[|Ref":)"(Stores|Topics)(\w+)"/.exec(JSON.stringify(resource));
      return logicalId === null
        ? action
        : `${action} ${world.deployed.physical(`${logicalId[1]}${logicalId[2]}`)}`;
    })
    .sort();
}

describe('a stack that only says what it would tag', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({ response: 'dry-run', policy });
  });
  afterAll(() => world?.stop());

  it('publishes the finding and leaves the instance alone', async () => {
    const { ids, imageId } = await realInstances(1);
    await putEvents([launch(ids, imageId)]);
    await world.workOff();
    expect(await world.findings()).toHaveLength(1);
    expect(await tagsOf(ids[0] ?? '')).toEqual({});
    expect(world.fn('respond').log()).toContain('would tag instances');
  });
});
