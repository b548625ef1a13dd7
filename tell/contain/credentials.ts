import { type Activity, linked } from '../../core/activity/activity.ts';
import type { Actor } from '../../core/activity/actor.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { isInstanceId, isLongLivedKey, isUserName, principalOf, shellWord } from '../aws-ids.ts';
import { shown } from '../shown.ts';
import type { Standing } from './standing.ts';
import type { Containment } from './step.ts';

/** Roles that IAM does not let their account change, and what to do instead. */
const RESERVED: readonly (readonly [path: string, why: (actor: Actor) => string])[] = [
  [
    ':role/aws-reserved/',
    ({ person }) =>
      `The role is Identity Center's and cannot be changed: in its console, under Users, ${person === undefined ? 'open the person' : `open ${shown(person.label, 80)}`}, delete the active sessions and disable user access`,
  ],
  [
    ':role/aws-service-role/',
    () =>
      'An AWS service acted: find who last changed the group, template, fleet or stack behind it, and disable that actor',
  ],
];

const switchOff = (why: string, account: string, user: string, key: string): Containment => {
  const call = `aws iam update-access-key --user-name ${shellWord(user)} --access-key-id ${key} --status`;
  return { why, account, commands: [`${call} Inactive`], undo: `${call} Active` };
};

function disable({ actor }: Activity, off: Standing['off']): Containment | undefined {
  const { account, arn, accessKey } = actor;
  if (actor.class === 'root') {
    return {
      why: 'Root cannot be disabled by a command: sign in as root, change password and MFA, delete its access keys',
      account,
      commands: [],
    };
  }
  const principal = principalOf(arn);
  if (principal === undefined || arn === undefined) return undefined;
  if (principal.sort === 'user') {
    if (accessKey !== undefined && off.has(accessKey)) return undefined;
    return accessKey !== undefined && isLongLivedKey(accessKey)
      ? switchOff('Switch the access key off', account, principal.name, accessKey)
      : {
          why: 'List the access keys of the user, then set each to Inactive',
          account,
          commands: [`aws iam list-access-keys --user-name ${shellWord(principal.name)}`],
        };
  }
  const reserved = RESERVED.find(([path]) => arn.includes(path));
  if (reserved !== undefined) return { why: reserved[1](actor), account, commands: [] };
  const named = `--role-name ${shellWord(principal.name)} --policy-name AWSRevokeOlderSessions`;
  return {
    why: 'Revoke every session of the role issued until now (its own workloads lose theirs, too, and fetch new ones)',
    account,
    commands: [
      `aws iam put-role-policy ${named} --policy-document \\`,
      `  '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%FT%TZ)"'"}}}}'`,
    ],
    undo: `aws iam delete-role-policy ${named}`,
  };
}

/** A key that was made in the story outlives whoever made it. */
function madeKeys(activity: Activity, off: Standing['off']): Containment[] {
  const { account, kind, detail } = activity;
  if (kind !== 'identity.create' || detail === undefined || !isUserName(detail)) return [];
  return linked(activity, 'access-key', 'made')
    .filter((key) => isLongLivedKey(key) && !off.has(key))
    .map((key) => switchOff('Switch off the access key that was made in this story', account, detail, key));
}

const credentialOf = ({ key, accessKey = '' }: Actor): string => `${key} ${accessKey}`;

/** One activity of each credential that something speaks against; of a service's only where the story does not know who had it act. */
function actorsOf({ members }: FindingRecord): Activity[] {
  const actors = members
    .filter(({ evidence }) => evidence.length > 0)
    .filter(({ activity, follows }) => follows === undefined || activity.actor.class !== 'service')
    .map(({ activity }) => [credentialOf(activity.actor), activity] as const);
  return [...new Map(actors).values()];
}

/** Takes the credentials away, so that no more comes, and those that were made with them; not the keys that are off already. */
export function disabled(record: FindingRecord, { suspicious, off }: Standing): Containment[] {
  const used = actorsOf(record).flatMap((each) => disable(each, off) ?? []);
  const named = new Set(used.flatMap(({ commands }) => commands));
  const made = suspicious
    .flatMap((each) => madeKeys(each, off))
    .filter(({ commands }) => !commands.every((each) => named.has(each)));
  return [...used, ...made];
}

/** Instances whose credentials were used are compromised themselves; their Region is not in the record. */
export const sources = (record: FindingRecord): Containment[] =>
  actorsOf(record).flatMap(({ actor: { instance, account } }) =>
    instance !== undefined && isInstanceId(instance)
      ? [
          {
            why: `The credentials are those of ${instance}: isolate it, too, in its own Region`,
            account,
            commands: [],
          },
        ]
      : [],
  );
