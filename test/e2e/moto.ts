import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

/** How long the server may take to answer for the first time: it imports a lot, on a busy machine slowly. */
const READY_WITHIN_MS = 90_000;

/** A moto server on a port of its own. */
export interface Moto {
  readonly endpoint: string;
  /** What the AWS SDK needs to talk to it, as environment variables; the handlers get the same. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts a moto server for one account with the Python of the virtual environment; see CONTRIBUTING for how to make one. */
export async function startMoto(account = ACCOUNT): Promise<Moto> {
  const python = resolve(process.env.LAUNCHTRAIL_MOTO_PYTHON ?? '.venv/bin/python');
  if (!existsSync(python)) {
    throw new Error(
      `${python} does not exist. Make it: python3 -m venv .venv && .venv/bin/pip install -r test/e2e/requirements.txt`,
    );
  }
  const port = await freePort();
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, MOTO_ACCOUNT_ID: account, VALIDATE_LAMBDA_S3: 'false' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = () => stopped(server);
  const log = tailOf(server);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answering(endpoint, server, log);
  } catch (error) {
    await stop();
    throw error;
  }
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  };
  return { endpoint, env, stop };
}

/** Puts variables into this process, as Lambda does into its own, and gives back how to take them out. */
export function withEnv(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Waits until an HTTP server answers anything at all. */
export async function answering(endpoint: string, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`server ended with ${server.exitCode}:\n${log()}`);
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer !== undefined) return;
    await sleep(200);
  }
  throw new Error(`server did not answer within ${READY_WITHIN_MS} ms:\n${log()}`);
}

/** The end of what a server said on standard error. */
export function tailOf(server: ChildProcess): () => string {
  let tail = '';
  server.stderr?.on('data', (chunk) => {
    tail = (tail + String(chunk)).slice(-4000);
  });
  return () => tail;
}

export async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGKILL');
  await ended;
}
