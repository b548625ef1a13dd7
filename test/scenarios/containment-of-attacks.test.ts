import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import { type FindingRecord, inStory } from '../../core/findings/finding.ts';
import { atLeast } from '../../core/findings/severity.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES, type AttackName } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { containmentOf } from '../../tell/contain/containment.ts';

const SEEDS = [71, 72, 73, 74];
const ID = /\b(?:i|snap|vol|ami)-[0-9a-f]{8,17}\b/g;

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
  readonly attacks: readonly Attacked[];
  /** Calls that terminated or deleted something, by what it was, whoever made them. */
  readonly endOf: ReadonlyMap<string, Activity>;
  readonly hostile: ReadonlySet<string>;
}

/** Every attack once, hidden in an organisation. */
function played(seed: number): Played {
  const made = organisation({ seed, accounts: 10, days: 24, noise: 0, attacks: ATTACK_NAMES });
  const policy: Policy = {
    ...defaultPolicy,
    organisation: { ...defaultPolicy.organisation, accounts: made.accounts.map(({ id }) => id) },
  };
  const activities = [...made.records()].flatMap((record): Activity[] => {
    const read = fromCloudTrail(record);
    return read.ok ? [read.activity] : [];
  });
  const told = definition(activities, policy)
    .filter(({ severity }) => atLeast(severity, 'medium'))
    .map((finding) => ({
      finding,
      ids: containmentOf(finding).flatMap(({ commands }) => commands.join('\n').match(ID) ?? []),
    }));
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
    ...{ seed, attacks },
    endOf: new Map(ends.flatMap((activity) => activity.links.map(({ id }) => [id, activity] as const))),
    hostile: new Set(made.labels.flatMap(({ eventIDs }) => eventIDs)),
  };
}

const worlds = SEEDS.map(played);

/** Calls that ended what a finding's commands name, by the time that the finding ends. */
const endedBefore = ({ finding, ids }: Attacked['findings'][number], { endOf }: Played): Activity[] =>
  ids.flatMap((id) => endOf.get(id) ?? []).filter(({ at }) => at <= finding.last);

describe.each(worlds)('the commands to contain the 45 simulated attacks, with seed $seed', (world) => {
  const { attacks, hostile } = world;

  it('are looked at for every attack', () => {
    expect(attacks.map(({ attack }) => attack).sort()).toEqual([...ATTACK_NAMES].sort());
    expect(attacks).toHaveLength(45);
    expect(attacks.filter(({ findings }) => findings.length === 0).map(({ attack }) => attack)).toEqual([]);
  });

  it('name something, but where nothing that has an id of EC2 is left', () => {
    const without = attacks.filter(({ findings }) => findings.every(({ ids }) => ids.length === 0));
    expect(NOTHING_LEFT).toEqual(expect.arrayContaining(without.map(({ attack }) => attack)));
  });

  it('name nothing that the story says is gone', () => {
    const gone = attacks.filter(({ findings }) =>
      findings.some((each) => {
        const story = new Set(inStory(each.finding).map(({ activity }) => activity.id));
        return endedBefore(each, world).some(({ id }) => story.has(id));
      }),
    );
    expect(gone.map(({ attack }) => attack)).toEqual([]);
  });

  it('name nothing that an attacker has ended', () => {
    const ended = attacks.filter(({ findings }) =>
      findings.some((each) => endedBefore(each, world).some(({ id }) => hostile.has(id))),
    );
    expect(ended.map(({ attack }) => attack)).toEqual([]);
  });

  it('name nothing that the story does not tell of', () => {
    for (const { finding, ids } of attacks.flatMap(({ findings }) => findings)) {
      const told = JSON.stringify(finding.members);
      for (const id of ids) expect(told).toContain(id);
    }
  });
});

it('they hardly name anything that somebody ended by an ordinary call, which no finding holds', () => {
  const findings = (world: Played) => [
    ...new Map(
      world.attacks.flatMap((each) => each.findings).map((each) => [each.finding.id, each]),
    ).values(),
  ];
  const all = worlds.flatMap((world) => findings(world).map((each) => endedBefore(each, world)));
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(({ length }) => length > 0).length / all.length).toBeLessThan(0.04);
});
