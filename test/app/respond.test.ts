import { describe, expect, it } from 'vitest';
import type { FindingChange } from '../../app/notify.ts';
import type { TagResult } from '../../app/ports.ts';
import { type RespondDeps, respond } from '../../app/respond.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { ACCOUNT, aLaunch, anActivity, OTHER_ACCOUNT } from '../builders.ts';
import {
  acceleratedLaunch,
  aFinding,
  assessed,
  evidence,
  instanceId,
  link,
  publicShare,
  rootLaunch,
} from '../findings.ts';

/** EC2 as far as tagging sees it: knows instances from a certain try on; some never, some are forbidden. */
function ec2(answer: (ids: readonly string[], round: number) => TagResult = () => 'tagged') {
  const calls: { region: string; ids: readonly string[]; tags: Readonly<Record<string, string>> }[] = [];
  const waits: number[] = [];
  const lines: { message: string; details: Record<string, unknown> }[] = [];
  const deps: RespondDeps = {
    tagger: {
      async tag(region, ids, tags) {
        calls.push({ region, ids, tags });
        return answer(ids, waits.length);
      },
    },
    mode: 'tag',
    policy: defaultPolicy,
    account: ACCOUNT,
    log: (message, details) => lines.push({ message, details }),
    wait: async (ms) => {
      waits.push(ms);
    },
  };
  return { deps, calls, waits, lines };
}

/** A HIGH finding that launched these instances. */
const launched = (ids: readonly string[], overrides: Parameters<typeof anActivity>[0] = {}): FindingRecord =>
  aFinding(
    [
      assessed(
        anActivity({ launch: aLaunch(), links: ids.map((id) => link('instance', id)), ...overrides }),
        [evidence('instance-credentials-elsewhere', 'x')],
      ),
    ],
    { severity: 'high' },
  );

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => instanceId(from + index));

describe('tagging', () => {
  it('writes three fixed keys with values from the finding', async () => {
    const { deps, calls } = ec2();
    const after = acceleratedLaunch();
    expect(await respond(deps, [{ after }])).toEqual([{ ok: true }]);
    expect(calls).toEqual([
      {
        region: 'us-west-2',
        ids: ids(1, 8),
        tags: {
          'launchtrail:finding': after.id,
          'launchtrail:severity': 'high',
          'launchtrail:detected-at': '2026-06-15T12:20:00.000Z',
        },
      },
    ]);
  });

  it('splits into calls of at most 50, by Region', async () => {
    const { deps, calls } = ec2();
    const one = launched(ids(1, 120));
    const two = launched(ids(200, 210), { region: 'eu-central-1' });
    await respond(deps, [{ after: { ...one, members: [...one.members, ...two.members] } }]);
    expect(calls.map((call) => [call.region, call.ids.length])).toEqual([
      ['eu-central-1', 11],
      ['eu-west-1', 50],
      ['eu-west-1', 50],
      ['eu-west-1', 20],
    ]);
    expect(new Set(calls.flatMap((call) => call.ids)).size).toBe(131);
  });

  it.each<[string, FindingChange]>([
    ['a finding below the response severity', { after: rootLaunch() }],
    ['a finding without instances', { after: publicShare() }],
    [
      'a closed finding',
      { before: acceleratedLaunch(), after: { ...acceleratedLaunch(), status: 'withdrawn' } },
    ],
    ['an instance of another account', { after: launched([instanceId(1)], { account: OTHER_ACCOUNT }) }],
    ['a refused launch', { after: launched([instanceId(1)], { outcome: 'denied' }) }],
    ['an id that is not one', { after: launched(['i-1', 'snap-00000000000000001', '* --force']) }],
    ['a Region that is not one', { after: launched([instanceId(1)], { region: 'evil.example.com/' }) }],
    ['a change without new instances', { before: acceleratedLaunch(), after: acceleratedLaunch() }],
  ])('leaves %s alone', async (_, change) => {
    const { deps, calls } = ec2();
    expect(await respond(deps, [change])).toEqual([{ ok: true }]);
    expect(calls).toEqual([]);
  });

  it('leaves a suppressed finding alone', async () => {
    const { deps, calls } = ec2();
    const policy: Policy = {
      ...defaultPolicy,
      suppressions: [{ account: ACCOUNT, reason: 'x', owner: 'y', expires: '2027-01-01' }],
    };
    await respond({ ...deps, policy }, [{ after: acceleratedLaunch() }]);
    expect(calls).toEqual([]);
  });

  it('tags only what joined, and everything again when the severity changes', async () => {
    const before = launched([instanceId(1)]);
    const after = launched(ids(1, 2));
    const joined = ec2();
    await respond(joined.deps, [{ before, after }]);
    expect(joined.calls.map((call) => call.ids)).toEqual([[instanceId(2)]]);
    const raised = ec2();
    await respond(raised.deps, [{ before, after: { ...after, severity: 'critical' } }]);
    expect(raised.calls.map((call) => call.ids)).toEqual([ids(1, 2)]);
  });

  it('tags all instances of a finding that only now is severe enough', async () => {
    const { deps, calls } = ec2();
    const after = launched(ids(1, 2));
    await respond(deps, [{ before: { ...after, severity: 'medium' }, after }]);
    expect(calls.map((call) => call.ids)).toEqual([ids(1, 2)]);
  });
});

describe('an instance EC2 does not know yet', () => {
  it('is tried again after 2, 4, 8 and 16 seconds', async () => {
    const { deps, waits, calls } = ec2((_, round) => (round < 3 ? 'unknown' : 'tagged'));
    expect(await respond(deps, [{ after: launched([instanceId(1)]) }])).toEqual([{ ok: true }]);
    expect(waits).toEqual([2_000, 4_000, 8_000]);
    expect(calls).toHaveLength(4);
  });

  it('is handed back after that', async () => {
    const { deps, waits } = ec2(() => 'unknown');
    const [result] = await respond(deps, [{ after: launched([instanceId(1)]) }]);
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(result).toMatchObject({ ok: false });
    expect(String(result?.ok === false && result.error)).toContain(instanceId(1));
  });

  it('does not keep the tag from the others of its call', async () => {
    const gone = instanceId(2);
    const tagged = new Set<string>();
    const { deps } = ec2((ids) => {
      if (ids.includes(gone)) return 'unknown';
      for (const id of ids) tagged.add(id);
      return 'tagged';
    });
    const [result] = await respond(deps, [{ after: launched(ids(1, 3)) }]);
    expect([...tagged].sort()).toEqual([instanceId(1), instanceId(3)]);
    expect(String(result?.ok === false && result.error)).toContain(`1 instances`);
  });
});

describe('a failure', () => {
  it('to be allowed is told with the remedy and does not stop other findings', async () => {
    const { deps, waits } = ec2((ids) => (ids.includes(instanceId(1)) ? 'denied' : 'tagged'));
    const results = await respond(deps, [
      { after: launched([instanceId(1)]) },
      { after: launched([instanceId(2)]) },
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
    expect(String(results[0]?.ok === false && results[0].error)).toContain('ec2:CreateTags');
    expect(waits).toEqual([]);
  });

  it('of EC2 itself is handed back', async () => {
    const { deps } = ec2(() => {
      throw new Error('RequestLimitExceeded');
    });
    expect(await respond(deps, [{ after: acceleratedLaunch() }])).toMatchObject([{ ok: false }]);
  });
});

describe('dry-run', () => {
  it('says what it would tag and calls nothing', async () => {
    const { deps, calls, lines } = ec2();
    expect(await respond({ ...deps, mode: 'dry-run' }, [{ after: acceleratedLaunch() }])).toEqual([
      { ok: true },
    ]);
    expect(calls).toEqual([]);
    expect(lines).toMatchObject([
      { message: 'would tag instances', details: { region: 'us-west-2', ids: ids(1, 8) } },
    ]);
  });
});
