import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryHistory } from '../adapters/memory/history.ts';
import { memoryVerdicts } from '../adapters/memory/verdicts.ts';
import { detectActivities } from '../app/detect.ts';
import { findingsIn } from '../app/findings-in.ts';
import type { Activity } from '../core/activity/activity.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { defaultPolicy, type Policy } from '../core/policy/policy.ts';
import { fromOtherCloud } from '../core/records/clouds.ts';
import type { Normalised } from '../core/records/cloudtrail/cloudtrail.ts';
import { recordsOf } from '../core/records/cloudtrail/unwrap.ts';
import { WRAPPINGS } from '../core/records/cloudtrail/wrappings/all.ts';

/** Folder of records of Azure and Google, outside the repository; tests that need it are skipped where it is not set. */
export const CLOUDS = process.env.LAUNCHTRAIL_CLOUDS;

/** What a skipped suite says in its name. */
export const CLOUDS_HINT = 'records of other clouds (set LAUNCHTRAIL_CLOUDS to a folder of them)';

/** Files of them, relative to the folder; empty where it is not set. */
export const cloudFiles = (): string[] =>
  CLOUDS === undefined
    ? []
    : readdirSync(CLOUDS, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.json') && file !== 'INDEX.json')
        .map((file) => file.replaceAll('\\', '/'))
        .sort();

/** What is read of some content, with what is damaged in it. */
export function readOf(content: unknown): { normalised: (Normalised | undefined)[]; damages: string[] } {
  const damages: string[] = [];
  const records = recordsOf(content, WRAPPINGS, {
    onDamage: ({ path, message }) => damages.push(`${path} ${message}`),
    decode: (base64) => Buffer.from(base64, 'base64').toString('utf8'),
  });
  return { normalised: records.map(fromOtherCloud), damages };
}

export const contentOf = (file: string): unknown =>
  JSON.parse(readFileSync(join(CLOUDS ?? '', file), 'utf8'));

/** Parts and activities in some content. */
export const activitiesIn = (content: unknown): Activity[] =>
  readOf(content).normalised.flatMap((each) => (each?.ok === true ? [each.activity] : []));

/** What is found in some activities. */
export async function foundIn(
  activities: readonly Activity[],
  policy: Policy = defaultPolicy,
): Promise<readonly FindingRecord[]> {
  const verdicts = memoryVerdicts();
  await detectActivities({ history: memoryHistory(), verdicts, policy }, activities);
  return findingsIn(verdicts, policy);
}
