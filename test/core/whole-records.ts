import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { SNAPSHOT } from '../fixtures/signals/cases.ts';
import { cloudTrailRecord } from './records/cloudtrail-record.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A RunInstances call for a number of instances, and its answer unless it was refused. */
export const run = (
  count: number,
  { types = ['m7g.large'], ...change }: Json & { types?: readonly string[] } = {},
): Json => ({
  requestParameters: {
    instanceType: types[0],
    instancesSet: { items: [{ imageId: 'ami-00000000000000007', minCount: count, maxCount: count }] },
  },
  responseElements: {
    instancesSet: {
      items: Array.from({ length: count }, (_, index) => ({
        instanceId: `i-${`${index}`.padStart(17, '0')}`,
        imageId: 'ami-00000000000000007',
        instanceType: types[index % types.length],
      })),
    },
  },
  ...change,
});

/** A record with an id and a user of its own. */
export const by = (user: string, serial: number, change: Json): Json =>
  cloudTrailRecord({
    eventID: `${`${serial}`.padStart(8, '0')}-0000-4000-8000-000000000000`,
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDAEXAMPLE${user.toUpperCase()}`,
      arn: `arn:aws:iam::111122223333:user/${user}`,
      accountId: '111122223333',
      userName: user,
    },
    ...change,
  });

/** What the whole detector says of some records that arrive at once: severity and first line of each finding. */
export async function saidOf(...batches: readonly (readonly Json[])[]): Promise<string[]> {
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy: defaultPolicy };
  for (const batch of batches) await detect(deps, batch);
  const told: string[] = [];
  const line = (finding: FindingRecord): string =>
    headline(finding, findingTypeOf(finding, explain(finding, defaultPolicy).parts));
  for (const finding of await findingsIn(deps.verdicts, deps.policy)) {
    if (finding.status === 'open') told.push(`${finding.severity} ${line(finding)}`);
  }
  return told.sort();
}

/** A snapshot shared, with the attribute named as CloudTrail does. */
export const share = (
  members: Json,
  attribute: Json = { attributeType: 'CREATE_VOLUME_PERMISSION' },
): Json => ({
  eventName: 'ModifySnapshotAttribute',
  requestParameters: {
    snapshotId: SNAPSHOT,
    createVolumePermission: { add: { items: [members] } },
    ...attribute,
  },
});
