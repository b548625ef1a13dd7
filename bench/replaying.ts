import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, '../cli/program.ts');

/** Runs the real replay in a process of its own, start of the process included; gives its largest memory, MB. */
export async function replayAll(args: readonly string[]): Promise<number> {
  const script = `
    const { runProgram } = await import(${JSON.stringify(PROGRAM)});
    await runProgram(['node', 'launchtrail', 'replay', ...${JSON.stringify(args)}]);
    console.error('peak', Math.round(process.resourceUsage().maxRSS / 1024));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [code] = await once(child, 'close');
  const peak = /^peak (\d+)$/m.exec(said)?.[1];
  if (code !== 0 || peak === undefined) throw new Error(`replay ended with ${code}: ${said}`);
  return Number(peak);
}
