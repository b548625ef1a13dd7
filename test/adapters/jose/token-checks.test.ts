import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { azureCheck, checksOf, googleCheck } from '../../../adapters/jose/token-checks.ts';
import {
  AZURE_CLAIMS,
  FORWARDER,
  GOOGLE_CLAIMS,
  type PushSigner,
  startSigner,
  TENANT,
} from '../../push-signer.ts';

let signer: PushSigner;
beforeEach(async () => {
  signer = await startSigner();
});
afterEach(() => signer.stop());

const HOUR = 3_600;
const now = Math.floor(Date.now() / 1000);
const refused = (reason: string) => ({ ok: false, reason });

const google = () =>
  googleCheck({ audience: GOOGLE_CLAIMS.aud, sender: GOOGLE_CLAIMS.email, keys: signer.keys });
const azure = () =>
  azureCheck({ tenant: TENANT, audience: AZURE_CLAIMS.aud, senders: [FORWARDER], keys: signer.keys });

describe('a token of a push subscription of Google', () => {
  it('is taken when it is for us, of the expected account, and not over', async () => {
    expect(await google()(await signer.token(GOOGLE_CLAIMS))).toEqual({ ok: true });
  });

  it.each([
    ['another audience', { aud: 'https://elsewhere.example.com' }, 'not for us'],
    ['another issuer', { iss: 'https://accounts.example.com' }, 'not for us'],
    ['no audience', { aud: undefined }, 'not for us'],
    ['another account', { email: 'someone@example-project.iam.gserviceaccount.com' }, 'of a stranger'],
    ['an address that was not verified', { email_verified: false }, 'of a stranger'],
    ['an address that is said to be verified in words', { email_verified: 'true' }, 'of a stranger'],
    ['no time at which it ends', { exp: undefined }, 'forged'],
    ['a time at which it begins, tomorrow', { nbf: now + 24 * HOUR }, 'stale'],
  ])('with %s is refused', async (_, claims, reason) => {
    expect(await google()(await signer.token({ ...GOOGLE_CLAIMS, ...claims }))).toEqual(refused(reason));
  });

  it('is refused an hour and some minutes after it was made, but not for clocks that differ a little', async () => {
    expect(await google()(await signer.token(GOOGLE_CLAIMS, now - HOUR - 120))).toEqual(refused('stale'));
    expect(await google()(await signer.token(GOOGLE_CLAIMS, now - HOUR - 20))).toEqual({ ok: true });
  });

  it('is refused when another has signed it, by whatever way of signing', async () => {
    const check = google();
    const [impostor, stranger] = [await startSigner(), await startSigner('key-2')];
    for (const each of [impostor, stranger]) {
      expect(await check(await each.token(GOOGLE_CLAIMS))).toEqual(refused('forged'));
      await each.stop();
    }
    const claims = { ...GOOGLE_CLAIMS, exp: now + HOUR };
    expect(await check(new UnsecuredJWT(claims).encode())).toEqual(refused('forged'));
    const secret = new TextEncoder().encode(JSON.stringify({ kid: 'key-1' }).padEnd(32));
    const symmetric = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'key-1' });
    expect(await check(await symmetric.sign(secret))).toEqual(refused('forged'));
    for (const garbage of ['a.b.c', 'x', '', '..', `${'a'.repeat(10_000)}.b.c`])
      expect(await check(garbage)).toEqual(refused('forged'));
  });

  it('is refused when a letter of what it says was changed', async () => {
    const [head, , signature] = (await signer.token(GOOGLE_CLAIMS)).split('.');
    const changed = Buffer.from(JSON.stringify({ ...GOOGLE_CLAIMS, exp: now + HOUR, email: 'x' })).toString(
      'base64url',
    );
    expect(await google()(`${head}.${changed}.${signature}`)).toEqual(refused('forged'));
  });

  it('is to come again where the keys cannot be had', async () => {
    signer.failWith(500);
    expect(await google()(await signer.token(GOOGLE_CLAIMS))).toEqual(refused('not now'));
    const nobody = googleCheck({ audience: 'a', sender: 'b', keys: 'http://127.0.0.1:9/keys' });
    expect(await nobody(await signer.token(GOOGLE_CLAIMS))).toEqual(refused('not now'));
  });

  it('has the keys fetched once, also where strangers come with keys of their own', async () => {
    const check = google();
    const stranger = await startSigner('key-2');
    for (let index = 0; index < 20; index += 1) {
      await check(await signer.token(GOOGLE_CLAIMS));
      await check(await stranger.token(GOOGLE_CLAIMS));
    }
    await stranger.stop();
    expect(signer.asked()).toBeLessThanOrEqual(2);
  });
});

describe('a token of Entra', () => {
  it.each([
    ['Event Grid, version 1', AZURE_CLAIMS],
    [
      'Event Grid, version 2',
      {
        ...AZURE_CLAIMS,
        iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
        appid: undefined,
        azp: AZURE_CLAIMS.appid,
      },
    ],
    ['a forwarder that is named', { ...AZURE_CLAIMS, appid: FORWARDER }],
  ])('is taken from %s', async (_, claims) => {
    expect(await azure()(await signer.token(claims))).toEqual({ ok: true });
  });

  it.each([
    [
      'another tenant',
      { iss: 'https://sts.windows.net/00000000-0000-4000-8000-00000000000f/' },
      'not for us',
    ],
    ['another audience', { aud: 'api://other' }, 'not for us'],
    ['another application', { appid: '00000000-0000-4000-8000-00000000000f' }, 'of a stranger'],
    ['no application', { appid: undefined }, 'of a stranger'],
  ])('of %s is refused', async (_, claims, reason) => {
    expect(await azure()(await signer.token({ ...AZURE_CLAIMS, ...claims }))).toEqual(refused(reason));
  });
});

describe('the clouds that may push', () => {
  const none = {
    AZURE_TENANT: undefined,
    AZURE_AUDIENCE: undefined,
    AZURE_SENDERS: [],
    AZURE_KEYS: undefined,
    GOOGLE_AUDIENCE: undefined,
    GOOGLE_SENDER: undefined,
    GOOGLE_KEYS: undefined,
  };
  it('are those of which the stack says all that is needed', () => {
    expect(checksOf(none)).toEqual({});
    expect(Object.keys(checksOf({ ...none, AZURE_TENANT: TENANT, AZURE_AUDIENCE: 'a' }))).toEqual(['azure']);
    expect(Object.keys(checksOf({ ...none, GOOGLE_SENDER: 's', GOOGLE_AUDIENCE: 'a' }))).toEqual(['google']);
    expect(checksOf({ ...none, GOOGLE_SENDER: 's', AZURE_TENANT: TENANT })).toEqual({});
  });
});
