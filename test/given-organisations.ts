import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findFiles } from '../cli/input/find-files.ts';
import { loadPolicy } from '../cli/load-policy.ts';
import { readEvents } from '../cli/read-events.ts';
import { reorderBuffer } from '../cli/replay/reorder.ts';
import type { Activity } from '../core/activity/activity.ts';
import type { Policy } from '../core/policy/policy.ts';

/**
 * Folder of generated organisations by other hands, outside the repository: each sub folder holds `records.jsonl.gz`, CloudTrail
 * records in order of delivery, and `policy.yaml`. Who needs it does nothing, and says so, where it is not set.
 */
export const ORGANISATIONS = process.env.LAUNCHTRAIL_ORGANISATIONS;

/** What a skipped suite says in its name. */
export const ORGANISATIONS_HINT =
  'given organisations (set LAUNCHTRAIL_ORGANISATIONS to a folder with a folder for each: records.jsonl.gz, policy.yaml)';

/** Activities that a replay judges in one go; see `cli/replay/replay.ts`. */
const BATCH = 200;

/** Where the records of an organisation lie. */
export const recordsFile = (name: string): string => join(ORGANISATIONS ?? '', name, 'records.jsonl.gz');

/** @throws where the policy is wrong */
export async function policyOf(name: string): Promise<Policy> {
  const loaded = await loadPolicy(join(ORGANISATIONS ?? '', name, 'policy.yaml'));
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.policy;
}

/**
 * The activities of one file in the batches in which `launchtrail replay` judges them.
 *
 * @param jobs threads that read; 0 reads on this one
 * @throws where something in the file is damaged
 */
export async function* replayBatches(path: string, jobs: number): AsyncGenerator<readonly Activity[]> {
  const buffer = reorderBuffer<Activity>();
  const { files } = await findFiles([path]);
  for await (const { activities, delivered, damages } of readEvents(files, { jobs })) {
    if (damages.length > 0) throw new Error(`${path}: ${damages.map(({ message }) => message).join(', ')}`);
    yield* batches(buffer.add(activities, delivered));
  }
  yield* batches(buffer.drain());
}

function* batches(activities: readonly Activity[]): Generator<readonly Activity[]> {
  for (let from = 0; from < activities.length; from += BATCH) yield activities.slice(from, from + BATCH);
}
/** Names of the organisations; none where the folder is not set. */
export function organisationNames(): string[] {
  if (ORGANISATIONS === undefined) return [];
  return readdirSync(ORGANISATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
