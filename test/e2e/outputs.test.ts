import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedCall } from '../../adapters/aws/signed-call.ts';
import type { AsffFinding } from '../../tell/asff.ts';
import { ACCOUNT, REGION } from './moto.ts';
import { depth, putEvents, sqsClient } from './pipeline.ts';
import { publicShare, sharedSnapshotUsed } from './records.ts';
import { type World, worldOf } from './world.ts';

const caller = { region: REGION, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } };

/** Findings of one severity: more than two hours have room for, since one may end while the test runs. */
const COUNT = 22;

/** What Security Hub holds. */
async function imported(): Promise<AsffFinding[]> {
  const { text } = await signedCall(caller, {
    service: 'securityhub',
    path: '/findings',
    contentType: 'application/json',
    body: JSON.stringify({ MaxResults: 100 }),
  });
  return JSON.parse(text).Findings;
}

/** A rule on a bus to a new queue; gives a reader of what comes. */
async function listenToBus(bus: string): Promise<() => Promise<Record<string, unknown>[]>> {
  const [events, sqs] = [new EventBridgeClient(), sqsClient()];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'listen-bus' }));
  await events.send(
    new PutRuleCommand({
      Name: 'high',
      EventBusName: bus,
      EventPattern: JSON.stringify({ source: ['launchtrail'], detail: { severity_id: [4, 5] } }),
    }),
  );
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:listen-bus`;
  await events.send(
    new PutTargetsCommand({ Rule: 'high', EventBusName: bus, Targets: [{ Id: 'queue', Arn }] }),
  );
  return async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '{}' }) => JSON.parse(Body));
  };
}

describe('a stack with a channel, a bus and Security Hub', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({
      policy: 'test/e2e/policy.yaml',
      chat: 'true',
      findingsBus: 'true',
      securityHub: 'true',
    });
  });
  afterAll(() => world?.stop());

  it('tells all of them of a snapshot that is shared with everyone, and what it becomes', async () => {
    const events = await listenToBus('launchtrail-findings');
    const snapshot = 'snap-0123456789abcdef0';
    await putEvents([publicShare(snapshot)]);
    await world.workOff();

    const [finding] = await world.findings();
    const ocsf = JSON.parse(finding?.Message ?? '{}');
    const { uid } = ocsf.finding_info;
    const [first, ...others] = await imported();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      Id: uid,
      AwsAccountId: ACCOUNT,
      RecordState: 'ACTIVE',
      FindingProviderFields: { Severity: { Label: 'CRITICAL' } },
    });
    expect(await events()).toEqual([
      expect.objectContaining({
        source: 'launchtrail',
        'detail-type': 'Finding Created',
        detail: ocsf,
      }),
    ]);
    const [message] = await world.chat();
    expect(JSON.parse(message?.Message ?? '{}')).toMatchObject({
      source: 'custom',
      metadata: { threadId: uid },
    });

    await putEvents([sharedSnapshotUsed(snapshot)]);
    await world.workOff();
    const updated = (await imported()).filter(({ Id }) => Id === uid);
    expect(updated).toHaveLength(1);
    expect(updated[0]?.UpdatedAt.localeCompare(first?.UpdatedAt ?? '')).toBe(1);
    expect(Number(updated[0]?.ProductFields['launchtrail/records'])).toBeGreaterThan(1);
    // a use that brings no new kind of evidence is for machines
    await Promise.all([world.findings(), world.alerts(), world.chat()]);
  });

  it('keeps in a dead-letter queue what is no finding, and imports what came with it', async () => {
    const queue = world.deployed.physical('HubQueue');
    await sqsClient().send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'no finding' }));
    await putEvents([publicShare('snap-0123456789abcdef1', { eventTime: '2026-09-20T12:00:00Z' })]);
    const before = (await imported()).length;
    await world.workOff();
    expect((await imported()).length).toBeGreaterThan(before);
    expect(await depth(world.deployed.physical('HubUnsent'))).toBe(1);
    await Promise.all([world.findings(), world.alerts(), world.chat()]);
  });

  it('tells together what is too much to be told one by one, and nothing twice', async () => {
    const records = Array.from({ length: COUNT }, (_, n) =>
      publicShare(`snap-${String(n).padStart(17, '1')}`, {
        eventTime: `2026-${String((n % 11) + 1).padStart(2, '0')}-${n < 11 ? '02' : '25'}T12:00:00Z`,
      }),
    );
    for (const record of records) {
      await putEvents([record]);
      await world.workOff();
    }
    const alerts = await world.alerts();
    const told = (await world.findings()).map(({ Message }) => JSON.parse(Message).finding_info.uid);
    expect(new Set(told).size).toBe(COUNT);
    expect(alerts.length).toBeLessThanOrEqual(20);
    await world.fn('digest').invoke({});
    const [digest, ...more] = await world.alerts();
    expect(more).toEqual([]);
    expect(digest?.Subject).toMatch(/\d findings together/);
    const mailed = [...alerts, ...(digest ? [digest] : [])].map(({ Message }) => Message).join('\n');
    for (const uid of told) expect(mailed).toContain(uid);
    await world.fn('digest').invoke({});
    expect(await world.alerts()).toEqual([]);
  });

  it('has used exactly the rights that its functions have', () => {
    expect(world.calls('hub')).toEqual(['securityhub:/findings/import']);
    expect(world.calls('bus')).toEqual(['events:PutEvents launchtrail-findings']);
    const table = world.deployed.physical('StoresFindings');
    expect(world.calls('digest')).toEqual([
      `dynamodb:PutItem ${table}`,
      `dynamodb:Query ${table}`,
      `sns:Publish ${world.deployed.physical('TopicsAlerts')}`,
      `sns:Publish ${world.deployed.physical('TopicsChat')}`,
    ]);
  });
});
