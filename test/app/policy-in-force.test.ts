import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memorySettings } from '../../adapters/memory/settings.ts';
import { LOOK_EVERY_MS, policyInForce } from '../../app/policy-in-force.ts';
import { pushPolicy } from '../../app/push-policy.ts';
import type { PolicyVersion, Settings, SettingsStore } from '../../app/settings.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { policyOf } from '../fixtures/signals/cases.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const bundled = policyOf({ timeWindow: '12h' });

const push = async (store: SettingsStore, policy: Policy, base = 0) => {
  const json = canonicalPolicy(policy);
  const pushed = await pushPolicy(store, {
    base,
    text: '',
    json,
    sha256: sha256(json),
    by: 'ann',
    at: 1,
    why: 'a test',
  });
  if (!pushed.ok) throw new Error('not pushed');
  return pushed.version;
};

/** A function that looks, with its clock and what it complains of. */
function looking(settings: Settings) {
  let time = 0;
  const rejected: string[] = [];
  const calls = { pointer: 0, version: 0 };
  const now = policyInForce({
    settings: {
      pointer: () => {
        calls.pointer += 1;
        return settings.pointer();
      },
      version: (version) => {
        calls.version += 1;
        return settings.version(version);
      },
    },
    ...{ bundled, defaults: defaultPolicy, sha256 },
    now: () => time,
    onRejected: (reason) => rejected.push(reason),
  });
  return {
    now,
    rejected,
    calls,
    later(ms: number) {
      time += ms;
      return now();
    },
  };
}

/** A store in which one version is something else than was pushed. */
const withVersion = (
  store: SettingsStore,
  change: (version: PolicyVersion) => PolicyVersion | undefined,
): Settings => ({
  pointer: store.pointer,
  version: async (number) => {
    const version = await store.version(number);
    return version && change(version);
  },
});

describe('the policy in force', () => {
  it('is the one that was deployed while nothing was pushed', async () => {
    const { now, rejected } = looking(memorySettings());
    expect(await now()).toBe(bundled);
    expect(rejected).toEqual([]);
  });

  it('is the one that was pushed, with its version and hash, within a minute', async () => {
    const store = memorySettings();
    const { now, later, rejected } = looking(store);
    await now();
    const { sha256: hash } = await push(store, policyOf({ timeWindow: '6h' }));
    expect((await later(LOOK_EVERY_MS - 1)).timeWindow).toBe(bundled.timeWindow);
    expect(await later(1)).toMatchObject({
      timeWindow: 6 * 3_600_000,
      identity: { version: 1, sha256: hash },
    });
    expect(LOOK_EVERY_MS).toBeLessThanOrEqual(45_000);
    expect(rejected).toEqual([]);
  });

  it('is looked up once in that time, however often it is asked for, and its body only when it is another', async () => {
    const store = memorySettings();
    const { now, later, calls } = looking(store);
    await push(store, policyOf({ timeWindow: '6h' }));
    await Promise.all([now(), now(), now()]);
    await now();
    expect(calls).toEqual({ pointer: 1, version: 1 });
    await later(LOOK_EVERY_MS);
    expect(calls).toEqual({ pointer: 2, version: 1 });
  });

  it('goes back with a rollback', async () => {
    const store = memorySettings();
    const { now, later } = looking(store);
    const [six, one] = [policyOf({ timeWindow: '6h' }), policyOf({ timeWindow: '1h' })];
    await push(store, six);
    const before = await now();
    await push(store, one, 1);
    expect((await later(LOOK_EVERY_MS)).timeWindow).toBe(one.timeWindow);
    await push(store, six, 2);
    const again = await later(LOOK_EVERY_MS);
    expect(again).toEqual({ ...before, identity: { ...before.identity, version: 3 } });
  });

  it.each<[string, (version: PolicyVersion) => PolicyVersion | undefined, RegExp]>([
    [
      'was altered',
      (version) => ({ ...version, json: version.json.replace('3600000', '3600001') }),
      /hash is another/,
    ],
    ['was cut short', (version) => ({ ...version, json: version.json.slice(0, -1) }), /hash is another/],
    ['is not there', () => undefined, /is not there/],
  ])('stays as it was where the new one %s, and that is told', async (_, change, reason) => {
    const store = memorySettings();
    await push(store, policyOf({ timeWindow: '6h' }));
    const broken = withVersion(store, (version) => (version.version === 2 ? change(version) : version));
    const { now, later, rejected } = looking(broken);
    const good = await now();
    await push(store, policyOf({ timeWindow: '1h' }), 1);
    expect(await later(LOOK_EVERY_MS)).toBe(good);
    expect(rejected).toEqual([expect.stringMatching(reason)]);
    expect(rejected[0]).toContain('version 2');
  });

  it.each([
    ['no JSON', 'hello', /not JSON/],
    ['a list', '[]', /holds no keys/],
    ['a text for a duration', '{"timeWindow":"6h"}', /timeWindow is no number/],
    [
      'a number in a list of texts',
      '{"organisation":{"accounts":[111122223333]}}',
      /organisation\.accounts is no list/,
    ],
    ['a suppression without an end', '{"suppressions":[{"actor":"x"}]}', /suppressions is no list/],
    ['a weight beyond 1', '{"signals":{"weights":{"root-launch":7}}}', /signals\.weights/],
  ])('stays as it was where the new one has the right hash and is %s', async (_, json, reason) => {
    const store = memorySettings();
    await pushPolicy(store, {
      base: 0,
      text: '',
      json,
      sha256: sha256(json),
      by: 'ann',
      at: 1,
      why: 'a test',
    });
    const { now, rejected } = looking(store);
    expect(await now()).toBe(bundled);
    expect(rejected).toEqual([expect.stringMatching(reason)]);
  });

  it('stays as it was where the table cannot be read, and is looked up again soon', async () => {
    const store = memorySettings();
    let broken = true;
    const { now, later, rejected } = looking({
      ...store,
      pointer: () => (broken ? Promise.reject(new Error('throttled')) : store.pointer()),
    });
    await push(store, policyOf({ timeWindow: '6h' }));
    expect(await now()).toBe(bundled);
    expect(rejected).toEqual(['throttled']);
    broken = false;
    expect((await later(5_000)).identity?.version).toBe(1);
  });

  it('stays as it was where the pointer is gone', async () => {
    const store = memorySettings();
    let gone = false;
    const { now, later, rejected } = looking({
      ...store,
      pointer: async () => (gone ? undefined : store.pointer()),
    });
    await push(store, policyOf({ timeWindow: '6h' }));
    const good = await now();
    gone = true;
    expect(await later(LOOK_EVERY_MS)).toBe(good);
    expect(rejected).toEqual([expect.stringMatching(/version 1 was in force/)]);
  });

  it('has the default of a key that whoever pushed it did not know', async () => {
    const store = memorySettings();
    const json = canonicalPolicy(policyOf({ severity: { high: 71 } })).replace('"critical":90,', '');
    await pushPolicy(store, {
      base: 0,
      text: '',
      json,
      sha256: sha256(json),
      by: 'ann',
      at: 1,
      why: 'a test',
    });
    expect((await looking(store).now()).severity).toEqual({ low: 15, medium: 40, high: 71, critical: 90 });
  });
});
