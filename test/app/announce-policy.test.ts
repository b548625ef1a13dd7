import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memorySettings } from '../../adapters/memory/settings.ts';
import { announcePolicy, type SettingChange } from '../../app/announce-policy.ts';
import { inForce, pushPolicy } from '../../app/push-policy.ts';
import type { PolicyVersion, Settings, SettingsStore } from '../../app/settings.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { policyOf } from '../fixtures/signals/cases.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function push(
  store: SettingsStore,
  policy: Policy,
  more: Partial<PolicyVersion> = {},
): Promise<PolicyVersion> {
  const base = (await inForce(store))?.version ?? 0;
  const json = canonicalPolicy(policy);
  const said = {
    by: 'arn:aws:sts::111122223333:assumed-role/Security/ann',
    at: Date.UTC(2026, 10, 29),
    why: 'a drill',
  };
  const pushed = await pushPolicy(store, { base, text: '', json, sha256: sha256(json), ...said, ...more });
  if (!pushed.ok) throw new Error('not pushed');
  return pushed.version;
}

const tell = async (settings: Settings, change: SettingChange, docs?: string) => {
  const told: { subject: string; body: string }[] = [];
  const alerts = { publish: async (message: { subject: string; body: string }) => void told.push(message) };
  const bundled = policyOf({ timeWindow: '12h' });
  await announcePolicy({ settings, alerts, bundled, defaults: defaultPolicy, sha256, docs }, change);
  expect(told.length).toBeLessThanOrEqual(1);
  return told[0];
};

describe('people are told', () => {
  it('of the first policy that is pushed, compared with the one that was deployed', async () => {
    const store = memorySettings();
    const after = await push(store, policyOf({ timeWindow: '6h' }));
    const told = await tell(store, { item: 'pointer', after });
    expect(told?.subject).toBe('[Launchtrail] policy the deployed one -> 1: 1 change');
    expect(told?.body).toContain('timeWindow: 12h → 6h');
    expect(told?.body).toContain(
      'Who, as their command says: arn:aws:sts::111122223333:assumed-role/Security/ann',
    );
    expect(told?.body).toContain('Why: a drill');
    expect(told?.body).toContain('When: 2026-11-29T00:00:00.000Z');
  });

  it('with the address of what to do, where it is known', async () => {
    const store = memorySettings();
    const after = await push(store, policyOf({ timeWindow: '6h' }));
    const change = { item: 'pointer', after } as const;
    const bodyWith = async (docs?: string) => (await tell(store, change, docs))?.body;
    const section = 'operations.md#a-policy-is-rejected';
    expect(await bodyWith('https://git.example.com/docs')).toContain(
      `See https://git.example.com/docs/${section}.`,
    );
    expect(await bodyWith()).toContain(`See docs/${section}.`);
  });

  it('of what goes back to an earlier one, and of what judges the same', async () => {
    const store = memorySettings();
    const [first, second] = [
      await push(store, policyOf({ severity: { high: 75 } })),
      await push(store, policyOf({})),
    ];
    const third = await push(store, policyOf({ severity: { high: 75 } }), { of: 1 });
    const back = await tell(store, { item: 'pointer', before: second, after: third });
    expect(back?.body).toContain('It goes back to version 1.');
    expect(back?.body).toContain('severity.high: 70 → 75');
    expect((await tell(store, { item: 'pointer', before: first, after: third }))?.body).toContain(
      'It judges as the one before.',
    );
  });

  it('of a version that was altered or removed, and of a pointer that is gone', async () => {
    const store = memorySettings();
    const { version, sha256: hash } = await push(store, policyOf({}));
    const altered = await tell(store, { item: 'version', version, what: 'altered' });
    expect(altered?.subject).toBe('[Launchtrail] policy version 1 was altered');
    const removed = await tell(store, { item: 'version', version, what: 'removed' });
    expect(removed?.subject).toBe('[Launchtrail] policy version 1 was removed');
    const gone = await tell(store, { item: 'pointer', before: { version, sha256: hash } });
    expect(gone?.subject).toBe('[Launchtrail] no policy is in force any more');
  });

  it('of a version that no function will judge by, and of one whose predecessor cannot be read', async () => {
    const store = memorySettings();
    const before = await push(store, policyOf({ timeWindow: '6h' }));
    const after = await push(store, policyOf({}));
    const broken = await tell(store, { item: 'pointer', before, after: { ...after, sha256: 'another' } });
    expect(broken?.subject).toBe('[Launchtrail] policy version 2 cannot be used');
    expect(broken?.body).toContain('its hash is another');
    const told = await tell(store, { item: 'pointer', before: { version: 1, sha256: 'another' }, after });
    expect(told?.body).toContain('What is different is not known');
  });

  it('of nothing where a version was put that is not in force, or nothing moved', async () => {
    const store = memorySettings();
    const after = await push(store, policyOf({}));
    expect(await tell(store, { item: 'version', version: 2, what: 'added' })).toBeUndefined();
    expect(await tell(store, { item: 'pointer', before: after, after })).toBeUndefined();
  });

  it('in plain text, whatever was written into the policy and beside it', async () => {
    const store = memorySettings();
    const evil = 'x\u001b[31m\r\nSubject: y\u202e https://evil.example/a';
    const suppressions = [{ actor: evil, reason: evil, owner: 'z'.repeat(5000), expires: '2026-12-31' }];
    const after = await push(store, policyOf({ suppressions }), { by: evil, why: evil });
    const { subject = '', body = '' } = (await tell(store, { item: 'pointer', after })) ?? {};
    expect(subject).toMatch(/^[ -~]{1,99}$/);
    expect(body).not.toMatch(/[\p{Cf}\p{Cs}]|(?![\n])\p{Cc}/u);
    expect(body).not.toContain('https://');
    expect(body.length).toBeLessThan(4_000);
  });
});

describe('a push whose answer was lost', () => {
  it('is known to have taken effect by what it wrote', async () => {
    const store = memorySettings();
    const forgetful: SettingsStore = {
      ...store,
      point: async (to, from) => (await store.point(to, from)) && false,
    };
    const json = canonicalPolicy(defaultPolicy);
    const said = { text: '', json, sha256: sha256(json), by: 'ann', at: 1, why: 'a test' };
    expect(await pushPolicy(forgetful, { base: 0, ...said })).toMatchObject({
      ok: true,
      version: { version: 1 },
    });
  });
});
