import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './program.ts';

const [NODE = '', ...MAIN] = PROGRAM;
const TELLING = `data:text/javascript,process.on('exit', () => console.error('peak', Math.round(process.resourceUsage().maxRSS / 1024)))`;

/** Runs the real replay in a process of its own, start of the process included; gives its largest memory, MB. */
export async function replayAll(args: readonly string[]): Promise<number> {
  const child = spawn(NODE, ['--import', TELLING, ...MAIN, 'replay', ...args], {
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
