import { randomUUID } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchtrail, withFolder } from '../cli/desk.ts';
import { ACCOUNT } from './moto.ts';
import { putEvents } from './pipeline.ts';
import { apiCall, type TrailRecord } from './records.ts';
import { type World, worldOf } from './world.ts';

const STACK = ['--stack', 'Launchtrail'];

/** A launch by an ordinary user, on a day of 2026. */
function launched(who: string, day: number, region: string, type: string, count = 1): TrailRecord {
  const items = Array.from({ length: count }, () => ({ instanceId: `i-0${randomUUID().slice(0, 8)}` }));
  return apiCall('RunInstances', {
    eventTime: new Date(Date.UTC(2026, 0, day, 10)).toISOString().replace('.000', ''),
    awsRegion: region,
    sourceIPAddress: '198.51.100.7',
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDAEXAMPLE${who.toUpperCase()}`,
      arn: `arn:aws:iam::${ACCOUNT}:user/${who}`,
      accountId: ACCOUNT,
      userName: who,
      accessKeyId: `AKIAEXAMPLE${who.toUpperCase()}`,
    },
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0example', minCount: count, maxCount: count }] },
      instanceType: type,
    },
    responseElements: { instancesSet: { items } },
  });
}

const render = (who: string, day: number): TrailRecord => launched(who, day, 'ap-south-1', 'g5.xlarge', 8);

describe('a finding of a deployed stack that a person decides about', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({});
    for (let day = 1; day <= 20; day += 1) {
      const usual = ['ann', 'bob'].map((who) => launched(who, day, 'eu-west-1', 't3.micro'));
      sent.push(...usual);
      await putEvents(usual);
      await world.workOff();
    }
    await world.findings();
    await world.alerts();
  });
  afterAll(() => world?.stop());

  const judged = async (...records: TrailRecord[]) => {
    sent.push(...records);
    await putEvents(records);
    await world.workOff();
    const findings = (await world.findings()).map(({ Message }) => JSON.parse(Message));
    return { findings, alerts: await world.alerts() };
  };
  /** Everything that was sent, as files would hold it. */
  const sent: TrailRecord[] = [];
  const decide = (...args: string[]) => launchtrail(['findings', ...args, ...STACK]);
  let benign = '';

  it('is told to machines as resolved, with who and why, and to no person, when it is closed as benign', async () => {
    const first = await judged(render('ann', 21));
    expect(first.findings).toHaveLength(1);
    expect(first.alerts).toHaveLength(1);
    benign = first.findings[0].finding_info.uid;
    const closed = await decide('close', benign, '--as', 'benign', '--note', 'the render farm', '--yes');
    expect(closed).toMatchObject({ code: 0, stdout: `finding ${benign} closed as benign: 1 record\n` });
    expect(closed.stderr).toContain('judged again within a minute or two');
    const { findings, alerts } = await judged();
    expect(alerts).toEqual([]);
    expect(findings).toEqual([
      expect.objectContaining({
        activity_name: 'Close',
        status: 'Resolved',
        verdict: 'Benign',
        comment: 'the render farm',
        status_detail: expect.stringMatching(/^Closed as benign by arn:aws:.*: the render farm\.$/),
      }),
    ]);
    expect((await decide('show', benign)).stdout).toMatch(/benign by arn:aws:\S+: the render farm\n/);
  });

  it('is quiet when the same is done again', async () => {
    expect(await judged(render('ann', 24))).toEqual({ findings: [], alerts: [] });
  });

  it('is told to people again when a new record joins it', async () => {
    const share = apiCall('ModifySnapshotAttribute', {
      ...{ eventTime: '2026-01-21T11:00:00Z', sourceIPAddress: '198.51.100.7' },
      userIdentity: render('ann', 21).userIdentity,
      requestParameters: {
        snapshotId: 'snap-0123456789abcdef0',
        createVolumePermission: { add: { items: [{ group: 'all' }] } },
        attributeType: 'CREATE_VOLUME_PERMISSION',
      },
      responseElements: { _return: true },
    });
    const { findings, alerts } = await judged(share);
    expect(findings.at(-1)).toMatchObject({ finding_info: { uid: benign }, status: 'New' });
    expect(findings.at(-1)?.status_detail).toMatch(
      /^Reopened, 1 record more and more severe since it was closed as benign/,
    );
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.Message).toContain('Reopened, 1 record more');
  });

  it('never makes familiar what was confirmed as an attack', async () => {
    const first = await judged(render('bob', 22));
    const id = first.findings[0].finding_info.uid;
    const closed = await decide('close', id, '--as', 'confirmed', '--note', 'INC-1', '--yes');
    expect(closed.code).toBe(0);
    expect((await judged()).findings.at(-1)).toMatchObject({ status: 'Resolved', verdict: 'True Positive' });
    const again = await judged(render('bob', 22 + 85));
    expect(again.findings).toHaveLength(1);
    expect(again.findings[0]?.finding_info.uid).not.toBe(id);
  });

  it('is decided about under the id that it has, with the nearest named for one that it has not', async () => {
    const { code, stderr } = await decide(
      'close',
      `${benign.slice(0, -3)}xyz`,
      '--as',
      'test',
      '--note',
      'x',
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`  ${benign}`);
    expect(stderr).toContain('nothing was decided');
    expect(await judged()).toEqual({ findings: [], alerts: [] });
  });

  it('is found again by a replay of the same records that takes the decisions', async () => {
    await withFolder(async (folder) => {
      const [records, decisions] = [join(folder, 'records.json'), join(folder, 'decisions.jsonl')];
      await writeFile(records, JSON.stringify(sent));
      expect(await decide('export', '--output', decisions)).toMatchObject({ code: 0 });
      const live = JSON.parse((await decide('list', '--format', 'json')).stdout);
      const policy = join(folder, 'policy.yaml');
      await cp('test/e2e/policy.yaml', policy);
      const args = ['replay', records, '--decisions', decisions, '--policy', policy, '--format', 'json'];
      const again = JSON.parse((await launchtrail(args)).stdout);
      const told = (all: readonly Told[]) =>
        all
          .map(({ id, severity, score, triage }) => ({ id, severity, score, triage }))
          .sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(told(live).length).toBeGreaterThan(1);
      expect(told(again)).toEqual(told(live));
    });
  });

  it('is what tune reads of a stack', async () => {
    await withFolder(async (folder) => {
      const records = join(folder, 'records.json');
      await writeFile(records, JSON.stringify(sent));
      const { code, stdout } = await launchtrail(['tune', records, ...STACK, '--format', 'json']);
      expect(code).toBe(0);
      const { confirmed, needless, attacks } = JSON.parse(stdout);
      expect(confirmed).toBe(1);
      expect(needless.decided).toBe(1);
      expect(attacks.after).toEqual([]);
    });
  });
});

interface Told {
  readonly id: string;
  readonly severity: string;
  readonly score: number;
  readonly triage?: unknown;
}
