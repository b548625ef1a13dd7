import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryFindings } from '../../lambda/adapters/memory-findings.ts';
import { memoryHistory } from '../../lambda/adapters/memory-history.ts';
import type { FindingStore, HistoryStore } from '../../lambda/app/ports.ts';
import { settle } from '../../lambda/app/settle.ts';
import type { Activity, Link } from '../../lambda/core/activity.ts';
import { DAY } from '../../lambda/core/facts.ts';
import type { FindingRecord } from '../../lambda/core/finding.ts';
import { defaultPolicy } from '../../lambda/core/policy.ts';
import { ACCOUNT, aLaunch, anActor, anOrigin, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';

const USER = 'AIDAEXAMPLEUSER000001';
const SCALING = anActor({
  key: 'AROAEXAMPLESCALING001',
  label: 'role/AWSServiceRoleForAutoScaling',
  class: 'service',
  invokedBy: 'autoscaling.amazonaws.com',
});
const ACTORS = [
  anActor(),
  aPerson('alice@example.com'),
  aPerson('bob@example.com'),
  anActor({
    key: USER,
    label: 'user/ci',
    class: 'workload',
    credential: 'long-lived',
    accessKey: 'AKIAEXAMPLE1',
  }),
  anActor({
    key: 'AROAEXAMPLEWEB0000001',
    label: 'role/Web',
    class: 'workload',
    instance: 'i-00000000000000009',
  }),
  SCALING,
  SCALING,
  SCALING,
];
const REGIONS = ['eu-west-1', 'us-east-1', 'sa-east-1'];

/** Activities packed so that familiarity, windows, learning, suspicion and grouping all get in each other's way. */
const activities: fc.Arbitrary<Activity[]> = fc
  .array(
    fc.record({
      hour: fc.oneof(fc.integer({ min: 0, max: 24 * 50 }), fc.integer({ min: 24 * 14, max: 24 * 17 })),
      actor: fc.constantFrom(...ACTORS),
      account: fc.constantFrom(ACCOUNT, ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
      region: fc.constantFrom(...REGIONS),
      network: fc.constantFrom('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'),
      outcome: fc.constantFrom<Activity['outcome'][]>(
        'succeeded',
        'succeeded',
        'succeeded',
        'denied',
        'limited',
      ),
      type: fc.constantFrom('m7g.large', 'm7g.large', 'g5.xlarge', 'p4d.24xlarge'),
      count: fc.constantFrom(1, 1, 3, 50),
      kind: fc.constantFrom<Activity['kind'][]>(
        'instance.launch',
        'instance.launch',
        'instance.launch',
        'snapshot.create',
        'snapshot.share',
        'snapshot.delete',
        'key-pair.create',
        'identity.create',
        'region.enable',
        'image.create',
        'volume.create',
        'volume.attach',
        'snapshot.copy',
        'instance.replace-root',
        'ingress.open',
        'ingress.open',
        'template.change',
        'template.change',
        'volume.attach',
        'instance.terminate',
        'guardrail.disable',
        'fleet.change',
        'fleet.change',
        'fleet.change',
        'fleet.change',
        'fleet.change',
        'template.change',
        'template.change',
        'instance.modify',
        'instance.modify',
        'address.associate',
        'profile.attach',
        'metadata.change',
        'snapshot.unshare',
        'volume.delete',
        'image.delete',
      ),
      disk: fc.boolean(),
      thing: fc.constantFrom('1', '2'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) =>
    parts.map(
      (
        { hour: any, actor, account, region, network, outcome, type, count, kind: what, thing, disk },
        index,
      ): Activity => {
        const byService = actor.class === 'service';
        const kind = byService ? 'instance.launch' : what;
        // changes and what services launch because of them meet within two days in one place
        const behind = byService || kind === 'fleet.change' || kind === 'template.change';
        const hour = behind ? 24 * 15 + (any % 40) : any;
        const snapshots = disk ? [`snap-${thing}`] : [];
        const links: Record<string, Link[]> = {
          'snapshot.unshare': [{ type: 'snapshot', id: `snap-${thing}`, role: 'changed' }],
          'volume.delete': [{ type: 'volume', id: `vol-${thing}0`, role: 'changed' }],
          'image.delete': [{ type: 'image', id: `ami-${thing}`, role: 'changed' }],
          'snapshot.create': [
            ...(count === 50
              ? [{ type: 'snapshot', id: `snap-${thing}`, role: 'made' } as const]
              : [
                  { type: 'volume', id: `vol-${thing}`, role: 'used' } as const,
                  { type: 'snapshot', id: `snap-${thing}`, role: 'made', from: [`vol-${thing}`] } as const,
                ]),
          ],
          'snapshot.share': [{ type: 'snapshot', id: `snap-${thing}`, role: 'changed' }],
          'snapshot.delete': [{ type: 'snapshot', id: `snap-${thing}`, role: 'changed' }],
          'key-pair.create': [{ type: 'key-pair', id: `key-${thing}`, role: 'made' }],
          'identity.create': [
            thing === '1'
              ? { type: 'user', id: USER, role: 'made' }
              : { type: 'access-key', id: 'AKIAEXAMPLE1', role: 'made' },
          ],
          'image.create': [
            {
              type: 'image',
              id: `ami-${thing}`,
              role: 'made',
              from: [disk ? `i-${thing}` : `snap-${thing}`],
            },
          ],
          'snapshot.copy': [
            { type: 'snapshot', id: 'snap-1', role: 'used' },
            { type: 'snapshot', id: 'snap-2', role: 'made', from: ['snap-1'] },
          ],
          'volume.create': [
            { type: 'snapshot', id: `snap-${thing}`, role: 'used' },
            { type: 'volume', id: `vol-${thing}0`, role: 'made', from: [`snap-${thing}`] },
          ],
          'volume.attach': [
            { type: 'volume', id: `vol-${thing}0`, role: 'used' },
            { type: 'instance', id: `i-${thing}`, role: 'changed', from: [`vol-${thing}0`] },
          ],
          'instance.replace-root': [
            { type: 'instance', id: `i-${thing}`, role: 'changed', from: [`snap-${thing}`] },
          ],
          'instance.launch': [
            { type: 'instance', id: `i-${thing}`, role: 'made', from: [`ami-${thing}`, ...snapshots] },
            { type: 'auto-scaling-group', id: 'web', role: 'used' },
          ],
          'instance.terminate': [{ type: 'instance', id: `i-${thing}`, role: 'changed' }],
          'instance.modify':
            type === 'g5.xlarge'
              ? [
                  { type: 'instance', id: `i-${thing}`, role: 'changed' },
                  { type: 'network-interface', id: `eni-${disk ? 1 : 2}`, role: 'used' },
                ]
              : [
                  type === 'm7g.large'
                    ? { type: 'instance', id: `i-${thing}`, role: 'changed' }
                    : { type: 'network-interface', id: `eni-${thing}`, role: 'changed' },
                  { type: 'security-group', id: `sg-${disk ? 1 : 2}`, role: 'used' },
                ],
          'address.associate': [
            disk
              ? { type: 'instance', id: `i-${thing}`, role: 'changed' }
              : { type: 'network-interface', id: `eni-${thing}`, role: 'changed' },
          ],
          'profile.attach': [
            { type: 'instance', id: `i-${thing}`, role: 'changed' },
            { type: 'instance-profile', id: type, role: 'used' },
          ],
          'metadata.change': [{ type: 'instance', id: `i-${thing}`, role: 'changed' }],
          'fleet.change': [{ type: 'auto-scaling-group', id: 'web', role: 'changed' }],
          'template.change': [
            { type: 'launch-template', id: 'lt-1', role: 'changed', from: [`snap-${thing}`] },
            {
              type: 'launch-template',
              id: `lt-1:${thing}`,
              role: 'changed',
              from: [disk ? `snap-${thing}` : thing === '1' ? 'ami-1' : 'lt-1:1'],
            },
            { type: 'security-group', id: `sg-${thing}`, role: 'used' },
          ],
          'ingress.open': [{ type: 'security-group', id: `sg-${thing}`, role: 'changed' }],
        };
        return {
          id: `${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
          at: NOW + hour * HOUR,
          account: behind ? ACCOUNT : account,
          region: behind ? (REGIONS[0] as string) : region,
          kind,
          action: `ec2:${kind}`,
          actor,
          origin: anOrigin({ prefix: network }),
          outcome: behind && outcome === 'limited' ? 'succeeded' : outcome,
          links: [
            ...(links[kind] ?? []),
            ...(kind === 'instance.launch' && (byService || count === 3)
              ? [{ type: 'launch-template', id: 'lt-1', role: 'used' } as Link]
              : []),
            ...(kind === 'instance.launch' && count === 1
              ? [{ type: 'network-interface', id: `eni-${thing}`, role: disk ? 'used' : 'made' } as Link]
              : []),
          ],
          ...(kind === 'ingress.open' && {
            ingress: [
              { group: `sg-${thing}`, protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' },
            ],
          }),
          ...(kind === 'metadata.change' && {
            posture: { httpTokens: disk ? ('optional' as const) : ('required' as const) },
          }),
          ...((kind === 'fleet.change' || (kind === 'template.change' && disk)) && {
            plan: aLaunch({
              types: [type],
              count: kind === 'fleet.change' ? count : 0,
              images: [`ami-${thing}`],
            }),
          }),
          ...(kind === 'region.enable' && { detail: REGIONS[2] as string }),
          ...(kind === 'snapshot.share' && {
            share: { accounts: ['999988887777'], organisations: [], public: false },
          }),
          ...(kind === 'instance.launch' && {
            launch: aLaunch({
              types: [type],
              count,
              images: [`ami-${thing}`],
              groups: [`sg-${type === 'g5.xlarge' ? '1' : '2'}`],
              ...((byService || count === 3) && {
                template: network.startsWith('192') ? 'lt-1' : `lt-1:${thing}`,
              }),
              keyName: `key-${thing}`,
              userData: true,
            }),
          }),
        };
      },
    ),
  );

/** `LAUNCHTRAIL_RUNS` for more cases than a test run has time for, `LAUNCHTRAIL_SEED` to repeat a failure. */
const RUNS = {
  numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 300),
  ...(process.env.LAUNCHTRAIL_SEED !== undefined && { seed: Number(process.env.LAUNCHTRAIL_SEED) }),
};

/** Small enough periods that fifty days hold many of them. */
const policy = {
  ...defaultPolicy,
  learning: { period: 5 * DAY, settle: DAY, quarantine: 9 * DAY, keyQuarantine: 15 * DAY },
  userContext: { ...defaultPolicy.userContext, minActiveDays: 2, minActiveDaysForHours: 3 },
};

async function findingsOf(
  batches: readonly (readonly Activity[])[],
  history: HistoryStore = memoryHistory(),
  findings: FindingStore = memoryFindings(),
): Promise<FindingRecord[]> {
  for (const batch of batches) await settle({ history, findings, policy }, batch, false);
  return openRecords(findings);
}

async function openRecords(findings: FindingStore): Promise<FindingRecord[]> {
  const open: FindingRecord[] = [];
  for await (const record of findings.all()) open.push(record);
  return open.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A store each of whose calls takes effect, and returns, when the scheduler says so. */
function slowed<T extends HistoryStore | FindingStore>(store: T, scheduler: fc.Scheduler): T {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'all') return method;
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), `${String(name)} begins`);
        const result: unknown = await method.apply(target, args);
        await scheduler.schedule(Promise.resolve(), `${String(name)} returns`);
        return result;
      };
    },
  });
}

class Death extends Error {}

/** A store that kills its worker after so many calls, again and again; every other fatal call still takes effect. */
function dying<T extends HistoryStore | FindingStore>(store: T, dice: { lives: number[] }): T {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'all') return method;
      return async (...args: unknown[]) => {
        const left = dice.lives[0];
        if (left === undefined) return method.apply(target, args);
        if (left > 0) {
          dice.lives[0] = left - 1;
          return method.apply(target, args);
        }
        dice.lives.shift();
        if (dice.lives.length % 2 === 0) await method.apply(target, args);
        throw new Death();
      };
    },
  });
}

const inTime = (list: readonly Activity[]): Activity[] =>
  list.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
const oneByOne = (list: readonly Activity[]): Activity[][] => list.map((activity) => [activity]);

describe('the order of arrival', () => {
  it('does not change the findings, whatever the permutation, the repetitions and the batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 7 }),
        async (list, random, size) => {
          const expected = await findingsOf(oneByOne(inTime(list)));
          const rank = [...list, ...list.slice(0, 5)].map((activity) => ({
            activity,
            key: random.next().value ?? 0,
          }));
          const shuffled = rank.sort((a, b) => a.key - b.key).map(({ activity }) => activity);
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) =>
            shuffled.slice(index * size, (index + 1) * size),
          );
          expect(await findingsOf(batches)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when workers handle records at the same time, step by step in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.infiniteStream(fc.nat(2)),
        fc.scheduler(),
        async (list, random, scheduler) => {
          const expected = await findingsOf(oneByOne(inTime(list)));
          const history = slowed(memoryHistory(), scheduler);
          const findings = slowed(memoryFindings(), scheduler);
          const queues: Activity[][] = [[], [], []];
          for (const activity of list) queues[random.next().value ?? 0]?.push(activity);
          const workers = queues.map(async (queue) => {
            for (const activity of queue) await settle({ history, findings, policy }, [activity], false);
          });
          await scheduler.waitFor(Promise.all(workers));
          expect(await openRecords(findings)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when workers die between two writes and the record comes again', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.array(fc.nat(30), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (list, lives, random) => {
          const dice = { lives: [...lives] };
          const expected = await findingsOf(oneByOne(inTime(list)));
          const history = dying(memoryHistory(), dice);
          const findings = dying(memoryFindings(), dice);
          const shuffled = list
            .map((activity) => ({ activity, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key);
          for (const { activity } of shuffled) {
            for (let delivery = 0; ; delivery += 1) {
              try {
                await settle({ history, findings, policy }, [activity], delivery > 0);
                break;
              } catch (error) {
                if (!(error instanceof Death)) throw error;
              }
            }
          }
          expect(await openRecords(findings)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('finds something in most generated cases, so that the property is not empty', async () => {
    let found = 0;
    let followed = 0;
    for (const list of fc.sample(activities, { numRuns: 200, seed: 7 })) {
      const findings = await findingsOf([inTime(list)]);
      found += findings.length > 0 ? 1 : 0;
      followed += findings.some(({ members }) => members.some(({ follows }) => follows !== undefined))
        ? 1
        : 0;
    }
    expect(found).toBeGreaterThan(120);
    expect(followed).toBeGreaterThan(10);
  });
});
