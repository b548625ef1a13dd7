import { type Activity, type IngressRule, linked, type Outcome } from '../core/activity/activity.ts';
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
  const launches = all.filter(({ kind }) => kind === 'instance.launch');
  // what a service launched is told by whoever made it do so
  const indirect = launches.length > 0 && launches.every(isByService);
  const causes = indirect ? all.filter(({ kind }) => does(kind, 'plan')) : [];
  const main =
    causes.length > 0
      ? causes
      : launches.length > 0
        ? launches
        : all.filter(({ kind }) => kind === all[0]?.kind);
  const wanted =
    type === 'refused-sweep' ? main.filter(({ outcome }) => outcome !== 'succeeded') : succeeded(main);
  return wanted.length > 0 ? wanted : main;
}

/** What the story is about in one clause: `launched 8 x p5.48xlarge`, `shared snap-… with everyone`. */
function deed(activities: readonly Activity[]): string {
  const [first] = activities;
  if (first === undefined) return 'acted';
  const done = first.outcome === 'succeeded';
  const [infinitive, past, object] = wordsOf(first.kind);
  const verb = done ? past : `tried to ${infinitive}`;
  const times = !done && activities.length > 1 ? ` (${activities.length} times)` : '';
  if (first.launch !== undefined) {
    const counts = activities.map(({ launch }) => launch?.count ?? 0);
    const count = done ? counts.reduce((sum, each) => sum + each, 0) : Math.max(...counts);
    const types = [...new Set(activities.flatMap(typesOf))];
    return `${verb} ${count} x ${few(types, 2) || 'instances'}${times}`;
  }
  const planned = activities.flatMap(({ plan }) => plan ?? []);
  if (planned.length > 0) {
    const count = Math.max(...planned.map((plan) => plan.count));
    const types = few([...new Set(planned.flatMap((plan) => [...plan.types]))], 2);
    const what = types === '' ? 'instances' : types;
    const much = count === 0 ? what : types === '' ? `${count} instances` : `${count} x ${types}`;
    return `${done ? 'told' : 'tried to tell'} a service to launch ${much}${times}`;
  }
  const to = audience(first);
  const ids = [...new Set(activities.flatMap(({ links }) => links.map(nameOf)))];
  const about = aboutOf(first.kind);
  const what = does(first.kind, 'share') && about !== null ? linked(first, about) : [];
  const which = what.length > 0 ? few(what, 1) : ids.length === 1 ? `${object} (${few(ids, 1)})` : object;
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
  return clean(`${who} ${deed(activities)} in ${where}${source}`, 200);
}
