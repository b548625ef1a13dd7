import type { LambdaFunctionURLResult } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureRecords, compute, copyOf, machine } from '../azure-records.ts';
import { googleEntries } from '../google-records.ts';
import { AZURE_CLAIMS, GOOGLE_CLAIMS, type PushSigner, startSigner, TENANT } from '../push-signer.ts';
import { ACCOUNT } from './moto.ts';
import { depth } from './pipeline.ts';
import { publicShare } from './records.ts';
import { type World, worldOf } from './world.ts';

/** A request as the address of a function hands it on. */
const request = (path: string, token: string | undefined, body: string, headers: object = {}) => ({
  version: '2.0',
  rawPath: path,
  headers: {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  },
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

  const answerTo = (event: object) =>
    world.fn('ingest').invoke<Exclude<LambdaFunctionURLResult, string>>(event);
  const push = async (path: string, token: string | undefined, body: string): Promise<number | undefined> =>
    (await answerTo(request(path, token, body))).statusCode;

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

  it('tells Event Grid that it may push, and nobody without its token', async () => {
    const body = JSON.stringify([
      {
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        data: { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
      },
    ]);
    const asking = { 'aeg-event-type': 'SubscriptionValidation' };
    const answer = await answerTo(request('/azure', await signer.token(AZURE_CLAIMS), body, asking));
    expect([answer.statusCode, JSON.parse(answer.body ?? '')]).toEqual([
      200,
      { validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
    ]);
    const forged = await answerTo(request('/azure', undefined, body, asking));
    expect([forged.statusCode, forged.body]).toEqual([401, undefined]);
    expect(await depth(world.queue)).toBe(0);
  });

  it('of Azure is judged: a disk that is copied onto a machine of one’s own is one finding of three acts', async () => {
    const at = Date.parse('2026-06-16T12:00:00Z');
    const act = (type: string, name: string, minutes: number, body: object) => ({
      operation: `Microsoft.Compute/${type}/write`,
      on: compute('rg-x', type, name),
      at: at + minutes * 60_000,
      body,
    });
    const osDisk = {
      createOption: 'Attach',
      managedDisk: {
        id: `/subscriptions/1a2b3c4d-0000-4000-8000-000000000001/${compute('rg-x', 'disks', 'mine')}`,
      },
    };
    const records = azureRecords([
      act('snapshots', 'copy', 0, copyOf(compute('rg-prod', 'disks', 'web'))),
      act('disks', 'mine', 4, copyOf(compute('rg-x', 'snapshots', 'copy'))),
      act(
        'virtualMachines',
        'reader',
        9,
        machine('Standard_B1s', at + 9 * 60_000, { storageProfile: { osDisk } }),
      ),
    ]);
    const token = await signer.token(AZURE_CLAIMS);
    // as a forwarder may send them: not in order, and some twice
    const parts = [records.slice(4), records.slice(0, 4), records.slice(2, 6)];
    for (const part of parts)
      expect(await push('/azure', token, JSON.stringify({ records: part }))).toBe(200);
    const queued = await depth(world.queue);
    expect(await push('/azure', token, JSON.stringify({ records: parts[0] }))).toBe(200);
    expect(await depth(world.queue)).toBe(queued);
    await world.workOff();
    const told = (await world.findings()).map(({ Message }) => JSON.parse(Message));
    const last = told.at(-1);
    expect(last).toMatchObject({
      severity: 'High',
      cloud: { account: { uid: '1a2b3c4d-0000-4000-8000-000000000001' } },
    });
    expect(last.finding_info.related_events.length).toBeGreaterThanOrEqual(3);
    expect(new Set(told.map(({ finding_info }) => finding_info.uid)).size).toBe(1);
  });

  it('of Azure is refused when it is unsigned, for somebody else, stale or too large, and goes nowhere', async () => {
    const body = JSON.stringify({ records: azureRecords([{ operation: 'x/write', on: 'x', at: 1 }]) });
    const hoursAgo = Math.floor(Date.now() / 1000) - 3 * 3_600;
    const with_ = (claims: object) => signer.token({ ...AZURE_CLAIMS, ...claims });
    const good = await with_({});
    expect(await push('/azure', undefined, body)).toBe(401);
    expect(await push('/azure', `${good.slice(0, -8)}AAAAAAAA`, body)).toBe(401);
    expect(await push('/azure', await with_({ aud: 'x' }), body)).toBe(401);
    expect(await push('/azure', await with_({ iss: 'https://sts.windows.net/x/' }), body)).toBe(401);
    expect(await push('/azure', await signer.token(AZURE_CLAIMS, hoursAgo), body)).toBe(401);
    expect(await push('/azure', await with_({ appid: 'x' }), body)).toBe(403);
    expect(await push('/azure', good, 'x'.repeat(10_000_000))).toBe(413);
    expect(await depth(world.queue)).toBe(0);
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
