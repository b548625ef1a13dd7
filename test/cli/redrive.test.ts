import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeSqs } from '../fake-sqs.ts';
import { launch, launchtrail, publicShare, record } from './desk.ts';

const QUEUES = {
  records: { logical: 'IngestQueue1A2B', deadLetters: 'unjudged' },
  unjudged: { logical: 'IngestUnjudged3C4D' },
  undelivered: { logical: 'IngestUndelivered5E6F' },
  failed: { logical: 'NotifyFailed7A8B' },
  // of a member account, so of no stack that is asked
  'launchtrail-undelivered': { logical: 'ElsewhereQueue9E0F' },
};

const envelope = (detail: unknown): string =>
  JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail });
const good = envelope(publicShare('share-a'));
const other = envelope(launch('launch-a'));
const timeless = envelope({ ...publicShare('share-b'), eventTime: 'yesterday' });
const cut = envelope(
  record('cut-c', { eventName: 'ModifyImageAttribute', requestParameters: { omitted: true } }),
);

const before = { ...process.env };
let sqs: Awaited<ReturnType<typeof fakeSqs>>;
beforeEach(async () => {
  sqs = await fakeSqs(QUEUES);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: sqs.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterEach(() => sqs.close());
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});

const redrive = (...args: string[]) => launchtrail(['redrive', '--stack', 'Launchtrail', ...args]);
const undelivered = { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'the policy of the queue says no' };

describe('a redrive', () => {
  it('says by reason what lies there, with examples, and leaves it where it is', async () => {
    for (const body of [good, timeless, timeless, cut, 'no JSON']) sqs.put('unjudged', body);
    sqs.put('undelivered', other, undelivered);
    const { code, stdout, stderr } = await redrive('--format', 'json');
    expect([code, stderr]).toEqual([0, expect.stringContaining('nothing was sent')]);
    const { groups } = JSON.parse(stdout);
    expect(
      Object.fromEntries(
        groups.map((each: { name: string; messages: number }) => [each.name, each.messages]),
      ),
    ).toEqual({
      'no-time': 2,
      unreadable: 1,
      damaged: 1,
      'judging-failed': 1,
      NO_PERMISSIONS: 1,
    });
    expect(stdout).toContain('ModifySnapshotAttribute 111122223333');
    expect(stdout).toContain('the policy of the queue says no');
    expect(sqs.bodies('unjudged')).toHaveLength(5);
    expect([sqs.hidden('unjudged'), sqs.hidden('undelivered')]).toEqual([0, 0]);
    expect(sqs.bodies('records')).toEqual([]);
  });

  it('sends back what would not fail again, deletes it there, and leaves the rest', async () => {
    for (const body of [good, timeless, cut]) sqs.put('unjudged', body);
    sqs.put('undelivered', other, undelivered);
    const { code, stdout, stderr } = await redrive('--send');
    expect(code).toBe(0);
    expect(sqs.bodies('records')).toEqual([good, other]);
    expect(sqs.bodies('unjudged')).toEqual([timeless, cut]);
    expect([sqs.bodies('undelivered'), sqs.hidden('unjudged')]).toEqual([[], 0]);
    expect(stdout).toContain('it would fail again');
    expect(stderr).toContain('2 sent back and deleted here, 2 left');
  });

  it('sends what is chosen by its reason, and nothing else', async () => {
    for (const body of [good, timeless, cut]) sqs.put('unjudged', body);
    const { code, stderr } = await redrive('--send', '--reason', 'no-time', 'no-such-thing');
    expect(code).toBe(0);
    expect(sqs.bodies('records')).toEqual([timeless]);
    expect(sqs.bodies('unjudged')).toEqual([good, cut]);
    expect(stderr).toContain('nothing lies there for the reason no-such-thing');
  });

  it.each(['refused', 'lost answer'] as const)(
    'deletes nothing of which the queue has not confirmed that it has it: %s',
    async (trouble) => {
      for (const body of [good, other]) sqs.put('unjudged', body);
      sqs.state.trouble = (action, body) =>
        action === 'SendMessageBatch' && body === other ? trouble : undefined;
      const first = await redrive('--send');
      expect(first.code).toBe(2);
      expect(first.stderr).toContain('not sent, and still there');
      expect(first.stderr).toContain('launch-a');
      expect(sqs.bodies('unjudged')).toContain(other);
      expect(sqs.hidden('unjudged')).toBe(0);
      sqs.state.trouble = () => undefined;
      expect((await redrive('--send')).code).toBe(0);
      expect(new Set(sqs.bodies('records'))).toEqual(new Set([good, other]));
      expect(sqs.bodies('unjudged')).toEqual([]);
    },
  );

  it('says what was sent and could not be deleted, and begins anew where it was interrupted', async () => {
    for (const body of [good, other]) sqs.put('unjudged', body);
    sqs.state.trouble = (action, body) =>
      action === 'DeleteMessageBatch' && body === good ? 'refused' : undefined;
    const first = await redrive('--send');
    expect(first.code).toBe(2);
    expect(first.stderr).toContain('sent, but not deleted');
    // it stays hidden for ten minutes, as if whoever had it had died
    expect([sqs.bodies('unjudged'), sqs.hidden('unjudged')]).toEqual([[good], 1]);
    sqs.showAll('unjudged');
    sqs.state.trouble = () => undefined;
    expect((await redrive('--send')).code).toBe(0);
    expect(sqs.bodies('unjudged')).toEqual([]);
    expect(new Set(sqs.bodies('records'))).toEqual(new Set([good, other]));
  });

  it('takes as many at a time as SQS takes bytes, and all of them', async () => {
    const large = Array.from({ length: 25 }, (_, index) =>
      envelope({ ...publicShare(`share-${index}`), additionalEventData: { text: 'x'.repeat(100_000) } }),
    );
    for (const body of large) sqs.put('unjudged', body);
    expect((await redrive('--send')).code).toBe(0);
    expect(new Set(sqs.bodies('records'))).toEqual(new Set(large));
    expect(sqs.bodies('unjudged')).toEqual([]);
  });

  it('calls a stack without such queues what it is', async () => {
    await sqs.close();
    sqs = await fakeSqs({ songs: { logical: 'Songs' } });
    process.env.AWS_ENDPOINT_URL = sqs.endpoint;
    const { code, stderr } = await redrive();
    expect([code, stderr]).toEqual([1, expect.stringContaining('no detector of Launchtrail')]);
  });

  it('takes what could not be sent from a member, by the role that is there for it', async () => {
    sqs.put('launchtrail-undelivered', other, undelivered);
    sqs.put('unjudged', good);
    const member = '444455556666/eu-central-1';
    const listed = await redrive('--member', member);
    expect(listed.stdout).toContain(`could not be sent from ${member}`);
    expect(sqs.bodies('launchtrail-undelivered')).toEqual([other]);
    const { code, stderr } = await redrive('--member', member, '--send');
    expect([code, stderr]).toEqual([0, '2 sent back and deleted here, 0 left\n']);
    expect(sqs.bodies('records').sort()).toEqual([good, other].sort());
    expect(sqs.bodies('launchtrail-undelivered')).toEqual([]);
  });

  it('sends the others where a member lets nobody in, and says so', async () => {
    sqs.put('launchtrail-undelivered', other, undelivered);
    sqs.put('unjudged', good);
    sqs.state.trouble = (action) => (action === 'AssumeRole' ? 'refused' : undefined);
    const { code, stderr } = await redrive('--member', '444455556666/eu-central-1', '--send');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /not looked at: could not be sent from 444455556666\/eu-central-1: .*not authorized/,
    );
    expect(sqs.bodies('records')).toEqual([good]);
    expect(await redrive('--member', '444455556666')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--member takes a Region of an account'),
    });
  });

  it('needs no more rights than are written down', async () => {
    sqs.put('unjudged', good);
    sqs.put('unjudged', timeless);
    await redrive('--send', '--member', '444455556666/eu-central-1');
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    const section = page.slice(page.indexOf('## Redrive'), page.indexOf('## Republish'));
    const written = new Set(
      [...section.matchAll(/"((?:sqs|cloudformation|sts):\w+)"/g)].map(([, right]) => right),
    );
    expect([...sqs.asked].sort()).toEqual([...written].sort());
  });
});
