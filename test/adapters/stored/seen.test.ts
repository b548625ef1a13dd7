import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packSeen, unpackSeen } from '../../../adapters/stored/seen.ts';
import { NOW, sheets } from '../../contract/documents.ts';

const id = 'e0000000';
const packed = NOW.toString(36);

describe('what a sheet has seen', () => {
  it('is stored as text that a person can read, with a sign of what was suspect', () => {
    const seen = {
      'region:eu-west-1': { at: NOW, id },
      'family:p5': { at: NOW, id, suspect: 'finding' as const },
      'network:AS64500': { at: NOW, id, suspect: 'leaked-key' as const },
    };
    expect(packSeen(seen)).toEqual({
      'region:eu-west-1': `${packed}.e0000000`,
      'family:p5': `${packed}!e0000000`,
      'network:AS64500': `${packed}#e0000000`,
    });
    expect(unpackSeen(packSeen(seen))).toStrictEqual(seen);
  });

  it('comes back exactly as it was, whatever the ids and values, also from JSON', () => {
    fc.assert(
      fc.property(sheets, ({ seen }) => {
        expect(unpackSeen(packSeen(seen))).toStrictEqual(seen);
        expect(unpackSeen(JSON.parse(JSON.stringify(packSeen(seen))))).toStrictEqual(seen);
      }),
    );
  });

  it('comes back from ids that hold the signs, and from before 1970', () => {
    for (const strange of ['.', '!', '#', '', 'a.b!c#d', 'a\nb', '-1.x'])
      for (const at of [0, -5, NOW]) {
        const seen = { 'day:1': { at, id: strange } };
        expect(unpackSeen(packSeen(seen))).toStrictEqual(seen);
      }
  });

  it.each([
    ['a number', 7],
    ['nothing', null],
    ['no time', '.e0000000'],
    ['no sign', packed],
    ['a time in capitals', `${packed.toUpperCase()}.e0000000`],
    ['a sighting as it is in memory', { at: NOW, id }],
  ])('is refused by its name where it is %s', (_, stored) => {
    expect(() => unpackSeen({ 'day:1': `${packed}.e`, 'region:x': stored })).toThrow(
      `["region:x"]: expected a sighting, found ${JSON.stringify(stored)}`,
    );
  });

  it('is refused where it is no object', () => {
    for (const stored of [undefined, null, 'text', 7]) {
      expect(() => unpackSeen(stored)).toThrow('expected an object');
    }
  });
});
