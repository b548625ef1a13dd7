import { type Activity, linked } from '../../core/activity/activity.ts';
import { aboutOf, does } from '../../core/activity/kinds.ts';
import {
  isAccountId,
  isDbSnapshotName,
  isImageId,
  isOrganisationArn,
  isSnapshotId,
  shellWord,
} from '../aws-ids.ts';
import { isTakenBack } from '../deed.ts';
import { utc } from '../narrate.ts';
import type { Standing } from './standing.ts';
import { type Containment, IDS_PER_COMMAND } from './step.ts';

/** Takes back what is still shared, so that no more data leaves. Copies made elsewhere stay there. */
export function unshared({ suspicious, all, gone }: Standing): Containment[] {
  return suspicious
    .filter(({ kind }) => does(kind, 'share'))
    .filter((share) => !isTakenBack(share, all))
    .flatMap((share) => (share.action.startsWith('rds:') ? ofDatabase(share) : ofEc2(share, gone)))
    .map((step) => ({ ...step, why: `${step.why}${usedBy(step.ids, all)}` }))
    .map(({ ids: _, ...step }) => step);
}

type Shared = Containment & { readonly ids: readonly string[] };

function ofEc2(activity: Activity, gone: Standing['gone']): Shared[] {
  const { share, region, kind, account } = activity;
  if (share === undefined) return [];
  const image = aboutOf(kind) === 'image';
  const removed = [
    ...(share.public ? ['{Group=all}'] : []),
    ...share.accounts.filter(isAccountId).map((id) => `{UserId=${id}}`),
    ...(image ? share.organisations.filter(isOrganisationArn).map(organisationEntry) : []),
  ].slice(0, IDS_PER_COMMAND);
  const ids = linked(activity, image ? 'image' : 'snapshot')
    .filter(image ? isImageId : isSnapshotId)
    .filter((id) => !gone.has(id));
  if (removed.length === 0 || ids.length === 0) return [];
  const option = image ? '--launch-permission' : '--create-volume-permission';
  const call = image ? 'modify-image-attribute --image-id' : 'modify-snapshot-attribute --snapshot-id';
  return [
    {
      ids,
      why: 'Take back the sharing (copies made elsewhere stay there)',
      account,
      commands: ids.map(
        (id) =>
          `aws ec2 ${call} ${id} --region ${region} ${option} ${shellWord(`Remove=[${removed.join(',')}]`)}`,
      ),
      undo: 'the same with Add= in place of Remove=',
    },
  ];
}

const organisationEntry = (arn: string): string =>
  arn.includes(':ou/') ? `{OrganizationalUnitArn=${arn}}` : `{OrganizationArn=${arn}}`;

/** RDS has calls of its own, one for snapshots of instances and one for those of clusters. */
function ofDatabase(activity: Activity): Shared[] {
  const { share, region, account, action } = activity;
  const cluster = action.includes('Cluster');
  const names = linked(activity, 'snapshot').filter(isDbSnapshotName);
  const values = [
    ...(share?.public === true ? ['all'] : []),
    ...(share?.accounts.filter(isAccountId) ?? []),
  ].slice(0, IDS_PER_COMMAND);
  if (names.length === 0 || values.length === 0) return [];
  const call = cluster
    ? 'modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier'
    : 'modify-db-snapshot-attribute --db-snapshot-identifier';
  return [
    {
      ids: names,
      why: 'Take back the sharing of the database snapshot (copies made elsewhere stay there)',
      account,
      commands: names.map(
        (name) =>
          `aws rds ${call} ${name} --region ${region} --attribute-name restore --values-to-remove ${values.join(' ')}`,
      ),
      undo: 'the same with --values-to-add',
    },
  ];
}

/** `; 444455556666 used it at 2026-06-15 12:00:00Z`: then taking the share back is not enough. */
function usedBy(ids: readonly string[], all: readonly Activity[]): string {
  const use = all.find(
    ({ kind, links }) => kind === 'snapshot.use' && links.some(({ id }) => ids.includes(id)),
  );
  if (use === undefined) return '';
  const who = isAccountId(use.actor.account) ? use.actor.account : 'another account';
  return `. ${who} used it at ${utc(use.at)}: treat the data as gone and revoke its grants on the KMS key`;
}
