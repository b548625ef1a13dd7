import { describe, expect, it } from 'vitest';
import type { Done, VerdictChange } from '../../app/changes.ts';
import type { TagResult } from '../../app/ports.ts';
import { type RespondDeps, respond, type Tagged } from '../../app/respond.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { findingId } from '../../core/findings/stories.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { ACCOUNT, aLaunch, anActivity, anActor, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import {
  acceleratedLaunch,
  assessed,
  evidence,
  instanceId,
  link,
  publicShare,
  rootLaunch,
} from '../findings.ts';
import { emptied, memoryNotes, saveAll, verdictWorld } from './verdict-world.ts';

/** EC2 as far as tagging sees it: knows instances from a certain try on; some never, some are forbidden. */
function ec2(answer: (ids: readonly string[], round: number) => TagResult = () => 'tagged') {
  const calls: { region: string; ids: readonly string[]; tags: Readonly<Record<string, string>> }[] = [];
  const waits: number[] = [];
  const lines: { message: string; details: Record<string, unknown> }[] = [];
  const world = verdictWorld();
  const deps: RespondDeps = {
    stories: world.stories,
    notes: memoryNotes<Tagged>(),
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
  /** Writes verdicts and responds to the changes. */
  const respondTo = (verdicts: readonly Assessment[], using = deps): Promise<Done[]> =>
    respond(using, saveAll(world, verdicts));
  return { world, deps, calls, waits, lines, respondTo };
}

/** A verdict on a launch of these instances; of HIGH unless it says otherwise. */
const launched = (
  ids: readonly string[],
  overrides: Parameters<typeof anActivity>[0] = {},
  signal: SignalId = 'instance-credentials-elsewhere',
): Assessment =>
  assessed(anActivity({ launch: aLaunch(), links: ids.map((id) => link('instance', id)), ...overrides }), [
    evidence(signal, 'x'),
  ]);

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => instanceId(from + index));

const taggedIn = (calls: readonly { readonly ids: readonly string[] }[]): string[] =>
  calls.flatMap((call) => call.ids);

const firstTold = (members: readonly Assessment[]) =>
  members
    .filter(({ score }) => score >= defaultPolicy.severity.low)
    .map(({ activity }) => activity)
    .sort((a, b) => a.at - b.at)[0] ?? { account: '', id: '' };

describe('tagging', () => {
  it('writes three fixed keys with values from the finding', async () => {
    const { calls, respondTo } = ec2();
    const { members } = acceleratedLaunch();
    expect((await respondTo(members)).every(({ ok }) => ok)).toBe(true);
    expect(calls).toEqual([
      {
        region: 'us-west-2',
        ids: ids(1, 8),
        tags: {
          'launchtrail:finding': findingId(firstTold(members)),
          'launchtrail:severity': 'high',
          'launchtrail:detected-at': '2026-06-15T12:20:00.000Z',
        },
      },
    ]);
  });

  it('leaves instances alone that are history alone', async () => {
    const { calls, deps, respondTo } = ec2();
    const using = { ...deps, silence: async () => new Map([['*', NOW + HOUR]]) };
    expect(await respondTo([launched(ids(1, 2))], using)).toEqual([{ ok: true }]);
    expect(calls).toEqual([]);
    await respondTo([launched(ids(3, 3), { at: NOW + 2 * HOUR })], using);
    expect(taggedIn(calls)).toContain(instanceId(3));
  });

  it('splits into calls of at most 50, by Region', async () => {
    const { calls, respondTo } = ec2();
    await respondTo([launched(ids(1, 120)), launched(ids(200, 210), { region: 'eu-central-1' })]);
    const sizes = calls.map((call) => `${call.region} ${call.ids.length}`);
    expect(sizes.sort()).toEqual(['eu-central-1 11', 'eu-west-1 20', 'eu-west-1 50', 'eu-west-1 50']);
    expect(new Set(taggedIn(calls)).size).toBe(131);
  });

  it.each<[string, readonly Assessment[]]>([
    ['a finding below the response severity', rootLaunch().members],
    ['a finding without instances', publicShare().members],
    ['an instance of another account', [launched([instanceId(1)], { account: OTHER_ACCOUNT })]],
    ['a refused launch', [launched([instanceId(1)], { outcome: 'denied' })]],
    ['an id that is not one', [launched(['i-1', 'snap-00000000000000001', '* --force'])]],
    ['a Region that is not one', [launched([instanceId(1)], { region: 'evil.example.com/' })]],
  ])('leaves %s alone', async (_, verdicts) => {
    const { calls, respondTo } = ec2();
    expect((await respondTo(verdicts)).every(({ ok }) => ok)).toBe(true);
    expect(calls).toEqual([]);
  });

  it('leaves a suppressed finding alone', async () => {
    const { deps, calls, respondTo } = ec2();
    const policy: Policy = {
      ...defaultPolicy,
      suppressions: [{ account: ACCOUNT, reason: 'x', owner: 'y', expires: '2027-01-01' }],
    };
    await respondTo(acceleratedLaunch().members, { ...deps, policy });
    expect(calls).toEqual([]);
  });

  it('goes by what is there when it is its turn, not by the change', async () => {
    const { world, deps, calls } = ec2();
    const one = launched([instanceId(1)]);
    const changes = saveAll(world, [one, launched([instanceId(2)], { at: NOW + HOUR }), emptied(one)]);
    await respond(deps, changes.slice(0, 1));
    expect(calls).toEqual([]);
    await respond(deps, changes.slice(1));
    expect(taggedIn(calls)).toEqual([instanceId(2)]);
  });

  it('tags an instance once, also when the change comes again', async () => {
    const { world, deps, calls } = ec2();
    const changes = saveAll(world, [launched([instanceId(1)])]);
    await respond(deps, changes);
    await respond(deps, changes);
    expect(taggedIn(calls)).toEqual([instanceId(1)]);
  });

  it('does not read anything where only the mark of a verdict has changed', async () => {
    const { deps } = ec2();
    const stories = { ...deps.stories, at: () => Promise.reject(new Error('read')) };
    const verdict = launched([instanceId(1)]);
    const change: VerdictChange = { before: verdict, after: { ...verdict, suspect: 'finding' } };
    expect(await respond({ ...deps, stories }, [change])).toEqual([{ ok: true }]);
  });

  it('tags only what joined, and everything again when the severity changes', async () => {
    const { calls, respondTo } = ec2();
    await respondTo([launched([instanceId(1)])]);
    await respondTo([launched([instanceId(2)], { at: NOW + HOUR })]);
    expect(calls.splice(0).map((call) => call.ids)).toEqual([[instanceId(1)], [instanceId(2)]]);
    await respondTo([launched([], { at: NOW + 2 * HOUR }, 'shared-publicly')]);
    expect(calls).toMatchObject([{ ids: ids(1, 2), tags: { 'launchtrail:severity': 'critical' } }]);
  });

  it('tags all instances of a finding that only now is severe enough, by whoever launched them', async () => {
    const { calls, respondTo } = ec2();
    const first = launched([instanceId(1)], {}, 'root-launch');
    await respondTo([first]);
    expect(calls).toEqual([]);
    const other = anActor({ key: 'AROAEXAMPLEOTHER00001', label: 'role/Other' });
    const second = launched([instanceId(2)], { at: NOW + 40 * HOUR, actor: other });
    const refs = [
      { ...evidence('copied-data-on-instance', 'x'), lineage: true as const, refs: [first.activity.id] },
    ];
    await respondTo([{ ...second, evidence: refs }]);
    expect(calls).toMatchObject([
      { ids: ids(1, 2), tags: { 'launchtrail:finding': findingId(first.activity) } },
    ]);
  });

  it('leaves the tags of a finding that fell', async () => {
    const { calls, respondTo } = ec2();
    const verdict = launched([instanceId(1)]);
    await respondTo([verdict]);
    await respondTo([emptied(verdict)]);
    expect(calls).toHaveLength(1);
  });

  it('tags again what it may have tagged with an older severity while another worker was at it', async () => {
    const { world, deps, calls } = ec2();
    const [one, worse] = [launched([instanceId(1)]), launched([], { at: NOW + HOUR }, 'shared-publicly')];
    const changes = saveAll(world, [one]);
    let first = true;
    const slow: RespondDeps['tagger'] = {
      async tag(region, those, tags) {
        // while the call is under way the finding rises, and another worker tags it as it is then
        if (first) {
          first = false;
          await respond(deps, saveAll(world, [worse]));
        }
        return deps.tagger.tag(region, those, tags);
      },
    };
    expect(await respond({ ...deps, tagger: slow }, changes)).toEqual([{ ok: true }]);
    const severities = calls.map(({ tags }) => tags['launchtrail:severity']);
    expect(severities).toEqual(['critical', 'high', 'critical']);
  });
});

describe('an instance EC2 does not know yet', () => {
  it('is tried again after 2, 4, 8 and 16 seconds', async () => {
    const { waits, calls, respondTo } = ec2((_, round) => (round < 3 ? 'unknown' : 'tagged'));
    expect(await respondTo([launched([instanceId(1)])])).toEqual([{ ok: true }]);
    expect(waits).toEqual([2_000, 4_000, 8_000]);
    expect(calls).toHaveLength(4);
  });

  it('is handed back after that', async () => {
    const { waits, respondTo } = ec2(() => 'unknown');
    const [result] = await respondTo([launched([instanceId(1)])]);
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(result).toMatchObject({ ok: false });
    expect(String(result?.ok === false && result.error)).toContain(instanceId(1));
  });

  it('does not keep the tag from the others of its call, which are not tagged again', async () => {
    const gone = instanceId(2);
    const tagged = new Set<string>();
    const { world, deps, calls } = ec2((ids) => {
      if (ids.includes(gone)) return 'unknown';
      for (const id of ids) tagged.add(id);
      return 'tagged';
    });
    const changes = saveAll(world, [launched(ids(1, 3))]);
    const [result] = await respond(deps, changes);
    expect([...tagged].sort()).toEqual([instanceId(1), instanceId(3)]);
    expect(String(result?.ok === false && result.error)).toContain(`1 instances`);
    calls.splice(0);
    await respond(deps, changes);
    expect(new Set(taggedIn(calls))).toEqual(new Set([gone]));
  });
});

describe('a failure', () => {
  it('to be allowed is told with the remedy and does not stop other findings', async () => {
    const { waits, respondTo } = ec2((ids) => (ids.includes(instanceId(1)) ? 'denied' : 'tagged'));
    const results = await respondTo([
      launched([instanceId(1)]),
      launched([instanceId(2)], { at: NOW + 30 * HOUR }),
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
    expect(String(results[0]?.ok === false && results[0].error)).toContain('ec2:CreateTags');
    expect(waits).toEqual([]);
  });

  it('of EC2 itself is handed back', async () => {
    const { respondTo } = ec2(() => {
      throw new Error('RequestLimitExceeded');
    });
    expect(await respondTo([launched([instanceId(1)])])).toMatchObject([{ ok: false }]);
  });
});

describe('dry-run', () => {
  it('says once what it would tag and calls nothing', async () => {
    const { world, deps, calls, lines } = ec2();
    const changes = saveAll(world, acceleratedLaunch().members);
    await respond({ ...deps, mode: 'dry-run' }, changes);
    await respond({ ...deps, mode: 'dry-run' }, changes);
    expect(calls).toEqual([]);
    expect(lines).toMatchObject([
      { message: 'would tag instances', details: { region: 'us-west-2', ids: ids(1, 8) } },
    ]);
  });
});
