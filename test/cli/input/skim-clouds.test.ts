import { describe, expect, it } from 'vitest';
import { unwatchedElsewhere } from '../../../cli/input/skim-clouds.ts';
import { fromOtherCloud } from '../../../core/records/clouds.ts';
import { azureRecords, compute, machine } from '../../azure-records.ts';
import { fromImage, googleEntries, wanted, zonal } from '../../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const looked = (record: unknown, space?: number) =>
  unwatchedElsewhere(Buffer.from(JSON.stringify(record, undefined, space)));

const azure = (operation: string) =>
  azureRecords([{ operation, on: compute('rg', 'x', 'y'), at: NOW, body: machine('Standard_B1s', NOW) }]);
const google = (method: string) =>
  googleEntries([{ method, on: zonal('x', 'y'), at: NOW, request: wanted('y', 'e2-small', fromImage) }]);

describe('a record of another cloud that nobody watches', () => {
  it.each([
    ...azure('Microsoft.Web/sites/write'),
    ...azure('Microsoft.Compute/virtualMachines/read'),
    ...google('storage.buckets.update'),
    ...google('beta.compute.instances.list'),
  ])('is passed over for the reason that its normaliser gives (%#)', (record) => {
    const read = fromOtherCloud(record);
    expect(read).toMatchObject({ ok: false });
    expect(looked(record)).toBe(read?.ok === false && read.reason);
  });

  it.each([...azure('Microsoft.Compute/virtualMachines/write'), ...google('alpha.compute.instances.insert')])(
    'is not one that is watched (%#)',
    (record) => {
      expect(looked(record)).toBeUndefined();
    },
  );

  it('is not one of Google that is watched, whatever operation its answer names', () => {
    const [record = {}] = google('v1.compute.instances.insert');
    const response = { operationName: 'projects/example/operations/1' };
    expect(looked({ ...record, response })).toBeUndefined();
    expect(looked({ response, ...record })).toBeUndefined();
  });

  it('is not told where anything is unusual', () => {
    const [record = {}] = azure('Microsoft.Web/sites/write');
    expect(looked(record, 2)).toBeUndefined();
    expect(
      looked({ ...record, more: { operationName: 'Microsoft.Compute/virtualMachines/write' } }),
    ).toBeUndefined();
    expect(looked({ ...record, eventSource: 'ec2.amazonaws.com' })).toBeUndefined();
    expect(
      looked({ ...record, OperationNameValue: 'MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE' }),
    ).toBeUndefined();
    const escaped = JSON.stringify(record).replace('MICROSOFT.WEB', '\\u004dICROSOFT.WEB');
    expect(unwatchedElsewhere(Buffer.from(escaped))).toBeUndefined();
  });
});
