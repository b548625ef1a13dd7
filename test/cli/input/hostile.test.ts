import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFiles } from '../../../cli/input/find-files.ts';
import { addReading, emptyReading, type Reading } from '../../../cli/input/reading.ts';
import { readEvents } from '../../../cli/read-events.ts';
import { archive } from '../../fixtures/wrappings/archive.ts';
import { AS_FILES } from '../../fixtures/wrappings/as-files.ts';
import { AS_JSON } from '../../fixtures/wrappings/as-wrapped.ts';
import { TEN } from '../../fixtures/wrappings/ten-records.ts';
import { launch, withFolder } from '../desk.ts';

const json = JSON.stringify;
const runs = { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 300) };

async function readAt(path: string): Promise<Reading> {
  const { files } = await findFiles([path]);
  const sum = emptyReading();
  for await (const reading of readEvents(files)) addReading(sum, reading);
  return sum;
}

const read = (name: string, content: string | Buffer): Promise<Reading> =>
  withFolder(async (folder) => {
    await writeFile(join(folder, name), content);
    return await readAt(join(folder, name));
  });

const messages = ({ damages }: Reading): string[] => damages.map(({ message }) => message);
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes, ' ');
const kinesis = (data: Buffer): string =>
  json({ Records: [{ eventSource: 'aws:kinesis', kinesis: { data: data.toString('base64') } }] });

describe('what inflates without end', () => {
  it.each<[string, string, () => string | Buffer, string]>([
    [
      'gzip over gzip',
      'x.json.gz',
      () => gzipSync(gzipSync(Buffer.concat([Buffer.from('['), zeros(64e6)]))),
      'inflates to more than',
    ],
    [
      'gzip five times over',
      'x.json.gz',
      () => [1, 2, 3, 4, 5].reduce((bytes) => gzipSync(bytes), Buffer.from('[]')),
      'is zipped more than 4 times',
    ],
    [
      'gzip in an archive',
      'x.zip',
      () =>
        archive([{ name: 'x.json.gz', content: gzipSync(Buffer.concat([Buffer.from('['), zeros(64e6)])) }]),
      'inflates to more than',
    ],
    ['gzip in base64', 'x.json', () => kinesis(gzipSync(gzipSync(zeros(64e6)))), 'inflates to more than'],
    [
      'gzip in base64 in gzip in base64',
      'x.json',
      () => kinesis(gzipSync(kinesis(gzipSync(zeros(64e6))))),
      'inflates to more than',
    ],
  ])('is given up: %s', async (_, name, content, message) => {
    const reading = await read(name, content());
    expect(messages(reading).join()).toContain(message);
    expect(reading.activities).toEqual([]);
  });

  it('shares one allowance among the files of an archive', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('['), zeros(6e6)]));
    const names = Array.from({ length: 6 }, (_, i) => ({ name: `${i}.json.gz`, content: gzipSync(bomb) }));
    const reading = await read('x.zip', archive(names));
    expect(messages(reading).filter((each) => each.startsWith('inflates to more'))).not.toHaveLength(0);
  });
});

describe('archives', () => {
  const good = { name: 'x.json', content: json([launch('event-1')]) };

  it.each<[string, Buffer, string]>([
    ['whose end is cut off', archive([good]).subarray(0, -10), 'whose end is missing'],
    ['with an encrypted file', archive([{ ...good, flags: 1 }]), 'is encrypted'],
    [
      'whose directory points elsewhere',
      (() => {
        const bytes = archive([good]);
        bytes.write('XX', 0);
        return Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), bytes]);
      })(),
      'directory',
    ],
    [
      'whose files lie over each other',
      (() => {
        const bytes = archive([good, good]);
        const at = bytes.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
        bytes.writeUInt32LE(bytes.length, at + 20);
        return bytes;
      })(),
      'lie over each other',
    ],
  ])('%s are told with their path', async (_, bytes, message) => {
    const reading = await read('x.zip', bytes);
    expect(messages(reading).join()).toContain(message);
    for (const { path } of reading.damages) expect(path).toContain('x.zip');
  });

  it('that hold archives are followed as any file', async () => {
    const reading = await read('x.zip', archive([{ name: 'inner.zip', content: archive([good]) }]));
    expect(reading.activities).toHaveLength(1);
  });

  it('that hold archives without end are given up', async () => {
    let bytes = archive([good]);
    for (let layer = 0; layer < 20; layer++) bytes = archive([{ name: 'x.zip', content: bytes, method: 0 }]);
    const reading = await read('x.zip', bytes);
    expect(messages(reading).join()).toContain('more than 4 archives');
  });
});

describe('hostile content', () => {
  it.each<[string, string, string]>([
    ['JSON of a hundred thousand brackets', 'x.json', '['.repeat(1e5) + ']'.repeat(1e5)],
    ['objects as deep', 'x.json', `${'{"detail":'.repeat(1e5)}{}${'}'.repeat(1e5)}`],
    ['text in text', 'x.json', Array.from({ length: 20 }).reduce<string>((text) => json(text), '{}')],
    [
      'structures as deep',
      'x.json',
      json({ eventname: 'x', eventsource: 'y', useridentity: '{a='.repeat(1e5) }),
    ],
    [
      'a path as deep',
      'x.json',
      json({ eventName: 'x', eventSource: 'y', [`userIdentity${'.a'.repeat(1e5)}`]: 1 }),
    ],
    [
      'a long path of lists',
      'x.json',
      json({ eventName: 'x', eventSource: 'y', [`resources${'{}.999'.repeat(20)}`]: [1, 2] }),
    ],
    ['a line without end', 'x.csv', `eventname,x\n"${'x'.repeat(17e6)}`],
    ['a log line without end', 'x.log', `2 111122223333 eni-0 ${'x'.repeat(17e6)}`],
  ])('is read to its end: %s', async (_, name, content) => {
    const reading = await read(name, content);
    expect(reading.records + reading.damaged).toBeGreaterThan(0);
    expect(reading.activities).toEqual([]);
  });

  it('cannot change what an object is', async () => {
    const members =
      '"__proto__.polluted":1,"userIdentity.__proto__.polluted":1,"constructor.prototype.polluted":1';
    const body = `{"eventname":"RunInstances","eventsource":"ec2.amazonaws.com","eventtime":1772446500,"recipientaccountid":"111122223333",${members},"useridentity":"{__proto__={polluted=1}}","requestparameters":"{\\"__proto__\\":{\\"polluted\\":1}}"}`;
    const reading = await read('x.json', `[${body}]`);
    expect(reading.activities).toHaveLength(1);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(json(reading.activities)).not.toContain('polluted');
  });

  it('never stops a run, however wrappings and files are damaged', async () => {
    const contents: [string, Buffer][] = [
      ...Object.values(AS_JSON).map((wrap): [string, Buffer] => ['x.json', Buffer.from(wrap(TEN))]),
      ...AS_FILES.map(([name, of]): [string, Buffer] => [name, Buffer.from(of(TEN))]),
    ];
    await withFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(
          // not the contents themselves, which a failure would print
          fc.nat({ max: contents.length - 1 }),
          fc.array(
            fc.tuple(
              fc.nat(),
              fc.integer({ min: 0, max: 255 }),
              fc.constantFrom('set', 'cut', 'drop', 'double'),
            ),
            {
              minLength: 1,
              maxLength: 4,
            },
          ),
          async (which, changes) => {
            const [name = '', content = ''] = contents[which] ?? [];
            let bytes = Buffer.from(content);
            for (const [chance, byte, kind] of changes) {
              const at = chance % (bytes.length + 1);
              if (kind === 'cut') bytes = bytes.subarray(0, at);
              else if (kind === 'drop')
                bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 7)]);
              else if (kind === 'double') bytes = Buffer.concat([bytes.subarray(0, at), bytes]);
              else if (at < bytes.length) bytes[at] = byte;
            }
            const path = join(folder, name);
            await writeFile(path, bytes);
            const reading = await readAt(path);
            for (const damage of reading.damages) {
              expect(damage.path.startsWith(path)).toBe(true);
              expect(damage.message).not.toMatch(/\[object|^\s*$/);
            }
            const doubled = changes.filter(([, , kind]) => kind === 'double').length;
            expect(reading.activities.length).toBeLessThanOrEqual(TEN.length * 2 ** doubled);
          },
        ),
        runs,
      );
    });
    // a damaged Parquet file may keep its decoder busy until it is stopped
  }, 180_000);
});
