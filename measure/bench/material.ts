import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchedEvent } from '../../core/records/cloudtrail/events.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';
import { writeTrail } from '../../simulate/write-files.ts';

/** Calls nobody watches for each watched one: in a real trail far more, so that this is the harder case for us. */
const NOISE = 40;

/** What is measured on: a generated organisation as CloudTrail would deliver it, and its watched records alone. */
export interface Material {
  readonly folder: string;
  readonly files: readonly string[];
  readonly records: number;
  readonly zippedBytes: number;
  readonly watched: readonly TrailRecord[];
  remove(): Promise<void>;
}

export async function makeMaterial({
  days,
  accounts,
}: {
  days: number;
  accounts: number;
}): Promise<Material> {
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-bench-'));
  const made = organisation({ seed: 1, days, accounts, noise: NOISE, attacks: [...ATTACK_NAMES] });
  const { records } = writeTrail(folder, 1, made.deliveries());
  const names = await readdir(folder, { recursive: true });
  const files = names
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => join(folder, name))
    .sort();
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return {
    folder,
    files,
    records,
    zippedBytes: sizes.reduce((a, b) => a + b, 0),
    watched: [...made.records()].filter(
      ({ eventSource, eventName }) => watchedEvent(eventSource, eventName) !== undefined,
    ),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
