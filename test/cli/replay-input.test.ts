import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { launchtrail, publicShare, record, withFolder } from './desk.ts';

const json = JSON.stringify;
const bucketNotice = { s3Bucket: 'trail', s3ObjectKey: ['AWSLogs/111122223333/CloudTrail/x.json.gz'] };
const digest = {
  awsAccountId: '111122223333',
  digestStartTime: '2026-03-02T09:00:00Z',
  digestEndTime: '2026-03-02T10:00:00Z',
  logFiles: [{ s3Bucket: 'trail', s3Object: 'x' }],
};

/** Runs a replay over one file of this name and content. */
const replayOf = (name: string, content: string | Buffer, ...args: string[]) =>
  withFolder(async (folder) => {
    await writeFile(join(folder, name), content);
    return await launchtrail(['replay', join(folder, name), ...args]);
  });

const FLOW =
  '2 111122223333 eni-0example 192.0.2.1 198.51.100.2 443 49152 6 10 840 1772446500 1772446560 ACCEPT OK';
const ALB =
  'https 2026-03-02T10:00:00.000000Z app/x/1 192.0.2.1:2817 10.0.0.1:80 0.0 0.0 0.0 200 200 34 366 "GET / HTTP/1.1"';
const S3_LOG = `${'79a59df900b949e5'.repeat(4)} bucket [02/Mar/2026:10:00:00 +0000] 192.0.2.3 - 3E57427F3 REST.GET.OBJECT x`;

describe('what is no CloudTrail event', () => {
  it.each<[string, string, string | Buffer]>([
    [
      'VPC flow logs',
      'x.json',
      json({ Records: [{ srcaddr: '192.0.2.1', dstaddr: '192.0.2.2', action: 'ACCEPT' }] }),
    ],
    ['VPC flow logs', 'flow.log.gz', gzipSync(`version account-id interface-id srcaddr dstaddr\n${FLOW}\n`)],
    ['VPC flow logs', 'x.json', json({ logEvents: [{ id: '1', timestamp: 1, message: FLOW }] })],
    ['VPC flow logs', 'flow.csv', 'version,srcaddr,dstaddr\n2,192.0.2.1,192.0.2.2\n'],
    ['load balancer access logs', 'alb.log', `${ALB}\n${ALB}\n`],
    ['S3 access logs', 'access', S3_LOG],
    ['AWS Config items', 'x.json', json({ configurationItems: [{ configurationItemStatus: 'OK' }] })],
    ['GuardDuty findings', 'x.json', json({ Findings: [{ Service: { ServiceName: 'guardduty' } }] })],
    ['GuardDuty findings', 'x.jsonl', json({ detail: { service: { serviceName: 'guardduty' } } })],
    ['Okta system log', 'x.json', json([{ eventType: 'user.session.start', actor: {}, published: 'x' }])],
    [
      'what Lambda gets of dynamodb',
      'x.json',
      json({ Records: [{ eventSource: 'aws:dynamodb', eventName: 'INSERT' }] }),
    ],
    ['event history as CSV', 'x.csv', 'Event name,Event time\nRunInstances,x\n'],
  ])('is told to look like %s and ends with 1 (%s)', async (name, file, content) => {
    const { code, stdout, stderr } = await replayOf(file, content, '--fail-on', 'low');
    expect(stderr).toContain('not ');
    expect(stderr).toMatch(
      /of \d+ records? (?:is not an audit record|are not audit records) of AWS, Azure or Google/,
    );
    expect(stderr).toContain(name);
    expect(stderr).toContain('there is no record to judge');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('is said of a record of Google that is watched and has no time, and ends with 1', async () => {
    const entry = json({ protoPayload: { methodName: 'v1.compute.instances.insert' } });
    const { code, stderr } = await replayOf('x.jsonl', entry);
    expect(stderr).toContain('1 of 1 record could not be read, though the calls are watched: 1 no-time');
    expect(code).toBe(1);
  });

  it('is counted in full', async () => {
    const many = Array.from({ length: 327 }, () => ({ srcaddr: '192.0.2.1', dstaddr: '192.0.2.2' }));
    const { stderr } = await replayOf('x.json', json(many));
    expect(stderr).toContain(
      '327 of 327 records are not audit records of AWS, Azure or Google: looks like VPC flow logs',
    );
  });

  it('beside records ends with 2, and the records are judged', async () => {
    const { code, stdout, stderr } = await replayOf('x.json', json([publicShare('s1'), { hello: 'world' }]));
    expect(stdout).toContain('CRITICAL');
    expect(stderr).toContain('1 of 2 records is not an audit record of AWS, Azure or Google');
    expect(code).toBe(2);
  });

  it('does not hide what --fail-on asks for', async () => {
    const run = await replayOf('x.json', json([publicShare('s1'), { hello: 'world' }]), '--fail-on', 'high');
    expect(run.code).toBe(3);
  });
});

describe('what a trail has beside its records', () => {
  it('is named in the summary and is no damage', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, 'CloudTrail-Digest'));
      for (const each of [1, 2, 3]) {
        await writeFile(join(folder, `CloudTrail-Digest/${each}.json.gz`), gzipSync(json(digest)));
      }
      await writeFile(join(folder, 'labels.json'), json([{ attack: 'x', families: [], principals: [] }]));
      await writeFile(
        join(folder, 'x.json'),
        json({
          Records: [
            publicShare('s1'),
            { EventSource: 'aws:sns', Sns: { Message: 'CloudTrail validation message.' } },
            { eventVersion: '1.07', eventType: 'AwsCloudTrailInsight', insightDetails: {}, eventTime: 'x' },
            { body: json({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'x' }) },
            { logEvents: [{ id: '1', timestamp: 1, message: 'CWL CONTROL MESSAGE: Checking health.' }] },
            { EventSource: 'aws:sns', Sns: { Message: json(bucketNotice) } },
          ],
        }),
      );
      const { code, stderr } = await launchtrail(['replay', folder]);
      for (const line of [
        '3 digest files passed over',
        '1 trail validation message passed over',
        '1 Insights event passed over',
        '1 S3 test message passed over',
        '1 control message of CloudWatch Logs passed over',
        '1 notice of files passed over',
        'launchtrail replay s3://trail/AWSLogs/111122223333/CloudTrail/x.json.gz',
      ]) {
        expect(stderr).toContain(line);
      }
      expect(stderr).toMatch(/damaged +0\n/);
      expect(stderr).toMatch(/records +1\n/);
      expect(code).toBe(0);
    });
  });

  it.each([
    ['CloudTrail', bucketNotice],
    ['CloudTrail, by SNS', { Type: 'Notification', Message: json(bucketNotice) }],
    [
      'S3',
      {
        Records: [
          {
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            s3: { bucket: { name: 'trail' }, object: { key: 'AWSLogs%2F111122223333/CloudTrail/x.json.gz' } },
          },
        ],
      },
    ],
    [
      'S3, by EventBridge',
      {
        'detail-type': 'Object Created',
        detail: { bucket: { name: 'trail' }, object: { key: 'AWSLogs/111122223333/CloudTrail/x.json.gz' } },
      },
    ],
  ])('alone ends with 1 and says how to read what a notice of %s names', async (_, notice) => {
    const { code, stderr } = await replayOf('x.json', json(notice));
    expect(stderr).toContain('launchtrail replay s3://trail/AWSLogs/111122223333/CloudTrail/x.json.gz');
    expect(stderr).toContain('there is no record to judge');
    expect(code).toBe(1);
  });
});

describe('watched calls that cannot be read', () => {
  const timeless = { ...publicShare('s2'), eventTime: 'yesterday' };

  it('end with 1 where nothing else is there', async () => {
    const { code, stderr } = await replayOf('x.json', json([timeless]), '--fail-on', 'low');
    expect(stderr).toContain('1 of 1 record could not be read, though the calls are watched: 1 no-time');
    expect(code).toBe(1);
  });

  it('end with 2 beside others', async () => {
    const { code, stderr } = await replayOf('x.json', json([publicShare('s1'), timeless]));
    expect(stderr).toContain('1 no-time');
    expect(code).toBe(2);
  });
});

describe('a file of another kind', () => {
  it.each<[string, string, string]>([
    ['bzip2', 'BZh91AY&SY', 'decompress it first'],
    ['xz', '\xfd7zXZ\0\0', 'decompress it first'],
    ['zstd', '\x28\xb5\x2f\xfd\0', 'decompress it first'],
    ['PDF', '%PDF-1.7\n', 'export JSON or CSV'],
    ['picture', '\x89PNG\r\n\x1a\n', 'holds no records'],
    ['Avro', 'Obj\x01', 'export JSON, CSV or Parquet'],
    ['SQLite', 'SQLite format 3\0', '--state'],
    ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'failed download'],
    ['HTML', '\n<html><body>denied</body></html>', 'failed download'],
  ])('is named, with what to do (%s)', async (name, content, remedy) => {
    const { code, stderr } = await replayOf('x', Buffer.from(content, 'latin1'));
    expect(stderr).toContain(name);
    expect(stderr).toContain(remedy);
    expect(code).toBe(1);
  });
});

describe('nothing to read', () => {
  it.each<[string, string[], string, string]>([
    ['empty standard input', [], '', 'standard input holds no record'],
    ['blank standard input', ['-'], ' \n', ''],
    ['an empty list', [], '{"Records":[]}', 'standard input holds no record'],
    ['an empty array', [], '[]', 'standard input holds no record'],
    [
      '--since after --until',
      ['--since', '2026-03-03', '--until', '2026-03-02'],
      json(publicShare('s1')),
      '--since is not before --until',
    ],
  ])('ends with 1 and words: %s', async (_, args, stdin, message) => {
    for (const more of [[], ['--fail-on', 'high'], ['--format', 'ocsf']]) {
      const { code, stdout, stderr } = await launchtrail(['replay', ...args, ...more], { stdin });
      expect(stderr).toContain(message);
      expect(stderr.length).toBeGreaterThan(20);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
  });

  it('ends with 1 for files that hold empty lists', async () => {
    const { code, stderr } = await replayOf('x.json', '{"Records":[]}');
    expect(stderr).toContain('no record in 1 file');
    expect(code).toBe(1);
  });

  it('is not what a trail of looks is', async () => {
    expect(await replayOf('x.json', json([record('r1')]))).toMatchObject({ code: 0, stdout: '' });
  });
});
