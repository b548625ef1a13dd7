import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicy } from '../../cli/load-policy.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { Severity } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { type Make, organisationOf } from '../../simulate/makes/make.ts';
import { replayBatches } from '../../test/given-organisations.ts';

/** An attack and what it wrote. */
export interface KnownAttack {
  readonly name: string;
  readonly expected: Severity;
  /** Ids of the records that it is made of. */
  readonly events: ReadonlySet<string>;
  /** Ids of others that are its own, too, and need not be found. */
  readonly related: ReadonlySet<string>;
}

/** An organisation whose attacks are known. */
export interface KnownOrganisation {
  readonly name: string;
  readonly policy: Policy;
  /** Time of the beginning, ms. */
  readonly start: number;
  readonly accounts: number;
  readonly days: number;
  readonly attacks: readonly KnownAttack[];
  /** What a record without an attack belongs to. */
  readonly kindOf: (id: string) => string;
  readonly batches: () => AsyncIterable<readonly Activity[]>;
}

/** What `labels.json` of an organisation by other hands says. */
interface Labels {
  readonly start: string;
  readonly days: number;
  readonly org: { readonly accounts: readonly unknown[] };
  readonly attacks: readonly {
    readonly id: string;
    readonly variant: string;
    readonly expectedMinSeverity: Severity;
    readonly events: readonly { readonly id: string }[];
    readonly related: readonly string[];
  }[];
  readonly hardNegatives: readonly { readonly kind: string; readonly eventIDs: readonly string[] }[];
}

/**
 * The organisations in a folder: each sub folder with `records.jsonl.gz`, `policy.yaml` and `labels.json`.
 *
 * @throws where the folder cannot be read, or a policy is wrong
 */
export async function organisationsIn(folder: string): Promise<KnownOrganisation[]> {
  const names = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'labels.json')))
    .sort();
  return Promise.all(names.map((name) => organisationIn(folder, name)));
}

async function organisationIn(folder: string, name: string): Promise<KnownOrganisation> {
  const at = (file: string): string => join(folder, name, file);
  const labels: Labels = JSON.parse(readFileSync(at('labels.json'), 'utf8'));
  const loaded = await loadPolicy(at('policy.yaml'));
  if (!loaded.ok) throw new Error(`${at('policy.yaml')}: ${loaded.problems.join(', ')}`);
  const kinds = new Map(
    labels.hardNegatives.flatMap(({ kind, eventIDs }) => eventIDs.map((id) => [id, kind] as const)),
  );
  return {
    name,
    policy: loaded.policy,
    start: Date.parse(labels.start),
    accounts: labels.org.accounts.length,
    days: labels.days,
    attacks: labels.attacks.map(({ id, variant, expectedMinSeverity, events, related }) => ({
      name: `${id} ${variant}`,
      expected: expectedMinSeverity,
      events: new Set(events.map((event) => event.id)),
      related: new Set(related),
    })),
    kindOf: (id) => kinds.get(id) ?? 'routine',
    batches: () => replayBatches(at('records.jsonl.gz'), 0),
  };
}

const BATCH = 200;
const NONE: ReadonlySet<string> = new Set();

/** An organisation of one of the generator's own makes; its policy names its accounts and partners, and nothing else. */
export function organisationOfMake(make: Make, seed: number): KnownOrganisation {
  const made = organisationOf(make, seed);
  const routines = new Map(made.deliveries.map(({ record, routine }) => [record.eventID, routine]));
  const start = made.deliveries[0]?.at ?? 0;
  return {
    name: `${make.name} ${seed}`,
    policy: {
      ...defaultPolicy,
      organisation: {
        ...defaultPolicy.organisation,
        accounts: [...made.accounts],
        partners: [...made.partners],
      },
    },
    start,
    accounts: made.accounts.length,
    days: Math.ceil(((made.deliveries.at(-1)?.at ?? start) - start) / DAY),
    attacks: made.labels.map(({ attack, expected, eventIDs }) => ({
      name: attack,
      expected,
      events: new Set(eventIDs),
      related: NONE,
    })),
    kindOf: (id) => routines.get(id) ?? 'unknown',
    async *batches() {
      const activities = made.deliveries.flatMap(({ record }) => {
        const read = fromCloudTrail(record);
        return read.ok ? [read.activity] : [];
      });
      for (let from = 0; from < activities.length; from += BATCH) yield activities.slice(from, from + BATCH);
    },
  };
}
