import type { Activity } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import {
  ACCELERATED,
  capacityOf,
  isAccelerated,
  isVeryLarge,
  VERY_LARGE,
} from '../activity/instance-types.ts';
import { type Kind, kindsThat } from '../activity/kinds.ts';
import { sourcesOf } from '../activity/links.ts';
import type { Fact } from './fact.ts';

/**
 * Wider circles: those behind one permission set or role name in whatever account, one person in all accounts, and the accounts
 * that use one Region. What they know makes something less strange, and counts from a day later on whatever the policy says of
 * settling, so that a late record reopens a bounded stretch of its members only (`affected.ts`).
 */
/** Kept among a subject's kinds and a circle's deeds: snapshots are put back to use. */
export const RESTORE = 'restore';

/** Kept among a subject's kinds: it puts termination protection on instances. */
export const PROTECT = 'protect';

/** Kept among a subject's kinds: it works in the console without a second factor. */
export const NO_MFA = 'console without mfa';

/** Kept of whole accelerated hosts: small ones do not make them familiar. */
export const ACCELERATED_HOSTS = 'accelerated hosts';

/** Kinds kept of a circle's members: launches, what moves data, and keys made. */
const KEPT: ReadonlySet<Kind> = new Set(
  kindsThat('launch', 'plan', 'copy', 'bring', 'export').concat('key-pair.create'),
);

/** A circle that an activity stands in: its scope, and the name under which the subject is a member there. */
export interface Circle {
  readonly scope: string;
  readonly member: string;
}

/** Names of Identity Center's roles end in a hash that differs from account to account. */
const PERMISSION_SET = /^role\/AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

/**
 * Those behind the same permission set, whatever the account, each counted once however many accounts it is used in; or the
 * roles of the same name, one for each account, and the people behind them.
 *
 * A permission set is given by Identity Center under its reserved path, and so are the names of its people. The name of a role is
 * anyone's to choose in an account that is theirs, so whoever asks such a circle must have a history of its own. A role that a
 * service works with, as AWS Backup does, has no hands behind it.
 */
export function teamOf({ account, actor }: Pick<Activity, 'account' | 'actor'>): Circle | undefined {
  const { class: sort, label, person, invokedBy } = actor;
  if (person?.vouched === true) {
    const set = PERMISSION_SET.exec(label)?.[1];
    return set === undefined ? undefined : { scope: `team#set/${set}`, member: person.key };
  }
  if (invokedBy !== undefined && person === undefined) return undefined;
  if (!label.startsWith('role/') || (sort !== 'human' && sort !== 'automation' && sort !== 'workload'))
    return undefined;
  return { scope: `team#${label}`, member: person?.key ?? account };
}

/** One person in all accounts, each account a member: only whom the cloud's own sign-in names. */
export function personOf({ account, actor }: Pick<Activity, 'account' | 'actor'>): Circle | undefined {
  const { person } = actor;
  return person?.vouched === true ? { scope: `person#${person.key}`, member: account } : undefined;
}

/** The accounts that launch in a Region. */
export const regionOf = ({ account, region }: Pick<Activity, 'account' | 'region'>): Circle => ({
  scope: `region#${region}`,
  member: account,
});

/** vCPUs of one call that a circle is known for: four ordinary instances, and fourfold again and again. */
const CAPACITIES = [16, 64, 256, 1024] as const;
const ofCapacity = (vcpus: number): string => `vcpus ${vcpus}`;
/** The deed that a number of vCPUs is as large as; undefined for what everybody tries. */
export const capacityDeed = (vcpus: number): string | undefined => {
  const reached = CAPACITIES.findLast((each) => vcpus >= each);
  return reached === undefined ? undefined : ofCapacity(reached);
};
export const inRegion = (region: string): string => `region ${region}`;
export const sharingWith = (account: string): string => `share ${account}`;

/** Accounts of one share that are kept as partners: who shares with more at once keeps none of the others. */
const MAX_PARTNERS = 5;
/** Accounts that a share could make partners of its subject: only what succeeded makes any. */
export const partnersIn = ({ kind, outcome, share }: Activity): readonly string[] =>
  outcome === 'succeeded' && kind.endsWith('.share') ? (share?.accounts.slice(0, MAX_PARTNERS) ?? []) : [];

/** What a member is known for: `instance.launch`, `accelerated`, `profile admin`. */
function doneBy(activity: Activity): string[] {
  const { kind, launch, plan } = activity;
  const wanted = launch ?? plan;
  const types = wanted?.types ?? [];
  const capacity = launch === undefined ? 0 : capacityOf(launch);
  return [
    ...(KEPT.has(kind) ? [kind] : []),
    ...(types.some(isAccelerated) ? [ACCELERATED] : []),
    ...(types.some(isVeryLarge) ? [VERY_LARGE] : []),
    ...(types.some((type) => isAccelerated(type) && isVeryLarge(type)) ? [ACCELERATED_HOSTS] : []),
    ...(wanted?.profile === undefined ? [] : [`profile ${wanted.profile}`]),
    ...(launch === undefined ? [] : [inRegion(activity.region)]),
    ...CAPACITIES.filter((each) => capacity >= each).map(ofCapacity),
    ...partnersIn(activity).map(sharingWith),
    ...(sourcesOf(activity).some(({ type }) => type === 'snapshot') ? [RESTORE] : []),
  ];
}

const SEPARATOR = ' by ';

/** How what a member does is kept. */
const deed = (what: string, member: string): string => `${what}${SEPARATOR}${member}`;

/** The member of a deed, where it is one of the sort asked about. */
export const doerOf = (value: string, what: string): string | undefined =>
  value.startsWith(what) && value.startsWith(SEPARATOR, what.length)
    ? value.slice(what.length + SEPARATOR.length)
    : undefined;

/** A deed as it is kept, taken apart. */
export function deedIn(value: string): readonly [what: string, member: string] | undefined {
  const end = value.indexOf(SEPARATOR);
  return end < 0 ? undefined : [value.slice(0, end), value.slice(end + SEPARATOR.length)];
}

/** So many others who are known for something are as good as any number of them. */
export const MANY = 4;

/** Who asks a sheet that is another's, too, and so is judged again when it changes. */
export const askerOf = ({ account, actor }: Pick<Activity, 'account' | 'actor'>): string =>
  `${account} ${subjectKey(actor)}`;

/** Facts of an activity that succeeded about its circles; every judgement that may ask one proves that it is a member. */
export function circleFacts(activity: Activity): Fact[] {
  const facts: Fact[] = [];
  const { launch } = activity;
  const asks = askerOf(activity);
  for (const circle of [teamOf(activity), personOf(activity)]) {
    if (circle === undefined) continue;
    const { scope, member } = circle;
    facts.push({ scope, dimension: 'asks', value: asks });
    if (activity.outcome !== 'succeeded') continue;
    facts.push({ scope, dimension: 'member', value: member });
    if (activity.origin.prefix !== undefined)
      facts.push({ scope, dimension: 'network', value: activity.origin.prefix });
    for (const what of doneBy(activity)) facts.push({ scope, dimension: 'deed', value: deed(what, member) });
  }
  if (launch !== undefined && activity.outcome === 'succeeded') {
    const { scope, member } = regionOf(activity);
    facts.push({ scope, dimension: 'member', value: member });
  }
  return facts;
}
