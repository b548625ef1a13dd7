import { describe, expect, it } from 'vitest';
import { type FindingChange, notify } from '../../app/notify.ts';
import type { Publisher } from '../../app/ports.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { acceleratedLaunch, firstLaunch, publicShare, rootLaunch } from '../findings.ts';

type Message = Parameters<Publisher['publish']>[0];

/** A publisher that keeps what it was given; refuses the first `refusals`. */
function outbox(refusals = 0): Publisher & { messages: Message[] } {
  const messages: Message[] = [];
  let left = refusals;
  return {
    messages,
    async publish(message) {
      if (left > 0) {
        left -= 1;
        throw new Error('topic is out of reach');
      }
      messages.push(message);
    },
  };
}

const suppressing = (signal: Policy['suppressions'][number]['signal'] & string): Policy => ({
  ...defaultPolicy,
  suppressions: [{ signal, reason: 'tested', owner: 'team', expires: '2026-12-31' }],
});

async function published(change: FindingChange, policy = defaultPolicy, alertsFrom?: Severity) {
  const findings = outbox();
  const alerts = outbox();
  const results = await notify({ findings, alerts, policy, alertsFrom }, [change]);
  return {
    results,
    findings: findings.messages,
    ocsf: findings.messages.map(({ body }) => JSON.parse(body)),
    alerts: alerts.messages,
  };
}

const closed = (record: FindingRecord, status: 'merged' | 'withdrawn'): FindingRecord => ({
  ...record,
  status,
  ...(status === 'merged' && { into: 'lt-bigger' }),
});

describe('a new finding', () => {
  it('goes out as OCSF and, from MEDIUM, as an alert', async () => {
    const { ocsf, alerts, results } = await published({ after: rootLaunch() });
    expect(results).toEqual([{ ok: true }]);
    expect(ocsf).toMatchObject([{ activity_id: 1, finding_info: { uid: rootLaunch().id } }]);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.subject).toMatch(/^\[MEDIUM\] 111122223333: root/);
  });

  it('of LOW goes out as OCSF but to nobody', async () => {
    const { ocsf, alerts } = await published({ after: firstLaunch() });
    expect([ocsf.length, alerts.length]).toEqual([1, 0]);
  });

  it('is not an alert below the severity asked for', async () => {
    expect((await published({ after: rootLaunch() }, defaultPolicy, 'high')).alerts).toHaveLength(0);
    expect((await published({ after: firstLaunch() }, defaultPolicy, 'low')).alerts).toHaveLength(1);
  });

  it('that is closed already says nothing', async () => {
    expect((await published({ after: closed(rootLaunch(), 'withdrawn') })).findings).toEqual([]);
  });

  it('carries attributes that a subscription can filter on', async () => {
    const { findings } = await published({ after: publicShare() });
    expect(findings[0]?.attributes).toEqual({
      severity: 'critical',
      status: 'open',
      account: '111122223333',
      region: '["eu-west-1"]',
      kind: '["snapshot.create","snapshot.share"]',
      signals: '["first-snapshot-of-volume","shared-publicly"]',
    });
  });
});

describe('a change', () => {
  it('of severity goes out when it rises, not when it falls or stays', async () => {
    for (const [from, before] of SEVERITIES.entries()) {
      for (const [to, after] of SEVERITIES.entries()) {
        const { ocsf } = await published({
          before: { ...rootLaunch(), severity: before },
          after: { ...rootLaunch(), severity: after },
        });
        expect(ocsf.map(({ activity_id }) => activity_id)).toEqual(to > from ? [2] : []);
      }
    }
  });

  it('alerts when a LOW finding rises to MEDIUM', async () => {
    const before = { ...rootLaunch(), severity: 'low' as const };
    expect((await published({ before, after: rootLaunch() })).alerts).toHaveLength(1);
  });

  it('of evidence alone is not published', async () => {
    const after = acceleratedLaunch();
    const before = { ...after, members: after.members.slice(0, 5) };
    expect((await published({ before, after })).findings).toEqual([]);
  });
});

describe('a closed finding', () => {
  it('that was open goes out as Close with the same id and where it went, without an alert', async () => {
    const before = acceleratedLaunch();
    const { ocsf, alerts, findings } = await published({ before, after: closed(before, 'merged') });
    expect(ocsf).toMatchObject([
      { activity_id: 3, finding_info: { uid: before.id }, unmapped: { into: 'lt-bigger' }, is_alert: false },
    ]);
    expect(findings[0]?.attributes.status).toBe('merged');
    expect(alerts).toEqual([]);
  });

  it('says nothing more when it changes after that', async () => {
    const record = closed(acceleratedLaunch(), 'withdrawn');
    expect((await published({ before: record, after: { ...record, score: 12 } })).findings).toEqual([]);
  });

  it('that is open again goes out and alerts', async () => {
    const after = acceleratedLaunch();
    const { ocsf, alerts } = await published({ before: closed(after, 'withdrawn'), after });
    expect(ocsf.map(({ activity_id, status_id }) => [activity_id, status_id])).toEqual([[2, 1]]);
    expect(alerts).toHaveLength(1);
  });
});

describe('a suppressed finding', () => {
  it('goes to the findings topic, marked, and to nobody', async () => {
    const { ocsf, findings, alerts } = await published({ after: rootLaunch() }, suppressing('root-launch'));
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
    const share = publicShare();
    const before = { ...rootLaunch(), severity: 'critical' as const };
    const after = { ...share, members: [...rootLaunch().members, ...share.members] };
    const { ocsf, alerts } = await published({ before, after }, suppressing('root-launch'));
    expect(ocsf.map(({ activity_id, status_id }) => [activity_id, status_id])).toEqual([[2, 1]]);
    expect(alerts).toHaveLength(1);
  });
});

describe('a failure', () => {
  const changes: FindingChange[] = [
    { after: rootLaunch() },
    { after: publicShare() },
    { after: firstLaunch() },
  ];

  it('of one change leaves the others alone and is told', async () => {
    const findings = outbox(1);
    const results = await notify({ findings, alerts: outbox(), policy: defaultPolicy }, changes);
    expect(results.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(results[0]).toMatchObject({ error: { message: 'topic is out of reach' } });
    expect(findings.messages).toHaveLength(2);
  });

  it('of the alert fails the change, and a second try sends the same bytes', async () => {
    const findings = outbox();
    const alerts = outbox(1);
    const deps = { findings, alerts, policy: defaultPolicy };
    const [change] = changes;
    if (change === undefined) throw new Error('no change');
    expect((await notify(deps, [change])).map(({ ok }) => ok)).toEqual([false]);
    expect((await notify(deps, [change])).map(({ ok }) => ok)).toEqual([true]);
    expect(findings.messages[1]).toEqual(findings.messages[0]);
    expect(alerts.messages).toHaveLength(1);
  });

  it('of a record that cannot be told does not stop the rest', async () => {
    const broken = { ...rootLaunch(), last: Number.NaN };
    const results = await notify({ findings: outbox(), alerts: outbox(), policy: defaultPolicy }, [
      { after: broken },
      { after: rootLaunch() },
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
  });
});

it('needs no alerts topic', async () => {
  const findings = outbox();
  expect(await notify({ findings, policy: defaultPolicy }, [{ after: publicShare() }])).toEqual([
    { ok: true },
  ]);
  expect(findings.messages).toHaveLength(1);
});
