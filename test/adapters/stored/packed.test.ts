import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../adapters/stored/packed.ts';
import { MAX_BEHIND } from '../../../core/findings/finding.ts';
import {
  activities,
  activityOf,
  largeVerdict,
  NOW,
  typicalLaunch,
  verdicts,
} from '../../contract/documents.ts';

const launch = typicalLaunch('e0000001-0000-4000-8000-000000000001', NOW);
const packed = pack(launch);

describe('a packed document', () => {
  it('comes back exactly as it was, each field there or not', () => {
    fc.assert(
      fc.property(fc.oneof(activities, verdicts), (document) => {
        expect(unpack(pack(document))).toStrictEqual(document);
      }),
      { numRuns: 300 },
    );
  });

  it('comes back from base64 text, as which Lambda hands over what a stream holds', () => {
    expect(unpack(Buffer.from(packed).toString('base64'))).toStrictEqual(launch);
  });

  it('is as small for a typical launch as the dictionary makes it', () => {
    // its JSON is 1178 bytes; with key, names and expiry its item has 364, so that eleven fit into a read of 4 kB
    expect(packed.length).toBeLessThanOrEqual(260);
    expect(deflateRawSync(JSON.stringify(launch)).length).toBeGreaterThan(2 * packed.length);
  });

  it('fits into an item of 400 kB where it is as large as it can be', () => {
    const verdict = largeVerdict(1000, MAX_BEHIND);
    const bytes = pack(verdict);
    expect(bytes.length).toBeLessThan(400_000);
    expect(unpack(bytes)).toStrictEqual(verdict);
  });

  it('holds text that looks like what it is packed in', () => {
    const detail = `\u0000\u0001"\\${'{"account":"111122223333"'.repeat(50)}\ud83d`;
    expect(unpack(pack(activityOf({ detail })))).toStrictEqual(activityOf({ detail }));
  });
});

describe('packed bytes', () => {
  it.each([0, 1, 255])('of layout %i are refused with both layouts and the remedy', (layout) => {
    const other = Buffer.from(packed);
    other[0] = layout;
    expect(() => unpack(other)).toThrow(
      `it has layout ${layout} and this version reads layout 2: deploy the version that wrote it, or empty the table and replay`,
    );
  });

  it('can be read by whoever reads this layout: the dictionary may not change without a new one', () => {
    const written = Buffer.from(
      'AquGhoMBGBjqgkhdExBhASIMEACU1BNBzjO3MDQ1MrEAC+oQkVcQ1Sj18oprhKNvgI+ri2uAj39kkL+PqyF67nFJLcjJr3QDNW0z' +
        'C1JBAxRI+Qmp+sHjA0IVMR57iM18UH9AKXAY48uMhpYWeqaGeoYGBnqG5sj5EUkCmiHRG4BmJqag6II3AF0htbaCH0RdMUo70MVV' +
        'qVYHS+1I1VydaJhklGycYpJqmmZmYG5oQUYuxzACJdcToZ6MLEy8GfhLHQLeJ1g05Jqn6+UkFqWnYikbMMzGLCsQNWMKOAUjVdK4' +
        'KlzU4gWrHejFDRZPYla8JamJkKRVXAJpgqYqxdbWAgA=',
      'base64',
    );
    expect(unpack(written)).toStrictEqual(launch);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { type: 'Buffer' }],
    ['a list', [1, 2]],
    ['no bytes', new Uint8Array()],
    ['no text', ''],
  ])('are not %s', (_, stored) => {
    expect(() => unpack(stored)).toThrow('expected packed bytes');
  });

  it('that hold no object are refused', () => {
    for (const document of ['[1]', '"text"', 'null', '7']) {
      const bytes = Buffer.concat([Buffer.of(2), deflateRawSync(document)]);
      expect(() => unpack(bytes)).toThrow('expected an object');
    }
    const broken = Buffer.concat([Buffer.of(2), deflateRawSync('{"id":')]);
    expect(() => unpack(broken)).toThrow(SyntaxError);
  });

  it('that break off, or lack their beginning, are refused', () => {
    for (const end of [1, 2, 10, packed.length - 1]) expect(() => unpack(packed.subarray(0, end))).toThrow();
    const headless = Buffer.concat([Buffer.of(2), packed.subarray(9)]);
    expect(() => unpack(headless)).toThrow();
  });

  it('that were damaged anywhere give an error or another object, never anything else', () => {
    const change = fc.tuple(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = Buffer.from(packed);
        for (const [at, by] of changes) damaged[at] = (damaged[at] ?? 0) ^ by;
        try {
          expect(unpack(damaged)).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('that claim to be far larger than any document are given up before they fill the memory', () => {
    const bomb = (megabytes: number): Buffer =>
      Buffer.concat([Buffer.of(2), deflateRawSync(`{"a":"${'x'.repeat(megabytes * 1_000_000)}"}`)]);
    expect(bomb(300).length).toBeLessThan(400_000);
    expect(() => unpack(bomb(300))).toThrow(/larger than 4000000 bytes/);
    expect(() => unpack(bomb(3))).not.toThrow();
  });
});
