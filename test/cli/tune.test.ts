import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import { placeOf } from '../../app/place.ts';
import { parsePolicy } from '../../cli/parse-policy.ts';
import { decisionLine } from '../../cli/triage/decisions.ts';
import type { Attacks } from '../../cli/tune/attacks.ts';
import { simulatedAttacks } from '../../cli/tune/attacks.ts';
import { exceptions, labelOf } from '../../cli/tune/exceptions.ts';
import { plainTuned, tunedText } from '../../cli/tune/text.ts';
import { isHeard, trials } from '../../cli/tune/trial.ts';
import { tune } from '../../cli/tune/tune.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { Decision, Ruling } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { lintPolicy } from '../../core/policy/lint.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { SIGNAL_IDS } from '../../core/policy/weights.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ACCOUNT, aLaunch, anActor, from, NOW, OTHER_ACCOUNT, onDaysBefore } from '../builders.ts';
import { aFinding, assessed, evidence } from '../findings.ts';
import { aShare, launchOf, PARTNER, policyOf, someoneElse } from '../fixtures/signals/cases.ts';
import { launchtrail, publicShare, withFolder } from './desk.ts';

const DAY = 86_400_000;
const policy = policyOf({ organisation: { accounts: [ACCOUNT] }, geoLocation: { regions: ['eu-west-1'] } });
/** Who has been in the account long enough for its learning to be over. */
const known = onDaysBefore([40], { kind: 'key-pair.create', actor: someoneElse });

/** Attacks that no policy weakens. */
const untouched: Attacks = {
  count: 45,
  missed: async () => [],
  takenOver: async () => ({ less: [], unheard: [] }),
};

const tuned = async (
  activities: readonly Activity[],
  rulingOf: (index: number, count: number) => Ruling | undefined,
  { attacks = untouched, by = policy }: { attacks?: Attacks; by?: Policy } = {},
) => {
  const all = [...known, ...activities].sort((a, b) => a.at - b.at);
  const { findings } = await trials(all)(by);
  const heard = findings.filter(({ severity }) => isHeard(severity)).sort((a, b) => a.start - b.start);
  const decisions = heard.flatMap((finding, index) => {
    const as = rulingOf(index, heard.length);
    return as === undefined ? [] : [decided(finding, as)];
  });
  return tune(all, trials(all, decisions), { policy: by, decisions, owner: 'the data team', attacks });
};
const decided = ({ id, severity, members }: FindingRecord, as: Ruling): Decision => ({
  ...{ id: `about ${id}`, at: NOW, as, finding: id, severity, by: { name: 'ann' } },
  records: members.map(({ activity }) => placeOf(activity)),
});
const allAs = (as: Ruling) => () => as;

/** Shares with one account, a week apart. */
const shares = (count: number, more: Partial<Activity> = {}) =>
  Array.from({ length: count }, (_, index) =>
    aShare({ accounts: [PARTNER] }, { at: NOW - index * 7 * DAY, ...more }),
  );
const load = anActor({ key: 'AROAEXAMPLELOADTEST01', label: 'role/LoadTest' });
/** Launches where the policy allows none, which no habit excuses. */
const strays = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    launchOf({}, { actor: load, region: 'sa-east-1', at: NOW - index * 5 * DAY }),
  );

describe('tune', () => {
  it('proposes the account that is shared with before any exception', async () => {
    const { proposed, needless, after } = await tuned(shares(4), allAs('benign'));
    expect(proposed.map(({ candidate }) => candidate.kind)[0]).toBe('own account');
    expect(after.organisation.partners).toEqual([PARTNER]);
    expect(needless.before).toBeGreaterThanOrEqual(3);
    expect(needless.after).toBeLessThan(needless.before - 1);
  });

  it('takes an account whose own records are read for ours', async () => {
    const own = onDaysBefore([30], { kind: 'key-pair.create', account: OTHER_ACCOUNT, actor: someoneElse });
    const others = shares(4).map((each) => ({
      ...each,
      share: { accounts: [OTHER_ACCOUNT], organisations: [], public: false },
    }));
    const { after } = await tuned([...own, ...others], allAs('false'));
    expect(after.organisation).toMatchObject({ accounts: [ACCOUNT, OTHER_ACCOUNT], partners: [] });
  });

  it('proposes an exception for one actor, one account and as few signals as it takes, which ends', async () => {
    const { proposed, after, needless } = await tuned(strays(3), allAs('benign'));
    expect(proposed.map(({ candidate }) => candidate.kind)).toEqual(['exception']);
    for (const { account, actor, owner, expires, signal } of after.suppressions) {
      expect([account, actor, owner]).toEqual([ACCOUNT, 'role/LoadTest', 'the data team']);
      expect(signal).toBeDefined();
      expect(Date.parse(expires)).toBeLessThanOrEqual(NOW + 91 * DAY);
    }
    expect(after.suppressions.length).toBeGreaterThan(0);
    // the first of them was new as well, which passes by itself
    expect(needless).toMatchObject({ before: 3, after: 1 });
    const today = new Date(NOW).toISOString().slice(0, 10);
    expect(lintPolicy(after, today)).toEqual([]);
  });

  it('holds an exception to where, from where and with what it was each time', async () => {
    const { after } = await tuned(strays(3), allAs('benign'));
    for (const each of after.suppressions)
      expect(each).toMatchObject({
        ...{ subject: load.key, regions: ['sa-east-1'], networks: ['192.0.2.0/24'] },
        resources: ['ami-00000000000000001'],
      });
  });

  it('asks of an exception nothing that changes each time', async () => {
    const fresh = strays(4).map((each, index) => ({
      ...each,
      launch: aLaunch({ images: [`ami-${index}`] }),
    }));
    const { after, needless } = await tuned(fresh, allAs('benign'));
    expect(needless.after).toBe(1);
    expect(after.suppressions.length).toBeGreaterThan(0);
    for (const each of after.suppressions) {
      expect(each).toMatchObject({ regions: ['sa-east-1'], networks: ['192.0.2.0/24'] });
      expect(each).not.toHaveProperty('resources');
    }
  });

  it('holds an exception to the Regions at least, where all else changes', async () => {
    const by = policyOf({ organisation: { accounts: [ACCOUNT] }, geoLocation: { regions: ['us-west-2'] } });
    const everywhere = strays(4).map((each, index) => ({
      ...each,
      ...{ region: `eu-west-${index}`, origin: from(`203.0.${index}.7`) },
      launch: aLaunch({ images: [`ami-${index}`] }),
    }));
    const { after } = await tuned(everywhere, allAs('benign'), { by });
    expect(after.suppressions.length).toBeGreaterThan(0);
    for (const { regions, networks } of after.suppressions) {
      expect(networks).toBeUndefined();
      expect(regions?.every((region) => region.startsWith('eu-west-'))).toBe(true);
    }
  });

  it('excepts the signals that would take the place of those that it takes away', () => {
    const restores = [1, 2].map((day) =>
      aFinding(
        [
          assessed(launchOf({}, { actor: load, at: NOW - day * DAY }), [
            evidence('copied-data-on-instance', 'x'),
            evidence('chain-across-principals', 'x'),
            evidence('unfamiliar-type', 'x'),
          ]),
        ],
        { id: `lt-${day}` },
      ),
    );
    const material = { policy, needless: restores, confirmed: [], seen: new Set<string>(), owner: 'x' };
    const [candidate] = exceptions(material, labelOf);
    expect(candidate?.apply(policy).suppressions.map(({ signal }) => signal)).toEqual([
      'copied-data-on-instance',
      'chain-across-principals',
    ]);
  });

  it('proposes nothing for what happened once', async () => {
    const { proposed, needless } = await tuned(strays(1), allAs('benign'));
    expect(needless.before).toBe(1);
    expect(proposed).toEqual([]);
  });

  it('proposes nothing that would make a confirmed finding less severe', async () => {
    // nobody acts twice, so that only a change for everybody is left
    const by = policyOf({
      ...{ organisation: { accounts: [ACCOUNT] }, taggingPolicy: { required: ['owner'] } },
      signals: {
        weights: { 'missing-tags': 0.45 },
        off: SIGNAL_IDS.filter((signal) => signal !== 'missing-tags'),
      },
    });
    const once = ['Build', 'Deploy', 'Release', 'Intruder'].map((name, index) => {
      const actor = anActor({ key: `AROAEXAMPLE${name}`, label: `role/${name}` });
      return launchOf({}, { actor, at: NOW - (3 - index) * DAY });
    });
    const decide = (last: Ruling) => (index: number, count: number) =>
      index === count - 1 ? last : 'benign';
    const open = await tuned(once, decide('test'), { by });
    expect(open.proposed.map(({ candidate }) => candidate.kind)).toContain('weight');
    const { refused, after } = await tuned(once, decide('confirmed'), { by });
    expect(after).toEqual(by);
    expect(refused.map(({ refused: why }) => why)).toContain('1 confirmed finding would be less severe');
  });

  it('excepts nobody in an account in which they were confirmed to attack', async () => {
    const elsewhere = strays(3).map((each) => ({ ...each, account: OTHER_ACCOUNT }));
    const { after } = await tuned([...strays(3), ...elsewhere], (index, count) =>
      index === count - 1 ? 'confirmed' : 'benign',
    );
    const accounts = new Set(after.suppressions.map(({ account }) => account));
    expect(accounts.size).toBe(1);
  });

  it('proposes nothing by which a simulated attack is less severe than expected', async () => {
    const fragile: Attacks = {
      ...untouched,
      missed: async ({ suppressions }) => (suppressions.length > 0 ? ['gpu-miner'] : []),
    };
    const { proposed, refused, attacks } = await tuned(strays(3), allAs('benign'), { attacks: fragile });
    expect(proposed.filter(({ candidate }) => candidate.kind === 'exception')).toEqual([]);
    expect(refused[0]?.refused).toBe('the simulated gpu-miner would be less severe than expected');
    expect(attacks.after).toEqual([]);
  });

  it('proposes nothing by which something else would be heard of', async () => {
    const all = [...known, ...strays(3)].sort((a, b) => a.at - b.at);
    const decisions = (await trials(all)(policy)).findings.map((finding) => decided(finding, 'benign'));
    const real = trials(all, decisions);
    const noise = (
      await trials([...known, launchOf({}, { region: 'sa-east-1', actor: someoneElse })])(policy)
    ).findings;
    const loud: typeof real = async (by) => {
      const trial = await real(by);
      return by.suppressions.length === 0 ? trial : { ...trial, findings: [...trial.findings, ...noise] };
    };
    const { proposed, refused } = await tune(all, loud, {
      policy,
      decisions,
      owner: 'x',
      attacks: untouched,
    });
    expect(proposed.filter(({ candidate }) => candidate.kind === 'exception')).toEqual([]);
    expect(refused[0]?.refused).toBe('1 other finding would be heard instead');
  });

  it('says what an exception costs if whom it names were the attacker', async () => {
    const costly: Attacks = { ...untouched, takenOver: async () => ({ less: [], unheard: ['gpu-miner'] }) };
    const text = tunedText(await tuned(strays(3), allAs('benign'), { attacks: costly }));
    expect(text).toContain('nobody would hear of the simulated gpu-miner');
  });

  it('names what nobody has decided about and would be silenced as well', async () => {
    const { proposed } = await tuned(strays(4), (index, count) =>
      index === count - 1 ? undefined : 'benign',
    );
    expect(proposed[0]?.others).toHaveLength(1);
  });

  it('takes neither a test nor an open finding for needless', async () => {
    const { needless, proposed } = await tuned(strays(3), allAs('test'));
    expect([needless.before, proposed]).toEqual([0, []]);
  });

  it('prints a part of a policy file that, added to it, is what was tried', async () => {
    const result = await tuned([...shares(4), ...strays(3)], allAs('benign'));
    const [, yaml = ''] = tunedText(result).split('Nothing was changed:\n\n');
    const read = parsePolicy('proposed.yaml', yaml);
    if (!read.ok) throw new Error(read.problems.join());
    expect(read.policy.suppressions).toEqual(result.after.suppressions);
    expect(read.policy.organisation.partners).toEqual(result.after.organisation.partners);
    expect(plainTuned(result).proposed.map(({ kind }) => kind)).toEqual(['own account', 'exception']);
  });

  it('says how many decisions are about nothing that it found', async () => {
    const all = [...known, ...strays(3)].sort((a, b) => a.at - b.at);
    const [finding] = (await trials(all)(policy)).findings;
    if (finding === undefined) throw new Error('nothing was found');
    const about = decided(finding, 'benign');
    const decisions = [
      about,
      { ...about, id: 'x', records: about.records.map((each) => ({ ...each, id: 'another' })) },
    ];
    const tunedBy = { policy, decisions, owner: 'x', attacks: untouched };
    expect(tunedText(await tune(all, trials(all, decisions), tunedBy))).toContain(
      '1 decision is about no finding of these records',
    );
  });

  it('finds the same whatever the order of records', async () => {
    const activities = [...shares(4), ...strays(3)];
    const one = await tuned(activities, allAs('benign'));
    const other = await tuned(activities.toReversed(), allAs('benign'));
    expect(plainTuned(other)).toEqual(plainTuned(one));
  });

  it('takes no finding for needless of which the last decision was to reopen it', async () => {
    const all = [...known, ...strays(3)].sort((a, b) => a.at - b.at);
    const { findings } = await trials(all)(policy);
    const benign = findings.map((finding) => decided(finding, 'benign'));
    const reopened = findings.map((finding) => ({ ...decided(finding, 'reopened'), id: 'z', at: NOW + 1 }));
    for (const decisions of [
      [...benign, ...reopened],
      [...reopened, ...benign],
    ]) {
      const tunedBy = { policy, decisions, owner: 'x', attacks: untouched };
      expect((await tune(all, trials(all, decisions), tunedBy)).needless.decided).toBe(0);
    }
  });
});

describe('the simulated attacks', () => {
  it('are all as severe as expected by the defaults, and notice a policy that hides one', async () => {
    const attacks = simulatedAttacks();
    expect(attacks.count).toBe(45);
    expect(await attacks.missed(policyOf({}))).toEqual([]);
    expect(await attacks.missed(policyOf({ signals: { off: ['shared-publicly'] } }))).toContain(
      'public-share',
    );
    const exception = {
      signal: 'accelerated-launch' as const,
      account: '999999999999',
      actor: 'role/Nobody',
    };
    const by = policyOf({ suppressions: [{ ...exception, reason: 'x', owner: 'x', expires: '2026-12-31' }] });
    expect(await attacks.missed(by)).toEqual([]);
    const { less, unheard } = await attacks.takenOver(by);
    expect([...less, ...unheard]).toContain('pipeline-miner');
  }, 60_000);
});

describe('launchtrail tune', () => {
  it(
    'takes what was decided from a state file, and the policy that was pushed there',
    () =>
      withFolder(async (folder) => {
        const state = join(folder, 's.sqlite');
        const records = join(folder, 'records.jsonl');
        const days = [2, 9, 16, 23];
        await writeFile(records, days.map((day) => `${JSON.stringify(share(day))}\n`).join(''));
        const undecided = sqliteStores(state);
        undecided.close();
        const empty = await launchtrail(['tune', records, '--state', state]);
        expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('nothing was decided yet')]);

        await writeFile(join(folder, 'policy.yaml'), 'severity: { critical: 99 }\n');
        const push = ['policy', 'push', join(folder, 'policy.yaml'), '--state', state, '--why', 'x', '--yes'];
        expect(await launchtrail(push)).toMatchObject({ code: 0 });
        const replayed = await launchtrail(['replay', records, '--state', state, '--format', 'json']);
        const ids = JSON.parse(replayed.stdout).map(({ id }: { id: string }) => id);
        expect(ids).toHaveLength(4);
        const close = ['findings', 'close', ...ids, '--as', 'benign', '--note', 'x', '--yes'];
        expect(await launchtrail([...close, '--state', state])).toMatchObject({ code: 0 });
        const { stdout } = await launchtrail(['tune', records, '--state', state, '--format', 'json']);
        const { needless, differences } = JSON.parse(stdout);
        expect(needless).toEqual({ decided: 4, before: 4, after: 0 });
        expect(differences.map(({ key }: { key: string }) => key)).toEqual(['suppressions']);
      }),
    60_000,
  );

  it(
    'prints what it proposes for files, and changes none',
    () =>
      withFolder(async (folder) => {
        const at = (name: string) => join(folder, name);
        const days = [2, 9, 16, 23];
        await writeFile(at('records.jsonl'), days.map((day) => `${JSON.stringify(share(day))}\n`).join(''));
        const { activities } = readRecords(days.map(share));
        const { findings } = await trials(activities)(policyOf({}));
        const lines = findings.map((finding) => decisionLine(decided(finding, 'benign')));
        await writeFile(at('decisions.jsonl'), lines.join(''));
        const args = ['tune', at('records.jsonl'), '--decisions', at('decisions.jsonl'), '--policy', 'none'];
        const { code, stdout } = await launchtrail([...args, '--format', 'json']);
        expect(code).toBe(0);
        const { needless, attacks, policy: proposed } = JSON.parse(stdout);
        expect(needless).toMatchObject({ before: 4, after: 0 });
        expect(attacks).toEqual({ count: 45, before: [], after: [] });
        expect(proposed.suppressions[0]).toMatchObject({ account: ACCOUNT, owner: 'WHO ANSWERS FOR IT?' });
        const nowhere = await launchtrail(['tune', at('records.jsonl')]);
        expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('--stack NAME')]);
        const wrong = await launchtrail([...args.slice(0, 2), '--decisions', at('none.jsonl')]);
        expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('none.jsonl')]);
      }),
    60_000,
  );
});

const readRecords = (records: readonly unknown[]) => ({
  activities: records.flatMap((each) => {
    const read = fromCloudTrail(each);
    return read.ok ? [read.activity] : [];
  }),
});

const share = (day: number) =>
  publicShare(`share-${day}`, `2026-03-${String(day).padStart(2, '0')}T10:00:00Z`);
