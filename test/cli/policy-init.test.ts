import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../cli/parse-policy.ts';
import { launch, launchtrail, record, withFolder } from './desk.ts';

const share = (id: string, eventTime: string, account: string) =>
  record(id, {
    eventTime,
    eventName: 'ModifySnapshotAttribute',
    requestParameters: {
      snapshotId: 'snap-0a',
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ userId: account }] } },
    },
    responseElements: { _return: true },
  });

const records = [
  launch('launch-a', '2026-03-01T10:00:00Z'),
  {
    ...launch('launch-b', '2026-03-02T10:00:00Z'),
    recipientAccountId: '444455556666',
    awsRegion: 'us-east-1',
  },
  share('share-a', '2026-03-03T10:00:00Z', '777788889999'),
  share('share-b', '2026-03-04T10:00:00Z', '777788889999'),
  share('share-c', '2026-03-04T11:00:00Z', '444455556666'),
  {
    ...launch('launch-c', '2026-03-05T10:00:00Z'),
    awsRegion: 'sa-east-1',
    errorCode: 'Client.UnauthorizedOperation',
  },
];

describe('launchtrail policy init', () => {
  it('takes accounts whose own logs were read for ours, and offers the rest to decide upon', async () => {
    await withFolder(async (folder) => {
      const [trail, output] = [join(folder, 'records.json'), join(folder, 'policy.yaml')];
      await writeFile(trail, JSON.stringify(records));
      const ran = await launchtrail(['policy', 'init', trail, '--output', output]);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      const text = await readFile(output, 'utf8');
      const parsed = parsePolicy('policy.yaml', text);
      expect(parsed).toMatchObject({
        ok: true,
        policy: {
          organisation: { accounts: ['111122223333', '444455556666'], partners: [], networks: [] },
          geoLocation: { regions: [] },
        },
      });
      expect(text).toContain('  #   - "777788889999" # on 2 days, by user/alice\n');
      expect(text).toContain('  #   - 198.51.100.0/24 # on 3 days, by user/alice\n');
      // nothing was launched in sa-east-1, it was only tried
      expect(text).toContain('  # regions: [eu-west-1, us-east-1]\n');
      // a person only takes off the marks
      const accepted = text.replaceAll(/^( *)# {0,3}(partners:|networks:|regions:| {2}- )/gm, '$1$2');
      expect(parsePolicy('policy.yaml', accepted)).toMatchObject({
        ok: true,
        policy: {
          organisation: { partners: ['777788889999'], networks: ['198.51.100.0/24'] },
          geoLocation: { regions: ['eu-west-1', 'us-east-1'] },
        },
      });
      expect(await launchtrail(['policy', 'check', output])).toMatchObject({ code: 0 });
    });
  });

  it('writes over nothing', async () => {
    await withFolder(async (folder) => {
      const [trail, output] = [join(folder, 'records.json'), join(folder, 'policy.yaml')];
      await writeFile(trail, JSON.stringify(records));
      await writeFile(output, 'timeWindow: 12h\n');
      const ran = await launchtrail(['policy', 'init', trail, '--output', output]);
      expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is there already') });
      expect(await readFile(output, 'utf8')).toBe('timeWindow: 12h\n');
      const shown = await launchtrail(['policy', 'init', trail, '--output', '-']);
      expect(shown.stdout).toMatch(
        /^# First policy, from 6 watched records of 2026-03-01 10:00:00Z to 2026-03-05 10:00:00Z\.\n/,
      );
    });
  });

  it('lets no name out of its comment', async () => {
    const evil = 'x\n  networks: [0.0.0.0/0] #';
    const identity = {
      ...Object(records[0]?.userIdentity),
      userName: evil,
      arn: `arn:aws:iam::111122223333:user/${evil}`,
    };
    const stdin = JSON.stringify(records.map((one) => ({ ...one, userIdentity: identity })));
    const { stdout } = await launchtrail(['policy', 'init', '-', '--output', '-'], { stdin });
    expect(stdout).toContain('by user/x networks: [0.0.0.0/0] #');
    expect(parsePolicy('x', stdout)).toMatchObject({ ok: true, policy: { organisation: { networks: [] } } });
  });

  it.each([
    ['nothing to read', '[]', 'standard input holds no record'],
    [
      'only what nobody watches',
      JSON.stringify([record('r1')]),
      'none of the records is of a kind that is watched',
    ],
  ])('ends with 1 and words for %s', async (_, stdin, message) => {
    const ran = await launchtrail(['policy', 'init', '-', '--output', '-'], { stdin });
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
  });
});
