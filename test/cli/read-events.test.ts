import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFiles } from '../../cli/input/find-files.ts';
import { addReading, addRecord, emptyReading, type Reading } from '../../cli/input/reading.ts';
import { ALWAYS } from '../../cli/input/time-range.ts';
import { readEvents } from '../../cli/read-events.ts';
import { launch, record, withFolder } from './desk.ts';

/** What is read of files, put together. */
async function read(paths: string[], jobs = 0) {
  const found = await findFiles(paths);
  const sum = emptyReading();
  for await (const reading of readEvents(found.files, { jobs })) addReading(sum, reading);
  const damages = [...found.damages, ...sum.damages];
  return {
    ...found,
    ...told(sum),
    damaged: sum.damaged,
    damages: damages.map(({ message }) => message),
    places: sum.damages.map(({ position }) => position ?? ''),
    consumed: sum.consumed,
  };
}

const told = ({ records, activities, skipped }: Reading) => ({
  records,
  activities,
  skipped: Object.fromEntries(skipped),
});

/** What these records, and nothing else, would be read as. */
function expected(records: readonly unknown[]) {
  const sum = emptyReading();
  for (const one of records) addRecord(sum, one, ALWAYS);
  return told(sum);
}

/** Reads one file of the given name and content. */
const readOne = (name: string, content: string | Buffer) =>
  withFolder(async (folder) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return await read([path]);
  });

const [a, b, c] = [launch('event-a'), record('event-b'), launch('event-c', '2026-03-03T10:00:00Z')];
const list = [a, b, c];
const json = JSON.stringify;
const lines = list.map((one) => json(one)).join('\n');
const envelope = (detail: unknown) => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  detail,
});

describe('reading events', () => {
  it.each<[string, string, string | Buffer]>([
    ['a CloudTrail file', 'x.json', json({ Records: list })],
    ['a CloudTrail file, indented', 'x.json', json({ Records: list }, null, 2)],
    ['an array', 'x.json', json(list)],
    ['JSON lines', 'x.jsonl', lines],
    [
      'JSON lines with CRLF, blank lines and a last newline',
      'x.ndjson',
      `${lines.replaceAll('\n', '\r\n\r\n')}\r\n`,
    ],
    ['JSON lines under the name of a document', 'x.json', lines],
    ['one record after another, indented', 'x.json', list.map((one) => json(one, null, 1)).join('\n')],
    ['documents without anything between them', 'x.json', json({ Records: [a] }) + json({ Records: [b, c] })],
    ['a CloudTrail file per line', 'x.jsonl', `${json({ Records: [a] })}\n${json({ Records: [b, c] })}`],
    ['one CloudTrail file on one line', 'x.jsonl', json({ Records: list })],
    ['EventBridge envelopes', 'x.jsonl', list.map((one) => json(envelope(one))).join('\n')],
    ['an array of EventBridge envelopes', 'x.json', json(list.map(envelope))],
    [
      'an SQS batch of them',
      'x.json',
      json({ Records: list.map((one) => ({ messageId: '1', body: json(envelope(one)) })) }),
    ],
    [
      'messages received from SQS, from SNS, from EventBridge',
      'x.json',
      json({
        Messages: list.map((one) => ({ Body: json({ Type: 'Notification', Message: json(envelope(one)) }) })),
      }),
    ],
    [
      'the output of lookup-events',
      'x.json',
      json(
        { Events: list.map((one) => ({ EventId: '1', CloudTrailEvent: json(one) })), NextToken: 'x' },
        null,
        4,
      ),
    ],
    ['gzip', 'x.json.gz', gzipSync(json({ Records: list }))],
    ['gzip of JSON lines', 'x.jsonl.gz', gzipSync(lines)],
    [
      'gzip members one after another',
      'x.json.gz',
      Buffer.concat(list.map((one) => gzipSync(json({ Records: [one] })))),
    ],
    ['gzip that is not named so', 'x.json', gzipSync(json(list))],
    ['plain text that is named gzip', 'x.json.gz', json(list)],
    ['a name that says nothing', 'export', json(list)],
    ['a byte order mark', 'x.json', `\ufeff${json(list)}`],
    ['UTF-16, as PowerShell writes', 'x.json', Buffer.from(`\ufeff${json(list)}`, 'utf16le')],
  ])('takes %s', async (_, name, content) => {
    expect(await readOne(name, content)).toMatchObject({ ...expected(list), damages: [] });
  });

  it('reads the same whatever the layout', async () => {
    const value = fc.array(
      fc.record({ id: fc.uuid(), text: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
    );
    await withFolder(async (folder) => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(value, fc.boolean(), fc.boolean(), async (ids, zipped, asLines) => {
          const all = ids.map(({ id, text }, i) => ({
            ...(i % 3 === 0 ? launch(id) : record(id)),
            errorMessage: text,
          }));
          const text = asLines ? all.map((one) => json(one)).join('\n') : json({ Records: all });
          const path = join(folder, `${run++}.${asLines ? 'jsonl' : 'json'}`);
          await writeFile(path, zipped ? gzipSync(text) : text);
          expect(await read([path])).toMatchObject({ ...expected(all), damages: [] });
        }),
        { numRuns: 40 },
      );
    });
  });

  it('in workers gives the same, in the order of the files, however many there are', async () => {
    await withFolder(async (folder) => {
      // more files than one task takes, of very different sizes, some damaged, one larger than what is read whole
      for (let i = 0; i < 150; i++) {
        const many = Array.from({ length: i === 7 ? 9_000 : (i * 37) % 50 }, (_, n) =>
          n % 3 === 0
            ? launch(`launch-${i}-${n}`)
            : record(`record-${i}-${n}`, { errorMessage: 'x'.repeat(500) }),
        );
        const text = i % 10 === 3 ? json(many).slice(0, -20) : json(many);
        const name = `${String(i).padStart(3, '0')}.json`;
        await writeFile(join(folder, i % 2 ? name : `${name}.gz`), i % 2 ? text : gzipSync(text));
      }
      const alone = await read([folder], 0);
      expect(alone.activities.length).toBeGreaterThan(3_000);
      expect(alone.damaged).toBe(15);
      for (const jobs of [1, 2, 4]) expect(await read([folder], jobs)).toEqual(alone);
    });
  });

  it('streams a document larger than what is read whole, with the same records', async () => {
    const many = Array.from({ length: 12_000 }, (_, i) =>
      record(`r${i}`, { errorMessage: 'x'.repeat(i % 700) }),
    );
    const { files, ...result } = await readOne('x.json', json({ Records: many }));
    expect(result).toMatchObject({ ...expected(many), damages: [] });
    expect(result.consumed).toBe(files[0]?.size);
  });
});

describe('damage', () => {
  it('in one line costs that line, and is told with its number', async () => {
    const result = await readOne(
      'x.jsonl',
      `${json(a)}\n{"eventID": oops\n\n${json(b)}\n"text"\n17\n${json(c)}`,
    );
    expect(result).toMatchObject(expected(list));
    expect(result.places).toEqual(['line 2', 'line 5', 'line 6']);
  });

  it('in one record of a document costs that record', async () => {
    const { damages, places, ...result } = await readOne(
      'x.json',
      `{"Records":[${json(a)},{"b":,},${json(c)}]}`,
    );
    expect(result).toMatchObject(expected([a, c]));
    expect(damages).toEqual([expect.stringContaining('is not valid JSON')]);
    expect(places).toEqual([`record 2 at byte ${13 + json(a).length}`]);
  });

  it('of a cut document leaves the records before the cut', async () => {
    const text = json({ Records: list });
    const { damages, ...result } = await readOne('x.json', text.slice(0, -40));
    expect(result).toMatchObject(expected([a, b]));
    expect(damages).toEqual([expect.stringContaining('ends inside this record')]);
  });

  it.each(['x.json.gz', 'x.jsonl.gz'])('of cut gzip leaves the records before the cut (%s)', async (name) => {
    // random text does not compress, so that the cut falls into the last records
    const many = Array.from({ length: 400 }, (_, i) =>
      record(`r${i}`, {
        errorMessage: Array.from({ length: 30 }, (_, j) =>
          ((i * 7919 + j * 104_729) % 9973).toString(36),
        ).join(''),
      }),
    );
    const text = name.includes('jsonl') ? many.map((one) => json(one)).join('\n') : json({ Records: many });
    const zipped = gzipSync(text);
    const { damages, ...result } = await readOne(name, zipped.subarray(0, zipped.length - 200));
    expect(result.records).toBeGreaterThan(350);
    expect(result).toMatchObject(expected(many.slice(0, result.records)));
    expect(damages).toEqual([expect.stringContaining('damaged gzip')]);
  });

  it('inside gzip is told, and the rest of the files read', async () => {
    const zipped = gzipSync(json({ Records: list }));
    zipped.fill(0xff, 40, 60);
    await withFolder(async (folder) => {
      await writeFile(join(folder, '1.json.gz'), zipped);
      await writeFile(join(folder, '2.json'), json(list));
      const { damages, ...result } = await read([folder]);
      expect(result).toMatchObject(expected(list));
      expect(damages).toEqual([expect.stringContaining('damaged gzip')]);
    });
  });

  it('of the encoding is told and the record used', async () => {
    const bytes = Buffer.from(json([record('a', { errorMessage: 'caf#' })]));
    bytes[bytes.indexOf('#')] = 0xe9;
    const { damages, ...result } = await readOne('x.json', bytes);
    expect(result).toMatchObject(expected([record('a')]));
    expect(damages).toEqual([expect.stringContaining('not valid UTF-8')]);
  });

  it('within an envelope is told with the way to it', async () => {
    const { places, ...result } = await readOne(
      'x.json',
      json({ Events: [{ CloudTrailEvent: '{' }, { CloudTrailEvent: json(b) }] }),
    );
    expect(result).toMatchObject(expected([b]));
    expect(places).toEqual([expect.stringContaining('record 1 at byte 11, $.CloudTrailEvent')]);
  });

  it.each([
    ['an empty document', 'x.json', '', 'is empty'],
    ['a picture', 'x.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0a, 0x0a]), 'is a picture'],
    [
      'a line beyond any record',
      'x.jsonl',
      `{"a":"${'x'.repeat(17 * 1024 * 1024)}"}\n${json(a)}`,
      'longer than',
    ],
  ])('is told once of %s', async (_, name, content, message) => {
    const { damages } = await readOne(name, content);
    expect(damages).toEqual([expect.stringContaining(message)]);
  });

  it('is not found in an empty file of lines', async () => {
    expect((await readOne('x.jsonl', '')).damages).toEqual([]);
  });
});

describe('finding files', () => {
  it('goes through folders in order of the time in CloudTrail names, and counts what it passes over', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, 'b/deep'), { recursive: true });
      await writeFile(join(folder, 'b/deep/1_CloudTrail_x_20260302T0000Z_y.json.gz'), '');
      await writeFile(join(folder, '1_CloudTrail_x_20260303T0000Z_y.json.gz'), '');
      await writeFile(join(folder, 'plain.ndjson'), '');
      await writeFile(join(folder, 'readme.txt'), '');
      const { files, ignored } = await findFiles([folder]);
      expect(files.map(({ path }) => path.slice(folder.length + 1))).toEqual([
        'plain.ndjson',
        'b/deep/1_CloudTrail_x_20260302T0000Z_y.json.gz',
        '1_CloudTrail_x_20260303T0000Z_y.json.gz',
      ]);
      expect(ignored).toBe(1);
    });
  });

  it('follows symbolic links, each folder once, and tells of those that lead nowhere', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, 'real'));
      await writeFile(join(folder, 'real/x.json'), '[]');
      await symlink(folder, join(folder, 'real/round'));
      await symlink(join(folder, 'real'), join(folder, 'same'));
      await symlink(join(folder, 'gone'), join(folder, 'z.json'));
      await symlink('loop.json', join(folder, 'loop.json'));
      const { files, damages } = await findFiles([folder]);
      expect(files).toHaveLength(1);
      expect(damages.map(({ message }) => message)).toEqual([
        'symbolic links go round in a circle',
        'no such file or folder',
      ]);
    });
  });

  it('is followed by reading what is still there, and telling what is not', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, '1.json'), json([a]));
      await writeFile(join(folder, '2.json'), json([b]));
      const { files } = await findFiles([folder]);
      await rm(join(folder, '1.json'));
      const sum = emptyReading();
      for await (const reading of readEvents(files)) addReading(sum, reading);
      expect(told(sum)).toEqual(expected([b]));
      expect(sum.damages).toEqual([{ path: join(folder, '1.json'), message: 'no such file or folder' }]);
    });
  });
});
