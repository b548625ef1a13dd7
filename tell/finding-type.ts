import type { IngressRule } from '../core/activity/activity.ts';
import { type Deed, does } from '../core/activity/kinds.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import type { SignalId } from '../core/policy/weights.ts';
import { openRules } from './contain/doors.ts';
import { standingOf } from './contain/standing.ts';
import { isTakenBack } from './deed.ts';

/**
 * What a finding can be about: OCSF's `finding_info.types`. Each is a section of docs/runbook.md with the same anchor, which a
 * test checks.
 */
export const FINDING_TYPES = [
  'public-share',
  'outside-share',
  'copied-data',
  'exported-data',
  'stolen-instance-credentials',
  'root-launch',
  'accelerated-launch',
  'launch-burst',
  'opened-instance',
  'fresh-identity',
  'newly-able',
  'leaked-key',
  'refused-sweep',
  'unrecorded-instance',
  'lost-coverage',
  'unfamiliar-snapshot',
  'unfamiliar-launch',
] as const;

export type FindingType = (typeof FINDING_TYPES)[number];

/** Signals that name the type by themselves. All others leave it to what was done. */
const NAMED: Partial<Record<SignalId, FindingType>> = {
  'shared-publicly': 'public-share',
  'shared-outside': 'outside-share',
  'shared-snapshot-used': 'outside-share',
  'copied-data-exposed': 'copied-data',
  'copied-data-on-instance': 'copied-data',
  'copied-data-removed': 'copied-data',
  'chain-across-principals': 'copied-data',
  'data-exported': 'exported-data',
  'launch-behind-automation': 'accelerated-launch',
  'instance-credentials-elsewhere': 'stolen-instance-credentials',
  'root-launch': 'root-launch',
  'accelerated-launch': 'accelerated-launch',
  'launch-burst': 'launch-burst',
  'many-regions': 'launch-burst',
  'new-instance-opened': 'opened-instance',
  'fresh-identity': 'fresh-identity',
  'key-from-new-network': 'leaked-key',
  'refused-attempts': 'refused-sweep',
  'unrecorded-launch': 'unrecorded-instance',
  'unrecorded-change': 'unrecorded-instance',
  'coverage-disabled': 'lost-coverage',
  'coverage-lost': 'lost-coverage',
  'newly-able': 'newly-able',
};

/** What lets data out, by what a call must have done that gave it away. */
const GIVING: Partial<Record<FindingType, Deed>> = {
  'public-share': 'admit',
  'outside-share': 'admit',
  'exported-data': 'export',
};

/**
 * The type that the strongest telling signal names, else an unfamiliar launch or snapshot. A share or an export that was refused
 * gave nothing away, so it is told as an attempt; an instance that no rule lets anybody into any more is told by what else it is.
 */
export function findingTypeOf(
  { members }: Pick<FindingRecord, 'members'>,
  parts: readonly { readonly signal: SignalId }[],
): FindingType {
  for (const { signal } of parts) {
    const type = NAMED[signal];
    if (type === undefined) continue;
    if (type === 'opened-instance' && worldRules({ members }).length === 0) continue;
    const deed = GIVING[type];
    return deed !== undefined && !members.some((each) => worked(each, deed)) ? 'refused-sweep' : type;
  }
  return members.some(({ activity }) => does(activity.kind, 'launch'))
    ? 'unfamiliar-launch'
    : 'unfamiliar-snapshot';
}

const worked = ({ activity }: Assessment, deed: Deed): boolean =>
  does(activity.kind, deed) && activity.outcome === 'succeeded';

/** Rules that let the world in, that something speaks against, and that stand at the end of a story. */
export const worldRules = (record: Pick<FindingRecord, 'members'>): readonly IngressRule[] =>
  openRules(standingOf(record, [], () => true)).map(({ rule }) => rule);

/** Where docs/ is for whoever was not told its address: in the repository. */
export const DOCS = 'docs';

/**
 * Where the runbook speaks about a type.
 *
 * @param docs address of docs/, without a slash at its end
 */
export const runbookOf = (type: FindingType, docs: string = DOCS): string => `${docs}/runbook.md#${type}`;

/** What replaces the first step where all that was shared has been taken back since. */
const TAKEN_BACK =
  'The sharing has been taken back since: find out who copied or mounted the data while it stood, for copies stay.';

/** What replaces the steps where nobody switched anything off, as far as is known: something of Launchtrail's own is silent or missing. */
const NOT_HEARD = [
  'Run launchtrail verify: it says what is broken between that Region and you. Until it is mended, what happens there is not told.',
  'See in that account and Region whether the stack is there and its rules are enabled, and who changed either last; a Region that never had it needs the member stack.',
  'Then run reconcile to see what was launched in the meantime.',
];
const NOBODY_LISTENS = [
  'Subscribe somebody to the topic of the alerts and have them confirm it: nobody is woken until then.',
  'See who ended the subscription that was there, if there was one.',
  'Look through the findings since then: launchtrail findings list --stack Launchtrail.',
];

/** Types whose steps speak of instances, of which there are none where every attempt was refused. */
const ABOUT_LAUNCHES: readonly FindingType[] = ['accelerated-launch', 'launch-burst', 'unfamiliar-launch'];

/** The first steps for a finding: none of them asks for what has happened already. */
export function firstSteps(
  { members }: Pick<FindingRecord, 'members'>,
  type: FindingType,
): readonly string[] {
  const [first, ...rest] = FIRST_STEPS[type];
  const all = members.map(({ activity }) => activity);
  if (ABOUT_LAUNCHES.includes(type) && all.every(({ outcome }) => outcome !== 'succeeded'))
    return [first ?? '', ...FIRST_STEPS['refused-sweep'].slice(1)];
  if (type === 'lost-coverage' && all.every(({ kind }) => kind === 'coverage.lose'))
    return all.some(({ action }) => action !== 'launchtrail:subscriber') ? NOT_HEARD : NOBODY_LISTENS;
  const shares = all.filter(({ kind, outcome }) => does(kind, 'share') && outcome === 'succeeded');
  const undone = shares.length > 0 && shares.every((share) => isTakenBack(share, all));
  return type === 'public-share' && undone ? [TAKEN_BACK, ...rest] : FIRST_STEPS[type];
}

/** First questions to answer, in order, before anything is touched; the runbook has the rest. */
const FIRST_STEPS: Readonly<Record<FindingType, readonly string[]>> = {
  'public-share': [
    'Take the sharing back now (first command below): while it stands, anyone with an AWS account can copy the data.',
    'Find out what is on the disk: which volume it came from, which instance used it, whether it holds keys or customer data.',
    'Ask the actor whether it was meant. If not, treat the credentials as stolen.',
  ],
  'outside-share': [
    'Is the receiving account ours, a vendor or a partner? If ours, add it to organisation.accounts in the policy.',
    'If nobody knows it, take the sharing back and find out what is on the disk.',
    'A copy made in the other account stays there: look for SharedSnapshot events and treat the data as gone.',
  ],
  'copied-data': [
    'Find out whose data it is: which instance and service used the volume named below, and what is on it.',
    'Ask everyone in the timeline whether this restore or clone was asked for; several principals may be one intruder.',
    'If nobody claims it: close the security group first, disable the credentials, then isolate the instance and keep it.',
  ],
  'exported-data': [
    'Whose is the bucket that the disk was written to, or who has the link? If nobody knows, treat the data as gone.',
    'Find out what is on the disk: which instance it came from, whether it holds keys or customer data.',
    'If nobody claims it: disable the credentials, then keep the access log of the bucket and delete the copy, or end the link.',
  ],
  'stolen-instance-credentials': [
    'Credentials of an instance were used somewhere else. Look up the address that they came from: a known NAT or VPN exit, or a stranger?',
    'If a stranger: the named instance is compromised. Revoke the sessions of its role and isolate it.',
    'List everything this role has done since the first record of this finding, in every Region.',
  ],
  'root-launch': [
    'Reach the owner of the root user by telephone. Root has no reason to launch instances.',
    'If the owner did not do it: change the password and MFA of root, delete its access keys, contact AWS Support.',
    'Look for new users, keys and roles made in the same session.',
  ],
  'accelerated-launch': [
    'Is a training or rendering job of this actor planned? Ask its team.',
    'If not: disable the credentials first, then isolate what they launched, in every Region of the finding; the cost runs by the minute.',
    'Check the other Regions: miners launch wherever quota is left.',
  ],
  'launch-burst': [
    'Is a deployment, load test or scale-out of this actor under way? Ask its team.',
    'If not: disable the credentials first, then deal with the instances.',
    'Check the other Regions for more of the same.',
  ],
  'opened-instance': [
    'Ask the actor whether the instance is meant to be reached by everybody, and what for.',
    'If nobody claims it: close the rule first, then disable the credentials, then isolate the instance and keep it.',
    'Find out what runs there (user data, image, code run on it), and what it can reach by its profile and its network.',
  ],
  'fresh-identity': [
    'Who created this identity or key, or gave it rights, from where, and was it asked for? Whoever did may be the real intruder.',
    'If nobody claims it: disable the credentials, then look at everything that whoever did this also did on the same day.',
    'Isolate what the identity has launched.',
  ],
  'newly-able': [
    'Who gave it these rights, and was it asked for? The reason below names the change, as far as its record was found.',
    'If nobody claims it: take the rights back. launchtrail access with --remedy says how, and how that is undone.',
    'Look at what it has launched since, and at what else whoever gave the rights did on the same day.',
  ],
  'leaked-key': [
    'Ask the owner of the key whether it was used from there: a moved office, a VPN or a new pipeline is the usual reason.',
    'If nobody claims it: switch the key off, then look at everything done with it from that network, in every Region.',
    'Isolate what it has launched, and find where the key leaked: repositories, laptops, images, logs of pipelines.',
  ],
  'refused-sweep': [
    'Nothing may have been launched yet: someone is finding out what these credentials can do.',
    'Ask the actor. A broken pipeline repeats one call; an intruder varies Region, type or service.',
    'If nobody claims it: disable the credentials before one attempt succeeds.',
  ],
  'unrecorded-instance': [
    'Look the instance up in the console: who owns it by its tags, what does it run, and who has launched the others of its subnet?',
    'Search CloudTrail event history for its id yourself: a record that you find was lost on its way and explains it.',
    'If there is none: isolate the instance and keep it, and have AWS Support say how it came to be.',
  ],
  'lost-coverage': [
    'Switch on what was switched off first: until then nothing that happens there is told. launchtrail verify says what is broken.',
    'Ask whoever did it, or who last deployed there. An upgrade makes such calls for a few minutes; nobody else has reason to.',
    'Look at what the same identity did before and after, and run reconcile to see what was launched in the meantime.',
  ],
  'unfamiliar-snapshot': [
    'Ask the actor what the snapshot is for, and whether its volume holds sensitive data.',
    'Look for what happened to it next: shared, copied to another Region, turned into a volume or image.',
    'If nobody claims it: disable the credentials; keep the snapshot as evidence.',
  ],
  'unfamiliar-launch': [
    'Ask the actor or its team whether they launched this.',
    'Compare image, instance profile, key pair and user data with what the team normally uses.',
    'If nobody claims it: disable the credentials, then isolate the instance.',
  ],
};
