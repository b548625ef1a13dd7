import { describe, expect, it } from 'vitest';
import { GRACE, reconcile } from '../../app/reconcile.ts';
import { linked } from '../../core/activity/activity.ts';
import { does } from '../../core/activity/kinds.ts';
import { DAY } from '../../core/history/facts.ts';
import { ACCOUNT, HOUR, NOW } from '../builders.ts';
import { cloudTrailRecord } from '../core/records/cloudtrail-record.ts';
import { aChange, INSTANCE, started } from '../fixtures/signals/cases.ts';
import { aSeenInstance } from '../seen.ts';
import { reconcileWorld } from './reconcile-world.ts';

const launchRecord = (instances: readonly string[], change: object = {}): object =>
  cloudTrailRecord({
    eventTime: new Date(NOW + 2_000).toISOString(),
    requestParameters: {
      instanceType: 'm7g.large',
      clientToken: 'token-1',
      instancesSet: {
        items: [{ imageId: 'ami-00000000000000001', minCount: 1, maxCount: instances.length }],
      },
    },
    responseElements: {
      instancesSet: {
        items: instances.map((instanceId) => ({ instanceId, imageId: 'ami-00000000000000001' })),
      },
    },
    ...change,
  });

/** What is told of what no record tells. */
const unrecorded = async (world: Awaited<ReturnType<typeof reconcileWorld>>) =>
  (await world.findings())
    .flatMap(({ members }) => members)
    .filter(({ activity }) => does(activity.kind, 'unrecorded'));

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aSeenInstance({ id: `i-${`${index}`.padStart(17, '0')}`, clientToken: 'token-1' }),
  );

describe('an instance that runs', () => {
  it('of whose launch there is no record is a finding of its own', async () => {
    const world = await reconcileWorld({ instances: [aSeenInstance()], records: [] });
    expect(await world.look()).toMatchObject({ done: true, instances: 1, unrecorded: 1 });
    await world.judge();
    const [finding, ...more] = await world.findings();
    expect(more).toEqual([]);
    expect(finding?.severity).toBe('high');
    expect(finding?.members[0]?.evidence.map(({ signal }) => signal)).toContain('unrecorded-launch');
  });

  it('is told once however often it is looked at', async () => {
    const world = await reconcileWorld({ instances: [aSeenInstance()], records: [] });
    await world.look();
    expect(world.sent).toHaveLength(1);
    await world.look();
    expect(world.sent).toHaveLength(1);
  });

  it('has its record fetched where it never came, and judged like any other', async () => {
    const record = launchRecord([INSTANCE]);
    const world = await reconcileWorld({ instances: [aSeenInstance()], records: [record] });
    expect(await world.look()).toMatchObject({ fetched: 1, unrecorded: 0 });
    expect(world.sent).toEqual([record]);
  });

  it('is left alone where its record has come', async () => {
    const world = await reconcileWorld({ instances: [aSeenInstance()], records: [] });
    await world.arrive([started({}, { at: NOW }, INSTANCE)]);
    expect(await world.look()).toMatchObject({ fetched: 0, unrecorded: 0 });
    expect(world.sent).toEqual([]);
  });

  it('is no finding any more once its record comes after all', async () => {
    const world = await reconcileWorld({ instances: [aSeenInstance()], records: [] });
    await world.look();
    await world.judge();
    expect(await world.findings()).toHaveLength(1);
    await world.arrive([started({}, { at: NOW + 2_000 }, INSTANCE)]);
    expect(await unrecorded(world)).toEqual([]);
  });

  it('waits a quarter of an hour for its record', async () => {
    const world = await reconcileWorld({ instances: [aSeenInstance()], records: [] }, NOW + GRACE - 1);
    expect(await world.look()).toMatchObject({ instances: 1, unrecorded: 0 });
    world.clock.at = NOW + GRACE;
    expect(await world.look()).toMatchObject({ unrecorded: 1 });
  });

  it.each([
    ['before the history of the account began', NOW - 21 * DAY, NOW],
    ['longer ago than CloudTrail remembers', NOW - 5 * DAY, NOW + 100 * DAY],
  ])('and was launched %s is the baseline', async (_, launched, now) => {
    const world = await reconcileWorld({ instances: [aSeenInstance({ launched })], records: [] }, now);
    expect(await world.look()).toMatchObject({ done: true, unrecorded: 0 });
    expect(world.sent).toEqual([]);
  });
});

describe('a launch whose answer CloudTrail left out', () => {
  const cut = launchRecord([], {
    requestParameters: {
      instanceType: 'm7g.large',
      clientToken: 'token-1',
      instancesSet: { items: [{ imageId: 'ami-00000000000000001', minCount: 60, maxCount: 60 }] },
    },
    responseElements: { omitted: true },
  });

  it('is completed from what runs, once for all of its instances', async () => {
    const world = await reconcileWorld({ instances: numbered(60), records: [cut] });
    expect(await world.look()).toMatchObject({ done: true, instances: 60, unrecorded: 0 });
    await world.judge();
    const [read] = await world.stores.history.stretches(
      [{ account: '~', subject: 'instance/i-00000000000000003', from: 0, to: NOW + DAY }],
      NOW,
    );
    expect(read).toHaveLength(1);
    const [launch] = read ?? [];
    expect(launch?.launch?.count).toBe(60);
    expect(launch && linked(launch, 'instance', 'made')).toHaveLength(50);
    // of the two copies the later one counts: sixty instances, once
    const members = (await world.findings()).flatMap((finding) => finding.members);
    expect(members.map(({ activity }) => activity.launch?.count)).toEqual([60]);
  });

  it('is not taken for one by another caller', async () => {
    const instance = aSeenInstance({ clientToken: 'token-2' });
    const world = await reconcileWorld({ instances: [instance], records: [cut] });
    expect(await world.look()).toMatchObject({ unrecorded: 1 });
  });
});

describe('an instance that has changed since its baseline', () => {
  const grouped = aSeenInstance({ groups: ['sg-00000000000000001', 'sg-00000000000000009'] });
  const changed = aSeenInstance({ userData: 'other', started: NOW + DAY });
  const settled = async (instance = aSeenInstance(), records: object[] = []) => {
    const region = { instances: [aSeenInstance()], records };
    const world = await reconcileWorld(region);
    await world.arrive([started({}, { at: NOW }, INSTANCE)]);
    await world.look();
    region.instances = [instance];
    world.clock.at = NOW + 2 * HOUR;
    expect(await world.look()).toMatchObject({ unrecorded: 0 });
    world.clock.at += GRACE;
    return { world, region };
  };

  it('is a finding where no record tells of the change, and told once', async () => {
    const { world } = await settled(changed);
    expect(await world.look()).toMatchObject({ unrecorded: 1 });
    await world.judge();
    const reasons = (await unrecorded(world)).flatMap(({ evidence }) => evidence.map(({ reason }) => reason));
    expect(reasons).toEqual([expect.stringContaining('user data of i-')]);
    expect(await world.look()).toMatchObject({ unrecorded: 0 });
    expect(world.sent).toEqual([]);
  });

  it('is explained by a record that never came, which is fetched', async () => {
    const record = cloudTrailRecord({
      eventName: 'ModifyInstanceAttribute',
      eventTime: new Date(NOW + 1.5 * HOUR).toISOString(),
      requestParameters: {
        instanceId: INSTANCE,
        groupSet: { items: [{ groupId: 'sg-00000000000000009' }] },
      },
      responseElements: { _return: true },
    });
    const { world } = await settled(grouped, [record]);
    expect(await world.look()).toMatchObject({ unrecorded: 0 });
    expect(world.sent).toEqual([record]);
  });

  it('is no finding any more once the record comes after all', async () => {
    const { world } = await settled(grouped);
    await world.look();
    await world.judge();
    expect(await unrecorded(world)).toHaveLength(1);
    await world.arrive([
      aChange('instance.modify', { at: NOW + 1.5 * HOUR, groups: ['sg-00000000000000009'] }),
    ]);
    expect(await unrecorded(world)).toEqual([]);
  });

  it('says nothing of what was taken away or set back in time', async () => {
    const { world, region } = await settled(grouped);
    region.instances = [aSeenInstance()];
    expect(await world.look()).toMatchObject({ unrecorded: 0 });
    world.clock.at += GRACE;
    expect(await world.look()).toMatchObject({ unrecorded: 0 });
    expect(world.sent).toEqual([]);
  });
});

describe('a look that is broken off', () => {
  it('is taken up where it was, and its instances are each looked at', async () => {
    const region = { instances: numbered(7).map((each) => ({ ...each, reservation: each.id })), records: [] };
    const world = await reconcileWorld(region);
    let left = 3;
    const late = { ...world.deps, isLate: () => left-- <= 0 };
    const first = await reconcile(late, { account: ACCOUNT, region: 'eu-west-1' });
    expect(first).toMatchObject({ done: false, instances: 3 });
    const second = await world.look();
    expect(second.done).toBe(true);
    expect(world.sent).toHaveLength(7);
  });

  it('begins anew where its cursor is too old', async () => {
    const region = { instances: numbered(5), records: [] };
    const world = await reconcileWorld(region);
    await world.deps.sweeps.write(
      { account: ACCOUNT, subject: 'sweep/eu-west-1', at: 0, id: 'eu-west-1' },
      { began: NOW, open: true, cursor: '99' },
      0,
    );
    expect(await world.look()).toMatchObject({ done: false, instances: 0 });
    expect(await world.look()).toMatchObject({ done: true, instances: 5 });
  });

  it('tells of what fails at one instance and goes on with the others', async () => {
    const world = await reconcileWorld({ instances: numbered(3), records: [] });
    const { userData } = world.deps.inventory;
    world.deps.inventory.userData = async (id) => {
      if (id.endsWith('1')) throw new Error('no answer');
      return userData(id);
    };
    const looked = await world.look();
    expect(looked).toMatchObject({ done: true, instances: 3 });
    expect(looked.failed).toEqual([expect.stringContaining('no answer')]);
    world.deps.inventory.userData = userData;
    await world.look();
    expect(world.sent).toHaveLength(3);
  });
});
