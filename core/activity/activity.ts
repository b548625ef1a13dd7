import { type Actor, subjectKey } from './actor.ts';
import type { Kind } from './kinds.ts';
import type { Resource, ResourceType } from './resources.ts';

/** How the call ended: `limited` is a quota or capacity refusal, `failed` any other error. */
export type Outcome = 'succeeded' | 'denied' | 'dry-run' | 'limited' | 'failed';

/** Where the network behind an address is; every part is absent when no database or no entry knows it. */
export interface Network {
  /** Autonomous system number. */
  readonly asn?: number;
  /** Name of the autonomous system's holder. */
  readonly holder?: string;
  /** ISO 3166-1 alpha-2 country code. */
  readonly country?: string;
}

/** Where the call came from. */
export interface Origin {
  /** IPv4 or IPv6 address, present only when CloudTrail gave a real one. */
  readonly ip?: string;
  /** The /24 (IPv4) or /48 (IPv6) around `ip`, in CIDR notation; absent for private addresses. */
  readonly prefix?: string;
  /** DNS name of the AWS service that made the call, or `AWS Internal`. */
  readonly service?: string;
  readonly network?: Network;
  /** Family of the user agent, e.g. `console`, `aws-cli`, `terraform`, `boto3`, or `other`. */
  readonly agent: string;
  /** The user agent as written, at most 120 characters, where the family does not say what it was: `other`, or an attack tool. */
  readonly userAgent?: string;
  /** Whether the session came from the AWS console. */
  readonly console: boolean;
  /** VPC endpoint the call passed through. */
  readonly endpoint?: string;
}

/** One resource an activity touched, and what it descends from: the raw material of lineage. */
export interface Link extends Resource {
  /** `made` by this activity, `used` as its source or part, or `changed` by it. */
  readonly role: 'made' | 'used' | 'changed';
  /** Resources whose data this one carries (a snapshot's volume, an instance's image and snapshots). */
  readonly from?: readonly Resource[];
  /** Id of the instance that an interface came up on, where one call launched several. */
  readonly on?: string;
  /** Another id that names it, too, where the record tells both: Google's requests take a name or a number. */
  readonly alias?: string;
}

/** What an instance launch asked for and got. */
export interface Launch {
  /** Instances started, as far as the record tells; else those asked for (maxCount). */
  readonly count: number;
  /** Instances asked for, where fewer were started. */
  readonly asked?: number;
  /** Distinct instance types, e.g. `m7g.large`. */
  readonly types: readonly string[];
  readonly images: readonly string[];
  /** Snapshots named in block devices that are not the image's own root device. */
  readonly snapshots: readonly string[];
  /** Name or ARN of the instance profile. */
  readonly profile?: string;
  readonly keyName?: string;
  readonly userData?: true;
  /** Asked for a public address in the call itself (the subnet may add one unseen). */
  readonly publicAddress?: true;
  /** `optional` means IMDSv1 works. */
  readonly httpTokens?: 'optional' | 'required';
  readonly groups: readonly string[];
  readonly subnet?: string;
  readonly vpc?: string;
  /** Its version as the call wrote it, also `$Latest` and `$Default`. */
  readonly template?: Resource;
  /** Tag keys set on instances at launch. */
  readonly tagKeys: readonly string[];
}

/** What a change left an instance or its network interface with, where links and kind do not say it. */
export interface Posture {
  readonly publicAddress?: true;
  /** Cannot be terminated until this is taken off again. */
  readonly protected?: true;
  /** `optional` means IMDSv1 works from then on. */
  readonly httpTokens?: 'optional' | 'required';
}

/** What of an instance may be seen to have changed. */
export type Aspect =
  | 'image'
  | 'instance profile'
  | 'security groups'
  | 'public address'
  | 'metadata options'
  | 'user data'
  | 'volumes';

/** Of what is in no record and was only seen later. */
interface Seen {
  /** Since when it may have happened, ms. It had by the activity's time. */
  readonly since: number;
  /** What of the instance changed. */
  readonly aspect?: Aspect;
  /** Another account, to which the image belongs that it runs. */
  readonly imageOwner?: string;
}

/** Who got access to a snapshot or image. */
export interface Share {
  readonly accounts: readonly string[];
  readonly organisations: readonly string[];
  readonly public: boolean;
}

/** One inbound rule; ports are inclusive, absent ports mean all, protocol `-1` means every protocol. */
export interface IngressRule {
  readonly group: string;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  /** CIDR, prefix list id or security group. */
  readonly source: string;
  /** The source is a security group. */
  readonly fromGroup?: true;
}

/** How far an act had come when the cloud wrote one of its records: asked for, taken on, or carried out or failed. */
export type Phase = 'begun' | 'accepted' | 'ended';

/** Which part of an act a record is, where the cloud tells one act in several (core/activity/acts.ts). */
interface Part {
  /** Id of the act, the same in all of its records. */
  readonly act: string;
  readonly phase: Phase;
  /** It says what was done, and not only to what. */
  readonly details?: true;
  /** Its act has no record of having been taken on. */
  readonly alone?: true;
}

/** One control-plane call or service event that matters, whatever the cloud. */
export interface Activity {
  /** The cloud's own id of the record (CloudTrail eventID); of an act told in several records, an id made of what names the act. */
  readonly id: string;
  /** When the call completed, ms since the epoch. */
  readonly at: number;
  /** Account in which it happened. */
  readonly account: string;
  readonly region: string;
  readonly kind: Kind;
  /** Service and call as the cloud names them, e.g. `ec2:RunInstances`. */
  readonly action: string;
  readonly actor: Actor;
  readonly origin: Origin;
  readonly outcome: Outcome;
  /** Error code without its `Client.`/`Server.` prefix. */
  readonly error?: string;
  readonly links: readonly Link[];
  readonly launch?: Launch;
  readonly posture?: Posture;
  /** What a change of a template, group or fleet tells a service to launch; a count of 0 where it does not say how many. */
  readonly plan?: Launch;
  readonly share?: Share;
  readonly ingress?: readonly IngressRule[];
  /** Free detail of a posture, guardrail, quota or Region change, e.g. the Region enabled; cleaned and cut. */
  readonly detail?: string;
  readonly seen?: Seen;
  /** Tags of the source volume or snapshot named in the call, for volume sensitivity. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Id common to copies of one action delivered to several accounts. */
  readonly sharedId?: string;
  /** It is one record of an act that has several. What is judged is the act (`joinedActs`). */
  readonly part?: Part;
  /** It was put together from the records of an act. Where some are missing, it is judged by what is known, and teaches nothing. */
  readonly joined?: 'whole' | 'partial';
}

/**
 * Whether a service made the call through a role of the account (AWS Backup, DLM): it shows as the caller and as the source
 * address, and neither can be set by whoever holds the role.
 */
export const isThroughService = ({ actor, origin }: Activity): boolean =>
  actor.invokedBy !== undefined && origin.service === actor.invokedBy;

/** Names an activity among those of all accounts. */
export const activityKey = ({ account, id }: Pick<Activity, 'account' | 'id'>): string => `${account}#${id}`;

/** Orders activities by time, then id, so that a tie within one second still has one answer. */
export function byTime(a: { at: number; id: string }, b: { at: number; id: string }): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * Names one copy of an activity: a record may come again, corrected, with another time or of another subject. Each copy has a
 * place and a judgement of its own; where several are told, one counts (`counts`).
 */
export const copyKey = ({
  account,
  actor,
  at,
  id,
}: Pick<Activity, 'account' | 'actor' | 'at' | 'id'>): string =>
  placeKey({ account, subject: subjectKey(actor), at, id });

/** The same by the place in time where a copy is kept. */
export const placeKey = ({
  account,
  subject,
  at,
  id,
}: {
  readonly account: string;
  readonly subject: string;
  readonly at: number;
  readonly id: string;
}): string => `${account}#${id}#${at}#${subject}`;

/** Whether a copy of an activity counts in place of another: the later one does, of one time that of the greater subject. */
export const counts = (copy: Activity, other: Activity): boolean =>
  copy.at === other.at ? subjectKey(copy.actor) > subjectKey(other.actor) : copy.at > other.at;

/** Orders the timeline of a resource, which can hold activities of one time and id: of two accounts, or copies of one. */
export function byPlace(a: Activity, b: Activity): number {
  return byTime(a, b) || compare(a.account, b.account) || compare(subjectKey(a.actor), subjectKey(b.actor));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Ids of the linked resources of one type, in one role if given. */
export function linked(activity: Activity, type: ResourceType, role?: Link['role']): string[] {
  return activity.links
    .filter((link) => link.type === type && (role === undefined || link.role === role))
    .map((link) => link.id);
}
