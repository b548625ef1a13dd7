import { describe, expect, it } from 'vitest';
import { joinedActs } from '../../core/activity/acts.ts';
import { DAY } from '../../core/history/facts.ts';
import { isBehind } from '../../core/lineage/behind.ts';
import { CLOUDS, type Cloud } from '../../core/records/cloud.ts';
import { cloudAccount, normalised } from '../../simulate/clouds/account.ts';
import { STORIES, STORY_NAMES } from '../../simulate/clouds/stories.ts';
import { launchtrail } from '../cli/desk.ts';

const account = (cloud: Cloud, seed = 5, stories = STORY_NAMES) => cloudAccount({ cloud, seed, stories });

describe.each(CLOUDS)('an account of %s', (cloud) => {
  const { deliveries, labels } = account(cloud);

  it('is the same whenever it is made, and another with another seed', () => {
    expect(account(cloud).deliveries).toEqual(deliveries);
    expect(account(cloud, 6).deliveries).not.toEqual(deliveries);
  });

  it('has records in order of time that the detector can read', () => {
    const times = deliveries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const reasons = deliveries.flatMap(({ record }) => {
      const read = normalised(cloud, record);
      return read?.ok ? [] : [read?.reason ?? 'unknown'];
    });
    // an address that is made, and an interface that opens nothing, are no acts
    expect([...new Set(reasons)].filter((reason) => !['not-watched', 'no-effect'].includes(reason))).toEqual(
      [],
    );
  });

  it('says of each story which acts are its own, and moves nothing of the life around it', () => {
    for (const { attack, expected, eventIDs } of labels) {
      expect(expected).toBe(STORIES[attack].expected);
      expect(eventIDs.length).toBeGreaterThan(0);
    }
    const routines = (names: typeof STORY_NAMES) =>
      account(cloud, 5, names).deliveries.filter(
        ({ routine }) => !STORY_NAMES.some((name) => name === routine),
      );
    expect(routines([]).map(({ at }) => at).length).toBe(routines(STORY_NAMES).length);
  });
});

it('tells a story in every cloud by the same kinds of acts, in one order', () => {
  const kindsOf = (cloud: Cloud): string[] => {
    const { deliveries, labels } = account(cloud, 11, ['theft']);
    const own = new Set(labels.flatMap(({ eventIDs }) => eventIDs));
    const all = deliveries.flatMap(({ record }) => {
      const read = normalised(cloud, record);
      return read?.ok ? [read.activity] : [];
    });
    const acts = joinedActs(all).filter(({ id, kind }) => own.has(id) && kind !== 'instance.modify');
    return acts.toSorted((x, y) => x.at - y.at).map(({ kind }) => kind);
  };
  expect(kindsOf('azure')).toEqual(kindsOf('google'));
  // of AWS a disk is attached by a call of its own
  expect(kindsOf('aws').filter((kind) => kind !== 'volume.attach')).toEqual(
    kindsOf('google').filter((kind) => kind !== 'volume.attach'),
  );
});

it.each(['aws', 'google'] as const)(
  'tells the nodes of a pool in the log of %s behind whoever made it',
  (cloud) => {
    const { deliveries } = account(cloud, 5, ['node-pool']);
    const acts = joinedActs(
      deliveries.flatMap(({ record, routine }) => {
        const read = routine === 'node-pool' ? normalised(cloud, record) : undefined;
        return read?.ok ? [read.activity] : [];
      }),
    );
    const [change] = acts.filter(({ kind }) => kind === 'fleet.change');
    const nodes = acts.filter(({ kind }) => kind === 'instance.launch');
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) expect(change && isBehind(change, node, DAY)).toBe(true);
  },
);

describe('launchtrail simulate --cloud', () => {
  it('writes lines that a replay finds the story in', async () => {
    const { code, stdout } = await launchtrail([
      'simulate',
      '--cloud',
      'google',
      '--attacks',
      'theft',
      '--days',
      '16',
      '--out',
      '-',
    ]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(300);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('protoPayload.methodName');
  });

  it.each([
    [['--cloud', 'azure', '--accounts', '2'], '--accounts is for --cloud aws'],
    [['--cloud', 'azure', '--attacks', 'gpu-miner'], '--attacks gpu-miner is not told with --cloud azure'],
    [['--attacks', 'theft'], '--attacks theft is not told with --cloud aws'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await launchtrail(['simulate', ...args, '--out', '-']);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
