import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeployedFunction } from './deploy.ts';

/** A function kept warm in a process of its own, as Lambda does. */
export interface WarmFunction {
  /** Resolves with what the handler answers; rejects with its error. `remaining` are the times it is told it has, ms, in turn. */
  invoke<T>(event: unknown, remaining?: readonly number[]): Promise<T>;
  /** What it logged. */
  log(): string;
  stop(): void;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** Starts the built bundle with the environment of the template; nothing else of ours is in that process. */
export function startFunction(
  { bundle, env }: DeployedFunction,
  awsEnv: Readonly<Record<string, string>>,
): WarmFunction {
  const runtime = fileURLToPath(new URL('runtime.mjs', import.meta.url));
  const child = fork(runtime, [bundle], {
    env: { PATH: process.env.PATH, ...awsEnv, ...env, AWS_LAMBDA_FUNCTION_NAME: 'launchtrail-e2e' },
    execArgv: [],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += String(chunk)));

  return {
    invoke<T>(event: unknown, remaining: readonly number[] = [60_000]): Promise<T> {
      return new Promise((done, fail) => {
        const ended = () => fail(new Error(`the function ended:\n${log}`));
        child.once('exit', ended);
        child.once('message', ({ result, error }: Answer) => {
          child.off('exit', ended);
          if (error === undefined) done(result as T);
          else fail(new Error(error));
        });
        child.send({ event, remaining });
      });
    },
    log: () => log,
    stop: () => child.kill(),
  };
}
