import { resolve } from 'node:path';

/** The program as a command of this Node, with the flags of `npm run launchtrail`. */
export const PROGRAM: readonly string[] = [
  process.execPath,
  '--max-semi-space-size=8',
  resolve(import.meta.dirname, '../../cli/main.ts'),
];
