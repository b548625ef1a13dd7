import {
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEventHistory } from './event-history.ts';
import { ACCOUNT, REGION } from './moto.ts';
import { depth, putEvents } from './pipeline.ts';
import { apiCall, launch, snapshotAt } from './records.ts';
import { type World, worldOf } from './world.ts';

/** Functions whose clock is an hour ahead: what was launched just now has waited long enough for its record. */
const AHEAD = 'data:text/javascript,const now=Date.now;Date.now=()=>now()+3600000';

/** An instance on moto's EC2, of which moto writes no record. */
async function unrecorded(): Promise<{ id: string; imageId: string }> {
  const ec2 = new EC2Client();
  const { Images } = await ec2.send(new DescribeImagesCommand({}));
  const imageId = Images?.[0]?.ImageId ?? '';
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 'p5.48xlarge' }),
  );
  return { id: Instances?.[0]?.InstanceId ?? '', imageId };
}

const end = (id: string) => new EC2Client().send(new TerminateInstancesCommand({ InstanceIds: [id] }));

const beat = (region: string, at: number, account = ACCOUNT) => ({
  source: 'aws.events',
  'detail-type': 'Scheduled Event',
  account,
  region,
  time: new Date(at).toISOString(),
  detail: {},
});

describe('a stack that compares what runs with what is known', () => {
  let world: World;
  let history: Awaited<ReturnType<typeof startEventHistory>>;
  beforeAll(async () => {
    history = await startEventHistory();
    world = await worldOf(
      { reconcile: 'true', heartbeat: 'true' },
      { env: { AWS_ENDPOINT_URL_CLOUDTRAIL: history.endpoint }, flags: [`--import=${AHEAD}`] },
    );
    // the account has been watched for nine days
    await putEvents([snapshotAt(new Date(Date.now() - 9 * 86_400_000).toISOString())]);
    await world.workOff();
    await Promise.all([world.findings(), world.alerts()]);
  });
  afterAll(async () => {
    history?.stop();
    await world?.stop();
  });

  it('finds an instance whose launch no record tells of', async () => {
    const { id } = await unrecorded();
    await world.fn('reconcile').invoke({}, [900_000]);
    expect(history.asked).toContain(id);
    await world.workOff();
    const [finding, ...more] = await world.findings();
    expect(more).toEqual([]);
    expect(finding?.MessageAttributes.severity?.Value).toBe('high');
    expect(finding?.Message).toContain(id);
    expect(finding?.Message).toContain('no record says who launched it');
    const [alert] = await world.alerts();
    expect(alert?.Message).toContain(id);

    await world.fn('reconcile').invoke({}, [900_000]);
    expect(await depth(world.queue)).toBe(0);
    await end(id);
  });

  it('fetches the record of a dropped launch and judges it as any other', async () => {
    const { id, imageId } = await unrecorded();
    const eventTime = new Date().toISOString();
    history.records.push(launch([id], imageId, { eventTime }));
    await world.fn('reconcile').invoke({}, [900_000]);
    expect(await depth(world.queue)).toBe(1);
    await world.workOff();
    const [finding] = await world.findings();
    expect(finding?.MessageAttributes.signals?.Value).toContain('root-launch');
    expect(finding?.Message).not.toContain('no record says');
    await world.alerts();
    await end(id);
  });

  it('tells of a Region that has fallen silent, once', async () => {
    const now = Date.now() + 3_600_000;
    await world.fn('heartbeat').invoke(beat('eu-central-1', now - 3_600_000, '444455556666'));
    await world.fn('heartbeat').invoke(beat(REGION, now));
    await world.workOff();
    const silent = (await world.findings()).filter(({ Message }) => Message.includes('no heartbeat since'));
    expect(silent).toHaveLength(1);
    expect(silent[0]?.MessageAttributes.account?.Value).toBe('444455556666');
    await world.fn('heartbeat').invoke(beat(REGION, now + 900_000));
    await world.workOff();
    expect((await world.findings()).filter(({ Message }) => Message.includes('no heartbeat'))).toEqual([]);
    await world.alerts();
  });

  it('tells of a rule of its own that was disabled', async () => {
    await putEvents([
      apiCall('DisableRule', {
        eventSource: 'events.amazonaws.com',
        eventTime: new Date().toISOString(),
        requestParameters: { name: 'launchtrail-ec2-calls' },
      }),
    ]);
    await world.workOff();
    const [finding] = await world.findings();
    expect(finding?.Message).toContain('rule launchtrail-ec2-calls');
    // by whoever launched as root an hour before: it is one story
    expect(finding?.MessageAttributes.severity?.Value).toBe('critical');
    await world.alerts();
  });
});
