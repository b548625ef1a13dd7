import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { shareSnapshot } from '../../simulate/ec2-data.ts';
import { assume, assumedByService, roleOf } from '../../simulate/identities.ts';
import { randomOf } from '../../simulate/random.ts';
import { apiCall, type Caller } from '../../simulate/trail-record.ts';
import { ACCOUNT, anActivity, anActor, from, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import {
  aShare,
  behindSet,
  habit,
  inARow,
  launchOf,
  PARTNER,
  someoneElse,
} from '../fixtures/signals/cases.ts';

/** What it costs an intruder to look like those whose habits make the detector quiet: told beforehand, and left afterwards. */

const DOCS = readFileSync(new URL('../../docs/evaluation.md', import.meta.url), 'utf8');
const policy = {
  ...defaultPolicy,
  organisation: { ...defaultPolicy.organisation, accounts: [ACCOUNT, OTHER_ACCOUNT] },
};
const ATTACKER = '999988887777';
const strange = from('203.0.113.200');

/** Three weeks in which others work in both accounts. */
const weeks = [ACCOUNT, OTHER_ACCOUNT].flatMap((account) => habit({ actor: someoneElse, account }));

async function findings(activities: readonly Activity[]): Promise<FindingRecord[]> {
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
  const outcomes = await detectActivities(
    deps,
    activities.toSorted((a, b) => a.at - b.at),
  );
  expect(outcomes.filter(({ status }) => status !== 'judged')).toEqual([]);
  return findingsIn(deps.verdicts, policy);
}

const words = (found: readonly FindingRecord[]): string => {
  const counts = Map.groupBy(found, ({ severity }) => severity);
  const parts = (['critical', 'high', 'medium', 'low'] as const).flatMap((severity) => {
    const count = counts.get(severity)?.length ?? 0;
    return count === 0 ? [] : [`${count} × ${severity.toUpperCase()}`];
  });
  return parts.join(', ') || 'nothing';
};

interface Way {
  readonly way: string;
  /** What he would do anyway. */
  readonly attack: readonly Activity[];
  /** What he does beforehand to look like one of the house. */
  readonly preparation: readonly Activity[];
  /** Of everybody else, beside the weeks of others. */
  readonly around?: readonly Activity[];
}

/** What is told of an attack alone, of its preparation, and of the attack after the preparation. */
async function costOf({ attack, preparation, around = [] }: Way): Promise<readonly [string, string, string]> {
  const [first = anActivity()] = attack;
  const ids = new Set(attack.map(({ id }) => id));
  const own = (found: readonly FindingRecord[]) =>
    found.filter(({ members }) => members.some(({ activity }) => ids.has(activity.id)));
  const before = await findings([...weeks, ...around, ...preparation]);
  const prepared = new Set(preparation.map(({ id }) => id));
  return [
    words(own(await findings([...weeks, ...around, ...attack]))),
    words(
      before.filter(
        ({ members, start }) => start < first.at && members.some(({ activity }) => prepared.has(activity.id)),
      ),
    ),
    words(own(await findings([...weeks, ...around, ...preparation, ...attack]))),
  ];
}

const gpus = (count: number, overrides: Partial<Activity> = {}): Activity =>
  launchOf({ types: ['g5.2xlarge'], count }, { at: NOW, ...overrides });
const carol = { actor: behindSet('carol'), origin: strange };
/** Another session of the set, in the other account, on some days before. */
const accomplice = (name: string, days: readonly number[]): Activity[] =>
  days.map((day) =>
    gpus(1, { actor: behindSet(name, '2'), account: OTHER_ACCOUNT, origin: strange, at: NOW - day * DAY }),
  );

const ci = (overrides: Parameters<typeof anActor>[0] = {}) =>
  anActor({ label: 'role/terraform-deploy', ...overrides });
const MINE = 'AROAEXAMPLEMINE000001';
const newRole = anActivity({
  kind: 'identity.create',
  at: NOW - HOUR,
  actor: someoneElse,
  links: [{ type: 'role', id: MINE, role: 'made' }],
});
const inOtherAccounts = [OTHER_ACCOUNT, '777788889999'].flatMap((account) =>
  habit({ actor: ci(), account, region: 'sa-east-1' }),
);
const byMine = (label: string): Activity =>
  anActivity({ actor: anActor({ key: MINE, label }), region: 'sa-east-1', at: NOW, origin: strange });

const night = (day: number): Activity[] => {
  const links = [{ type: 'snapshot', id: `snap-0000000000000020${day}`, role: 'changed' } as const];
  const at = NOW - day * DAY;
  return [
    aShare({ accounts: [ATTACKER] }, { at, links }),
    anActivity({ kind: 'snapshot.unshare', at: at + HOUR, links }),
    anActivity({ kind: 'snapshot.delete', at: at + HOUR, links }),
  ];
};

const random = randomOf(1, 'attackers view');
/** A record of a share, read as all are. */
const recorded = (caller: Caller, ...grantees: readonly string[]): Activity => {
  const read = fromCloudTrail(
    apiCall(random, caller, NOW, shareSnapshot('eu-west-1', 'snap-00000000000000077', 'add', ...grantees)),
  );
  if (!read.ok) throw new Error(read.reason);
  return read.activity;
};
const NAME = 'AWSServiceRoleForAmazonGuardDutyMalwareProtection';
const SERVICE = 'malware-protection.guardduty';
const lookAlike = assume(random, roleOf(1, ACCOUNT, NAME), {
  name: 'GuardDuty',
  since: NOW - HOUR,
  source: '203.0.113.200',
  agent: `${SERVICE}.amazonaws.com`,
});
const real = assumedByService(
  random,
  roleOf(1, ACCOUNT, NAME, `/aws-service-role/${SERVICE}.amazonaws.com/`),
  SERVICE,
  'GuardDuty',
  NOW - HOUR,
);

const WAYS: readonly Way[] = [
  {
    way: 'teaches a permission set with one accomplice, two days long, and starts two GPUs',
    attack: [gpus(2, carol)],
    preparation: accomplice('dave', [3, 2]),
  },
  {
    way: 'the same with two accomplices',
    attack: [gpus(2, carol)],
    preparation: [...accomplice('dave', [3, 2]), ...accomplice('erin', [3, 2])],
  },
  {
    way: 'waits a week longer, until what they showed has aged',
    attack: [gpus(2, carol)],
    preparation: [...accomplice('dave', [12, 11]), ...accomplice('erin', [12, 11])],
  },
  {
    way: 'the same, and starts twenty',
    attack: [gpus(20, carol)],
    preparation: [...accomplice('dave', [12, 11]), ...accomplice('erin', [12, 11])],
  },
  {
    way: "gives a new role the name of the pipeline's in other accounts, and launches where that does",
    attack: [byMine('role/terraform-deploy')],
    preparation: [newRole],
    around: inOtherAccounts,
  },
  {
    way: 'gives it any other name',
    attack: [byMine('role/backdoor')],
    preparation: [newRole],
    around: inOtherAccounts,
  },
  {
    way: 'shares a copy with an account of his own two nights, takes it back, and keeps the third',
    attack: night(1).slice(0, 1),
    preparation: [3, 2].flatMap(night),
  },
  {
    way: 'the same for six nights',
    attack: night(1).slice(0, 1),
    preparation: [7, 6, 5, 4, 3, 2].flatMap(night),
  },
  {
    way: "calls his role like GuardDuty's, and shares a snapshot with his account",
    attack: [recorded(lookAlike, ATTACKER)],
    preparation: [],
  },
  {
    way: "has GuardDuty's own role share with everyone",
    attack: [recorded(real, 'all')],
    preparation: [],
  },
  {
    way: 'begins as a new colleague at a stolen network of the office',
    attack: [gpus(2, { actor: behindSet('mallory') })],
    preparation: [],
    around: ['dave', 'erin', 'faye', 'gil'].flatMap((name) =>
      habit({ actor: behindSet(name), launch: gpus(1).launch as NonNullable<Activity['launch']> }),
    ),
  },
  {
    way: 'the same, and starts twelve of the largest',
    attack: [launchOf({ types: ['p5.48xlarge'], count: 12 }, { actor: behindSet('mallory'), at: NOW })],
    preparation: [],
    around: ['dave', 'erin', 'faye', 'gil'].flatMap((name) =>
      habit({ actor: behindSet(name), launch: gpus(1).launch as NonNullable<Activity['launch']> }),
    ),
  },
  {
    way: 'doubles what a stolen session starts day by day: 1, 2, 4, 8, then 16',
    attack: [launchOf({ count: 16 }, { at: NOW, origin: strange, actor: behindSet('carol') })],
    preparation: [4, 3, 2, 1].flatMap((day, index) =>
      inARow(1, () => launchOf({ count: 2 ** index }, { origin: strange, actor: behindSet('carol') })).map(
        (each) => ({ ...each, at: NOW - day * DAY }),
      ),
    ),
    around: habit({ actor: behindSet('carol') }),
  },
];

describe('what it costs an intruder to look like one of the house', () => {
  it.each(WAYS)('$way', async (way) => {
    const [alone, before, after] = await costOf(way);
    const row = `| ${way.way} | ${alone} | ${before} | ${after} |`;
    expect(DOCS.split('\n').filter((line) => line.startsWith(`| ${way.way} |`))).toEqual([row]);
  });

  it('never calms what leaves the house for a partner nobody named', async () => {
    const [, told] = await costOf(WAYS.find(({ way }) => way.includes('two nights')) as Way);
    expect(told).toContain('HIGH');
    expect(PARTNER).not.toBe(ATTACKER);
  });
});
