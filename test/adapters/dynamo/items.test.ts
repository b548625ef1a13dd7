import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../../adapters/dynamo/history.ts';
import {
  activityItem,
  activityOf,
  keyPart,
  noteItem,
  packActivity,
  pointerItem,
  sheetItem,
  sheetOf,
  stamp,
  verdictItem,
  verdictOf,
} from '../../../adapters/dynamo/items.ts';
import { dynamoVerdicts } from '../../../adapters/dynamo/verdicts.ts';
import { placeOf } from '../../../app/place.ts';
import type { Activity } from '../../../core/activity/activity.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { MAX_BEHIND } from '../../../core/findings/finding.ts';
import { WEEK } from '../../../core/findings/sessions.ts';
import { REACH } from '../../../core/findings/suspicion.ts';
import { actorScope, DAY } from '../../../core/history/facts.ts';
import {
  ACCOUNT,
  actorOf,
  sheetOf as aSheet,
  verdictOf as aVerdict,
  largeVerdict,
  NOW,
  ownEntry,
  resourceEntry,
  typicalLaunch,
} from '../../contract/documents.ts';
import { type DynamoServer, startDynalite } from '../../dynalite.ts';

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

/** A verdict on a launch, as most are. */
const explained = (activity: Activity): Assessment =>
  aVerdict(activity, {
    evidence: [
      {
        signal: 'accelerated-launch',
        strength: 0.8,
        reason: 'Twenty p5.48xlarge instances, a type that nobody in this account launched before',
        novelty: true,
        refs: ['e0000000-0000-4000-8000-000000000001'],
      },
    ],
  });

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
  it('is one write unit for a launch in each of its timelines and one for the week, and two for a sheet', async () => {
    const { used, options } = meter();
    const history = dynamoHistory(server.client, await server.makeTable(), options);
    await history.remember(launches(50).map(ownEntry));
    expect(used).toEqual({ read: 0, write: 51 });
    await history.remember(launches(50).map((launch) => resourceEntry('ami-0a1b2c3d4e5f60718', launch)));
    expect(used).toEqual({ read: 0, write: 101 });
    await history.saveSheet(typicalSheet(), 0);
    expect(used.write).toBe(103);
    await history.saveSheet(typicalSheet(), 1);
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

  it('is two write units for a verdict on a launch and one where it is known, and does not grow with the verdicts a subject had before', async () => {
    const { used, options } = meter();
    const verdicts = dynamoVerdicts(server.client, await server.makeTable(), options);
    const some = launches(300).map(explained);
    for (const verdict of some) await verdicts.save(verdict, 0);
    // one for the name under which others on its lineage look for it
    expect(used).toEqual({ read: 0, write: 600 });
    for (const verdict of some) await verdicts.save({ ...verdict, suspect: 'finding' }, 1, verdict);
    expect(used).toEqual({ read: 0, write: 900 });
    // verdicts are written in order of time, so the first ones have three hundred after them
    for (const index of [0, 150, 299]) {
      used.read = 0;
      const place = placeOf((some[index] as Assessment).activity);
      const near = await verdicts.near([place], 2 * REACH, 9 * DAY);
      expect(near.length).toBeGreaterThan(2 * REACH);
      expect(used.read).toBeLessThanOrEqual(14);
    }
    used.read = 0;
    expect(await verdicts.near([placeOf(typicalLaunch('e', NOW + 90 * DAY))], 2 * REACH, DAY)).toEqual([]);
    expect(used.read).toBeLessThanOrEqual(1);
  });

  it('is a write unit to list a subject as active once a week, and a few read units to name some of thousands', async () => {
    const { used, options } = meter();
    const history = dynamoHistory(server.client, await server.makeTable(), options);
    const by = (key: string, at: number) =>
      ownEntry({ ...typicalLaunch(`e${key}`, at), actor: actorOf(key) });
    await history.remember([by('AROA', NOW), by('AROA', NOW + 1)]);
    expect(used.write).toBe(3);
    await history.remember([by('AROA', NOW + 2), by('AROA', NOW + WEEK)]);
    expect(used.write).toBe(6);
    const keys = Array.from({ length: 2000 }, (_, index) => `AROA${String(index).padStart(5, '0')}`);
    await history.remember(keys.map((key) => by(key, NOW)));
    const week = Math.floor(NOW / WEEK);
    used.read = 0;
    expect(await history.active(ACCOUNT, week, '', '', 26)).toHaveLength(26);
    expect(await history.active(ACCOUNT, week, 'AROA00007', 'AROA00007', 26)).toHaveLength(1);
    expect(used.read).toBeLessThanOrEqual(2);
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
    expect(activityOf(activityItem(ownEntry(activity)))).toStrictEqual(activity);
    expect(activityOf(activityItem(resourceEntry('ami-1', activity)))).toStrictEqual(activity);
  });

  it('reads back with the time and the id that only its key holds, and with those that no key can', () => {
    const times = fc.oneof(fc.integer({ min: 0 }), fc.constantFrom(-1, 0.5, 10 ** 15));
    const ids = fc.oneof(fc.uuid(), fc.string(), fc.constantFrom('#', 'a#b', ''));
    fc.assert(
      fc.property(times, ids, (at, id) => {
        const activity = { ...launch, at, id };
        expect(activityOf(activityItem(ownEntry(activity)))).toStrictEqual(activity);
        expect(activityOf(activityItem(resourceEntry('ami-1', activity)))).toStrictEqual(activity);
      }),
    );
    const inKey = packActivity({ ...launch, id: 'e0000001-0000-4000-8000-000000000001' });
    expect(inKey.length).toBeLessThan(
      packActivity({ ...launch, id: 'e0000001-0000-4000-8000-00000000000#' }).length - 25,
    );
  });
});

describe('a verdict item', () => {
  it('holds a launch of a thousand instances, with all signals and as many such launches behind it as are kept', async () => {
    const verdict = largeVerdict(1000, MAX_BEHIND);
    const { used, options } = meter();
    const verdicts = dynamoVerdicts(server.client, await server.makeTable(), options);
    expect(await verdicts.save(verdict, 0)).toBe(true);
    expect(used.write).toBeLessThan(210);
    const [found] = await verdicts.at([placeOf(verdict.activity)]);
    expect(found?.value).toEqual(verdict);
  });

  it('reads the same from the stream, where Lambda gives binary as base64', () => {
    const verdict = largeVerdict(20, 2);
    const { b, ...item } = verdictItem(verdict, 3);
    expect(b).toBeInstanceOf(Uint8Array);
    const streamed = { ...item, b: Buffer.from(b as Uint8Array).toString('base64') };
    expect(verdictOf(streamed)).toEqual({ value: verdict, version: 3 });
  });
});

describe('a damaged item', () => {
  it('is named by its key and the place of the damage', () => {
    const item = activityItem(ownEntry(typicalLaunch('e1', NOW)));
    const read = (b: unknown) => () => activityOf({ ...item, b });
    expect(read(undefined)).toThrow(/item pk=A#.* sk=.*#e1 is damaged: expected packed bytes/);
    expect(read(Buffer.from('no deflate'))).toThrow(/item pk=A#.* sk=.*#e1 is damaged: it has layout 110/);
    const sheet = sheetItem(aSheet(), 1);
    expect(() => sheetOf({ ...sheet, s: { 'region:x': 'then' } })).toThrow(
      /item pk=A#.* sk=sheet is damaged: \["region:x"\]: expected a sighting, found "then"/,
    );
    expect(() => sheetOf({ ...sheet, s: undefined })).toThrow(/damaged: expected an object/);
    expect(() => sheetOf({ ...sheet, v: '1' })).toThrow(/damaged: v or d is not a number/);
    expect(() => sheetOf({ ...sheet, d: undefined })).toThrow(/damaged: v or d is not a number/);
    const verdict = verdictItem(aVerdict(typicalLaunch('e1', NOW)), 1);
    expect(() => verdictOf({ ...verdict, b: 7 })).toThrow(
      /item pk=V#.* sk=.*#e1 is damaged: expected packed bytes/,
    );
    expect(() => verdictOf({ ...verdict, v: 'one' })).toThrow(/damaged: v is not a number/);
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

describe('what is kept of findings', () => {
  const DAY_SECONDS = 86_400;
  const place = { account: ACCOUNT, subject: 'AROA', at: NOW, id: 'e1' };
  const days = (expires: unknown) => (Number(expires) - Math.floor(NOW / 1000)) / DAY_SECONDS;

  it('is deleted some day, notes on what was told long after what they are about', () => {
    const verdict = verdictItem(explained(typicalLaunch('e1', NOW)), 1);
    expect(days(verdict.expires)).toBe(400);
    expect(days(pointerItem('i-1', place).expires)).toBe(400);
    expect(days(noteItem('T', place, {}, 1).expires)).toBe(800);
  });
});
