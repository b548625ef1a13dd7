import type { Way } from '../core/access/audit.ts';
import type { Principal } from '../core/access/authorization.ts';
import type { EventLookup } from './ports.ts';

/** The record that gave somebody a way. */
export interface Giver {
  readonly id: string;
  readonly call: string;
  readonly who: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Calls of IAM by which somebody comes to be able, the closest to it first. */
const GIVES: ReadonlySet<string> = new Set([
  'PutUserPolicy',
  'PutRolePolicy',
  'PutGroupPolicy',
  'AttachUserPolicy',
  'AttachRolePolicy',
  'AttachGroupPolicy',
  'CreatePolicyVersion',
  'SetDefaultPolicyVersion',
  'AddUserToGroup',
  'DeleteUserPermissionsBoundary',
  'DeleteRolePermissionsBoundary',
  'PutUserPermissionsBoundary',
  'PutRolePermissionsBoundary',
  'DeleteUserPolicy',
  'DeleteRolePolicy',
  'DetachUserPolicy',
  'DetachRolePolicy',
  'CreateRole',
  'CreateUser',
]);
/** Names looked up of one principal: itself, and the policies and groups that give it the way. */
const MOST_NAMES = 4;
/** CloudTrail's own history goes back ninety days. */
const REMEMBERED = 89 * 86_400_000;

/** The newest record of IAM that changed what a principal may, of those that name it or a policy or group behind a way. */
export async function givenBy(
  events: EventLookup,
  { arn }: Principal,
  ways: readonly Way[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Giver | undefined> {
  const named = ways.flatMap(({ because }) =>
    because.flatMap((each) => {
      const [, found] = /(arn:[\w-]+:iam::[^\s,]*)/.exec(each) ?? [];
      if (found === undefined) return [];
      // CloudTrail knows policies by their ARN, groups by their name
      return found.includes(':policy/') ? [found] : [found.split('/').at(-1) ?? found];
    }),
  );
  const names = [...new Set([arn.split('/').at(-1) ?? arn, ...named])].slice(0, MOST_NAMES);
  let newest: Giver | undefined;
  for (const resource of names) {
    const { records } = await events.page({ by: { resource }, from: Math.max(from, to - REMEMBERED), to });
    for (const record of records) {
      const found = giverIn(record);
      if (found !== undefined && (newest === undefined || found.at > newest.at)) newest = found;
    }
  }
  return newest;
}

function giverIn(record: unknown): Giver | undefined {
  const { eventID, eventName, eventTime, errorCode, userIdentity } = Object(record) as Record<
    string,
    unknown
  >;
  if (typeof eventName !== 'string' || !GIVES.has(eventName) || errorCode !== undefined) return undefined;
  if (typeof eventTime !== 'string' || typeof eventID !== 'string') return undefined;
  const { arn } = Object(userIdentity) as Record<string, unknown>;
  // `user/ana`, `assumed-role/Admin/ana@example.com`
  const who = typeof arn === 'string' ? arn.split(':').slice(5).join(':') : 'somebody unnamed';
  return { id: eventID, call: eventName, who, at: eventTime };
}

/** The newest need not be what gave it the way, so no more is said of it than that. */
export const giverText = (giver: Giver | undefined): string =>
  giver === undefined
    ? 'no record was found of who gave it that'
    : `the last change found of what it may is ${giver.call} by ${giver.who} on ${giver.at} (record ${giver.id})`;
