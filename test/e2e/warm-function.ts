import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeployedFunction } from './deploy.ts';

/** A function kept warm in a process of its own, as Lambda does. */
export interface WarmFunction {
  /**
   * Resolves with what the handler answers; rejects with its error. `remaining` are the times it is told it has, ms, in turn,
   * less what has passed.
   */
  invoke<T>(event: unknown, remaining?: readonly number[]): Promise<T>;
  /** Longest of its invocations so far, ms, and most memory it has taken (RSS), MB. */
  most(): { readonly ms: number; readonly mb: number };
  /** What it logged. */
  log(): string;
  stop(): void;
}

interface Answer {
  readonly result?: unknown;
  readonly ms?: number;
  readonly peakMb?: number;
  readonly error?: string;
}

/**
 * Starts the built bundle with the environment of the template; nothing else of ours is in that process.
 *
 * @param flags of Node
 */
export function startFunction(
  { bundle, env }: DeployedFunction,
  awsEnv: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): WarmFunction {
  const runtime = fileURLToPath(new URL('runtime.mjs', import.meta.url));
  const child = fork(runtime, [bundle], {
    env: { PATH: process.env.PATH, ...awsEnv, ...env, AWS_LAMBDA_FUNCTION_NAME: 'launchtrail-e2e' },
    execArgv: [...flags],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  const most = { ms: 0, mb: 0 };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += String(chunk)));

  return {
    invoke<T>(event: unknown, remaining: readonly number[] = [60_000]): Promise<T> {
      return new Promise((done, fail) => {
        const ended = () => fail(new Error(`the function ended:\n${log}`));
        child.once('exit', ended);
        child.once('message', ({ result, error, ms = 0, peakMb = 0 }: Answer) => {
          child.off('exit', ended);
          most.ms = Math.max(most.ms, ms);
          most.mb = Math.max(most.mb, peakMb);
          if (error === undefined) done(result as T);
          else fail(new Error(error));
        });
        child.send({ event, remaining });
      });
    },
    most: () => ({ ...most }),
    log: () => log,
    stop: () => child.kill(),
  };
}
