import { afterEach, describe, expect, it, vi } from 'vitest';
import { securityHub } from '../../../adapters/securityhub/import.ts';
import type { Notice } from '../../../app/forward.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { toOcsf } from '../../../tell/ocsf.ts';
import { NOW } from '../../builders.ts';
import { acceleratedLaunch, publicShare } from '../../findings.ts';
import { awsEndpoint } from '../http-server.ts';

const HOME = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const notices: readonly Notice[] = [acceleratedLaunch(), { ...publicShare(), id: 'lt-share' }].map(
  (record, index) => ({
    id: `message-${index}`,
    at: NOW,
    finding: toOcsf(record, { policy }),
  }),
);
const [launch, share] = notices as [Notice, Notice];

afterEach(() => {
  vi.unstubAllEnvs();
});

async function importing(answer: () => { status: number; body: object }) {
  const server = await awsEndpoint(() => {
    const { status, body } = answer();
    return { status, body: JSON.stringify(body) };
  });
  vi.stubEnv('AWS_ENDPOINT_URL_SECURITYHUB', server.config.endpoint);
  const { credentials } = server.config;
  return { server, send: securityHub({ region: HOME.region, credentials }, HOME) };
}

describe('imports into Security Hub', () => {
  it('are one call for a batch, with the time at which each was published', async () => {
    const { server, send } = await importing(() => ({
      status: 200,
      body: { FailedCount: 0, SuccessCount: 2 },
    }));
    await using _ = server;
    expect((await send(notices)).size).toBe(0);
    expect(server.seen).toHaveLength(1);
    const { Findings } = JSON.parse(server.seen[0]?.body ?? '');
    expect(Findings.map(({ Id }: { Id: string }) => Id)).toEqual(
      notices.map(({ finding }) => finding.finding_info.uid),
    );
    expect(Findings[0].UpdatedAt).toBe(new Date(NOW).toISOString());
    expect(server.seen[0]?.headers.authorization).toContain('/eu-west-1/securityhub/');
  });

  it('that fail for one finding fail for that one alone', async () => {
    const { server, send } = await importing(() => ({
      status: 200,
      body: {
        FailedCount: 1,
        FailedFindings: [
          {
            Id: share.finding.finding_info.uid,
            ErrorCode: 'InvalidInput',
            ErrorMessage: 'Title is too long',
          },
        ],
      },
    }));
    await using _ = server;
    expect([...(await send(notices))]).toEqual([[share.id, 'InvalidInput: Title is too long']]);
  });

  it('that fail without saying for which fail for all', async () => {
    const { server, send } = await importing(() => ({
      status: 200,
      body: { FailedCount: 1, FailedFindings: [{ ErrorCode: 'InternalFailure' }] },
    }));
    await using _ = server;
    expect([...(await send(notices)).keys()]).toEqual([launch.id, share.id]);
  });

  it.each([
    ['as a whole', { status: 401, body: { __type: 'InvalidAccessException', Message: 'not subscribed' } }],
    [
      'for the finding',
      {
        status: 200,
        body: {
          FailedFindings: [
            { Id: launch.finding.finding_info.uid, ErrorCode: 'InvalidAccess', ErrorMessage: '' },
          ],
        },
      },
    ],
  ])('say where Security Hub is off and what to do, %s', async (_, answer) => {
    const { server, send } = await importing(() => answer);
    await using __ = server;
    const why = await send([launch]).then(
      (failed) => failed.get(launch.id),
      (error: Error) => error.message,
    );
    expect(why).toContain('Security Hub is off in eu-west-1 of account 111122223333: switch it on');
  });

  it('are tried again where Security Hub has no time', async () => {
    let left = 2;
    const { server, send } = await importing(() => {
      left -= 1;
      return left >= 0
        ? { status: 429, body: { __type: 'LimitExceededException' } }
        : { status: 200, body: { FailedCount: 0 } };
    });
    await using _ = server;
    expect((await send(notices)).size).toBe(0);
    expect(server.seen).toHaveLength(3);
  });
});
