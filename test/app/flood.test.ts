import { describe, expect, it } from 'vitest';
import { DIGEST_EVERY, hasRoom, MAX_GROWN, MAX_SINGLY, type Singly, tellDigest } from '../../app/flood.ts';
import { type NotifyDeps, notify } from '../../app/notify.ts';
import type { Marker } from '../../app/told.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { findingId } from '../../core/findings/stories.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { DIGEST } from '../../lib/constructs/digest-function.ts';
import type { Waiting } from '../../tell/digest.ts';
import { ACCOUNT, anActivity, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { assessed, evidence, instanceId, link } from '../findings.ts';
import { outbox } from './outbox.ts';
import { memoryNotes, saveAll, verdictWorld } from './verdict-world.ts';

const MINUTE = 60_000;

function world(overrides: Partial<NotifyDeps> = {}) {
  const verdicts = verdictWorld();
  const clock = { now: NOW };
  const flood = { singly: memoryNotes<Singly>(), waiting: memoryNotes<Waiting>() };
  const [findings, alerts, chat] = [outbox(), outbox(), outbox()];
  const deps: NotifyDeps = {
    stories: verdicts.stories,
    markers: memoryNotes<Marker>(),
    findings,
    alerts,
    chat,
    flood,
    policy,
    now: () => clock.now,
    wait: async (ms) => {
      clock.now += ms;
    },
    ...overrides,
  };
  return {
    deps,
    clock,
    flood,
    findings,
    alerts,
    chat,
    tell: async (verdict: Assessment) => notify(deps, saveAll(verdicts, [verdict])),
    together: () => tellDigest({ waiting: flood.waiting, alerts, chat, now: clock.now }),
  };
}

const SIGNALS = {
  high: ['root-launch', 'accelerated-launch'],
  critical: ['shared-publicly'],
} satisfies Record<string, SignalId[]>;

/** A finding by somebody of their own. */
const by = (who: string, severity: keyof typeof SIGNALS = 'high', account = ACCOUNT): Assessment =>
  assessed(
    anActivity({
      account,
      actor: { ...aPerson(`${who}@example.com`), account },
      links: [link('instance', instanceId(Number.parseInt(who.replaceAll(/\D/g, ''), 10) || 0))],
    }),
    SIGNALS[severity].map((signal) => evidence(signal, `${who} ${signal}`)),
  );

const many = (count: number, severity?: keyof typeof SIGNALS, account?: string): Assessment[] =>
  Array.from({ length: count }, (_, n) => by(`p${account ?? ''}${severity ?? ''}${n}`, severity, account));

describe('a flood of findings', () => {
  it('reaches people one by one ten times an hour, then together; machines each time', async () => {
    const { tell, together, findings, alerts, chat } = world();
    const all = many(25);
    for (const verdict of all) await tell(verdict);
    expect(alerts.messages[0]?.subject).toMatch(/^\[HIGH\]/);
    expect([findings, alerts, chat].map(({ messages }) => messages.length)).toEqual([25, 10, 10]);
    expect(await together()).toBe(15);
    expect([findings, alerts, chat].map(({ messages }) => messages.length)).toEqual([25, 11, 11]);
    const digest = alerts.messages.at(-1);
    expect(digest?.subject).toBe('[HIGH] 15 findings together: 15 HIGH (111122223333)');
    for (const { activity } of all.slice(10)) expect(digest?.body).toContain(findingId(activity));
    expect(await together()).toBe(0);
  });

  it('of one severity hides none of another', async () => {
    const { tell, alerts } = world();
    for (const verdict of many(30, 'high')) await tell(verdict);
    await tell(by('marek', 'critical'));
    expect(alerts.messages.at(-1)?.subject).toMatch(/^\[CRITICAL\]/);
  });

  it('in one account uses up nothing of another', async () => {
    const { tell, alerts } = world();
    for (const verdict of many(30)) await tell(verdict);
    await tell(by('marek', 'high', OTHER_ACCOUNT));
    expect(alerts.messages).toHaveLength(11);
    expect(alerts.messages.at(-1)?.attributes.account).toBe(OTHER_ACCOUNT);
  });

  it('is over with the next hour', async () => {
    const { tell, clock, alerts } = world();
    for (const verdict of many(12)) await tell(verdict);
    clock.now += HOUR;
    await tell(by('marek'));
    expect(alerts.messages).toHaveLength(11);
  });

  it('of what only grows leaves half of the room to what is new', async () => {
    const { flood } = world();
    const ask = (news: string, isGrowth: boolean) =>
      hasRoom(flood, { account: ACCOUNT, severity: 'high', news, isGrowth, now: NOW });
    const grown = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(`grown ${n}`, true)));
    expect(grown.filter(Boolean)).toHaveLength(MAX_GROWN);
    const fresh: boolean[] = [];
    for (let n = 0; n < 20; n += 1) fresh.push(await ask(`new ${n}`, false));
    expect(fresh.filter(Boolean)).toHaveLength(MAX_SINGLY - MAX_GROWN);
  });

  it('gives whoever tells the same again the place that it has', async () => {
    const { flood } = world();
    const ask = (news: string) =>
      hasRoom(flood, { account: ACCOUNT, severity: 'high', news, isGrowth: false, now: NOW });
    for (let n = 0; n < MAX_SINGLY; n += 1) expect(await ask(`${n}`)).toBe(true);
    expect([await ask('0'), await ask('11')]).toEqual([true, false]);
  });

  it('takes no second place where mail failed and was tried again', async () => {
    const alerts = outbox(1);
    const { deps, tell, flood } = world({ alerts });
    const verdict = by('p1');
    const [first] = await tell(verdict);
    expect(first?.ok).toBe(false);
    expect((await flood.singly.within({ account: ACCOUNT, subject: '#singly', from: 0, to: NOW })).size).toBe(
      1,
    );
    const [again] = await notify(deps, [{ after: verdict }]);
    expect(again?.ok).toBe(true);
    const notes = await flood.singly.within({ account: ACCOUNT, subject: '#singly', from: 0, to: NOW });
    expect([...notes.values()].map(({ value }) => value.news.length)).toEqual([1]);
    expect(alerts.messages).toHaveLength(1);
  });
});

describe('a digest', () => {
  it('is told by the schedule that its function has', () => {
    expect(DIGEST.toMilliseconds()).toBe(DIGEST_EVERY);
  });

  it('names the worst first, each account in its turn, and counts the rest', async () => {
    const { tell, together, alerts } = world();
    for (const verdict of [...many(60, 'high'), ...many(12, 'high', OTHER_ACCOUNT), ...many(13, 'critical')])
      await tell(verdict);
    alerts.messages.splice(0);
    expect(await together()).toBe(50 + 2 + 3);
    const body = alerts.messages[0]?.body ?? '';
    expect(alerts.messages[0]?.attributes).toEqual({ severity: 'critical', status: 'digest' });
    expect(body).toContain('   53  111122223333 (3 CRITICAL, 50 HIGH)');
    const named = body.split('\n').filter((line) => /^(CRITICAL|HIGH) /.test(line));
    expect(named).toHaveLength(20);
    expect(named.slice(0, 3).every((line) => line.startsWith('CRITICAL'))).toBe(true);
    expect(named.slice(3, 7).filter((line) => line.includes(OTHER_ACCOUNT))).toHaveLength(2);
    expect(body).toContain('35 more: launchtrail findings list');
  });

  it('says what was true when it was put off last, of one finding once', async () => {
    const { tell, clock, flood, together } = world();
    for (const verdict of many(10)) await tell(verdict);
    const late = by('marek');
    await tell(late);
    clock.now += 16 * MINUTE;
    await tell({ ...late, evidence: [...late.evidence, evidence('unusual-hour', 'at night')] });
    expect(await together()).toBe(1);
    expect(await together()).toBe(0);
    const kept = await flood.waiting.within({
      account: 'digest',
      subject: '#waiting',
      from: 0,
      to: clock.now,
    });
    expect([...kept.values()].every(({ value }) => value.told !== undefined)).toBe(true);
  });

  it('is told again where whoever told it died before marking that, under the same ids', async () => {
    const { tell, flood, alerts, clock } = world();
    for (const verdict of many(12)) await tell(verdict);
    alerts.messages.splice(0);
    const dying = { ...flood.waiting, write: () => Promise.reject(new Error('dead')) };
    const deps = { waiting: dying, alerts, now: clock.now };
    await expect(tellDigest(deps)).rejects.toThrow('dead');
    expect(await tellDigest({ ...deps, waiting: flood.waiting })).toBe(2);
    const [first, second] = alerts.messages;
    expect(second).toEqual(first);
  });

  it('that cannot be sent keeps what waits', async () => {
    const { tell, flood, clock } = world();
    for (const verdict of many(12)) await tell(verdict);
    const deps = { waiting: flood.waiting, alerts: outbox(1), now: clock.now };
    await expect(tellDigest(deps)).rejects.toThrow('out of reach');
    clock.now += 15 * MINUTE;
    expect(await tellDigest(deps)).toBe(2);
  });

  it('that is told while one of its findings changes tells that one once more', async () => {
    const { tell, flood, alerts, clock } = world();
    const last = by('p11');
    for (const verdict of [...many(10), last]) await tell(verdict);
    const changing = {
      ...flood.waiting,
      within: async (stretch: Parameters<typeof flood.waiting.within>[0]) => {
        const found = await flood.waiting.within(stretch);
        await tell({ ...last, evidence: [...last.evidence, evidence('unusual-hour', 'at night')] });
        return found;
      },
    };
    expect(await tellDigest({ waiting: changing, alerts, now: clock.now })).toBe(1);
    expect(await tellDigest({ waiting: flood.waiting, alerts, now: clock.now })).toBe(1);
  });
});
