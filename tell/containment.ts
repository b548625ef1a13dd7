import { type Activity, linked } from '../core/activity/activity.ts';
import type { Actor } from '../core/activity/actor.ts';
import { aboutOf, does } from '../core/activity/kinds.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import {
  isAccountId,
  isImageId,
  isInstanceId,
  isLongLivedKey,
  isOrganisationArn,
  isRegion,
  isSnapshotId,
  principalOf,
  shellWord,
} from './aws-ids.ts';
import { isTakenBack } from './deed.ts';

/** One step of containment: why, and what to type, line by line. No lines: it cannot be done from a command line. */
export interface Containment {
  readonly why: string;
  /** Account whose credentials the commands need. */
  readonly account: string;
  readonly commands: readonly string[];
}

/** Instances named in one command; more only repeat it. */
const IDS_PER_COMMAND = 20;
/** Steps of one sort; the finding itself lists every resource. */
const STEPS_PER_SORT = 6;

const succeeded = ({ members }: FindingRecord): Activity[] =>
  members
    .map(({ activity }) => activity)
    .filter(({ outcome, region }) => outcome === 'succeeded' && isRegion(region));

/** Instances that members made and nobody has terminated since, by account and Region; only plain EC2 ids. */
export function instancesOf(record: FindingRecord): { account: string; region: string; ids: string[] }[] {
  const groups = new Map<string, { account: string; region: string; ids: Set<string> }>();
  const gone = new Set(
    succeeded(record)
      .filter(({ kind }) => kind === 'instance.terminate')
      .flatMap((each) => linked(each, 'instance')),
  );
  for (const activity of succeeded(record)) {
    const { account, region } = activity;
    const ids = linked(activity, 'instance', 'made').filter((id) => isInstanceId(id) && !gone.has(id));
    if (ids.length === 0) continue;
    const key = `${account} ${region}`;
    const group = groups.get(key) ?? { account, region, ids: new Set() };
    for (const id of ids) group.ids.add(id);
    groups.set(key, group);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { account, region, ids }]) => ({ account, region, ids: [...ids].sort() }));
}

function unshare(activity: Activity): Containment[] {
  const { share, region, kind } = activity;
  if (share === undefined || !does(kind, 'share')) return [];
  const image = aboutOf(kind) === 'image';
  const removed = [
    ...(share.public ? ['{Group=all}'] : []),
    ...share.accounts.filter(isAccountId).map((account) => `{UserId=${account}}`),
    ...(image ? share.organisations.filter(isOrganisationArn).map(organisationEntry) : []),
  ].slice(0, IDS_PER_COMMAND);
  const ids = linked(activity, image ? 'image' : 'snapshot').filter(image ? isImageId : isSnapshotId);
  if (removed.length === 0 || ids.length === 0) return [];
  const option = image ? '--launch-permission' : '--create-volume-permission';
  const call = image ? 'modify-image-attribute --image-id' : 'modify-snapshot-attribute --snapshot-id';
  return [
    {
      why: 'Take back the sharing (copies made elsewhere stay there)',
      account: activity.account,
      commands: ids.map(
        (id) =>
          `aws ec2 ${call} ${id} --region ${region} ${option} ${shellWord(`Remove=[${removed.join(',')}]`)}`,
      ),
    },
  ];
}

const organisationEntry = (arn: string): string =>
  arn.includes(':ou/') ? `{OrganizationalUnitArn=${arn}}` : `{OrganizationArn=${arn}}`;

function isolate(record: FindingRecord): Containment[] {
  const groups = instancesOf(record);
  if (groups.length === 0) return [];
  const loop = (region: string, ids: readonly string[], calls: readonly string[]): string[] => [
    `for i in ${ids.slice(0, IDS_PER_COMMAND).join(' ')}; do`,
    ...calls.map((call) => `  aws ec2 ${call} --region ${region}`),
    ids.length > IDS_PER_COMMAND
      ? `done  # and ${ids.length - IDS_PER_COMMAND} more, see the finding`
      : 'done',
  ];
  const steps = groups.slice(0, STEPS_PER_SORT).flatMap(({ account, region, ids }): Containment[] => [
    {
      why: `Keep the evidence in ${region}: no termination, disks copied`,
      account,
      commands: loop(region, ids, [
        'modify-instance-attribute --instance-id "$i" --disable-api-termination',
        `create-snapshots --instance-specification InstanceId="$i" --description launchtrail-evidence`,
      ]),
    },
    {
      why: `Isolate in ${region}: set SG to a security group of the same VPC that has no rules. Do not terminate`,
      account,
      commands: loop(region, ids, ['modify-instance-attribute --instance-id "$i" --groups "$SG"']),
    },
  ]);
  const more = groups.length - STEPS_PER_SORT;
  return more > 0
    ? [
        ...steps,
        {
          why: `The same in ${more} more Regions, see the finding`,
          account: record.account,
          commands: [],
        },
      ]
    : steps;
}

/** Roles that IAM does not let their account change, and what to do instead. */
const RESERVED: readonly (readonly [path: string, why: string])[] = [
  [
    ':role/aws-reserved/',
    "The role is Identity Center's and cannot be changed: end the session of the person and disable the user there",
  ],
  [
    ':role/aws-service-role/',
    'An AWS service acted: find who last changed the group, template, fleet or stack behind it, and disable that actor',
  ],
];

function disable({ actor }: Activity): Containment | undefined {
  const { account } = actor;
  if (actor.class === 'root') {
    return {
      why: 'Root cannot be disabled by a command: sign in as root, change password and MFA, delete its access keys',
      account,
      commands: [],
    };
  }
  const principal = principalOf(actor.arn);
  if (principal === undefined || actor.arn === undefined) return undefined;
  const name = shellWord(principal.name);
  if (principal.sort === 'user') {
    const { accessKey } = actor;
    return accessKey !== undefined && isLongLivedKey(accessKey)
      ? {
          why: 'Switch the access key off (reversible)',
          account,
          commands: [
            `aws iam update-access-key --user-name ${name} --access-key-id ${accessKey} --status Inactive`,
          ],
        }
      : {
          why: 'List the access keys of the user, then set each to Inactive',
          account,
          commands: [`aws iam list-access-keys --user-name ${name}`],
        };
  }
  const { arn } = actor;
  const reserved = RESERVED.find(([path]) => arn.includes(path));
  if (reserved !== undefined) return { why: reserved[1], account, commands: [] };
  return {
    why: 'Revoke every session of the role issued until now (its own workloads lose theirs, too, and fetch new ones)',
    account,
    commands: [
      `aws iam put-role-policy --role-name ${name} --policy-name AWSRevokeOlderSessions --policy-document \\`,
      `  '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%FT%TZ)"'"}}}}'`,
    ],
  };
}

/** An instance whose credentials were used is compromised itself; its Region is not in the record. */
function sourceInstance({ actor }: Activity): Containment[] {
  const { instance } = actor;
  return instance !== undefined && isInstanceId(instance)
    ? [
        {
          why: `The credentials are those of ${instance}: isolate it, too, in its own Region`,
          account: actor.account,
          commands: [],
        },
      ]
    : [];
}

const credentialOf = ({ key, accessKey = '' }: Actor): string => `${key} ${accessKey}`;

/**
 * What stops the story, in order: take back shares, disable the credentials so that no more comes, then keep and isolate
 * the instances.
 *
 * Commands hold only ids that match AWS's own patterns and quoted names; anything else in a record never reaches a shell.
 * Each says in which account it is to be run.
 */
export function containmentOf(record: FindingRecord): Containment[] {
  const activities = succeeded(record);
  const told = record.members.map(({ activity }) => activity);
  const shares = activities.filter((each) => !isTakenBack(each, told)).flatMap(unshare);
  const actors = new Map(
    record.members
      .filter(({ evidence }) => evidence.length > 0)
      .map(({ activity }) => [credentialOf(activity.actor), activity] as const),
  );
  const credentials = [...actors.values()].map(disable).filter((step) => step !== undefined);
  const sources = [...actors.values()].flatMap(sourceInstance);
  const unique = (steps: readonly Containment[]): Containment[] => [
    ...new Map(steps.map((step) => [JSON.stringify(step), step])).values(),
  ];
  return [
    ...unique(shares).slice(0, STEPS_PER_SORT),
    ...unique(credentials).slice(0, STEPS_PER_SORT),
    ...isolate(record),
    ...unique(sources).slice(0, STEPS_PER_SORT),
  ];
}
