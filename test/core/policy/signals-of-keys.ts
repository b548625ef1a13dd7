import { readdirSync } from 'node:fs';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';
import type { SignalId } from '../../../core/policy/weights.ts';
import { signals } from '../../../core/signals/index.ts';
import { memoryAfter } from '../../builders.ts';
import type { SignalCases } from '../../fixtures/signals/cases.ts';

const FIXTURES = new URL('../../fixtures/signals/', import.meta.url);

/** A policy that tells which of its keys are read. */
function watched(policy: Policy, onRead: (key: string) => void): Policy {
  const watch = <T extends object>(section: T, path: string): T =>
    new Proxy(section, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        const key = path === '' ? String(name) : `${path}.${String(name)}`;
        if (typeof name !== 'string' || !Object.hasOwn(target, name)) return value;
        if (path === '' && typeof value === 'object' && value !== null && !Array.isArray(value))
          return watch(value, key);
        onRead(key);
        return value;
      },
    });
  return watch(policy, '');
}

/** Which signals look at a key while they are asked about their own fixtures, by key. */
export async function signalsOfKeys(): Promise<ReadonlyMap<string, ReadonlySet<SignalId>>> {
  const readers = new Map<string, Set<SignalId>>();
  const names = readdirSync(FIXTURES).filter((file) => file !== 'cases.ts');
  for (const name of names) {
    const { cases } = (await import(new URL(name, FIXTURES).href)) as { cases: SignalCases };
    const signal = signals.find(({ id }) => `${id}.ts` === name);
    if (signal === undefined) throw new Error(`no signal for ${name}`);
    for (const each of [...cases.fires, ...cases.silent]) {
      const { activity, history = [], suspect = [], policy = defaultPolicy } = each;
      if (!signal.appliesTo.includes(activity.kind)) continue;
      let isAsked = false;
      const noted = watched(policy, (key) => {
        if (isAsked) readers.set(key, (readers.get(key) ?? new Set()).add(signal.id));
      });
      const memory = memoryAfter(history, activity, { policy: noted, suspect });
      isAsked = true;
      signal.evaluate(activity, memory, noted);
    }
  }
  return readers;
}
