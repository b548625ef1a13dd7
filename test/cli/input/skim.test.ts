import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonReader } from '../../../cli/input/json-reader.ts';
import { emptyReading, type Reading } from '../../../cli/input/reading.ts';
import { ALWAYS, type TimeRange } from '../../../cli/input/time-range.ts';
import { RECORDS, RECORDS_HINT, recordFiles } from '../../records.ts';
import { type Delivered, damaged, delivered } from './texts.ts';

const runs = {
  numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 300),
  ...(process.env.LAUNCHTRAIL_SEED !== undefined && { seed: Number(process.env.LAUNCHTRAIL_SEED) }),
};

const range = fc.constantFrom<TimeRange>(ALWAYS, {
  since: Date.parse('2026-03-02T00:00:00Z'),
  until: Number.POSITIVE_INFINITY,
});

/** Reads content in chunks of these sizes, in turn. */
function read({ lines, bytes }: Delivered, range: TimeRange, sizes: readonly number[]): Reading {
  const reading = emptyReading();
  const reader = jsonReader('x', lines, range, Number.POSITIVE_INFINITY);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    reader.write(bytes.subarray(at, at + size), reading);
    at += size;
  }
  reader.end(undefined, reading);
  return reading;
}

/** No object lies whole in a chunk of one byte, so that every record is parsed. */
const parsed = (content: Delivered, within: TimeRange): Reading => read(content, within, [1]);

describe('records that are skimmed over', () => {
  it('are counted as parsing counts them, and none that matters is among them', () => {
    fc.assert(
      fc.property(
        delivered,
        range,
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }),
        (content, within, sizes) => {
          const reference = parsed(content, within);
          expect(read(content, within, [content.bytes.length])).toEqual(reference);
          expect(read(content, within, sizes)).toEqual(reference);
        },
      ),
      runs,
    );
  });

  it('may have more names than are kept in mind, and a watched one among them is found', () => {
    const names = Array.from({ length: 2000 }, (_, i) => `${i % 2 ? 'Put' : 'Get'}Thing${i}`);
    const all = [...names, ...names].toSpliced(3000, 0, 'RunInstances');
    const records = all.map((eventName) => ({
      eventName,
      eventSource: 'ec2.amazonaws.com',
      eventTime: '2026-03-01T10:00:00Z',
      recipientAccountId: '111122223333',
    }));
    const content = { lines: false, bytes: Buffer.from(JSON.stringify({ Records: records })) };
    const reading = read(content, ALWAYS, [content.bytes.length]);
    expect(reading).toEqual(parsed(content, ALWAYS));
    expect(reading.records).toBe(4001);
    expect(reading.activities.map(({ kind }) => kind)).toEqual(['instance.launch']);
  });

  it('may hide only damage inside a record nobody watches: all other damage is told, and no activity differs', () => {
    fc.assert(
      fc.property(
        damaged,
        range,
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }),
        (content, within, sizes) => {
          const reference = parsed(content, within);
          for (const some of [[content.bytes.length], sizes]) {
            const skimmed = read(content, within, some);
            expect(skimmed.activities).toEqual(reference.activities);
            expect(reference.damages).toEqual(expect.arrayContaining(skimmed.damages));
            const hidden = reference.damages.filter(
              (one) => !skimmed.damages.some(({ position }) => position === one.position),
            );
            for (const { message } of hidden) expect(message).toContain('is not valid JSON');
            expect(skimmed.records).toBe(reference.records + hidden.length);
            expect(skimmed.damaged).toBe(reference.damaged - hidden.length);
          }
        },
      ),
      runs,
    );
  });

  it.each([
    [
      'its name is written with escapes',
      '"eventSource":"ec2.amazonaws.com","eventName":"Run\\u0049nstances"',
    ],
    ['its key is', '"eventSource":"ec2.amazonaws.com","event\\u004eame":"RunInstances"'],
    [
      'another name stands before it',
      '"eventSource":"ec2.amazonaws.com","eventName":"GetObject","eventName":"RunInstances"',
    ],
    [
      'another name stands before one with escapes',
      '"eventSource":"ec2.amazonaws.com","eventName":"GetObject","eventName":"\\u0052unInstances"',
    ],
    [
      'another name stands before a key with escapes',
      '"eventSource":"ec2.amazonaws.com","eventName":"GetObject","event\\u004eame":"RunInstances"',
    ],
    [
      'another source stands before it',
      '"eventName":"RunInstances","eventSource":"s3.amazonaws.com","eventSource":"ec2.amazonaws.com"',
    ],
    [
      'others hide it inside',
      '"requestParameters":{"eventName":"GetObject"},"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"',
    ],
    [
      'a text looks like the end of the record',
      '"userAgent":"\\\\\\"}]}","eventSource":"ec2.amazonaws.com","eventName":"RunInstances"',
    ],
  ])('do not include a launch where %s', (_, members) => {
    const record = `{${members},"eventTime":"2026-03-01T10:00:00Z","recipientAccountId":"111122223333"}`;
    const content = { lines: false, bytes: Buffer.from(`{"Records":[${record}]}`) };
    const { activities } = read(content, ALWAYS, [content.bytes.length]);
    expect(activities.map(({ kind }) => kind)).toEqual(['instance.launch']);
  });

  it.skipIf(RECORDS === undefined)(`are the same in ${RECORDS_HINT}`, () => {
    for (const file of recordFiles()) {
      const content = { lines: false, bytes: readFileSync(join(RECORDS ?? '', file)) };
      expect(read(content, ALWAYS, [content.bytes.length])).toEqual(parsed(content, ALWAYS));
    }
  });
});
