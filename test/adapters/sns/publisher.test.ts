import { SNSClient } from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { snsPublisher } from '../../../adapters/sns/publisher.ts';
import { notify } from '../../../app/notify.ts';
import type { Marker } from '../../../app/told.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { memoryNotes, saveAll, verdictWorld } from '../../app/verdict-world.ts';
import { rootLaunch } from '../../findings.ts';
import { awsEndpoint } from '../http-server.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:findings';
const PUBLISHED = {
  status: 200,
  body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
};
const REFUSED = {
  status: 403,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>KMSAccessDenied</Code><Message>no key</Message></Error></ErrorResponse>',
};

/** Attributes as the request carried them: name → [type, value]. */
function attributesIn(form: Readonly<Record<string, string>>): Record<string, (string | undefined)[]> {
  const found: Record<string, (string | undefined)[]> = {};
  for (let n = 1; form[`MessageAttributes.entry.${n}.Name`] !== undefined; n += 1) {
    const prefix = `MessageAttributes.entry.${n}`;
    found[form[`${prefix}.Name`] ?? ''] = [
      form[`${prefix}.Value.DataType`],
      form[`${prefix}.Value.StringValue`],
    ];
  }
  return found;
}

it('publishes to its topic, with lists as arrays and without empty attributes', async () => {
  await using sns = await awsEndpoint(() => PUBLISHED);
  await snsPublisher(new SNSClient(sns.config), TOPIC).publish({
    subject: 'subject',
    body: '{"a":1}',
    attributes: { severity: 'high', signals: '["a","b"]', account: '', region: '[]', odd: '[not json' },
  });
  const form = sns.seen[0]?.form ?? {};
  expect(form).toMatchObject({ Action: 'Publish', TopicArn: TOPIC, Subject: 'subject', Message: '{"a":1}' });
  expect(attributesIn(form)).toEqual({
    severity: ['String', 'high'],
    signals: ['String.Array', '["a","b"]'],
    odd: ['String', '[not json'],
  });
});

it('cleans and cuts the subject and the attributes', async () => {
  await using sns = await awsEndpoint(() => PUBLISHED);
  await snsPublisher(new SNSClient(sns.config), TOPIC).publish({
    subject: `a\r\nBcc: eve\u202e ${'x'.repeat(200)}`,
    body: 'body',
    attributes: { account: '1111\u0000\n2222', list: JSON.stringify(['\u001b[31m']) },
  });
  const form = sns.seen[0]?.form ?? {};
  expect(form.Subject).toHaveLength(99);
  expect(form.Subject).toMatch(/^a Bcc: eve x+\.\.\.$/);
  expect(attributesIn(form)).toEqual({
    account: ['String', '1111 2222'],
    list: ['String.Array', '["[31m"]'],
  });
});

it('sends no subject rather than an empty one', async () => {
  await using sns = await awsEndpoint(() => PUBLISHED);
  await snsPublisher(new SNSClient(sns.config), TOPIC).publish({
    subject: '\n',
    body: 'body',
    attributes: {},
  });
  expect(sns.seen[0]?.form.Subject).toBeUndefined();
});

it('refuses what SNS would refuse for its size, counting attributes, before sending it', async () => {
  await using sns = await awsEndpoint(() => PUBLISHED);
  const publisher = snsPublisher(new SNSClient(sns.config), TOPIC);
  const body = 'x'.repeat(262_144 - 'severity'.length - 'String'.length - 'high'.length);
  await publisher.publish({ subject: 's', body, attributes: { severity: 'high' } });
  const tooLarge = publisher.publish({ subject: 's', body: `${body}x`, attributes: { severity: 'high' } });
  await expect(tooLarge).rejects.toThrow('262145 bytes');
  expect(sns.seen).toHaveLength(1);
});

it('throws what SNS answers, so that notify reports the change as failed', async () => {
  await using sns = await awsEndpoint(() => REFUSED);
  const findings = snsPublisher(new SNSClient(sns.config), TOPIC);
  const world = verdictWorld();
  const changes = saveAll(world, rootLaunch().members);
  const markers = memoryNotes<Marker>();
  const rest = { stories: world.stories, markers, policy: defaultPolicy, now: () => 0, wait: async () => {} };
  const results = await notify({ findings, ...rest }, changes);
  expect(results).toMatchObject([{ ok: false, error: { message: 'no key' } }]);
});
