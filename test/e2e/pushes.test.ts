import type { LambdaFunctionURLResult } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { googleEntries } from '../google-records.ts';
import { AZURE_CLAIMS, GOOGLE_CLAIMS, type PushSigner, startSigner, TENANT } from '../push-signer.ts';
import { ACCOUNT } from './moto.ts';
import { depth } from './pipeline.ts';
import { publicShare } from './records.ts';
import { type World, worldOf } from './world.ts';

/** A request as the address of a function hands it on. */
const request = (path: string, token: string | undefined, body: string) => ({
  version: '2.0',
  rawPath: path,
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  requestContext: { http: { method: 'POST', path } },
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
});

const entry = (insertId: string) => ({
  insertId,
  logName: 'projects/example-project/logs/cloudaudit.googleapis.com%2Factivity',
  protoPayload: { methodName: 'v1.compute.instances.insert' },
});
const message = (content: object): string =>
  JSON.stringify({ message: { data: Buffer.from(JSON.stringify(content)).toString('base64') } });
const pubSub = (insertId: string): string => message(entry(insertId));

describe('what Azure and Google push', () => {
  let world: World;
  let signer: PushSigner;
  beforeAll(async () => {
    signer = await startSigner();
    const context = {
      azureTenant: TENANT,
      azureAudience: AZURE_CLAIMS.aud,
      googleAudience: GOOGLE_CLAIMS.aud,
      googleSender: GOOGLE_CLAIMS.email,
    };
    world = await worldOf(context, { env: { GOOGLE_KEYS: signer.keys, AZURE_KEYS: signer.keys } });
  });
  afterAll(() => Promise.all([world?.stop(), signer?.stop()]));

  const push = async (path: string, token: string | undefined, body: string): Promise<number | undefined> => {
    const answer = await world
      .fn('ingest')
      .invoke<Exclude<LambdaFunctionURLResult, string>>(request(path, token, body));
    return answer.statusCode;
  };

  it('goes over the bus to the queue when it is signed for us, and once where it comes twice', async () => {
    const token = await signer.token(GOOGLE_CLAIMS);
    expect(await push('/google', token, pubSub('one'))).toBe(200);
    expect(await depth(world.queue)).toBe(1);
    expect(await push('/google', token, pubSub('one'))).toBe(200);
    expect(await depth(world.queue)).toBe(1);
    const azure = JSON.stringify({ records: [{ operationName: 'a' }, { operationName: 'b' }] });
    expect(await push('/azure', await signer.token(AZURE_CLAIMS), azure)).toBe(200);
    expect(await depth(world.queue)).toBe(3);
  });

  it('is judged: a snapshot that is given to everyone is a finding', async () => {
    await world.workOff();
    await world.findings();
    const token = await signer.token(GOOGLE_CLAIMS);
    const binding = { role: 'roles/compute.storageAdmin', members: ['allAuthenticatedUsers'] };
    const given = googleEntries([
      {
        method: 'v1.compute.snapshots.setIamPolicy',
        on: 'global/snapshots/db-copy',
        at: Date.parse('2026-06-15T12:00:00Z'),
        request: { policy: { bindings: [binding] } },
        single: true,
      },
    ]);
    for (const each of given) expect(await push('/google', token, message(each))).toBe(200);
    await world.workOff();
    const told = (await world.findings()).map(({ Message }) => JSON.parse(Message));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ severity: 'Critical', cloud: { account: { uid: 'example-project' } } });
    expect(JSON.stringify(told[0].resources)).toContain('db-copy');
  });

  it('lets no record of AWS in, whoever signs it', async () => {
    const record = publicShare('snap-0f00000000000000f', { recipientAccountId: ACCOUNT });
    const body = JSON.stringify({ records: [record] });
    expect(await push('/azure', await signer.token(AZURE_CLAIMS), body)).toBe(200);
    await world.workOff();
    expect(await world.findings()).toEqual([]);
    expect(await depth(world.deployed.physical('IngestUnjudged'))).toBeGreaterThan(0);
  });

  it('is refused when it is unsigned, for somebody else, stale, or too large, and goes nowhere', async () => {
    const before = await depth(world.queue);
    const hoursAgo = Math.floor(Date.now() / 1000) - 3 * 3_600;
    const good = await signer.token(GOOGLE_CLAIMS);
    expect(await push('/google', undefined, pubSub('two'))).toBe(401);
    expect(await push('/google', await signer.token({ ...GOOGLE_CLAIMS, aud: 'x' }), pubSub('two'))).toBe(
      401,
    );
    expect(await push('/google', await signer.token(GOOGLE_CLAIMS, hoursAgo), pubSub('two'))).toBe(401);
    expect(await push('/google', await signer.token({ ...GOOGLE_CLAIMS, email: 'x' }), pubSub('two'))).toBe(
      403,
    );
    expect(await push('/google', good, 'x'.repeat(10_000_000))).toBe(413);
    expect(await push('/google', good, 'x')).toBe(400);
    expect(await push('/other', good, pubSub('two'))).toBe(404);
    expect(await depth(world.queue)).toBe(before);
    expect(world.fn('ingest').log()).toContain('"RefusedPushes":1');
  });
});
