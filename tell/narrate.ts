import {
  type Activity,
  activityKey,
  type IngressRule,
  linked,
  type Outcome,
} from '../core/activity/activity.ts';
import { clean } from '../core/activity/clean.ts';
import { aboutOf, does, wordsOf } from '../core/activity/kinds.ts';
import { nameOf, type ResourceType } from '../core/activity/resources.ts';
import { type FindingRecord, inSequence } from '../core/findings/finding.ts';
import { isByService } from '../core/lineage/automation.ts';
import type { FindingType } from './finding-type.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  succeeded: 'done',
  denied: 'DENIED',
  'dry-run': 'dry run only',
  limited: 'REFUSED, over quota or out of capacity',
  failed: 'FAILED',
};

/** Up to `max` items, cleaned, and how many more there are. */
function few(items: readonly string[], max: number): string {
  const shown = items.slice(0, max).map((item) => clean(item, 80));
  const more = items.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** UTC time to the second, e.g. `2026-03-02 03:14:07Z`. */
export const utc = (at: number): string =>
  new Date(at).toISOString().replace('T', ' ').slice(0, 19).concat('Z');

/** Who can now use what was shared, e.g. `everyone and account 444455556666`. */
function audience({ share }: Activity): string | undefined {
  if (share === undefined) return undefined;
  const { accounts, organisations } = share;
  const parts = [
    ...(share.public ? ['everyone'] : []),
    ...(accounts.length > 0 ? [`account ${few(accounts, 3)}`] : []),
    ...(organisations.length > 0 ? [`organisation ${few(organisations, 2)}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

function rule({ group, protocol, fromPort, toPort, source }: IngressRule): string {
  const ports =
    fromPort === undefined ? 'all ports' : fromPort === toPort ? fromPort : `${fromPort}-${toPort}`;
  return clean(`${group} ${protocol === '-1' ? 'all protocols' : protocol} ${ports} from ${source}`, 120);
}

const typesOf = (activity: Activity): string[] => [...(activity.launch?.types ?? [])];

/** What comes along with a launch by itself; the finding lists it. */
const ASIDE: readonly ResourceType[] = ['network-interface', 'security-group'];

/** The parts of one activity that a person would ask about, most telling first. */
function particulars(activity: Activity): string[] {
  const { launch, ingress, detail } = activity;
  const made = activity.links
    .filter(({ role, type }) => role === 'made' && !ASIDE.includes(type))
    .map(nameOf);
  // a rule names its group itself
  const ruled = new Set((ingress ?? []).map(({ group }) => group));
  const touched = activity.links.filter(({ role, id }) => role !== 'made' && !ruled.has(id)).map(nameOf);
  const shown: (string | undefined)[] = [];
  if (launch !== undefined) {
    shown.push(
      `${launch.count} x ${few(launch.types, 3) || 'unknown type'}`,
      launch.images.length > 0 ? `image ${few(launch.images, 2)}` : undefined,
      launch.snapshots.length > 0 ? `disks from ${few(launch.snapshots, 3)}` : undefined,
      launch.profile === undefined ? undefined : `instance profile ${clean(launch.profile, 120)}`,
      launch.keyName === undefined ? undefined : `key pair ${clean(launch.keyName, 60)}`,
      launch.userData ? 'user data' : undefined,
      launch.publicAddress ? 'public address' : undefined,
      launch.httpTokens === 'optional' ? 'IMDSv1 allowed' : undefined,
      launch.template === undefined ? undefined : `template ${clean(nameOf(launch.template), 60)}`,
    );
  } else if (touched.length > 0) {
    shown.push(few(touched, 4));
  }
  const to = audience(activity);
  if (to !== undefined) shown.push(`to ${to}`);
  if (ingress !== undefined && ingress.length > 0) shown.push(few(ingress.map(rule), 3));
  if (detail !== undefined) shown.push(clean(detail, 120));
  if (made.length > 0) shown.push(`made ${few(made, 6)}`);
  return shown.filter((part) => part !== undefined);
}

/** One activity on one line, without who and when: `RunInstances 8 x p5.48xlarge, image ami-…: DENIED (…)`. */
export function narrate(activity: Activity): string {
  const call = clean(activity.action.slice(activity.action.indexOf(':') + 1), 60);
  const error = activity.error === undefined ? '' : ` (${clean(activity.error, 60)})`;
  return `${[call, particulars(activity).join(', ')].filter(Boolean).join(' ')}: ${OUTCOMES[activity.outcome]}${error}`;
}

/** Where a call came from, e.g. `203.0.113.9 (AS64496 Example Hosting, NL), aws-cli`. */
export function from({ origin }: Activity): string {
  const { network } = origin;
  const place = [
    [network?.asn === undefined ? '' : `AS${network.asn}`, clean(network?.holder ?? '', 60)]
      .filter(Boolean)
      .join(' '),
    clean(network?.country ?? '', 2),
  ].filter(Boolean);
  const where = clean(origin.ip ?? origin.service ?? 'an unknown address', 100);
  const how = origin.console ? 'AWS console' : clean(origin.agent, 40);
  const endpoint = origin.endpoint === undefined ? '' : ` through ${clean(origin.endpoint, 40)}`;
  return `${where}${place.length > 0 ? ` (${place.join(', ')})` : ''}${endpoint}, ${how}`;
}

/** Activities the headline is about: those of the best member's kind that speak against the subject. */
function heart({ members }: Pick<FindingRecord, 'members'>, type: FindingType): Activity[] {
  const telling = members.filter(({ evidence }) => evidence.length > 0);
  const all = (telling.length > 0 ? telling : members).map(({ activity }) => activity);
  const succeeded = (activities: readonly Activity[]): Activity[] =>
    activities.filter(({ outcome }) => outcome === 'succeeded');
  if (type === 'public-share' || type === 'outside-share') {
    const shares = succeeded(all.filter(({ kind }) => does(kind, 'share')));
    const loudest = shares.filter(({ share }) => share?.public === true);
    if (shares.length > 0) return type === 'public-share' && loudest.length > 0 ? loudest : shares;
  }
  const every = all.filter(({ kind }) => kind === 'instance.launch');
  // a request and what a service launches for it are one launch, told as it was asked for
  const asked = new Set(
    every.filter((each) => !isByService(each)).flatMap((each) => linked(each, 'fleet', 'made')),
  );
  const launches = every.filter((each) => !linked(each, 'fleet', 'used').some((fleet) => asked.has(fleet)));
  // what a service launched is told by whoever made it do so
  const indirect = launches.length > 0 && launches.every(isByService);
  const causes = indirect ? all.filter(({ kind }) => does(kind, 'plan')) : [];
  const main =
    causes.length > 0
      ? causes
      : launches.length > 0
        ? launches
        : all.filter(({ kind }) => kind === all[0]?.kind);
  const whole = withCited(main, members);
  const wanted =
    type === 'refused-sweep' ? whole.filter(({ outcome }) => outcome !== 'succeeded') : succeeded(whole);
  return wanted.length > 0 ? wanted : whole;
}

/** `35 snapshots` where several were made or changed, by the ids that the records name, else by the records. */
function numbered(activities: readonly Activity[], object: string, copies: ReadonlySet<string>): string {
  const [, noun] = /^an? (.+)$/.exec(object) ?? [];
  if (noun === undefined) return object;
  const made = activities.flatMap(({ links }) =>
    links.filter(({ role }) => role === 'made').map(({ id }) => id),
  );
  const calls = new Set([...copies, ...activities.map(({ id }) => id)]);
  const count = Math.max(
    new Set(made).size,
    does(activities[0]?.kind ?? 'tag.delete', 'copy') ? calls.size : activities.length,
  );
  if (count === 1) return object;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/** Types that members of the finding gave the templates that some launches are made from, where these do not say themselves. */
function typesGiven({ members }: Pick<FindingRecord, 'members'>, launches: readonly Activity[]): string[] {
  const templates = launches.flatMap((each) => linked(each, 'launch-template', 'used'));
  const changes = members.filter(({ activity }) =>
    activity.links.some(({ id, role }) => role !== 'used' && templates.includes(id)),
  );
  return [...new Set(changes.flatMap(({ activity }) => [...(activity.plan?.types ?? [])]))];
}

/** Some activities with the earlier ones of the same sort by the same actor that the evidence cites: the sum is of them all. */
function withCited(activities: readonly Activity[], members: FindingRecord['members']): Activity[] {
  const isLike = (each: Activity): boolean =>
    activities.some(
      ({ kind, account, actor }) =>
        kind === each.kind && account === each.account && actor.key === each.actor.key,
    );
  const cited = members.flatMap(({ behind }) => behind ?? []).filter(isLike);
  return [...new Map([...activities, ...cited].map((each) => [activityKey(each), each])).values()];
}

/** What a finding tells beside the activities that its headline is about. */
interface Beside {
  readonly given: readonly string[];
  /** Ids of the calls that a burst of copies counts: more than can be kept. */
  readonly copies: ReadonlySet<string>;
}

const besideOf = (record: FindingRecord, activities: readonly Activity[]): Beside => ({
  given: typesGiven(record, activities),
  copies: new Set(
    record.members
      .flatMap(({ evidence }) => evidence)
      .flatMap(({ signal, refs }) => (signal === 'snapshot-burst' ? (refs ?? []) : [])),
  ),
});

/** What the story is about in one clause: `launched 8 x p5.48xlarge`, `shared snap-… with everyone`. */
function deed(activities: readonly Activity[], { given, copies }: Beside): string {
  const [first] = activities;
  if (first === undefined) return 'acted';
  const done = first.outcome === 'succeeded';
  const [infinitive, past, object] = wordsOf(first.kind);
  const verb = done ? past : `tried to ${infinitive}`;
  const times = !done && activities.length > 1 ? ` (${activities.length} times)` : '';
  if (first.launch !== undefined) {
    const counts = activities.map(({ launch }) => launch?.count ?? 0);
    const count = done ? counts.reduce((sum, each) => sum + each, 0) : Math.max(...counts);
    const named = [...new Set(activities.flatMap(typesOf))];
    const types = named.length > 0 ? named : given;
    return `${verb} ${count} x ${few(types, 2) || 'instances'}${times}`;
  }
  const planned = activities.flatMap(({ plan }) => plan ?? []);
  if (planned.length > 0) {
    const count = Math.max(...planned.map((plan) => plan.count));
    const types = few([...new Set(planned.flatMap((plan) => [...plan.types]))], 2);
    const what = types === '' ? 'instances' : types;
    if (count === 0 && first.kind === 'template.change')
      return `${done ? 'put' : 'tried to put'} ${what} into a launch template${times}`;
    const much = count === 0 ? what : types === '' ? `${count} instances` : `${count} x ${types}`;
    return `${done ? 'told' : 'tried to tell'} a service to launch ${much}${times}`;
  }
  const to = audience(first);
  const ids = [...new Set(activities.flatMap(({ links }) => links.map(nameOf)))];
  const about = aboutOf(first.kind);
  const what = does(first.kind, 'share') && about !== null ? linked(first, about) : [];
  const many = done ? numbered(activities, object, copies) : object;
  const which = what.length > 0 ? few(what, 1) : ids.length === 1 ? `${object} (${few(ids, 1)})` : many;
  // whoever uses what was shared with them has not shared it
  if (first.kind === 'snapshot.use')
    return `${verb} ${few(linked(first, 'snapshot'), 1)}, which was shared with it${times}`;
  return `${verb} ${which}${to === undefined ? '' : ` with ${to}`}${times}`;
}

/** The strongest sentence about copied data: that it is exposed, else that it is on an instance. */
function copiedData({ members }: Pick<FindingRecord, 'members'>): string | undefined {
  for (const signal of ['copied-data-exposed', 'copied-data-on-instance']) {
    const evidence = members
      .toSorted(inSequence)
      .flatMap((member) => member.evidence.filter((each) => each.signal === signal));
    const most = Math.max(...evidence.map(({ strength }) => strength));
    const told = evidence.find(({ strength }) => strength === most);
    if (told !== undefined) return told.reason;
  }
  return undefined;
}

/**
 * The whole finding in one line: who did what where; at most 200 characters. A person goes by their own name; the role
 * they share is told elsewhere.
 */
export function headline(record: FindingRecord, type: FindingType): string {
  // Whose data is now where, and how open: the evidence says it in one sentence.
  const copied = type === 'copied-data' ? clean(copiedData(record), 200) : '';
  if (copied !== '') return copied;
  const activities = heart(record, type);
  const [first] = activities;
  if (first === undefined) return 'Activity without records';
  const who = clean(first.actor.person?.label ?? first.actor.label, 70);
  const regions = [...new Set(activities.map(({ region }) => clean(region, 25)))].sort();
  const where = regions.length > 2 ? `${regions.length} Regions` : regions.join(' and ');
  const source =
    type === 'stolen-instance-credentials' && first.actor.instance !== undefined
      ? `, with credentials of ${clean(first.actor.instance, 25)} used elsewhere`
      : '';
  return clean(`${who} ${deed(activities, besideOf(record, activities))} in ${where}${source}`, 200);
}
