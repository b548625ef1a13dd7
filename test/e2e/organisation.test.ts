import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matches } from '../infra/event-matcher.ts';
import { type Envelope, type Member, startMember } from './member.ts';
import { depth, sqsClient } from './pipeline.ts';
import { launch, newUser, publicShare } from './records.ts';
import { type World, worldOf } from './world.ts';

const [ANNA, BERT] = ['444455556666', '555566667777'];

/** What root does in an account. */
const by = (account: string, eventTime: string) => ({
  eventTime,
  recipientAccountId: account,
  userIdentity: {
    type: 'Root',
    principalId: account,
    accountId: account,
    arn: `arn:aws:iam::${account}:root`,
  },
});

describe('an organisation', () => {
  let world: World;
  let anna: Member;
  let bert: Member;
  beforeAll(async () => {
    world = await worldOf({ organisation: 'o-example000' });
    if (world.member === undefined) throw new Error('there is no template of members');
    anna = await startMember(world.member, ANNA, ['eu-west-1', 'us-east-1']);
    bert = await startMember(world.member, BERT, ['eu-west-1']);
  });
  afterAll(() => Promise.all([world, anna, bert].map((each) => each?.stop())));

  /** Does what the central bus does: its rules send what they match to their targets, as it came. */
  async function carry(envelopes: readonly Envelope[]): Promise<void> {
    const rules = Object.values(world.template.Resources).filter(
      ({ Type, Properties }) => Type === 'AWS::Events::Rule' && Properties?.EventBusName !== undefined,
    );
    for (const envelope of envelopes)
      for (const { Properties } of rules)
        if (matches(Properties?.EventPattern, envelope))
          await sqsClient().send(
            new SendMessageCommand({ QueueUrl: world.queue, MessageBody: JSON.stringify(envelope) }),
          );
  }

  const toldOf = async () =>
    (await world.findings()).map(({ Message, MessageAttributes }) => ({
      account: JSON.parse(Message).cloud.account.uid,
      attribute: MessageAttributes.account?.Value,
    }));

  it('has launches and shares of its accounts judged in one place, each under its own', async () => {
    await carry(
      await anna.say('eu-west-1', [
        launch(['i-0a00000000000000a'], 'ami-0a00000000000000a', by(ANNA, '2026-06-15T12:00:00Z')),
      ]),
    );
    await carry(
      await bert.say('eu-west-1', [publicShare('snap-0b00000000000000b', by(BERT, '2026-06-15T13:00:00Z'))]),
    );
    await world.workOff();
    expect((await toldOf()).toSorted((a, b) => (a.account < b.account ? -1 : 1))).toEqual([
      { account: ANNA, attribute: ANNA },
      { account: BERT, attribute: BERT },
    ]);
    await world.alerts();
  });

  it('keeps a record that names another account than it comes from, unjudged', async () => {
    const forged = publicShare('snap-0c00000000000000c', by(ANNA, '2026-07-15T12:00:00Z'));
    const [envelope, ...more] = await bert.say('eu-west-1', [forged]);
    expect([envelope?.account, envelope?.detail.recipientAccountId, more]).toEqual([BERT, ANNA, []]);
    await carry([envelope as Envelope]);
    await world.workOff();
    expect(await world.findings()).toEqual([]);
    expect(await depth(world.queue)).toBe(0);
    expect(await depth(world.deployed.physical('IngestUnjudged'))).toBe(1);
    expect(world.fn('detect').log()).toContain('is of another account than EventBridge says it is from');
  });

  it('is sent nothing that only looks like a record of AWS, by neither of its rules', async () => {
    const record = publicShare('snap-0d00000000000000d', by(BERT, '2026-08-15T12:00:00Z'));
    expect(await bert.say('eu-west-1', [record], 'made.up')).toEqual([]);
    const [envelope] = await bert.say('eu-west-1', [record]);
    await carry([{ ...(envelope as Envelope), source: 'made.up' }]);
    expect(await depth(world.queue)).toBe(0);
  });

  it('hears of new users from the one Region where their records are written', async () => {
    const record = newUser(by(ANNA, '2026-09-15T12:00:00Z'));
    expect(await anna.say('eu-west-1', [record])).toEqual([]);
    const [envelope] = await anna.say('us-east-1', [record]);
    expect(envelope).toMatchObject({
      account: ANNA,
      region: 'us-east-1',
      detail: { eventName: 'CreateUser' },
    });
    await carry([envelope as Envelope]);
    expect(await depth(world.queue)).toBe(1);
    await world.workOff();
    expect(await depth(world.queue)).toBe(0);
  });
});
