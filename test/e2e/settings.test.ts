import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchtrail, withFolder } from '../cli/desk.ts';
import { putEvents } from './pipeline.ts';
import { publicShare, type TrailRecord } from './records.ts';
import { type World, worldOf } from './world.ts';

const STACK = ['--stack', 'Launchtrail'];
const STRICT = 'severity: { critical: 99 }\n';

/** Lets time pass for the functions: it is added to what their clock says, ms. */
const CLOCK = join(tmpdir(), `launchtrail-clock-${process.pid}`);
const SHIFTED = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync } from 'node:fs'; const now = Date.now; Date.now = () => now() + Number(readFileSync(${JSON.stringify(CLOCK)}));`,
)}`;

describe('a policy that is pushed to a deployed stack', () => {
  let world: World;
  let passed = 0;
  const pass = (ms: number) => {
    passed += ms;
    return writeFile(CLOCK, String(passed));
  };
  beforeAll(async () => {
    await pass(0);
    world = await worldOf({}, { flags: ['--import', SHIFTED] });
  });
  afterAll(() => world?.stop());

  let days = 0;
  const records: TrailRecord[] = [];
  const told: string[] = [];
  /** Has one more snapshot shared with everybody, a month after the last, and gives the finding that is told. */
  const shareOnce = async () => {
    days += 1;
    const at = new Date(Date.UTC(2026, 0, 1 + 30 * days, 12)).toISOString().replace('.000', '');
    const record = publicShare(`snap-${String(days).padStart(17, '0')}`, { eventTime: at });
    records.push(record);
    await putEvents([record]);
    await world.workOff();
    const [finding, ...more] = await world.findings();
    expect(more).toEqual([]);
    await world.alerts();
    told.push(finding?.Message ?? '');
    const { severity, unmapped } = JSON.parse(finding?.Message ?? '{}');
    return { severity, policy: unmapped.policy };
  };
  const push = (text: string, why: string) =>
    withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      await writeFile(file, text);
      return launchtrail(['policy', 'push', file, ...STACK, '--why', why, '--yes']);
    });
  const rejections = (name: string) =>
    world
      .fn(name)
      .log()
      .match(/"RejectedPolicies":1\b/g)?.length ?? 0;

  it('judges within a minute, and is told to people with what is different', async () => {
    const before = await shareOnce();
    expect(before).toEqual({
      severity: 'Critical',
      policy: { uid: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });

    expect(await push(STRICT, 'only the worst is to wake us')).toMatchObject({
      code: 0,
      stdout: 'stack Launchtrail: version 1 is in force\n',
    });
    const pushed = Date.now();
    let now = before;
    while (now.severity === 'Critical' && Date.now() - pushed < 90_000) {
      await sleep(5_000);
      now = await shareOnce();
    }
    const seconds = (Date.now() - pushed) / 1000;
    console.log(`a pushed policy judged after ${seconds.toFixed(0)} s`);
    expect(now).toMatchObject({ severity: 'High', policy: { version: '1' } });
    expect(seconds).toBeLessThanOrEqual(60);

    await world.announce();
    const [alert, ...more] = await world.alerts();
    expect(more).toEqual([]);
    expect(alert?.Subject).toBe('[Launchtrail] policy the deployed one -> 1: 1 change');
    expect(alert?.Message).toContain('severity.critical: 90 → 99');
    expect(alert?.Message).toContain('only the worst is to wake us');
    expect(alert?.Message).toMatch(/Who, as their command says: arn:aws:\S+/);
  });

  it('makes findings that a replay with this version makes as well, byte for byte', async () => {
    await withFolder(async (folder) => {
      const [policy, input] = [join(folder, 'policy.yaml'), join(folder, 'records.jsonl')];
      expect(await launchtrail(['policy', 'pull', ...STACK, '--output', policy])).toMatchObject({ code: 0 });
      await writeFile(input, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      const desk = ['--format', 'ocsf', '--country-database', 'none', '--policy', policy];
      const { stdout } = await launchtrail(['replay', input, ...desk]);
      expect(stdout.split('\n')).toContain(told.at(-1));
      expect(told.at(-1)).toContain('"version":"1"');
    });
  });

  it('leaves the one before in force where it is refused', async () => {
    const { code, stderr } = await push('severity: { critical: 300 }\n', 'a slip');
    expect(code).toBe(1);
    expect(stderr).toContain('severity.critical: expected points from 1 to 100');
    await world.announce();
    expect(await world.alerts()).toEqual([]);
    await pass(60_000);
    expect(await shareOnce()).toMatchObject({ severity: 'High', policy: { version: '1' } });
    expect(rejections('detect')).toBe(0);
  });

  it('leaves the one before in force where it was altered in the table, and raises an alarm', async () => {
    const TableName = world.deployed.physical('StoresSettings');
    expect(await push('severity: { critical: 95 }\n', 'a little less')).toMatchObject({ code: 0 });
    const dynamo = new DynamoDBClient();
    const Key = { pk: { S: 'policy' }, sk: { S: 'v000000002' } };
    const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key }));
    const altered = Item?.json?.S?.replace('"shared-publicly"', '').replace(
      '"off":[]',
      '"off":["shared-publicly"]',
    );
    await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #j = :j',
        ExpressionAttributeNames: { '#j': 'json' },
        ExpressionAttributeValues: { ':j': { S: altered ?? '' } },
      }),
    );
    await pass(60_000);
    expect(await shareOnce()).toMatchObject({ severity: 'High', policy: { version: '1' } });
    for (const name of ['detect', 'notify']) expect(rejections(name)).toBe(1);
    expect(world.fn('detect').log()).toContain('version 2 is not what was pushed');

    await world.announce();
    const subjects = (await world.alerts()).map(({ Subject }) => Subject);
    expect(subjects).toEqual([
      '[Launchtrail] policy version 2 cannot be used',
      '[Launchtrail] policy version 2 was altered',
    ]);
  });

  it('goes back to an earlier one', async () => {
    // what was altered cannot be compared with
    const back = await launchtrail(['policy', 'rollback', '1', ...STACK, '--why', 'altered', '--yes']);
    expect(back.code).toBe(0);
    expect(back.stderr).toContain('version 2 is not what was pushed');
    await pass(60_000);
    expect(await shareOnce()).toMatchObject({ severity: 'High', policy: { version: '3' } });
    expect(await push('{}\n', 'as it was')).toMatchObject({ code: 0 });
    await pass(60_000);
    expect(await shareOnce()).toMatchObject({ severity: 'Critical', policy: { version: '4' } });
    const { stdout } = await launchtrail(['policy', 'log', ...STACK]);
    expect(stdout.match(/^version \d+.*?(?= {2})/gm)).toEqual([
      'version 4 (in force)',
      'version 3 (goes back to 1)',
      'version 2',
      'version 1',
    ]);
  });

  it('is told by a function that has used exactly the rights it has', () => {
    expect(world.calls('announce')).toEqual([
      `dynamodb:GetItem ${world.deployed.physical('StoresSettings')}`,
      `sns:Publish ${world.deployed.physical('TopicsAlerts')}`,
    ]);
  });
});
