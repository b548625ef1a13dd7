import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge } from '../../app/converge.ts';
import type { Stores } from '../../app/look-around.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { anActor, aPerson, HOUR, NOW } from '../builders.ts';
import {
  anAttachment,
  anOpening,
  aRestore,
  aShare,
  aSnapshot,
  MINUTE,
  PARTNER,
  someoneElse,
  started,
} from '../fixtures/signals/cases.ts';

const workload = anActor({ key: 'AROAEXAMPLEWEB0000001', label: 'role/Web', class: 'workload' });
const share = { accounts: [PARTNER], organisations: [], public: false };

/** What judging cost: calls to a store one after another, and which they were. */
interface Cost {
  readonly trips: number;
  /** Trips until a verdict was written, and so on its way; 0 without one. */
  readonly untilTold: number;
  readonly calls: readonly string[];
}

/** Stores that count: calls in flight at the same time are one trip. */
function countedStores() {
  let flying = 0;
  let trips = 0;
  let untilTold = 0;
  let calls: string[] = [];
  const counted = <T extends object>(store: T): T =>
    new Proxy(store, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== 'function') return call;
        return async (...asked: unknown[]) => {
          if (flying === 0) trips += 1;
          flying += 1;
          calls.push(String(name));
          await setImmediate();
          try {
            return await Reflect.apply(call, target, asked);
          } finally {
            if (name === 'save' && untilTold === 0) untilTold = trips;
            flying -= 1;
          }
        };
      },
    });
  const stores: Stores = { history: counted(memoryHistory()), verdicts: counted(memoryVerdicts()) };
  return {
    /** Judges activities one by one; the cost of the last. */
    async judge(...activities: readonly Activity[]): Promise<Cost> {
      for (const activity of activities) {
        trips = 0;
        untilTold = 0;
        calls = [];
        await converge({ ...stores, policy }, [activity]);
      }
      return { trips, untilTold, calls };
    },
  };
}

const reads = ({ calls }: Cost): number => calls.filter((name) => name === 'near').length;

describe('a policy that has to be looked up', () => {
  it('is waited for beside the first write, and costs no trip of its own', async () => {
    const order: string[] = [];
    const history = memoryHistory();
    const looked = async (name: string) => {
      order.push(`${name} begins`);
      await setImmediate();
      order.push(`${name} ends`);
    };
    const first: typeof history = {
      ...history,
      async remember(entries) {
        await looked('write');
        return history.remember(entries);
      },
      async around(...asked) {
        order.push('look around');
        return history.around(...asked);
      },
    };
    const look = (async () => {
      await looked('look');
      return policy;
    })();
    await converge({ history: first, verdicts: memoryVerdicts(), policy: look }, [started()]);
    expect(order.slice(0, 5)).toEqual([
      'look begins',
      'write begins',
      'look ends',
      'write ends',
      'look around',
    ]);
  });
});

describe('a record that is nothing special', () => {
  // in a Region that the account has known for days
  const launches = [3 * 24 * 60, 4, 3, 2].map((minute) =>
    started({}, { actor: workload, at: NOW - minute * MINUTE }),
  );

  it('takes two trips, to store it and to look around, and reads no verdicts', async () => {
    const stores = countedStores();
    const cost = await stores.judge(...launches);
    expect(cost.trips).toBe(2);
    expect(reads(cost)).toBe(0);
  });

  it('takes no more where a person did it and others have been at its security group', async () => {
    const stores = countedStores();
    const opened = anOpening({ actor: someoneElse, at: NOW - 4 * 24 * HOUR }, { source: '10.0.0.0/8' });
    const own = launches.map((launch) => ({ ...launch, actor: aPerson() }));
    expect(await stores.judge(opened, ...own)).toMatchObject({ trips: 2 });
  });
});

describe('a record that is told', () => {
  it.each([
    ['a person', aPerson()],
    ['a workload', workload],
  ])(
    'takes three where %s shares: store, look, write; then it looks whether that holds, notes the mark, and looks whether the mark does',
    async (_, actor) => {
      const stores = countedStores();
      const shared = [3, 2].map((minute) => aShare(share, { actor, at: NOW - minute * MINUTE }));
      const cost = await stores.judge(...shared);
      expect(cost.calls).toContain('save');
      expect(cost.untilTold).toBe(3);
      expect(cost.trips).toBe(6);
    },
  );

  it('asks for verdicts in the looks that confirm its own and its mark, though its own records are what the data came by', async () => {
    const stores = countedStores();
    const copied = [
      aSnapshot({ actor: aPerson(), at: NOW - 20 * HOUR }),
      aRestore({ actor: aPerson(), at: NOW - 19 * HOUR }),
    ];
    const cost = await stores.judge(...copied, anAttachment({ actor: aPerson() }));
    expect(cost.calls).toContain('save');
    expect(reads(cost)).toBe(2);
  });
});

describe('an opening that comes late and changes nothing', () => {
  it('takes fewer looks than its group has members, though each stands in three timelines', async () => {
    const stores = countedStores();
    const members = Array.from({ length: 39 }, (_, index) => {
      const id = `i-${String(index).padStart(17, '0')}`;
      const launch = started({}, { actor: workload, at: NOW - 2 * HOUR + index * MINUTE }, id);
      const eni = { type: 'network-interface', id: id.replace('i-', 'eni-'), role: 'made', on: id } as const;
      return { ...launch, links: [...launch.links, eni] };
    });
    const opened = anOpening({ actor: workload, at: NOW - 3 * HOUR }, { source: '10.0.0.0/8' });
    const { calls } = await stores.judge(...members, opened);
    expect(calls.filter((name) => name === 'around').length).toBeLessThan(members.length);
  });
});
