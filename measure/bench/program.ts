import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../cli/main.ts');
const [, flags = ''] = /^#!.* node (.*)/.exec(readFileSync(MAIN, 'utf8')) ?? [];

/** The program as a command of this Node, with the flags that its first line asks for. */
export const PROGRAM: readonly string[] = [process.execPath, ...flags.split(' '), MAIN];
