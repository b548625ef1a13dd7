import { describe, expect, it } from 'vitest';
import { addRecord, emptyReading } from '../../../cli/input/reading.ts';
import { ALWAYS } from '../../../cli/input/time-range.ts';
import { CLOUDS } from '../../../core/records/cloud.ts';
import { azureRecords, compute } from '../../azure-records.ts';
import { googleEntries, zonal } from '../../google-records.ts';

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

describe('a cloud that was named', () => {
  const of = {
    aws: [
      {
        eventVersion: '1.09',
        eventID: '11111111-2222-4333-8444-555555555555',
        eventTime: '2026-03-02T10:00:00Z',
        eventSource: 'ec2.amazonaws.com',
        eventName: 'StartInstances',
        awsRegion: 'eu-west-1',
        recipientAccountId: '111122223333',
        userIdentity: {
          type: 'IAMUser',
          accountId: '111122223333',
          userName: 'bob',
          principalId: 'AIDAEXAMPLE',
        },
        requestParameters: { instancesSet: { items: [{ instanceId: 'i-00000000000000001' }] } },
      },
    ],
    azure: azureRecords([
      {
        operation: 'Microsoft.Compute/virtualMachines/start/action',
        on: compute('rg', 'virtualMachines', 'web'),
        at: FIRST,
      },
    ]).slice(0, 1),
    google: googleEntries([
      { method: 'v1.compute.instances.start', on: zonal('instances', 'web'), at: FIRST },
    ]).slice(0, 1),
  };
  const noise = { hello: 'world' };

  it.each(CLOUDS)('is the only one that is read (%s), and what is of none is still told', (cloud) => {
    const reading = emptyReading();
    for (const record of [...of.aws, ...of.azure, ...of.google, noise])
      addRecord(reading, record, { ...ALWAYS, cloud });
    const alone = emptyReading();
    for (const record of of[cloud]) addRecord(alone, record, ALWAYS);
    expect(reading.activities).toEqual(alone.activities);
    expect(reading.activities).toHaveLength(1);
    expect([...reading.skipped]).toEqual([['not of the --cloud named', 2]]);
    expect([...reading.foreign.values()]).toEqual([1]);
    expect(reading.records).toBe(4);
  });
});
