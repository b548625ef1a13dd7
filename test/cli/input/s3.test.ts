import { afterEach, describe, expect, it, vi } from 'vitest';
import { openBucket, type S3Object } from '../../../cli/input/s3/client.ts';
import { fetchObject } from '../../../cli/input/s3/fetch.ts';
import { listS3 } from '../../../cli/input/s3/list.ts';
import { type Asked, startS3 } from './s3-server.ts';

const BUCKET = 'trail-logs';
const ACCOUNT = '111122223333';

afterEach(() => vi.unstubAllEnvs());

/** A server whose address and credentials are those of this process. */
async function s3(...args: Parameters<typeof startS3> extends [string, ...infer Rest] ? Rest : never) {
  const server = await startS3(BUCKET, ...args);
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  return server;
}

const at = (text: string): number => Date.parse(text);

/** The key of a CloudTrail file delivered at some time. */
const trailKey = (
  time: string,
  { region = 'eu-west-1', folder = 'CloudTrail', account = ACCOUNT } = {},
): string => {
  const [day = '', clock = ''] = time.split('T');
  return `AWSLogs/${account}/${folder}/${region}/${day.replaceAll('-', '/')}/${account}_${folder}_${region}_${day.replaceAll('-', '')}T${clock.replace(':', '')}Z_abcdefgh12345678.json.gz`;
};

const some = Buffer.from('{}');
const holding = (...keys: string[]): Record<string, Buffer> =>
  Object.fromEntries(keys.map((key) => [key, some]));
const paths = ({ files }: { files: readonly { path: string }[] }): string[] =>
  files.map(({ path }) => path).sort();
const url = (key: string): string => `s3://${BUCKET}/${key}`;

describe('listing a bucket', () => {
  it('finds the files below a prefix, page by page, and says what it passed over', async () => {
    const keys = Array.from({ length: 7 }, (_, i) => trailKey(`2026-01-0${i + 1}T10:05`));
    const others = [trailKey('2026-01-01T10:00', { region: 'us-east-1' }), 'AWSLogs/more/a+b c.jsonl'];
    await using server = await s3(
      holding(
        ...keys,
        ...others,
        trailKey('2026-01-01T10:05', { folder: 'CloudTrail-Digest' }),
        trailKey('2026-01-01T10:05', { folder: 'CloudTrail-Insight' }),
        'AWSLogs/readme.txt',
        'AWSLogs/empty/',
        'elsewhere/a.json',
      ),
      { pageSize: 3 },
    );
    const listing = await listS3(url('AWSLogs/'), {}, false);
    expect(paths(listing)).toEqual([...keys, ...others].map(url).sort());
    expect(listing).toMatchObject({ ignored: 1, aside: 2, outside: 0, damages: [] });
    expect(listing.files[0]).toMatchObject({ size: some.length, plain: true });
    expect(server.asked.every(({ action }) => action === 'list')).toBe(true);
  });

  it('takes a key that is there for the object alone, whatever its name, and any other text as a prefix', async () => {
    await using _ = await s3(holding('day', 'day1.json', 'day2.json', 'night.json'));
    expect(paths(await listS3(url('day'), {}, false))).toEqual([url('day')]);
    expect(paths(await listS3(url('da'), {}, false))).toEqual([url('day1.json'), url('day2.json')]);
    expect(paths(await listS3(`s3://${BUCKET}`, {}, false))).toHaveLength(3);
  });

  it('does not ask for days that cannot hold records of the time wanted, and keeps what may come late', async () => {
    const days = Array.from({ length: 28 }, (_, i) => `2026-02-${String(i + 1).padStart(2, '0')}`);
    const keys = days.flatMap((day) => [trailKey(`${day}T00:05`), trailKey(`${day}T23:55`)]);
    const odd = `AWSLogs/${ACCOUNT}/CloudTrail/eu-west-1/unsorted.json`;
    await using server = await s3(holding(...keys, odd), { pageSize: 4 });
    const times = { since: at('2026-02-10T01:00:00Z'), until: at('2026-02-12T00:00:00Z') };
    const listing = await listS3(url('AWSLogs/'), times, false);
    expect(paths(listing)).toEqual(
      [
        trailKey('2026-02-10T00:05'),
        trailKey('2026-02-10T23:55'),
        trailKey('2026-02-11T00:05'),
        trailKey('2026-02-11T23:55'),
        trailKey('2026-02-12T00:05'),
        trailKey('2026-02-12T23:55'),
        odd,
      ]
        .map(url)
        .sort(),
    );
    const narrow = server.asked.splice(0).length;
    expect((await listS3(url('AWSLogs/'), {}, false)).files).toHaveLength(keys.length + 1);
    expect(narrow).toBeLessThan(server.asked.length - 5);
  });

  it('follows a bucket into its own Region', async () => {
    const home = ({ headers }: Asked) => headers.authorization?.includes('/eu-central-1/s3/');
    await using _ = await s3(holding('a.json'), {
      refuse: (asked) =>
        home(asked)
          ? undefined
          : { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-central-1' } },
    });
    const listing = await listS3(url(''), {}, false);
    expect(listing.files).toMatchObject([{ s3: { region: 'eu-central-1' } }]);
  });

  it.each([
    ['AccessDenied', 403, /s3:ListBucket on arn:aws:s3:::trail-logs/],
    ['NoSuchBucket', 404, /no such bucket/],
    ['ExpiredToken', 400, /expired.*aws sso login/],
    ['InvalidAccessKeyId', 403, /AWS_ACCESS_KEY_ID/],
  ])('says what to do about %s', async (code, status, remedy) => {
    await using _ = await s3({}, { refuse: () => ({ status, code }) });
    const { files, damages } = await listS3(url('AWSLogs/'), {}, false);
    expect(files).toEqual([]);
    expect(damages).toMatchObject([{ path: url('AWSLogs/'), message: expect.stringMatching(remedy) }]);
  });

  it('says where credentials come from when there are none', async () => {
    await using _ = await s3({});
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    for (const name of ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE']) vi.stubEnv(name, '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const { damages } = await listS3(url(''), {}, false);
    expect(damages).toMatchObject([{ message: expect.stringMatching(/no AWS credentials.*AWS_PROFILE/) }]);
  });

  it('names the folder that may not be listed and goes on with the others', async () => {
    await using _ = await s3(holding('a/1.json', 'b/1.json'), {
      refuse: ({ query }) =>
        query.get('prefix') === 'b/' ? { status: 403, code: 'AccessDenied' } : undefined,
    });
    const listing = await listS3(url(''), {}, false);
    expect(paths(listing)).toEqual([url('a/1.json')]);
    expect(listing.damages).toMatchObject([{ path: url('b/') }]);
  });

  it('offers to pay only when told to', async () => {
    await using server = await s3(holding('a.json'));
    await listS3(url(''), {}, true);
    expect(server.asked.map(({ headers }) => headers['x-amz-request-payer'])).toEqual([
      'requester',
      'requester',
    ]);
    server.asked.length = 0;
    await listS3(url(''), {}, false);
    expect(server.asked.map(({ headers }) => headers['x-amz-request-payer'])).toEqual([undefined, undefined]);
  });

  it('rejects an address without a bucket', async () => {
    expect((await listS3('s3://', {}, false)).damages).toMatchObject([
      { message: expect.stringContaining('s3://bucket/prefix') },
    ]);
  });
});

describe('fetching an object', () => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

  async function read(
    options: Parameters<typeof fetchObject>[2],
    over: Partial<S3Object> = {},
  ): Promise<Buffer> {
    const [file] = (await listS3(url('big.json.gz'), {}, false)).files;
    const object: S3Object = {
      bucket: BUCKET,
      key: 'big.json.gz',
      size: file?.size ?? 0,
      requesterPays: false,
      ...file?.s3,
      ...over,
    };
    const parts: Buffer[] = [];
    for await (const part of fetchObject(await openBucket(object), object, options)) parts.push(part);
    return Buffer.concat(parts);
  }

  const gets = (asked: readonly Asked[]): Asked[] => asked.filter(({ action }) => action === 'get');

  it('takes a small one whole, in one request, as it is stored', async () => {
    await using server = await s3({ 'big.json.gz': content });
    expect(await read({})).toEqual(content);
    expect(gets(server.asked)).toHaveLength(1);
    expect(gets(server.asked)[0]?.headers.range).toBeUndefined();
  });

  it.each([7, 99, 100, 999, 1000, 1001])('puts ranges of %i bytes together again', async (partBytes) => {
    await using server = await s3({ 'big.json.gz': content });
    expect(await read({ partBytes, ahead: 4 })).toEqual(content);
    expect(gets(server.asked)).toHaveLength(Math.ceil(1000 / partBytes));
    expect(server.busiest()).toBeLessThanOrEqual(4);
  });

  it('takes nothing of an empty one', async () => {
    await using _ = await s3({ 'big.json.gz': Buffer.alloc(0) });
    expect(await read({})).toEqual(Buffer.alloc(0));
  });

  it('takes a body that breaks off up where it broke', async () => {
    let cuts = 0;
    await using server = await s3(
      { 'big.json.gz': content },
      { refuse: ({ action }) => (action === 'get' && cuts++ < 2 ? { cutAfter: 100 } : undefined) },
    );
    expect(await read({ partBytes: 1000 })).toEqual(content);
    expect(gets(server.asked).map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=100-999',
      'bytes=200-999',
    ]);
  });

  it('tries again what S3 was too busy for', async () => {
    let refused = 0;
    await using _ = await s3(
      { 'big.json.gz': content },
      {
        refuse: ({ action }) =>
          action === 'get' && refused++ < 2 ? { status: 503, code: 'SlowDown' } : undefined,
      },
    );
    expect(await read({})).toEqual(content);
    expect(refused).toBe(3);
  });

  it('never mixes two versions: an object replaced between two ranges is an error', async () => {
    let parts = 0;
    await using server = await s3(
      { 'big.json.gz': content },
      {
        refuse: ({ action }) => {
          if (action === 'get' && parts++ === 2) server.objects.set('big.json.gz', Buffer.alloc(1000));
          return undefined;
        },
      },
    );
    await expect(read({ partBytes: 250, ahead: 1 })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});
