import { describe, expect, it, vi } from 'vitest';
import { putRecords } from '../../../adapters/eventbridge/put-records.ts';
import { awsEndpoint } from '../http-server.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };

/** A bus that answers so, or takes everything, and what was put on it, call by call. */
async function busThat(answer?: object, status = 200) {
  const endpoint = await awsEndpoint(({ body }) => {
    const Entries = JSON.parse(body).Entries.map((_: unknown, index: number) => ({ EventId: `${index}` }));
    return { status, body: JSON.stringify(answer ?? { FailedEntryCount: 0, Entries }) };
  });
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', endpoint.config.endpoint);
  const calls = () => endpoint.seen.map(({ body }) => JSON.parse(body).Entries as Record<string, string>[]);
  return { endpoint, calls, put: putRecords({ region: 'eu-west-1', credentials }, 'launchtrail') };
}

describe('records of a cloud', () => {
  it('are put on the bus as the cloud wrote them, under the name of their cloud', async () => {
    const { endpoint, calls, put } = await busThat();
    await using _ = endpoint;
    await put('google', [{ insertId: 'a' }]);
    expect(endpoint.seen[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    expect(calls()).toEqual([
      [
        {
          Source: 'launchtrail.google',
          DetailType: 'Google Cloud Audit Log Entry',
          EventBusName: 'launchtrail',
          Detail: '{"insertId":"a"}',
        },
      ],
    ]);
  });

  it('go ten at a time, and no more than a megabyte', async () => {
    const { endpoint, calls, put } = await busThat();
    await using _ = endpoint;
    await put(
      'azure',
      Array.from({ length: 23 }, (_, id) => ({ id })),
    );
    expect(calls().map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(
      calls()
        .flat()
        .map(({ Detail = '' }) => JSON.parse(Detail).id),
    ).toEqual([...Array(23).keys()]);
    const large = { text: 'ä'.repeat(150_000) };
    await put('azure', [large, large, large, large]);
    const sizes = endpoint.seen.slice(3).map(({ body }) => Buffer.byteLength(body));
    expect(
      calls()
        .slice(3)
        .map(({ length }) => length),
    ).toEqual([3, 1]);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });

  it('are not done with while EventBridge has not taken one of them', async () => {
    const { endpoint, put } = await busThat({
      FailedEntryCount: 1,
      Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }],
    });
    await using _ = endpoint;
    await expect(put('azure', [{}, {}])).rejects.toThrow(/did not take 1 of 2 records: ThrottlingException/);
  });

  it('are not done with where EventBridge says no', async () => {
    const { endpoint, put } = await busThat({ __type: 'AccessDeniedException', message: 'no' }, 400);
    await using _ = endpoint;
    await expect(put('azure', [{}])).rejects.toThrow('AccessDeniedException: no');
  });
});
