import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Whoever signs tokens for pushes: a key, the place where its public half can be had, and how often somebody came for it. */
export interface PushSigner {
  readonly keys: string;
  readonly asked: () => number;
  /** A token with these claims, made at a time, s, and good for an hour. */
  readonly token: (claims: Readonly<Record<string, unknown>>, at?: number) => Promise<string>;
  /** Answers with this status from now on, in place of the keys. */
  readonly failWith: (status: number) => void;
  readonly stop: () => Promise<void>;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Makes a key and serves its public half on this machine, as Google and Microsoft serve theirs. */
export async function startSigner(kid = 'key-1'): Promise<PushSigner> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  let status = 200;
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    keys: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    asked: () => asked,
    token: (claims, at = now()) =>
      new SignJWT({ iat: at, exp: at + 3_600, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(privateKey),
    failWith: (code) => {
      status = code;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a token of a push subscription of Google says. */
export const GOOGLE_CLAIMS = {
  iss: 'https://accounts.google.com',
  aud: 'https://launchtrail.example.com',
  email: 'push@example-project.iam.gserviceaccount.com',
  email_verified: true,
  sub: '100000000000000000001',
};

export const TENANT = '00000000-0000-4000-8000-00000000000a';
export const FORWARDER = '00000000-0000-4000-8000-00000000000b';

/** What a token of Event Grid says. */
export const AZURE_CLAIMS = {
  iss: `https://sts.windows.net/${TENANT}/`,
  aud: 'api://launchtrail',
  appid: '4962773b-9cdb-44cf-a8bf-237846a00ab7',
  tid: TENANT,
};
