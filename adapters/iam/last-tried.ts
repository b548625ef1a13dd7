import { setTimeout as sleep } from 'node:timers/promises';
import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  type GetServiceLastAccessedDetailsCommandOutput,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { LastTried } from '../../app/audit-access.ts';

/** One report is asked for a second: IAM says nothing of its limits. */
const INTERVAL_MS = 1000;
/** A report of an administrator takes some eight seconds. */
const MAX_LOOKS = 30;
const PAGE = 1000;
const CALLS = new Set(['RunInstances', 'RequestSpotInstances', 'CreateFleet', 'RequestSpotFleet']);

/**
 * When somebody last tried to launch, from IAM's report of actions last accessed. The report can only be read in the session that asked
 * for it. Needs iam:GenerateServiceLastAccessedDetails and iam:GetServiceLastAccessedDetails.
 *
 * @throws when the report fails, or takes longer than half a minute
 */
export function iamLastTried(
  iam: Pick<IAMClient, 'send'>,
  { interval = INTERVAL_MS, wait = sleep as (ms: number) => Promise<unknown> } = {},
): LastTried {
  return async (arn) => {
    await wait(interval);
    const { JobId } = await iam.send(
      new GenerateServiceLastAccessedDetailsCommand({ Arn: arn, Granularity: 'ACTION_LEVEL' }),
    );
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const first = await read(iam, JobId);
      if (first.JobStatus === 'FAILED')
        throw new Error(`IAM made no report of ${arn}: ${first.Error?.Message ?? 'no reason given'}`);
      if (first.JobStatus === 'COMPLETED') return await latest(iam, JobId, first);
      await wait(interval);
    }
    throw new Error(`IAM's report of ${arn} was not there after ${MAX_LOOKS} looks`);
  };
}

const read = (
  iam: Pick<IAMClient, 'send'>,
  JobId: string | undefined,
  Marker?: string,
): Promise<GetServiceLastAccessedDetailsCommandOutput> =>
  iam.send(
    new GetServiceLastAccessedDetailsCommand({
      JobId,
      MaxItems: PAGE,
      ...(Marker !== undefined && { Marker }),
    }),
  );

/** An administrator's row of EC2 may stand on a later page. */
async function latest(
  iam: Pick<IAMClient, 'send'>,
  job: string | undefined,
  first: GetServiceLastAccessedDetailsCommandOutput,
): Promise<number | undefined> {
  const times: number[] = [];
  for (let page = first; ; page = await read(iam, job, page.Marker)) {
    for (const { ServiceNamespace, TrackedActionsLastAccessed = [] } of page.ServicesLastAccessed ?? [])
      if (ServiceNamespace === 'ec2')
        for (const { ActionName = '', LastAccessedTime } of TrackedActionsLastAccessed)
          if (CALLS.has(ActionName) && LastAccessedTime !== undefined) times.push(LastAccessedTime.getTime());
    if (!page.IsTruncated || page.Marker === undefined) break;
  }
  return times.length === 0 ? undefined : Math.max(...times);
}
