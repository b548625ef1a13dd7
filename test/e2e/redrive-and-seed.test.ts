import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchtrail, withFolder } from '../cli/desk.ts';
import { ACCOUNT } from './moto.ts';
import { putEvents, sqsClient } from './pipeline.ts';
import { launch, publicShare, type TrailRecord } from './records.ts';
import { type World, worldOf } from './world.ts';

const STACK = ['--stack', 'Launchtrail'];

describe('a deployed stack and the command line', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({});
  });
  afterAll(() => world?.stop());

  /** What the findings topic has heard since the last time. */
  const told = async () => (await world.findings()).map(({ Message }) => JSON.parse(Message));

  it('judges what lay in the dead-letter queue once it is sent back, and leaves there what would fail again', async () => {
    const sqs = sqsClient();
    const QueueUrl = world.deployed.physical('IngestUnjudged');
    const share = publicShare('snap-0123456789abcdef9');
    const event = (detail: object) =>
      JSON.stringify({
        'detail-type': 'AWS API Call via CloudTrail',
        account: share.recipientAccountId,
        detail,
      });
    const poisoned = event({ ...share, eventTime: 'yesterday' });
    for (const MessageBody of [event(share), poisoned])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    const { code, stdout, stderr } = await launchtrail(['redrive', ...STACK, '--send', '--format', 'json']);
    expect([code, stderr]).toEqual([0, '1 sent back and deleted here, 1 left\n']);
    const reasons = JSON.parse(stdout).groups.map(({ name }: { name: string }) => name);
    expect(reasons.sort()).toEqual(['judging-failed', 'no-time']);

    await world.workOff();
    const ids = (await told()).map(({ finding_info }) => finding_info.uid);
    expect(ids).toEqual([`lt-${share.recipientAccountId}-${share.eventID}`]);
    expect(await world.alerts()).toHaveLength(1);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages.map(({ Body }) => Body)).toEqual([poisoned]);
  });

  it('is seeded from files, tells nobody of them, and judges the first live records by that history', async () => {
    const daily = Array.from({ length: 30 }, (_, day) =>
      ofTrainer(`i-0${String(day).padStart(16, '0')}`, `2026-04-${String(1 + day).padStart(2, '0')}`),
    );
    const old = publicShare('snap-0123456789abcdef8', { eventTime: '2026-04-20T12:00:00Z' });
    await withFolder(async (folder) => {
      const file = gzipSync(JSON.stringify({ Records: [...daily, old] }));
      await writeFile(join(folder, 'april.json.gz'), file);
      const { code, stderr } = await launchtrail(['seed', folder, ...STACK, '--until', '2026-05-01']);
      expect([code, stderr]).toEqual([0, expect.stringContaining('seeded     31 of 31 records')]);
    });
    await world.workOff();
    expect([await told(), await world.alerts()]).toEqual([[], []]);

    await putEvents([ofTrainer('i-0aaaaaaaaaaaaaaaa', '2026-05-01')]);
    await world.workOff();
    expect(await told()).toEqual([]);

    const elsewhere = ofTrainer('i-0bbbbbbbbbbbbbbbb', '2026-05-02', { awsRegion: 'ap-southeast-2' });
    await putEvents([elsewhere]);
    await world.workOff();
    const [finding, ...others] = await told();
    expect(others).toEqual([]);
    expect(finding.evidences.map(({ uid }: { uid: string }) => uid)).toEqual([elsewhere.eventID]);
    expect(finding.unmapped).toMatchObject({
      learning: false,
      parts: expect.arrayContaining([
        expect.objectContaining({ reason: 'ap-southeast-2 is new to user/trainer, who uses eu-west-1' }),
      ]),
    });
    expect(await world.alerts()).toHaveLength(1);
  });
});

/** What a user launches each day at noon. */
const ofTrainer = (instance: string, day: string, overrides: object = {}): TrailRecord =>
  launch([instance], 'ami-0123456789abcdef0', {
    eventTime: `${day}T12:00:00Z`,
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLETRAINER01',
      arn: `arn:aws:iam::${ACCOUNT}:user/trainer`,
      accountId: ACCOUNT,
      userName: 'trainer',
      accessKeyId: 'AKIAEXAMPLETRAINER01',
    },
    ...overrides,
  });
