import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of cases with an INDEX.json that says what is expected; tests that need it are skipped where it is not set. */
export const CASES = process.env.LAUNCHTRAIL_CASES;

/** What a skipped suite says in its name. */
export const CASES_HINT = 'cases (set LAUNCHTRAIL_CASES to a folder with an INDEX.json)';

/** A case: the file, its kind, and what a run over it must say. */
export interface Case {
  readonly file: string;
  readonly kind: string;
  readonly situation: string;
  /** What should be said, in a sentence. */
  readonly expected: string;
  readonly check: {
    readonly want: string;
    readonly title?: string;
    /** What no headline may say. */
    readonly notTitle?: string;
    readonly actor?: string;
    readonly exit?: number;
  };
}

/** Every case of the folder; none where it is not set. */
export function allCases(): Case[] {
  return CASES === undefined ? [] : JSON.parse(readFileSync(join(CASES, 'INDEX.json'), 'utf8'));
}
