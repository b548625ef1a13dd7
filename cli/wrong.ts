import { EXIT } from './exit.ts';

/** Says what is wrong, and gives the exit code of it. */
export function wrong(...lines: readonly string[]): number {
  for (const line of lines) process.stderr.write(`launchtrail: ${line}\n`);
  return EXIT.wrong;
}
