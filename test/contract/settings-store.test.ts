import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inForce, pushPolicy, versionsOf } from '../../app/push-policy.ts';
import type { PolicyVersion, SettingsStore } from '../../app/settings.ts';
import { BACKENDS } from './stores.ts';

const aVersion = (version: number, more: Partial<PolicyVersion> = {}): PolicyVersion => ({
  version,
  base: version - 1,
  text: `# ours\ntimeWindow: ${version}h\n`,
  json: `{"timeWindow":${version}}`,
  sha256: `hash of ${version}`,
  by: 'arn:aws:sts::111122223333:assumed-role/Security/ann',
  at: 1_790_000_000_000 + version,
  why: 'the load test moved',
  ...more,
});
const aPush = (base: number, why: string) => {
  const { version: _, ...rest } = aVersion(base + 1, { base, why });
  return rest;
};
const numbersIn = async (store: SettingsStore): Promise<number[]> => {
  const numbers: number[] = [];
  for await (const { version } of versionsOf(store)) numbers.push(version);
  return numbers;
};

describe.each(BACKENDS)('settings in $name', (backend) => {
  let opened: Awaited<ReturnType<typeof backend.start>>;
  beforeAll(async () => {
    opened = await backend.start();
  }, 30_000);
  afterAll(() => opened?.stop());

  it('hold nothing at first', async () => {
    const { store } = await opened.settings();
    expect(await store.pointer()).toBeUndefined();
    expect(await store.version(1)).toBeUndefined();
    expect(await numbersIn(store)).toEqual([]);
  });

  it('give a version back to another worker as it was put', async () => {
    const { store, other } = await opened.settings();
    const [plain, back] = [aVersion(1), aVersion(2, { of: 1, why: '"quoted" $`\\ ünïcode' })];
    expect(await store.add(plain)).toBe(true);
    expect(await store.add(back)).toBe(true);
    expect(await other.version(1)).toEqual(plain);
    expect(await other.version(2)).toEqual(back);
  });

  it('never change a version', async () => {
    const { store, other } = await opened.settings();
    await store.add(aVersion(1));
    expect(await other.add(aVersion(1, { text: 'another' }))).toBe(false);
    expect(await other.version(1)).toEqual(aVersion(1));
  });

  it('move the pointer for whoever knows where it is, and for nobody else', async () => {
    const { store, other } = await opened.settings();
    expect(await store.point({ version: 1, sha256: 'a' }, 0)).toBe(true);
    expect(await other.pointer()).toEqual({ version: 1, sha256: 'a' });
    expect(await other.point({ version: 2, sha256: 'b' }, 0)).toBe(false);
    expect(await other.point({ version: 3, sha256: 'c' }, 1)).toBe(true);
    expect(await store.point({ version: 4, sha256: 'd' }, 1)).toBe(false);
    expect(await store.pointer()).toEqual({ version: 3, sha256: 'c' });
  });

  it('let one of two that push at once win, whole, and tell the other what is in force', async () => {
    const { store, other } = await opened.settings();
    await pushPolicy(store, aPush(0, 'first'));
    const both = await Promise.all([
      pushPolicy(store, aPush(1, 'mine')),
      pushPolicy(other, aPush(1, 'theirs')),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    const [won, lost] = both.toSorted((a, b) => Number(b.ok) - Number(a.ok));
    if (!won?.ok || lost === undefined || lost.ok) throw new Error('one should have won');
    expect(lost.now).toEqual(won.version);
    expect(await inForce(store)).toEqual(won.version);
    expect(await numbersIn(store)).toEqual([won.version.version, 1]);
  });

  it('never bring into force what was pushed half', async () => {
    const { store, other } = await opened.settings();
    await pushPolicy(store, aPush(0, 'first'));
    // whoever dies here has put a version and not moved the pointer
    await store.add(aVersion(2, { why: 'died half way' }));
    expect((await inForce(other))?.why).toBe('first');
    expect(await pushPolicy(other, aPush(1, 'next'))).toMatchObject({
      ok: true,
      version: { version: 3, base: 1 },
    });
    expect(await numbersIn(store)).toEqual([3, 1]);
    expect((await inForce(store))?.why).toBe('next');
  });

  it('refuse a push that is based on what is in force no more', async () => {
    const { store } = await opened.settings();
    await pushPolicy(store, aPush(0, 'first'));
    await pushPolicy(store, aPush(1, 'second'));
    expect(await pushPolicy(store, aPush(1, 'late'))).toMatchObject({ ok: false, now: { why: 'second' } });
    expect((await inForce(store))?.why).toBe('second');
  });
});
