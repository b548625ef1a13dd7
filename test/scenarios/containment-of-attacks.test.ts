import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import { inStory } from '../../core/findings/finding.ts';
import { atLeast } from '../../core/findings/severity.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { containmentOf } from '../../tell/contain/containment.ts';

const made = organisation({ seed: 71, accounts: 10, days: 24, noise: 0, attacks: ATTACK_NAMES });
const policy: Policy = {
  ...defaultPolicy,
  organisation: { ...defaultPolicy.organisation, accounts: made.accounts.map(({ id }) => id) },
};
const activities = [...made.records()].flatMap((record): Activity[] => {
  const read = fromCloudTrail(record);
  return read.ok ? [read.activity] : [];
});
const hostile = new Set(made.labels.flatMap(({ eventIDs }) => eventIDs));
const findings = definition(activities, policy).filter(({ severity }) => atLeast(severity, 'medium'));

const ID = /\b(?:i|snap|vol|ami)-[0-9a-f]{8,17}\b/g;

/** Calls that terminated or deleted things, by anybody. */
const endOf = new Map(
  activities
    .filter(({ kind, outcome }) => /terminate|delete/.test(kind) && outcome === 'succeeded')
    .flatMap((activity) => activity.links.map(({ id }) => [id, activity] as const)),
);

describe('the commands to contain each of the simulated attacks', () => {
  const attacks = findings.filter(({ members }) => members.some(({ activity }) => hostile.has(activity.id)));
  const named = attacks.map((finding) => ({
    finding,
    ids: containmentOf(finding).flatMap(({ commands }) => commands.join('\n').match(ID) ?? []),
  }));

  it('are there for most of them', () => {
    expect(attacks.length).toBeGreaterThan(ATTACK_NAMES.length / 2);
    expect(named.filter(({ ids }) => ids.length > 0).length).toBeGreaterThan(attacks.length / 2);
  });

  it('name nothing that the story says is gone, and hardly anything that went without its knowing', () => {
    const gone = named.flatMap(({ finding, ids }) =>
      [...new Set(ids)].flatMap((id) => {
        const end = endOf.get(id);
        return end !== undefined && end.at <= finding.last ? [{ finding, id, end }] : [];
      }),
    );
    const said = gone.filter(({ finding, end }) =>
      inStory(finding).some(({ activity }) => activity.id === end.id),
    );
    expect(said.map(({ id }) => id)).toEqual([]);
    // somebody's ordinary call, which nothing speaks against and no finding holds
    expect(new Set(gone.map(({ finding }) => finding.id)).size).toBeLessThanOrEqual(1);
  });

  it('name nothing that the story does not tell of', () => {
    for (const { finding, ids } of named) {
      const told = JSON.stringify(finding.members);
      for (const id of ids) expect(told).toContain(id);
    }
  });
});
