import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import type { VerdictChange } from '../../app/changes.ts';
import { type NotifyDeps, notify } from '../../app/notify.ts';
import { placeOf } from '../../app/place.ts';
import type { Marker, Told } from '../../app/told.ts';
import type { Assessment, FindingRecord } from '../../core/findings/finding.ts';
import { findingId } from '../../core/findings/stories.ts';
import { entriesOf } from '../../core/lineage/timelines.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { aLaunch, anActivity, aPerson, HOUR, NOW } from '../builders.ts';
import {
  acceleratedLaunch,
  assessed,
  evidence,
  firstLaunch,
  instanceId,
  link,
  publicShare,
  rootLaunch,
} from '../findings.ts';
import { outbox } from './outbox.ts';
import { emptied, memoryNotes, saveAll, verdictWorld } from './verdict-world.ts';

/** A stream, a detector's table and two topics, in memory. */
function telling(overrides: Partial<NotifyDeps> = {}) {
  const world = verdictWorld();
  const findings = outbox();
  const alerts = outbox();
  const markers = memoryNotes<Marker>();
  const clock = { now: NOW };
  const deps: NotifyDeps = {
    stories: world.stories,
    markers,
    findings,
    alerts,
    policy: defaultPolicy,
    now: () => clock.now,
    wait: async (ms) => {
      clock.now += ms;
    },
    ...overrides,
  };
  /** Writes verdicts and tells of the changes; what was said is taken out of the topics. */
  const tell = async (verdicts: readonly Assessment[], using = deps) => {
    const changes = saveAll(world, verdicts);
    return { changes, ...(await retell(changes, using)) };
  };
  const retell = async (changes: readonly VerdictChange[], using = deps) => {
    const results = await notify(using, changes);
    const said = findings.messages.splice(0);
    return {
      results,
      findings: said,
      ocsf: said.map(({ body }) => JSON.parse(body)),
      alerts: alerts.messages.splice(0),
    };
  };
  return { world, deps, markers, clock, tell, retell };
}

const membersOf = ({ members }: FindingRecord): readonly Assessment[] => members;

/** What OCSF messages say happened, to which finding. */
const gist = (ocsf: readonly { activity_id: number; finding_info: { uid: string } }[]) =>
  ocsf.map(({ activity_id, finding_info }) => [activity_id, finding_info.uid]);

const idOf = ({ activity }: Assessment): string => findingId(activity);

const suppressing = (signal: Policy['suppressions'][number]['signal'] & string): Policy => ({
  ...defaultPolicy,
  suppressions: [{ signal, reason: 'tested', owner: 'team', expires: '2026-12-31' }],
});

const [root] = membersOf(rootLaunch()) as [Assessment];

/** Root launches once more, some hours later; of LOW unless it says otherwise. */
const byRoot = (hours: number, signals: readonly SignalId[] = ['missing-tags'], instance = 9): Assessment =>
  assessed(
    anActivity({
      at: NOW + hours * HOUR,
      actor: root.activity.actor,
      links: [link('instance', instanceId(instance))],
    }),
    signals.map((signal) => evidence(signal, signal)),
  );

describe('a new finding', () => {
  it('goes out as OCSF and, from MEDIUM, as an alert', async () => {
    const { ocsf, alerts, results } = await telling().tell([root]);
    expect(results).toEqual([{ ok: true }]);
    expect(gist(ocsf)).toEqual([[1, idOf(root)]]);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.subject).toMatch(/^\[MEDIUM\] root .* \(111122223333\)$/);
  });

  it('says what its account is called, where that is known', async () => {
    const named = telling({
      accountNames: async (account) => ({
        accountName: `team of ${account.slice(-1)}`,
        unit: { id: 'ou-ab12-production', name: 'Production' },
      }),
    });
    const { ocsf, findings, alerts } = await named.tell([root]);
    expect(ocsf[0].cloud.account).toMatchObject({ uid: '111122223333', name: 'team of 3' });
    expect(ocsf[0].cloud.org).toEqual({ ou_uid: 'ou-ab12-production', ou_name: 'Production' });
    expect(findings[0]?.subject).toContain('111122223333 team of 3)');
    expect(findings[0]?.attributes).toMatchObject({ unit: 'ou-ab12-production' });
    expect(alerts[0]?.body).toContain('Account:  111122223333 (team of 3, unit Production)');
    const nameless = await telling({ accountNames: async () => ({}) }).tell([root]);
    expect(nameless.ocsf[0].cloud.account).not.toHaveProperty('name');
    expect(nameless.ocsf[0].cloud).not.toHaveProperty('org');
    expect(nameless.findings[0]?.attributes).not.toHaveProperty('unit');
  });

  it('links to the runbook where its address is known', async () => {
    const docs = 'https://git.example.com/docs';
    const { ocsf, alerts } = await telling({ docs }).tell([root]);
    const section = `${docs}/runbook.md#root-launch`;
    expect(alerts[0]?.body).toContain(`More: ${section}`);
    expect(ocsf[0].remediation.references[0]).toBe(section);
  });

  it('of LOW goes out as OCSF but to nobody', async () => {
    const { ocsf, alerts } = await telling().tell(membersOf(firstLaunch()));
    expect([ocsf.length, alerts.length]).toEqual([1, 0]);
  });

  it('is not an alert below the severity asked for', async () => {
    expect((await telling({ alertsFrom: 'high' }).tell([root])).alerts).toHaveLength(0);
    const low = telling({ alertsFrom: 'low' });
    expect((await low.tell(membersOf(firstLaunch()))).alerts).toHaveLength(1);
  });

  it('of several verdicts of one batch goes out once', async () => {
    const { results, ocsf } = await telling().tell(membersOf(acceleratedLaunch()));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(ocsf).toMatchObject([
      { activity_id: 1, severity: 'High', finding_info: { related_events_count: 13 } },
    ]);
  });

  it('that is none any more when it is its turn says nothing', async () => {
    const { world, retell } = telling();
    const changes = saveAll(world, [root, emptied(root)]);
    expect((await retell(changes)).ocsf).toEqual([]);
  });

  it('carries attributes that a subscription can filter on', async () => {
    const { findings } = await telling().tell(membersOf(publicShare()));
    expect(findings[0]?.attributes).toEqual({
      severity: 'critical',
      status: 'open',
      account: '111122223333',
      region: '["eu-west-1"]',
      kind: '["snapshot.share"]',
      signals: '["shared-publicly"]',
    });
  });

  it('tells people, and nobody else, what has gone since by a call that is in no finding', async () => {
    const [share] = membersOf(publicShare()) as [Assessment];
    const { links } = share.activity;
    const removal = anActivity({ kind: 'snapshot.delete', at: NOW + HOUR, links });
    const history = memoryHistory();
    await history.remember(entriesOf(removal));
    const before = await telling().tell([share]);
    const now = await telling({ history }).tell([share]);
    const id = links[0]?.id ?? '';
    expect(before.alerts[0]?.body).toContain(`Still there, as far as records tell: ${id} (shared)`);
    expect(before.alerts[0]?.body).toContain('modify-snapshot-attribute');
    expect(now.alerts[0]?.body).not.toContain('Still there');
    expect(now.alerts[0]?.body).not.toContain('modify-snapshot-attribute');
    expect(now.findings).toEqual(before.findings);
  });

  it('tells machines and tries people again where the history is out of reach', async () => {
    const history = { stretches: () => Promise.reject(new Error('out of reach')) };
    const { tell, retell, deps } = telling();
    const { changes, findings, alerts, results } = await tell([root], { ...deps, history });
    expect([findings.length, alerts.length, results[0]?.ok]).toEqual([1, 0, false]);
    const again = await retell(changes);
    expect([again.findings.length, again.alerts.length, again.results[0]?.ok]).toEqual([0, 1, true]);
  });

  it('needs no alerts topic', async () => {
    const { ocsf, results } = await telling({ alerts: undefined }).tell(membersOf(publicShare()));
    expect([ocsf.length, results.every(({ ok }) => ok)]).toEqual([1, true]);
  });
});

describe('a finding that goes on', () => {
  it('is not told again when its change comes again, or only its mark has changed', async () => {
    const { tell, retell } = telling();
    const { changes } = await tell([root]);
    expect((await retell(changes)).ocsf).toEqual([]);
    const marked = { before: root, after: { ...root, suspect: 'finding' as const } };
    const { ocsf, results } = await retell([marked]);
    expect([ocsf, results]).toEqual([[], [{ ok: true }]]);
  });

  it('goes out when it rises and alerts, not when it falls', async () => {
    const { tell } = telling();
    const low = byRoot(0);
    await tell([low]);
    const risen = await tell([byRoot(1, ['accelerated-launch'])]);
    expect(gist(risen.ocsf)).toEqual([[2, idOf(low)]]);
    expect(risen.alerts).toHaveLength(1);
    const fallen = await tell([{ ...low, evidence: [evidence('missing-tags', 'x', { strength: 0.4 })] }]);
    expect(fallen.alerts).toEqual([]);
  });

  it('goes to machines alone when it falls and rises again to what it was told at', async () => {
    const { tell } = telling();
    const first = byRoot(0);
    const worse = byRoot(1, ['accelerated-launch']);
    await tell([first, worse]);
    for (const [verdict, severity] of [
      [emptied(worse), 'Low'],
      [worse, 'Medium'],
    ] as const) {
      const { ocsf, alerts } = await tell([verdict]);
      expect(gist(ocsf)).toEqual([[2, idOf(first)]]);
      expect(ocsf).toMatchObject([{ severity }]);
      expect(alerts).toEqual([]);
    }
  });

  it('goes to machines alone when it rises to no more than it was told at, of the same members', async () => {
    const { tell } = telling();
    const [first, worse] = [byRoot(0), byRoot(1, ['accelerated-launch'])];
    await tell([first, worse]);
    await tell([emptied(worse)]);
    const again = assessed(first.activity, [evidence('accelerated-launch', 'x')]);
    const { ocsf, alerts } = await tell([again]);
    expect(ocsf).toMatchObject([{ activity_id: 2, severity: 'Medium' }]);
    expect(alerts).toEqual([]);
  });

  it('is told to machines at each change of its members, once for a batch of them', async () => {
    const { tell } = telling();
    const first = byRoot(0);
    await tell([first]);
    const { ocsf, alerts } = await tell([byRoot(1), byRoot(2)]);
    expect(ocsf).toMatchObject([{ activity_id: 2, finding_info: { related_events_count: 3 } }]);
    expect(alerts).toEqual([]);
    expect((await tell([emptied(byRoot(3))])).ocsf).toEqual([]);
  });

  it('is told to people when a new instance, kind of evidence or opening joins it, and what joined', async () => {
    const { tell } = telling();
    await tell([root]);
    const joining = [
      [byRoot(1, ['missing-tags'], 10), instanceId(10)],
      [byRoot(2, ['missing-tags', 'unusual-hour'], 10), ': unusual-hour'],
      [
        assessed(
          anActivity({
            at: NOW + 3 * HOUR,
            actor: root.activity.actor,
            kind: 'ingress.open',
            links: [link('security-group', 'sg-0123456789abcdef0', 'changed')],
          }),
          [evidence('new-instance-opened', 'x')],
        ),
        'opened a security group: sg-0123456789abcdef0',
      ],
    ] as const;
    for (const [verdict, what] of joining) {
      const { ocsf, alerts } = await tell([verdict]);
      expect(gist(ocsf)).toEqual([[2, idOf(root)]]);
      expect(alerts).toHaveLength(1);
      expect(alerts[0]?.body.split('\n')[2]).toMatch(/^Joined since the last message: /);
      expect(alerts[0]?.body.split('\n')[2]).toContain(what);
    }
    expect((await tell([byRoot(3, ['missing-tags', 'unusual-hour'], 10)])).alerts).toEqual([]);
  });

  it('of LOW grows without a word to people', async () => {
    const { tell } = telling();
    await tell([byRoot(0)]);
    const { ocsf, alerts } = await tell([byRoot(1, ['missing-tags'], 10)]);
    expect([ocsf.length, alerts.length]).toEqual([1, 0]);
  });

  it('is told to people in ever larger steps where many instances join within an hour, to machines each time', async () => {
    const { tell } = telling();
    const launches = (count: number) =>
      Array.from({ length: count }, (_, n) => byRoot(n / 1_000, ['root-launch'], 100 + n));
    let [told, mailed] = [0, 0];
    for (const verdict of launches(100)) {
      const { ocsf, alerts } = await tell([verdict]);
      told += ocsf.length;
      mailed += alerts.length;
    }
    expect([told, mailed]).toEqual([100, 11]);
    const unusual = await tell([byRoot(0.0995, ['root-launch', 'unusual-hour'], 199)]);
    expect(unusual.alerts).toHaveLength(1);
    const hourLater = await tell([byRoot(2, ['root-launch'], 300)]);
    expect(hourLater.alerts).toHaveLength(1);
  });

  it('is told to people also where it holds more than a marker keeps by name', async () => {
    const { tell } = telling();
    const many = (hours: number, from: number, count: number): Assessment =>
      assessed(
        anActivity({
          at: NOW + hours * HOUR,
          actor: root.activity.actor,
          links: Array.from({ length: count }, (_, n) => link('instance', instanceId(from + n))),
        }),
        [evidence('root-launch', 'x')],
      );
    await tell([many(0, 1_000, 300)]);
    const five = many(1, 2_000, 5);
    expect((await tell([five])).alerts).toHaveLength(1);
    await tell([emptied(five)]);
    expect((await tell([five])).alerts).toEqual([]);
    expect((await tell([many(2, 2_000, 5)])).alerts).toEqual([]);
    const other = assessed({ ...many(3, 2_000, 5).activity, id: 'other-kind' }, [
      evidence('root-launch', 'x'),
      evidence('unusual-hour', 'x'),
    ]);
    expect((await tell([other])).alerts).toHaveLength(1);
  });

  it('was told by an older version, which kept no members: that is no news', async () => {
    const { markers, tell, retell } = telling();
    const { changes } = await tell([root, byRoot(1)]);
    const known = await markers.read(placeOf(root.activity));
    const { members: _, counts: __, alerted: ___, ...old } = { ...known?.value.told } as Told;
    await markers.write(placeOf(root.activity), { told: old }, known?.version ?? 0);
    expect((await retell(changes)).ocsf).toEqual([]);
    expect((await tell([byRoot(2, ['missing-tags'], 77)])).alerts).toHaveLength(1);
  });

  it('is told again when data is shared with one more account, in the same way as before', async () => {
    const { tell } = telling();
    const share = (id: string, hours: number): Assessment =>
      assessed(
        anActivity({
          at: NOW + hours * HOUR,
          kind: 'snapshot.share',
          links: [link('snapshot', 'snap-0aaaaaaaaaaaaaaaa', 'changed')],
          share: { accounts: [id], organisations: [], public: false },
        }),
        [evidence('shared-outside', 'shared')],
      );
    await tell([share('444455556666', 0)]);
    expect((await tell([share('444455556666', 1)])).alerts).toEqual([]);
    const { alerts } = await tell([share('777788889999', 2)]);
    expect(alerts).toMatchObject([{ body: expect.stringContaining('777788889999') }]);
  });
});

/** Two people, and data that one copies and the other uses. */
const copy = assessed(
  anActivity({
    kind: 'snapshot.create',
    actor: aPerson('alice@example.com'),
    links: [link('snapshot', 'snap-0aaaaaaaaaaaaaaaa')],
  }),
  [
    evidence('first-snapshot-of-volume', 'x'),
    evidence('unfamiliar-snapshotter', 'x'),
    evidence('sensitive-volume', 'x'),
  ],
);
const use = assessed(
  anActivity({
    at: NOW + 40 * HOUR,
    actor: aPerson('bob@example.com'),
    launch: aLaunch(),
    links: [link('instance', instanceId(5))],
  }),
  [evidence('first-launch', 'x')],
);
const chained: Assessment = {
  ...use,
  ...assessed(use.activity, [
    evidence('copied-data-on-instance', 'x', { lineage: true, refs: [copy.activity.id] }),
  ]),
};

describe('a finding that has been told', () => {
  it('is closed as merged, with where it went, when it proves to be part of another, and that one is told', async () => {
    const { tell } = telling();
    await tell([copy, use]);
    const { ocsf, alerts, findings } = await tell([chained]);
    expect(gist(ocsf)).toEqual([
      [2, idOf(copy)],
      [3, idOf(use)],
    ]);
    expect(ocsf[1]).toMatchObject({
      unmapped: { into: idOf(copy) },
      is_alert: false,
      severity: 'Informational',
    });
    expect(findings[1]?.attributes.status).toBe('merged');
    expect(alerts).toHaveLength(1);
  });

  it('is closed as merged when an earlier verdict of its session comes late', async () => {
    const { tell } = telling();
    const [late, first] = [byRoot(0), byRoot(1)];
    await tell([first]);
    const { ocsf } = await tell([late]);
    expect(gist(ocsf)).toEqual([
      [1, idOf(late)],
      [3, idOf(first)],
    ]);
    expect(ocsf[1]).toMatchObject({ unmapped: { into: idOf(late) } });
  });

  it('is closed as merged when what it began with is explained and the rest stands', async () => {
    const { tell } = telling();
    const [first, second] = [byRoot(0), byRoot(1)];
    await tell([first, second]);
    const { ocsf } = await tell([emptied(first)]);
    expect(gist(ocsf)).toEqual([
      [1, idOf(second)],
      [3, idOf(first)],
    ]);
    expect(ocsf[1]).toMatchObject({ status: 'Archived', unmapped: { into: idOf(second) } });
  });

  it('is closed as withdrawn when nothing of it is left, without an alert and without its severity', async () => {
    const { tell } = telling();
    await tell([root]);
    const { ocsf, alerts, findings } = await tell([emptied(root)]);
    expect(ocsf).toMatchObject([
      {
        activity_id: 3,
        status: 'Resolved',
        severity_id: 1,
        risk_score: Math.round(root.score),
        finding_info: { uid: idOf(root) },
      },
    ]);
    expect(findings).toMatchObject([
      { subject: expect.stringMatching(/^\[CLOSED\] /), attributes: { severity: 'informational' } },
    ]);
    expect(alerts).toEqual([]);
  });

  it('goes out and alerts when it is open again', async () => {
    const { tell } = telling();
    await tell([root]);
    await tell([emptied(root)]);
    const { ocsf, alerts } = await tell([root]);
    expect(ocsf.map(({ activity_id, status_id }) => [activity_id, status_id])).toEqual([[2, 1]]);
    expect(alerts).toHaveLength(1);
  });

  it('is open again when it is no part of the other any more', async () => {
    const { tell } = telling();
    await tell([copy, chained]);
    const less = [2, idOf(copy)];
    expect(gist((await tell([use])).ocsf)).toEqual([[1, idOf(use)], less]);
    expect(gist((await tell([chained])).ocsf)).toEqual([less, [3, idOf(use)]]);
    expect(gist((await tell([use])).ocsf)).toEqual([[2, idOf(use)], less]);
  });

  it('says nothing of its end when it never was open', async () => {
    const { tell } = telling();
    const { ocsf } = await tell([copy, chained]);
    expect(gist(ocsf)).toEqual([[1, idOf(copy)]]);
  });
});

describe('a suppressed finding', () => {
  it('goes to the findings topic, marked, and to nobody', async () => {
    const { ocsf, findings, alerts } = await telling({ policy: suppressing('root-launch') }).tell([root]);
    expect(ocsf).toMatchObject([
      {
        status_id: 3,
        is_alert: false,
        unmapped: { suppressions: [{ reason: 'tested', owner: 'team', expires: '2026-12-31' }] },
      },
    ]);
    expect(findings[0]?.attributes.status).toBe('suppressed');
    expect(alerts).toEqual([]);
  });

  it('is heard when something else joins it, though its severity stays', async () => {
    const { tell } = telling({ policy: suppressing('root-launch') });
    await tell([root]);
    const { ocsf, alerts } = await tell([byRoot(1, ['tool-user-agent'])]);
    expect(ocsf.map(({ activity_id, status_id }) => [activity_id, status_id])).toEqual([[2, 1]]);
    expect(alerts).toHaveLength(1);
  });
});

describe('history that was seeded', () => {
  const seeded = (until: number, account = '*') => ({ silence: async () => new Map([[account, until]]) });

  it('is told to nobody, and all of it once something joins that is not history', async () => {
    const { tell } = telling(seeded(NOW + HOUR));
    expect(await tell([root])).toMatchObject({ ocsf: [], alerts: [], results: [{ ok: true }] });
    const live = byRoot(2);
    const { ocsf, alerts } = await tell([live]);
    expect(gist(ocsf)).toEqual([[1, idOf(root)]]);
    expect(ocsf[0]?.finding_info).toMatchObject({ related_events_count: 2 });
    expect(alerts).toHaveLength(1);
  });

  it('of one account says nothing of another', async () => {
    const { tell } = telling(seeded(NOW + HOUR, '444455556666'));
    expect((await tell([root])).ocsf).toHaveLength(1);
  });

  it('is not told as ended, and goes on where it was told before it was history', async () => {
    let until = 0;
    const { tell } = telling({ silence: async () => new Map([['*', until]]) });
    await tell([root]);
    until = NOW + HOUR;
    expect(gist((await tell([emptied(root)])).ocsf)).toEqual([[3, idOf(root)]]);
    const { tell: tellAnew } = telling(seeded(NOW + HOUR));
    await tellAnew([root]);
    expect((await tellAnew([emptied(root)])).ocsf).toEqual([]);
  });

  it('is not told of where it cannot be read whether it is history', async () => {
    const { tell } = telling({
      silence: async () => {
        throw new Error('the table is out of reach');
      },
    });
    expect(await tell([root])).toMatchObject({ ocsf: [], results: [{ ok: false }] });
  });
});

describe('a failure', () => {
  it('of one change leaves the others alone, and a second try tells it', async () => {
    const findings = outbox(1);
    const { tell, retell } = telling({ findings });
    const { results, changes } = await tell([copy, use, root]);
    expect(results.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(results[0]).toMatchObject({ error: { message: 'topic is out of reach' } });
    expect(findings.messages).toHaveLength(2);
    await retell(changes);
    expect(findings.messages).toHaveLength(3);
  });

  it('of the alert fails the change, and a second try tells those alone who do not know yet', async () => {
    const findings = outbox();
    const alerts = outbox(1);
    const { tell, retell } = telling({ findings, alerts });
    const { results, changes } = await tell([root]);
    expect(results.map(({ ok }) => ok)).toEqual([false]);
    expect((await retell(changes)).results.map(({ ok }) => ok)).toEqual([true]);
    expect(findings.messages).toHaveLength(1);
    expect(alerts.messages).toHaveLength(1);
  });

  it('of the alert is no reason to forget what machines were told: where the finding is withdrawn meanwhile, it is closed', async () => {
    const { world, tell, retell } = telling({ alerts: outbox(1) });
    const { findings, results } = await tell([root]);
    expect([findings.length, results.map(({ ok }) => ok)]).toEqual([1, [false]]);
    const { ocsf } = await retell(saveAll(world, [emptied(root)]));
    expect(gist(ocsf)).toEqual([[3, idOf(root)]]);
  });

  it('to read one story does not keep the other changes of the batch from being told', async () => {
    const { world, deps, retell } = telling();
    const changes = saveAll(world, [use, root]);
    const { stories } = world;
    const broken: NotifyDeps = {
      ...deps,
      stories: {
        ...stories,
        at: async (places) => {
          if (places.some(({ id }) => id === use.activity.id)) throw new Error('item is damaged');
          return stories.at(places);
        },
      },
    };
    const { results, ocsf } = await retell(changes, broken);
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
    expect(gist(ocsf)).toEqual([[1, idOf(root)]]);
  });
});

describe('a finding that another worker is telling', () => {
  it('is waited for, then handed back; and told once that worker must have died', async () => {
    const { world, markers, clock, retell } = telling();
    const changes = saveAll(world, [root]);
    await markers.write(placeOf(root.activity), { busyUntil: clock.now + 60_000 }, 0);
    const { results, ocsf } = await retell(changes);
    expect(results).toMatchObject([
      { ok: false, error: { message: expect.stringContaining('another worker') } },
    ]);
    expect([ocsf, clock.now - NOW]).toEqual([[], 3_100]);
    clock.now += 60_000;
    expect(gist((await retell(changes)).ocsf)).toEqual([[1, idOf(root)]]);
  });

  it('is told as closed where that worker may have published and died before it marked that', async () => {
    const { world, markers, clock, retell } = telling();
    saveAll(world, [root]);
    await markers.write(placeOf(root.activity), { busyUntil: clock.now - 1 }, 0);
    const { ocsf, alerts } = await retell(saveAll(world, [emptied(root)]));
    expect(gist(ocsf)).toEqual([[3, idOf(root)]]);
    expect(alerts).toEqual([]);
  });

  it('is waited for also where it looks as it was told: the other may be about to tell something older', async () => {
    const { world, markers, clock, tell, retell } = telling();
    const { changes } = await tell([root]);
    const known = await markers.read(placeOf(root.activity));
    await markers.write(
      placeOf(root.activity),
      { ...known?.value, busyUntil: clock.now + 60_000 },
      known?.version ?? 0,
    );
    expect((await retell(changes)).results).toMatchObject([{ ok: false }]);
    expect(world.all()).toHaveLength(1);
  });
});
