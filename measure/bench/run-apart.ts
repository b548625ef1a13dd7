import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROGRAM } from './program.ts';

const APART = join(import.meta.dirname, 'apart.ts');

/** Runs one job of `apart.ts` in a process of its own, since memory is that of a process; with the flags of the program where it stands for it. */
export async function runApart<T>(job: object, { asProgram = false } = {}): Promise<T> {
  const [node = '', ...rest] = PROGRAM;
  const flags = asProgram ? rest.slice(0, -1) : [];
  const child = spawn(node, [...flags, APART, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${JSON.stringify(job)} ended with ${code}`);
  return JSON.parse(said) as T;
}
