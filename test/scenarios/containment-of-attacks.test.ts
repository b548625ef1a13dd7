import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { endsBeside } from '../../app/ends.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast } from '../../core/findings/severity.ts';
import { entriesOf } from '../../core/lineage/timelines.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES, type AttackName } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { containmentOf } from '../../tell/contain/containment.ts';

/** By number of accounts: where there are few, the same people do what is ordinary and own what is attacked. */
const WORLDS = [
  { seed: 71, accounts: 10 },
  { seed: 72, accounts: 10 },
  { seed: 75, accounts: 4 },
  { seed: 72, accounts: 6 },
  // here an intruder ends machine and copy, and leaves the group that is open
  { seed: 77, accounts: 4 },
];
const ID = /\b(?:i|snap|vol|ami|sg)-[0-9a-f]{8,17}\b/g;

/**
 * Attacks that run behind a group, a fleet or another service, that copy to a bucket or share a database's copy, that take back and end all
 * they made, or that come to nothing.
 */
const NOTHING_LEFT: readonly AttackName[] = [
  'auto-scaling-miner',
  'bucket-export',
  'covered-heist',
  'database-share',
  'lightsail-miner',
  'refused-sweep',
  'slow-share',
  'spot-fleet-miner',
];

/** An attack, and what the findings of MEDIUM or worse that hold any of it say to run. */
interface Attacked {
  readonly attack: AttackName;
  readonly findings: readonly { readonly finding: FindingRecord; readonly ids: readonly string[] }[];
}

interface Played {
  readonly seed: number;
  readonly accounts: number;
  readonly attacks: readonly Attacked[];
  /** Findings of MEDIUM or worse, and what they would name if nobody looked beside them. */
  readonly named: readonly string[];
  /** Calls that terminated or deleted something, by what it was, whoever made them. */
  readonly endOf: ReadonlyMap<string, Activity>;
}

const idsIn = (steps: ReturnType<typeof containmentOf>): string[] =>
  steps.flatMap(({ commands }) => commands.join('\n').match(ID) ?? []);

/** Every attack once, hidden in an organisation. */
async function played({ seed, accounts }: (typeof WORLDS)[number]): Promise<Played> {
  const made = organisation({ seed, accounts, days: 24, noise: 0, attacks: ATTACK_NAMES });
  const policy: Policy = {
    ...defaultPolicy,
    organisation: { ...defaultPolicy.organisation, accounts: made.accounts.map(({ id }) => id) },
  };
  const activities = [...made.records()].flatMap((record): Activity[] => {
    const read = fromCloudTrail(record);
    return read.ok ? [read.activity] : [];
  });
  const history = memoryHistory();
  await history.remember(activities.flatMap(entriesOf));
  const told = await Promise.all(
    definition(activities, policy)
      .filter(({ severity }) => atLeast(severity, 'medium'))
      .map(async (finding) => ({
        finding,
        ids: idsIn(containmentOf(finding, await endsBeside(history, finding))),
      })),
  );
  const attacks = made.labels.map(({ attack, eventIDs }): Attacked => {
    const own = new Set(eventIDs);
    const findings = told.filter(({ finding }) =>
      finding.members.some(({ activity }) => own.has(activity.id)),
    );
    return { attack, findings };
  });
  const ends = activities.filter(
    ({ kind, outcome }) => /terminate|delete/.test(kind) && outcome === 'succeeded',
  );
  return {
    ...{ seed, accounts, attacks },
    named: told.flatMap(({ finding }) => idsIn(containmentOf(finding))),
    endOf: new Map(ends.flatMap((activity) => activity.links.map(({ id }) => [id, activity] as const))),
  };
}

const worlds = await Promise.all(WORLDS.map(played));

describe.each(worlds)(
  'the commands to contain the 45 simulated attacks, with seed $seed in $accounts accounts',
  (world) => {
    const { attacks, endOf } = world;

    it('are looked at for every attack', () => {
      expect(attacks.map(({ attack }) => attack).sort()).toEqual([...ATTACK_NAMES].sort());
      expect(attacks).toHaveLength(45);
      expect(attacks.filter(({ findings }) => findings.length === 0).map(({ attack }) => attack)).toEqual([]);
    });

    it('name something, but where nothing that has an id of EC2 is left', () => {
      const without = attacks.filter(({ findings }) => findings.every(({ ids }) => ids.length === 0));
      expect(NOTHING_LEFT).toEqual(expect.arrayContaining(without.map(({ attack }) => attack)));
    });

    it('name nothing that anybody has ended, whether a finding holds that call or not', () => {
      const named = attacks.flatMap(({ attack, findings }) =>
        findings.flatMap(({ ids }) => ids.filter((id) => endOf.has(id)).map((id) => `${attack}: ${id}`)),
      );
      expect(named).toEqual([]);
    });

    it('name nothing that the story does not tell of', () => {
      for (const { finding, ids } of attacks.flatMap(({ findings }) => findings)) {
        const told = JSON.stringify(finding.members);
        for (const id of ids) expect(told).toContain(id);
      }
    });
  },
);

it('they would name what somebody ended by an ordinary call, if nobody looked beside the findings', () => {
  const gone = worlds.flatMap(({ named, endOf }) => named.filter((id) => endOf.has(id)));
  expect(gone.length).toBeGreaterThan(0);
});
