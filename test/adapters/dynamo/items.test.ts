import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoFindings } from '../../../adapters/dynamo/findings.ts';
import { dynamoHistory } from '../../../adapters/dynamo/history.ts';
import {
  activityItem,
  activityOf,
  findingItem,
  findingOf,
  keyPart,
  sheetItem,
  sheetOf,
  stamp,
} from '../../../adapters/dynamo/items.ts';
import { actorScope, DAY } from '../../../core/history/facts.ts';
import {
  ACCOUNT,
  actorOf,
  findingOf as aFinding,
  sheetOf as aSheet,
  largeFinding,
  NOW,
  ownEntry,
  resourceEntry,
  typicalLaunch,
} from '../../contract/documents.ts';
import { type DynamoServer, startDynalite } from '../../dynalite.ts';
import { image } from '../../resources.ts';

let server: DynamoServer;
beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server.stop());

/** Adds up what a store consumes. */
function meter() {
  const used = { read: 0, write: 0 };
  return {
    used,
    options: {
      onConsumed: (_: string, { read, write }: { read: number; write: number }) => {
        used.read += read;
        used.write += write;
      },
    },
  };
}

const launches = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    typicalLaunch(`e${String(index).padStart(7, '0')}-0000-4000-8000-000000000001`, NOW + index),
  );

/** A sheet such as a pipeline has after some months. */
const typicalSheet = () =>
  aSheet({
    seen: Object.fromEntries(
      [
        'since:',
        ...Array.from({ length: 10 }, (_, day) => `day:${20_600 + day}`),
        ...Array.from({ length: 10 }, (_, hour) => `hour:${10 + hour}`),
        ...['eu-west-1', 'eu-central-1', 'us-east-1'].map((region) => `region:${region}`),
        ...['AS64500', 'AS64501', '198.51.100.0/24'].map((network) => `network:${network}`),
        'country:DE',
        ...['instance.launch', 'instance.terminate', 'snapshot.create', 'image.create'].map(
          (kind) => `kind:${kind}`,
        ),
        ...['m7g', 'c7g', 'r7g', 't4g'].map((family) => `family:${family}`),
        'profile:deploy-profile',
        ...['1', '2', '4', '8'].map((peak) => `peak:${peak}`),
      ].map((key) => [key, { at: NOW, id: 'e0000000' }]),
    ),
  });

describe('what items cost', () => {
  it('is one write unit for a launch in each of its timelines, and two for a grown sheet, three when it is the first', async () => {
    const { used, options } = meter();
    const history = dynamoHistory(server.client, await server.makeTable(), options);
    await history.remember(launches(50).map(ownEntry));
    expect(used).toEqual({ read: 0, write: 50 });
    await history.remember(launches(50).map((launch) => resourceEntry('ami-0a1b2c3d4e5f60718', launch)));
    expect(used).toEqual({ read: 0, write: 100 });
    await history.saveSheet(typicalSheet(), 0);
    expect(used.write).toBe(103);
    await history.saveSheet(typicalSheet(), 1, typicalSheet().lastDay);
    expect(used.write).toBe(105);
  });

  it('is at most six read units for the longest window and the sheet, and one for a short one with it', async () => {
    const { used, options } = meter();
    const history = dynamoHistory(server.client, await server.makeTable(), options);
    await history.remember(launches(200).map(ownEntry));
    const scope = actorScope(ACCOUNT, 'AROAEXAMPLEDEPLOYROLE1');
    await history.saveSheet({ ...typicalSheet(), scope }, 0);
    const stretch = { account: ACCOUNT, subject: 'AROAEXAMPLEDEPLOYROLE1', newestFirst: true, limit: 64 };
    used.read = 0;
    const long = await history.around([scope], [{ ...stretch, from: 0, to: NOW + 500 }], NOW);
    expect(long.timelines[0]).toHaveLength(64);
    expect([...long.sheets.keys()]).toEqual([scope]);
    expect(used.read).toBeLessThanOrEqual(6);
    used.read = 0;
    const short = await history.around([scope], [{ ...stretch, from: NOW + 196, to: NOW + 500 }], NOW);
    expect(short.timelines[0]).toHaveLength(4);
    expect([...short.sheets.keys()]).toEqual([scope]);
    expect(used.read).toBe(1);
  });

  it('does not grow with the findings a subject had before', async () => {
    const { used, options } = meter();
    const findings = dynamoFindings(server.client, await server.makeTable(), options);
    for (let day = 0; day < 30; day += 1) {
      const at = { start: NOW + day * DAY, end: NOW + day * DAY };
      await findings.save({ ...largeFinding(20, 20), ...at, id: `f${day}` }, 0);
    }
    used.read = 0;
    expect(await findings.near(ACCOUNT, 'AROAEXAMPLE', NOW + 40 * DAY, NOW + 41 * DAY)).toEqual([]);
    expect(used.read).toBeLessThanOrEqual(10);
  });

  it('is a fraction of the size for the members of a large finding', async () => {
    const { used, options } = meter();
    const findings = dynamoFindings(server.client, await server.makeTable(), options);
    await findings.save(largeFinding(500, 50), 0);
    expect(used.write).toBeLessThan(60);
  });
});

describe('an activity item', () => {
  const launch = typicalLaunch('e1', NOW);
  const { arn = '', label } = launch.actor;
  it.each([
    ['of a role of the account', launch.actor],
    ['of a role with a path', { ...launch.actor, arn: arn.replace('role/', 'role/teams/') }],
    ['of a role in another partition', { ...launch.actor, arn: arn.replace('aws', 'aws-cn') }],
    ['of a role of another account', { ...launch.actor, account: '444455556666' }],
    [
      'of another account whose ARN says so',
      { ...launch.actor, account: '444455556666', arn: `arn:aws:iam::444455556666:${label}` },
    ],
    ['of a person behind a role', { ...launch.actor, person: { key: 'alice', label: 'Alice' } }],
    ['of an actor without an ARN', actorOf('AROA1')],
  ])('%s reads back as it was', (_, actor) => {
    const activity = { ...launch, actor };
    expect(activityOf(activityItem(ownEntry(activity)), ACCOUNT)).toStrictEqual(activity);
    const copy = activityItem(resourceEntry('ami-1', activity));
    expect(activityOf(copy, '~')).toStrictEqual(activity);
  });
});

describe('a finding item', () => {
  it('holds 500 launches of twenty instances each', async () => {
    const hex = (seed: number) =>
      (BigInt(seed + 1) * 0x9e3779b97f4a7c15n).toString(16).slice(-17).padStart(17, '0');
    const record = largeFinding(500, 50);
    const members = record.members.map((member, index) => ({
      ...member,
      activity: {
        ...member.activity,
        links: Array.from({ length: 20 }, (_, instance) => ({
          type: 'instance' as const,
          id: `i-${hex(index * 20 + instance)}`,
          role: 'made' as const,
          from: [image(`ami-${hex(index)}`)],
        })),
      },
    }));
    const findings = dynamoFindings(server.client, await server.makeTable());
    expect(await findings.save({ ...record, members }, 0)).toBe(true);
    const [found] = await findings.near(ACCOUNT, 'AROAEXAMPLE', NOW, NOW);
    expect(found?.value.members).toEqual(members);
  });

  it('reads the same from the stream, where Lambda gives binary as base64', () => {
    const record = largeFinding(200, 10);
    const { z, ...item } = findingItem(record, 3);
    expect(z).toBeInstanceOf(Uint8Array);
    const streamed = { ...item, z: Buffer.from(z as Uint8Array).toString('base64') };
    expect(findingOf(streamed)).toEqual({ value: record, version: 3 });
  });

  it('keeps the members of a small finding readable', () => {
    const item = findingItem(largeFinding(5, 5), 1);
    expect(item.z).toBeUndefined();
    expect(item.members).toHaveLength(5);
    expect(findingItem(aFinding(), 1).members).toBeUndefined();
  });
});

describe('a damaged item', () => {
  it('is named by its key and the place of the damage', () => {
    const item = activityItem(ownEntry(typicalLaunch('e1', NOW)));
    const read = (b: unknown) => () => activityOf({ ...item, b }, ACCOUNT);
    expect(read(undefined)).toThrow(/item pk=A#.* sk=.*#e1 is damaged: b is not binary/);
    expect(read(Buffer.from('no deflate'))).toThrow(/damaged: /);
    const { region, ...rest } = typicalLaunch('e1', NOW);
    expect(read(activityItem(ownEntry({ ...rest, region: 7 } as never)).b)).toThrow(
      /damaged: \.region: expected a string, found number/,
    );
    expect(read(activityItem(ownEntry({ ...rest } as never)).b)).toThrow(
      /damaged: \.region: missing \(stored as "r"\)/,
    );
    expect(() => sheetOf({ ...sheetItem(aSheet(), 1), s: { 'region:x': 'then' } })).toThrow(
      /damaged: \["region:x"\]: expected a sighting, found "then"/,
    );
    expect(() => findingOf({ ...findingItem(aFinding(), 1), z: Buffer.from('no gzip') })).toThrow(
      /damaged: /,
    );
    expect(() => findingOf({ ...findingItem(aFinding(), 1), v: 'one' })).toThrow(/v is not a number/);
  });
});

describe('keys', () => {
  it('of times sort like the times', () => {
    const time = fc.integer({ min: 0, max: 10 ** 15 - 1 });
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(stamp(a) < stamp(b)).toBe(a < b);
      }),
    );
  });

  it('fit whatever the text, and differ where the texts differ', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [one, two] = [keyPart(`${'x'.repeat(100)}${a}`, 200), keyPart(`${'x'.repeat(100)}${b}`, 200)];
        expect(Buffer.byteLength(one)).toBeLessThanOrEqual(200);
        expect(Buffer.from(one).toString()).toBe(one);
        expect(one === two).toBe(a === b);
      }),
    );
  });

  it('of one subject are those of the actor, or of the person behind it', () => {
    const launch = typicalLaunch('e1', NOW);
    expect(activityItem(ownEntry({ ...launch, actor: actorOf('AROA1') })).pk).toBe(`A#${ACCOUNT}#AROA1`);
    const person = { key: 'alice', label: 'alice' };
    expect(activityItem(ownEntry({ ...launch, actor: { ...actorOf('AROA1'), person } })).pk).toBe(
      `A#${ACCOUNT}#AROA1/alice`,
    );
  });
});
