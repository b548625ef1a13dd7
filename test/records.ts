import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordsOf } from '../core/records/cloudtrail/unwrap.ts';
import { WRAPPINGS } from '../core/records/cloudtrail/wrappings/all.ts';

/** Folder of real CloudTrail records, outside the repository; tests that need it are skipped where it is not set. */
export const RECORDS = process.env.LAUNCHTRAIL_RECORDS;

/** What a skipped suite says in its name. */
export const RECORDS_HINT = 'real records (set LAUNCHTRAIL_RECORDS to a folder of CloudTrail files)';

/** Files of real records, relative to the folder; empty where it is not set. */
export function recordFiles(): string[] {
  if (RECORDS === undefined) return [];
  return readdirSync(RECORDS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && file !== 'INDEX.json')
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

/** Records of one such file. */
export function recordsIn(file: string): unknown[] {
  if (RECORDS === undefined) throw new Error('LAUNCHTRAIL_RECORDS is not set');
  return recordsOf(JSON.parse(readFileSync(join(RECORDS, file), 'utf8')), WRAPPINGS);
}
