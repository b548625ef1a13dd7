import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { CASES } from '../cases.ts';
import { organisationNames, policyOf, recordsFile, replayBatches } from '../given-organisations.ts';
import { recordFiles, recordsIn } from '../records.ts';

/** A finding with the policy that it was judged by and the name of where it comes from. */
export interface ToRead {
  readonly source: string;
  readonly record: FindingRecord;
  readonly policy: Policy;
}

/** Organisations generated with every attack that there is; together they make more than 500 findings. */
const GENERATED = [
  { seed: 61, accounts: 10, days: 24 },
  { seed: 62, accounts: 10, days: 24 },
  { seed: 63, accounts: 10, days: 24 },
  { seed: 64, accounts: 10, days: 24 },
  { seed: 65, accounts: 10, days: 24 },
] as const;

const found = (source: string, activities: readonly Activity[], policy: Policy): ToRead[] =>
  definition(activities, policy).map((record) => ({ source, record, policy }));

const activitiesOf = (records: Iterable<unknown>): Activity[] =>
  [...records].flatMap((record) => {
    const read = fromCloudTrail(record);
    return read.ok ? [read.activity] : [];
  });

/** Findings of organisations of the generator, with their attacks, judged while learning and after. */
export function generatedFindings(): ToRead[] {
  return GENERATED.flatMap(({ seed, accounts, days }) => {
    const made = organisation({ seed, accounts, days, noise: 0, attacks: ATTACK_NAMES });
    const policy: Policy = {
      ...defaultPolicy,
      organisation: { ...defaultPolicy.organisation, accounts: made.accounts.map(({ id }) => id) },
      volumeSensitivity: {
        ...defaultPolicy.volumeSensitivity,
        tags: { 'data-classification': ['restricted'] },
      },
    };
    return found(`seed ${seed}`, activitiesOf(made.records()), policy);
  });
}

/** Findings of real records, each file alone. */
export const realFindings = (): ToRead[] =>
  recordFiles().flatMap((file) => found(file, activitiesOf(recordsIn(file)), defaultPolicy));

/** Findings of cases, each file alone. */
export async function caseFindings(): Promise<ToRead[]> {
  if (CASES === undefined) return [];
  const files = readdirSync(CASES).filter((file) => file !== 'INDEX.json');
  const all = await Promise.all(
    files.map(async (file) => found(file, await activitiesIn(join(CASES ?? '', file)), defaultPolicy)),
  );
  return all.flat();
}

/** Findings of given organisations. */
export async function givenFindings(): Promise<ToRead[]> {
  const all: ToRead[] = [];
  for (const name of organisationNames()) {
    all.push(...found(name, await activitiesIn(recordsFile(name)), await policyOf(name)));
  }
  return all;
}

async function activitiesIn(path: string): Promise<Activity[]> {
  const all: Activity[] = [];
  try {
    for await (const batch of replayBatches(path, 0)) all.push(...batch);
  } catch {
    // a case may hold what is no record, which is another test's business
  }
  return all;
}
