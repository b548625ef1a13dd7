import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './program.ts';

const [NODE = '', ...MAIN] = PROGRAM;
const TELLING = `data:text/javascript,process.on('exit', () => console.error('peak', Math.round(process.resourceUsage().maxRSS / 1024)))`;

/** Runs the real replay in a process of its own, start of the process included; gives its largest memory, MB. */
export const replayAll = (args: readonly string[]): Promise<number> => runProgram(['replay', ...args]);

/** Runs the real program likewise. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const child = spawn(NODE, ['--import', TELLING, ...MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [code] = await once(child, 'close');
  const peak = /^peak (\d+)$/m.exec(said)?.[1];
  if (code !== 0 || peak === undefined) throw new Error(`${args[0]} ended with ${code}: ${said}`);
  return Number(peak);
}
