import fc from 'fast-check';
import { randomOf } from '../../../simulate/random.ts';

/** Texts that an attacker might choose, hoping that a scan takes them for structure. */
const HOSTILE = [
  '","eventName":"RunInstances","x":"',
  '"eventName":"DescribeInstances"',
  '{"eventName":"GetObject","eventSource":"s3.amazonaws.com"}',
  '}]}',
  '{"Records":[',
  '\\',
  '\\"',
  '"',
  '}\n{',
  '\u2028caf\u00e9 \u{1f600}',
  '\u0000\u001f\u007f',
];
const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 20 }));

const NAMES = [
  'RunInstances',
  'CreateSnapshot',
  'ModifySnapshotAttribute',
  'DescribeInstances',
  'GetObject',
  'PutObject',
  'AssumeRole',
  'RunInstancesx',
  'RunInstance',
  'CreateStack',
  // lengths around those in which names are compared
  'Decrypt',
  'Generate',
  'Generate\u00e9',
  `List${'Very'.repeat(13)}`,
  `List${'Very'.repeat(13)}x`,
  '',
];
const SOURCES = ['ec2.amazonaws.com', 's3.amazonaws.com', 'cloudformation.amazonaws.com', ''];

/** What is inside a record: nested values that may look like records themselves. */
const inside = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostile,
    fc.constantFrom(null, true, false, 0, -1.5e10),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('eventName', 'eventSource', 'readOnly', 'eventTime', 'Records'), hostile),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value;

/** Records as CloudTrail writes them and as it does not. */
const someRecord = fc
  .record(
    {
      eventName: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...NAMES) },
        { weight: 1, arbitrary: inside },
      ),
      eventSource: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...SOURCES) },
        { weight: 1, arbitrary: inside },
      ),
      eventTime: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('2026-03-01T10:00:00Z', '2026-03-03T10:00:00Z') },
        { weight: 1, arbitrary: fc.constantFrom('yesterday', 1_772_400_000, null) },
      ),
      recipientAccountId: fc.constant('111122223333'),
      userIdentity: fc.constant({ type: 'IAMUser', accountId: '111122223333', userName: 'alice' }),
      readOnly: fc.oneof(fc.boolean(), fc.constantFrom('true', null, {})),
      userAgent: hostile,
      requestParameters: inside,
      responseElements: inside,
      eventID: fc.uuid(),
      tags: fc.oneof(fc.nat(), inside),
    },
    { requiredKeys: ['eventTime', 'recipientAccountId', 'userIdentity'] },
  )
  .chain((record) => fc.shuffledSubarray(Object.entries(record), { minLength: Object.keys(record).length }))
  .map((entries) => Object.fromEntries(entries));

/**
 * JSON of a value in a layout of chance: white space, escapes where none are needed, members written twice (the last one
 * counts, so the first says something else).
 */
function written(value: unknown, seed: number): string {
  const random = randomOf(seed, 'layout');
  const [spaced, escaping, repeating] = [random.chance(0.3), random.chance(0.4), random.chance(0.4)];
  const space = (): string => (spaced && random.chance(0.3) ? random.pick([' ', '\t', '  ']) : '');
  const unit = (char: string): string =>
    escaping && random.chance(0.04) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : '';
  const text = (from: string): string => {
    const plain = JSON.stringify(from);
    // only characters that JSON leaves as they are
    return plain.replace(/(\\u....|\\.)|([ -~])/g, (whole, escaped, char, at) =>
      escaped !== undefined || at === 0 || at === plain.length - 1 ? whole : unit(char) || whole,
    );
  };
  const write = (each: unknown): string => {
    if (typeof each === 'string') return text(each);
    if (Array.isArray(each)) return `[${space()}${each.map(write).join(`${space()},${space()}`)}]`;
    if (typeof each !== 'object' || each === null) return JSON.stringify(each);
    const members = Object.entries(each).flatMap(([key, inner]) => {
      const member = `${text(key)}${space()}:${space()}${write(inner)}`;
      const other = `${text(key)}:${write(random.pick(['RunInstances', 'GetObject', true, null, '2026-01-01']))}`;
      return repeating && random.chance(0.3) ? [other, member] : [member];
    });
    return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`;
  };
  return write(value);
}

/** Ways in which a list of records is delivered: as one document or as lines. */
const LAYOUTS: readonly { lines: boolean; of(records: readonly unknown[], seed: number): string }[] = [
  { lines: false, of: (records, seed) => written({ Records: records }, seed) },
  { lines: false, of: (records, seed) => written({ NextToken: 'x', Events: records, more: {} }, seed) },
  { lines: false, of: (records, seed) => written(records, seed) },
  { lines: false, of: (records) => JSON.stringify({ Records: records }, null, 2) },
  {
    lines: false,
    of: (records, seed) => records.map((one) => written(one, seed)).join(seed % 2 ? '\n' : ''),
  },
  {
    lines: false,
    of: (records, seed) => records.map((one) => written({ Records: [one, one] }, seed)).join(''),
  },
  { lines: true, of: (records, seed) => records.map((one) => written(one, seed)).join('\n') },
  { lines: true, of: (records, seed) => records.map((one) => `${written(one, seed)}\r\n\r\n`).join('') },
  { lines: true, of: (records, seed) => records.map((one) => written({ Records: [one] }, seed)).join('\n') },
  {
    lines: true,
    of: (records, seed) =>
      records
        .map((one) => written({ 'detail-type': 'AWS API Call via CloudTrail', detail: one }, seed))
        .join('\n'),
  },
  {
    lines: false,
    of: (records, seed) =>
      written(
        { Messages: records.map((one) => ({ Body: JSON.stringify({ Message: written(one, seed) }) })) },
        seed,
      ),
  },
  {
    lines: false,
    of: (records, seed) =>
      written({ Events: records.map((one) => ({ CloudTrailEvent: written(one, seed) })) }, seed),
  },
];

/** Records, whether they stand in lines, and their bytes. */
export interface Delivered {
  readonly lines: boolean;
  readonly bytes: Buffer;
}

export const delivered: fc.Arbitrary<Delivered> = fc
  .tuple(fc.array(someRecord, { maxLength: 6 }), fc.constantFrom(...LAYOUTS), fc.nat())
  .map(([records, { lines, of }, seed]) => ({ lines, bytes: Buffer.from(of(records, seed)) }));

/** The same with damage: cut off, bytes changed, lost or put in between. */
export const damaged: fc.Arbitrary<Delivered> = fc
  .tuple(
    delivered,
    fc.array(
      fc.tuple(
        fc.constantFrom('cut', 'change', 'remove', 'insert'),
        fc.nat(),
        fc.oneof(
          fc.constantFrom(...'"\\{}[],:\n \u00e9tn0'),
          fc.constantFrom('"}', '},{', 'null', '\xff', HOSTILE[0] ?? ''),
        ),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([{ lines, bytes }, changes]) => {
    let damagedBytes = bytes;
    for (const [kind, chance, text] of changes) {
      const at = chance % (damagedBytes.length + 1);
      const before = damagedBytes.subarray(0, at);
      const inserted = Buffer.from(text, 'latin1');
      if (kind === 'cut') damagedBytes = before;
      else if (kind === 'remove') damagedBytes = Buffer.concat([before, damagedBytes.subarray(at + 1)]);
      else
        damagedBytes = Buffer.concat([
          before,
          inserted,
          damagedBytes.subarray(kind === 'change' ? at + 1 : at),
        ]);
    }
    return { lines, bytes: damagedBytes };
  });
