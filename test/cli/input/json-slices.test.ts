import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSlicer, type Slice } from '../../../cli/input/json-slices.ts';

/** Feeds a text in chunks of one size. */
function slices(
  text: string,
  options: { lines?: boolean; maxRecord?: number; chunk?: number } = {},
): Slice[] {
  const bytes = Buffer.from(text);
  const slicer = jsonSlicer(options);
  const size = options.chunk ?? 7;
  const found: Slice[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...slicer.write(bytes.subarray(at, at + size)));
  return [...found, ...slicer.end()];
}

const values = (found: Slice[]): unknown[] =>
  found.map(({ bytes, problem }) => (bytes === undefined ? problem : JSON.parse(bytes.toString())));

/** Objects whose keys are never those of a record list. */
const item = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((entries) => Object.fromEntries(Object.entries(entries).map(([key, value]) => [`k${key}`, value])));
const space = fc.constantFrom(undefined, 1, '\t');

describe('JSON slices', () => {
  it('are the elements of an array, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), space, fc.integer({ min: 1, max: 50 }), (list, indent, chunk) => {
        const text = JSON.stringify(list, null, indent);
        expect(values(slices(text, { chunk }))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('are the elements of a record list, whatever stands before and after it', () => {
    fc.assert(
      fc.property(
        item,
        fc.array(fc.jsonValue()),
        item,
        space,
        fc.integer({ min: 1, max: 50 }),
        (a, list, b, indent, chunk) => {
          const text = JSON.stringify({ ...a, Records: list, ...b }, null, indent);
          expect(values(slices(text, { chunk }))).toEqual(JSON.parse(JSON.stringify(list)));
        },
      ),
    );
  });

  it('are top-level objects one after another, with or without separators', () => {
    fc.assert(
      fc.property(
        fc.array(item),
        fc.constantFrom('', '\n', ' ', '\r\n'),
        fc.integer({ min: 1, max: 50 }),
        (list, gap, chunk) => {
          const text = list.map((value) => JSON.stringify(value)).join(gap);
          expect(values(slices(text, { chunk }))).toEqual(JSON.parse(JSON.stringify(list)));
        },
      ),
    );
  });

  it('take the lists of documents joined without a separator, as `zcat *.json.gz` writes them', () => {
    expect(values(slices('{"Records":[{"a":1}]}{"Records":[{"a":2},{"a":3}]}'))).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 3 },
    ]);
  });

  it('do not take a list of the same name deeper down', () => {
    const value = { detail: { Records: [1, 2] } };
    expect(values(slices(JSON.stringify(value)))).toEqual([value]);
  });

  it('give a broken record to its caller and go on behind it', () => {
    const found = slices('{"Records":[{"a":1},{"a":,},{"a":3}]}');
    expect(found.map(({ bytes, offset }) => [offset, bytes?.toString()])).toEqual([
      [12, '{"a":1}'],
      [20, '{"a":,}'],
      [28, '{"a":3}'],
    ]);
  });

  it('report where a cut document ends and keep the records before it', () => {
    const found = slices('{"Records":[{"a":1},{"a":"tw');
    expect(found[0]?.bytes?.toString()).toBe('{"a":1}');
    expect(found[1]).toMatchObject({
      offset: 20,
      problem: expect.stringContaining('ends inside this record'),
    });
  });

  it('report a list that is never closed', () => {
    expect(values(slices('[{"a":1},'))).toEqual([
      { a: 1 },
      expect.stringContaining('before its list is closed'),
    ]);
  });

  it('end a broken value at the newline in line mode, also inside a string or list', () => {
    const text = '{"a":1}\n{"a":"open\n[{"a":2},\n{"Records":[{"a":3}]}\r\n\n{"a":4}';
    const found = slices(text, { lines: true });
    expect(found.map(({ line, bytes, problem }) => [line, bytes?.toString() ?? problem])).toEqual([
      [1, '{"a":1}'],
      [2, '{"a":"open'],
      [3, '{"a":2}'],
      [3, expect.stringContaining('ends inside a list')],
      [4, '{"a":3}'],
      [6, '{"a":4}'],
    ]);
  });

  it('report a record beyond the limit instead of keeping it, and go on', () => {
    const text = `[{"a":1},{"a":"${'x'.repeat(500)}"},{"a":3}]`;
    expect(values(slices(text, { maxRecord: 100 }))).toEqual([
      { a: 1 },
      expect.stringContaining('longer than 100'),
      { a: 3 },
    ]);
  });

  it('keep rubbish between documents in one piece each', () => {
    const found = slices('oops, what\n{"a":1}} trailing\n{"a":2}');
    expect(found.map(({ bytes }) => bytes?.toString())).toEqual([
      'oops, what',
      '{"a":1}',
      '} trailing',
      '{"a":2}',
    ]);
  });
});
