import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readMessages } from '../../../adapters/sqs/message-batch.ts';
import { putOff } from '../../../adapters/sqs/put-off.ts';
import type { Reopening } from '../../../app/reopening.ts';
import { awsEndpoint, type Seen } from '../http-server.ts';

const REGION = 'eu-west-1';
const SECRET = 'example';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_SESSION_TOKEN', 'a session token');
});
afterEach(() => vi.unstubAllEnvs());

/** Puts judgements off to an SQS on this machine and gives what arrived there. */
async function sentFor(
  waiting: readonly Reopening[],
  status = 200,
): Promise<{ seen: readonly Seen[]; url: string }> {
  await using sqs = await awsEndpoint(() => ({ status, body: '{}' }));
  const url = `${sqs.config.endpoint}/111122223333/launchtrail`;
  await putOff(url, REGION, waiting);
  return { seen: sqs.seen, url };
}

const subjects = (prefix: string): Reopening => ({
  kind: 'subjects',
  account: '111122223333',
  prefix,
  from: 0,
  to: 1,
});

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The signature that AWS works out of a request by what is written about Signature Version 4. */
function signatureOf({ headers, body }: Seen): string {
  const signed = /SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1] ?? '';
  const names = signed.split(';');
  const canonical = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const request = ['POST', '/', '', canonical, signed, sha256(body)].join('\n');
  const time = String(headers['x-amz-date']);
  const scope = `${time.slice(0, 8)}/${REGION}/sqs/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n')).toString('hex');
}

it('sends what was put off as messages that fit and read as what it was', async () => {
  const waiting = Array.from({ length: 1_000 }, (_, index) =>
    subjects(`${1_000 + index} ${'é'.repeat(500)}`),
  );
  const { seen, url } = await sentFor(waiting.toReversed());
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.length).toBeLessThan(20);
  const bodies = seen.map(({ body, headers }) => {
    const { QueueUrl, MessageBody } = JSON.parse(body);
    expect([QueueUrl, headers['x-amz-target']]).toEqual([url, 'AmazonSQS.SendMessage']);
    expect(Buffer.byteLength(MessageBody)).toBeLessThanOrEqual(256 * 1024);
    return MessageBody;
  });
  const attributes = { ApproximateReceiveCount: '1' };
  const read = readMessages(bodies.map((body) => ({ messageId: 'm', body, attributes }) as never));
  expect(read.flatMap((message) => message.waiting)).toEqual(waiting);
});

it('leaves what concerns the same subjects in one message, and of many some to each of several workers', async () => {
  const waiting = Array.from({ length: 60 }, (_, index) => subjects(`AROA${index % 2}`));
  const { seen } = await sentFor(waiting);
  const prefixes = seen.map(({ body }) =>
    JSON.parse(JSON.parse(body).MessageBody).waiting.map(({ prefix }: { prefix: string }) => prefix),
  );
  expect(prefixes.map((each) => each.length)).toEqual([25, 25, 10]);
  expect(prefixes.flat()).toEqual(prefixes.flat().toSorted());
});

it('signs each message with the credentials of the function', async () => {
  const { seen } = await sentFor([subjects('é')]);
  const [request] = seen as [Seen];
  expect(request.headers.authorization).toContain('Credential=AKIAEXAMPLE/');
  expect(request.headers.authorization).toMatch(/SignedHeaders=[^,]*host[^,]*x-amz-security-token/);
  expect(request.headers.authorization).toContain(`Signature=${signatureOf(request)}`);
});

it('throws what SQS refuses, so that the message it came from is delivered again', async () => {
  await expect(sentFor([subjects('a')], 403)).rejects.toThrow('SQS refused a message: 403');
});

it('sends nothing where nothing was put off', async () => {
  expect((await sentFor([])).seen).toEqual([]);
});
