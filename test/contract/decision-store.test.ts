import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionStore } from '../../app/ports.ts';
import type { Decision } from '../../core/findings/decision.ts';
import { BACKENDS } from './stores.ts';

const DAY = 86_400_000;
const START = 1_790_000_000_000;

const aDecision = (id: string, at: number, more: Partial<Decision> = {}): Decision => ({
  id,
  at,
  as: 'benign',
  finding: 'lt-111122223333-7b1c',
  severity: 'high',
  records: [{ account: '111122223333', subject: 'AROAEXAMPLE/ann@example.com', at: START, id: '7b1c' }],
  by: { name: 'arn:aws:sts::111122223333:assumed-role/Security/ann', verified: true },
  note: 'the load test, "as planned" — ünïcode',
  policy: { version: 3, sha256: 'c0ffee' },
  ...more,
});

const within = async (store: DecisionStore, from: number, to: number): Promise<Decision[]> => {
  const found: Decision[] = [];
  for await (const decision of store.within({ from, to })) found.push(decision);
  return found;
};

describe.each(BACKENDS)('decisions in $name', (backend) => {
  let opened: Awaited<ReturnType<typeof backend.start>>;
  beforeAll(async () => {
    opened = await backend.start();
  }, 30_000);
  afterAll(() => opened?.stop());

  it('are none at first', async () => {
    const { store } = await opened.decisions();
    expect(await store.at([{ at: START, id: 'a' }])).toEqual([]);
    expect(await within(store, 0, START)).toEqual([]);
  });

  it('are given back to another worker as they were kept', async () => {
    const { store, other } = await opened.decisions();
    const [one, two] = [aDecision('a', START), aDecision('b', START + 5 * DAY, { as: 'confirmed' })];
    await store.keep(one);
    await store.keep(two);
    expect(await other.at([two, { at: START, id: 'unknown' }, one])).toHaveLength(2);
    expect(await other.at([one])).toEqual([one]);
    expect(await other.at([])).toEqual([]);
  });

  it('never change, also where one is kept again', async () => {
    const { store, other } = await opened.decisions();
    await store.keep(aDecision('a', START));
    await other.keep(aDecision('a', START, { note: 'another' }));
    expect(await store.at([{ at: START, id: 'a' }])).toEqual([aDecision('a', START)]);
  });

  it('come in order of time, those of the wanted time alone', async () => {
    const { store, other } = await opened.decisions();
    const days = [90, 3, 31, 3, 0, 200];
    for (const [index, day] of days.entries()) await store.keep(aDecision(`${9 - index}`, START + day * DAY));
    const found = await within(other, START + DAY, START + 90 * DAY);
    expect(found.map(({ at, id }) => [(at - START) / DAY, id])).toEqual([
      [3, '6'],
      [3, '8'],
      [31, '7'],
      [90, '9'],
    ]);
  });

  it('keep every record that they cover, however many', async () => {
    const { store, other } = await opened.decisions();
    const records = Array.from({ length: 4500 }, (_, index) => ({
      account: '111122223333',
      subject: 'AROAEXAMPLE',
      at: START + index,
      id: `${index.toString(16).padStart(8, '0')}-5a2f-4c1e-9b6d-${(index * 7919).toString(16).padStart(12, '0')}`,
    }));
    const [wide, narrow] = [aDecision('a', START, { records }), aDecision('b', START)];
    await store.keep(wide);
    await store.keep(narrow);
    expect(await other.at([wide])).toEqual([wide]);
    expect(await within(other, START, START)).toEqual([wide, narrow]);
  });
});
