import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROGRAM } from './program.ts';

const APART = join(import.meta.dirname, 'apart.ts');

/** A heap that fits the 512 MB of the function: left alone, V8 spreads as far as the memory of the machine suggests to it. */
const AS_FUNCTION = ['--max-old-space-size=256', '--max-semi-space-size=2'];

/**
 * Runs one job of `apart.ts` in a process of its own, since memory is that of a process.
 *
 * @param as the program or the function of Lambda that it stands for: V8 gets the same room
 */
export async function runApart<T>(job: object, as: 'program' | 'function'): Promise<T> {
  const [node = '', ...rest] = PROGRAM;
  const flags = as === 'program' ? rest.slice(0, -1) : AS_FUNCTION;
  const child = spawn(node, [...flags, APART, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${JSON.stringify(job)} ended with ${code}`);
  return JSON.parse(said) as T;
}
