import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge, convergeAgain } from '../../app/converge.ts';
import type { HistoryStore } from '../../app/ports.ts';
import type { Reopening } from '../../app/reopening.ts';
import type { Activity, Link } from '../../core/activity/activity.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { aPerson, HOUR, NOW } from '../builders.ts';
import {
  aCopy,
  anAttachment,
  anOpening,
  aRestore,
  aSnapshot,
  aVersion,
  MINUTE,
  SNAPSHOT,
  someoneElse,
  started,
} from '../fixtures/signals/cases.ts';
import { template } from '../resources.ts';
import { defined, findingsOf, oneByOne, openFindings, policy } from './orders.ts';

/** More of one resource, and at one time, than a look holds: forty of a timeline, sixty timelines. CloudTrail tells the second. */

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A history that says how often it was asked, and breaks off where there is no end to it. */
function counted() {
  const asked = { times: 0 };
  const history = new Proxy(memoryHistory(), {
    get: (target, name) => {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (...args: unknown[]) => {
        asked.times += 1;
        if (asked.times > 20_000) throw new Error('there is no end to it');
        return Reflect.apply(call, target, args);
      };
    },
  }) as HistoryStore;
  return { asked, history };
}

/** What comes of records one by one is what the detector means, and takes a number of calls to the history. */
async function expectDefined(list: readonly Activity[]): Promise<number> {
  const { asked, history } = counted();
  const found = await findingsOf(oneByOne(list), history, memoryVerdicts());
  expect(found).toEqual(defined(list));
  return asked.times;
}

const copied = aSnapshot({ actor: someoneElse });
const who = (index: number) => aPerson(`person-${index}`);

describe('sixty records of one second about one resource', () => {
  const version = (index: number): Activity => {
    const links: Link[] = [
      { ...template(), role: 'changed' },
      { ...template(String(index)), role: 'changed', from: [template('1')] },
      { ...template('1'), role: 'used' },
      { ...template(), role: 'used' },
    ];
    return aVersion({}, { actor: who(index), links });
  };
  it.each<[string, (index: number) => Activity]>([
    ['rules of a security group', (index) => anOpening({ actor: who(index) })],
    ['volumes of a snapshot', (index) => aRestore({ actor: who(index) }, SNAPSHOT, `vol-${index}`)],
    ['versions of a template', version],
  ])('are judged in so many steps as there are: %s', async (_, make) => {
    const list = many(60, make);
    expect(await expectDefined(list)).toBeLessThan(60 * 20);
  });

  const restored = many(60, (index) => [
    aRestore({ actor: who(index), at: NOW + 1000 }, SNAPSHOT, `vol-${index}`),
    anAttachment({ actor: who(index), at: NOW + 1000 }, `vol-${index}`, `i-${index}`),
  ]);

  it('all learn of a copy that is told after them', async () => {
    await expectDefined([...restored.flat(), copied]);
  });

  it.each([
    ['versions of a template', many(60, version)],
    ['volumes of a snapshot', [...restored.flat(), copied]],
  ])('come to an end also where all is put off, and little is done at once: %s', async (_, list) => {
    const { history } = counted();
    const queue: string[] = [];
    const defer = async (waiting: readonly Reopening[]) => void queue.push(JSON.stringify(waiting));
    const deps = { history, verdicts: memoryVerdicts(), policy, defer };
    for (const activity of list) await converge({ ...deps, isLate: () => true }, [activity]);
    let messages = 0;
    for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
      let slices = 0;
      messages += 1;
      await convergeAgain({ ...deps, isLate: () => slices++ > 0 }, JSON.parse(message));
    }
    expect(await openFindings(deps.verdicts)).toEqual(defined(list));
    expect(messages).toBeLessThan(list.length * 8);
  });
});

describe('a copy that is told after its data has gone onto many instances', () => {
  /** Launched before; the data put on it, and then opened to the world by another. */
  const exposed = (index: number): Activity[] => {
    const [actor, at, group] = [who(index), copied.at + index * MINUTE, `sg-${index}`];
    return [
      started({ groups: [group] }, { actor, at: at - HOUR }, `i-${index}`),
      aRestore({ actor, at: at + 1000 }, SNAPSHOT, `vol-${index}`),
      anAttachment({ actor, at: at + 2000 }, `vol-${index}`, `i-${index}`),
      anOpening({ actor: aPerson(`opener-${index}`), at: at + HOUR }, { group }),
    ];
  };

  it.each([10, 30, 60])('is known to whoever opened one of %i of them', async (count) => {
    const list = [...many(count, exposed).flat(), copied];
    const members = defined(list).flatMap((finding) => finding.members);
    const openings = members.filter(
      ({ activity, score }) => activity.kind === 'ingress.open' && score >= defaultPolicy.severity.high,
    );
    expect(openings).toHaveLength(count);
    await expectDefined(list);
  });

  it('is known at the end of a way each step of which is one of fifty', async () => {
    const [copy, last] = ['snap-copy-49', 'vol-49'];
    const at = (minute: number) => ({ actor: who(minute % 5), at: copied.at + minute * MINUTE });
    const list = [
      ...many(50, (index) => aCopy(at(index + 1), SNAPSHOT, `snap-copy-${index}`)),
      ...many(50, (index) => aRestore(at(100 + index), copy, `vol-${index}`)),
      ...many(50, (index) => anAttachment(at(200 + index), last, `i-${index}`)),
    ];
    expect(defined(list)).not.toEqual(defined([...list, copied]));
    await expectDefined([...list, copied]);
  });
});
