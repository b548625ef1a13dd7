import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge } from '../../app/converge.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { Activity, Link } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { headline } from '../../tell/headline.ts';
import { aLaunch, anActivity, aPerson, HOUR, NOW } from '../builders.ts';
import { aScaling, autoScaling, aVersion, habit, habitOf, watched } from '../fixtures/signals/cases.ts';
import { template } from '../resources.ts';

const mallory = aPerson('mallory@example.com');
const group: Link = { type: 'auto-scaling-group', id: 'web', role: 'used' };

/** An ordinary launch by Auto Scaling, of types and images it has long launched. */
const scaling = (overrides: Partial<Activity> = {}, links: readonly Link[] = [group]): Activity =>
  anActivity({ actor: autoScaling, links, at: NOW + HOUR, ...overrides });
const usual = [...watched, ...habit({ actor: autoScaling, links: [group] })];

const raised = (overrides: Partial<Activity> = {}): Activity =>
  aScaling({ count: 200 }, { actor: mallory, ...overrides });

async function openAfter(...batches: readonly (readonly Activity[])[]): Promise<FindingRecord[]> {
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy: defaultPolicy };
  for (const batch of batches) await converge(deps, batch);
  return (await findingsIn(deps.verdicts, deps.policy)).toSorted((a, b) => a.start - b.start);
}

const membersOf = (record: FindingRecord | undefined): string[] =>
  (record?.members ?? []).map(({ activity }) => activity.id).sort();
const ids = (...activities: readonly Activity[]): string[] => activities.map(({ id }) => id).sort();

describe('an ordinary launch by a service', () => {
  it('belongs to the suspicious change that it follows, under the name of whoever made it', async () => {
    const [change, launch] = [raised(), scaling()];
    const found = await openAfter(usual, [change], [launch]);
    expect(found.map(membersOf)).toEqual([ids(change, launch)]);
    expect(found[0]).toMatchObject({ subject: subjectKey(mallory), start: NOW, last: NOW + HOUR });
    expect(headline(found[0] as FindingRecord, 'unfamiliar-launch')).toBe(
      'mallory@example.com told a service to launch 200 instances in eu-west-1',
    );
  });

  it('belongs to it also when the change arrives after it', async () => {
    const [change, launch] = [raised(), scaling()];
    expect(await openAfter(usual, [launch], [change])).toEqual(await openAfter(usual, [change], [launch]));
  });

  it.each<[string, Activity, Activity]>([
    ['follows a change by someone who does it regularly', aScaling({ count: 2 }), scaling()],
    ['follows the change too late', raised(), scaling({ at: NOW + defaultPolicy.timeWindow + 1 })],
    ['is older than the change', raised(), scaling({ at: NOW - HOUR })],
    ['is of another group', raised(), scaling({}, [{ ...group, id: 'api' }])],
    ['is of the same group in another Region', raised({ region: 'us-east-1' }), scaling()],
    ['was refused', raised(), scaling({ outcome: 'limited' })],
    ['follows a change that was refused', raised({ outcome: 'denied' }), scaling()],
  ])('is left alone when it %s', async (_, change, launch) => {
    const found = await openAfter([...usual, ...habitOf(aScaling({ count: 2 }))], [change], [launch]);
    expect(found.flatMap(membersOf)).not.toContain(launch.id);
  });

  it('leaves the finding when a late record shows that the change was usual', async () => {
    const [change, launch] = [aScaling({ count: 3 }, { actor: mallory }), scaling()];
    const earlier = aScaling({ count: 3 }, { actor: mallory, at: NOW - 3 * DAY });
    const before = await openAfter(usual, [change], [launch]);
    expect(before.map(membersOf)).toEqual([ids(change, launch)]);
    const after = await openAfter(usual, [change], [launch], [earlier]);
    expect(after.map(membersOf)).toEqual([ids(earlier)]);
  });

  it('belongs to the last of several suspicious changes', async () => {
    const eve = aPerson('eve@example.com');
    const [first, second] = [raised(), raised({ actor: eve, at: NOW + HOUR / 2 })];
    const launch = scaling();
    const found = await openAfter(usual, [launch], [second], [first]);
    expect(found.map(membersOf)).toEqual([ids(first), ids(second, launch)]);
  });

  it('belongs to the suspicious one of two changes, though another came between', async () => {
    const [change, launch] = [raised(), scaling()];
    const usualChange = aScaling({ count: 2 }, { at: NOW + HOUR / 2 });
    const history = [...usual, ...habitOf(aScaling({ count: 2 }))];
    const found = await openAfter(history, [change], [usualChange], [launch]);
    expect(found.map(membersOf)).toEqual([ids(change, launch)]);
  });

  it('does not make familiar what the finding was the first to show', async () => {
    const types = aLaunch({ types: ['p5.48xlarge'], count: 8 });
    const [change, launch] = [raised(), scaling({ launch: types })];
    const next = scaling({ launch: types, at: NOW + 3 * DAY });
    const again = raised({ at: next.at - HOUR });
    const found = await openAfter(usual, [change], [launch], [again], [next]);
    expect(found.flatMap(membersOf)).toContain(next.id);
  });
});

describe('a launch by template', () => {
  const of = (version: string): Activity => {
    return scaling({ launch: aLaunch({ template: template(version) }) }, [{ ...template(), role: 'used' }]);
  };
  const made = aVersion(
    { types: ['p5.48xlarge'] },
    {
      actor: mallory,
      links: [template(), template('8')].map((each): Link => ({ ...each, role: 'changed' })),
    },
  );

  it('follows whoever made its version', async () => {
    const launch = of('8');
    const found = await openAfter(usual, [launch], [made]);
    expect(found.map(membersOf)).toEqual([ids(made, launch)]);
  });

  it('does not follow whoever made another version', async () => {
    const found = await openAfter(usual, [made], [of('7')]);
    expect(found.map(membersOf)).toEqual([ids(made)]);
  });
});
