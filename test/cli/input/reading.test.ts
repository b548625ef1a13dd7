import { describe, expect, it } from 'vitest';
import { addRecord, emptyReading } from '../../../cli/input/reading.ts';
import { azureRecords, compute } from '../../azure-records.ts';

const DAY = 86_400_000;
const FIRST = Date.parse('2026-03-02T00:00:00.000Z');

describe('a stretch of time that was asked for', () => {
  it('holds for records of another cloud as for those of CloudTrail, from its beginning until its end', () => {
    const reading = emptyReading();
    const started = [0, 1, 2].map((day) => ({
      operation: 'Microsoft.Compute/virtualMachines/start/action',
      on: compute('rg', 'virtualMachines', `web-${day}`),
      at: FIRST + day * DAY,
    }));
    for (const record of azureRecords(started))
      addRecord(reading, record, { since: FIRST + DAY, until: FIRST + 2 * DAY });
    expect(reading.activities.map(({ links }) => links[0]?.id.split('/').at(-1))).toEqual([
      'web-1',
      'web-1',
      'web-1',
    ]);
    expect([...reading.skipped]).toEqual([['outside --learn-from and --until', 6]]);
  });
});
