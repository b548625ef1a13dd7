import { type Activity, activityKey, byTime, linked } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import { clean } from '../core/activity/clean.ts';
import { does } from '../core/activity/kinds.ts';
import { shortId } from '../core/activity/resources.ts';
import { type Assessment, type FindingRecord, inSequence, inStory } from '../core/findings/finding.ts';
import { isByService } from '../core/lineage/automation.ts';
import { ruleText } from '../core/lineage/exposure.ts';
import { type Beside, deed, toldOf } from './deed.ts';
import { type FindingType, worldRules } from './finding-type.ts';
import { regionShown, shown } from './shown.ts';

/** Longest headline. */
const MAX_HEADLINE = 200;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const inEvidence = ({ members }: Pick<FindingRecord, 'members'>): Activity[] => {
  const telling = members.filter(({ evidence }) => evidence.length > 0);
  return (telling.length > 0 ? telling : members).map(({ activity }) => activity);
};

const succeeded = (activities: readonly Activity[]): Activity[] =>
  activities.filter(({ outcome }) => outcome === 'succeeded');

/** Activities the headline is about: those of the best member's kind that speak against the subject, refused ones among them. */
function heart({ members }: Pick<FindingRecord, 'members'>, type: FindingType): Activity[] {
  const all = inEvidence({ members });
  if (type === 'public-share' || type === 'outside-share') {
    const shares = succeeded(all.filter(({ kind }) => does(kind, 'share')));
    const loudest = shares.filter(({ share }) => share?.public === true);
    if (shares.length > 0) return type === 'public-share' && loudest.length > 0 ? loudest : shares;
  }
  const every = all.filter(({ kind }) => kind === 'instance.launch');
  // a request and what a service launches for it are one launch, told as it was asked for
  const requested = new Set(
    every.filter((each) => !isByService(each)).flatMap((each) => linked(each, 'fleet', 'made')),
  );
  const isFulfilment = (each: Activity): boolean =>
    linked(each, 'fleet', 'used').some((fleet) => requested.has(fleet));
  const launches = every.filter((each) => !isFulfilment(each));
  // what a service launched is told by whoever made it do so
  const indirect = launches.length > 0 && launches.every(isByService);
  const causes = indirect ? all.filter(({ kind }) => does(kind, 'plan')) : [];
  const main =
    causes.length > 0
      ? causes
      : launches.length > 0
        ? launches
        : all.filter(({ kind }) => kind === all[0]?.kind);
  const whole = withCited(main, members).filter((each) => !isFulfilment(each));
  const wanted = type === 'refused-sweep' ? whole.filter(({ outcome }) => outcome !== 'succeeded') : whole;
  return wanted.length > 0 ? wanted : whole;
}

/** Some activities with all others of the same sort by the same actor that the finding holds or cites: the sum is of them all. */
function withCited(activities: readonly Activity[], members: FindingRecord['members']): Activity[] {
  const isLike = (each: Activity): boolean =>
    activities.some(
      ({ kind, account, actor }) =>
        kind === each.kind && account === each.account && actor.key === each.actor.key,
    );
  const held = [...members.map(({ activity }) => activity), ...members.flatMap(({ behind }) => behind ?? [])];
  // what is only cited says less than the member that it is as well, so the last named here is the one that counts
  const all = [...held.filter(isLike).toReversed(), ...activities].map(
    (each) => [activityKey(each), each] as const,
  );
  return [...new Map(all).values()].sort(byTime);
}

/** Types that members of the finding gave the templates that some launches are made from, where these do not say themselves. */
function typesGiven({ members }: Pick<FindingRecord, 'members'>, launches: readonly Activity[]): string[] {
  const templates = launches.flatMap((each) => linked(each, 'launch-template', 'used'));
  const changes = members.filter(({ activity }) =>
    activity.links.some(({ id, role }) => role !== 'used' && templates.includes(id)),
  );
  return [...new Set(changes.flatMap(({ activity }) => [...(activity.plan?.types ?? [])]))];
}

/** Signals whose evidence cites nothing but launches. */
const OF_LAUNCHES: ReadonlySet<string> = new Set(['launch-burst', 'many-regions', 'refused-attempts']);

function citesMore(record: FindingRecord): boolean {
  const held = new Set(inStory(record).map(({ activity }) => activity.id));
  const cited = record.members
    .flatMap(({ evidence }) => evidence)
    .flatMap(({ signal, refs }) => (OF_LAUNCHES.has(signal) ? (refs ?? []) : []));
  return record.truncated === true || cited.some((id) => !held.has(id));
}

const besideOf = (record: FindingRecord, activities: readonly Activity[]): Beside => ({
  given: typesGiven(record, activities),
  all: record.members.map(({ activity }) => activity),
  more: citesMore(record),
  copies: new Set(
    record.members
      .flatMap(({ evidence }) => evidence)
      .flatMap(({ signal, refs }) => (signal === 'snapshot-burst' ? (refs ?? []) : [])),
  ),
});

/**
 * The strongest sentence about copied data: that it is exposed, else that it is on an instance. What it leaves out is
 * counted: other instances that got such data.
 */
function copiedData({ members }: Pick<FindingRecord, 'members'>): string | undefined {
  for (const signal of ['copied-data-exposed', 'copied-data-on-instance'] as const) {
    const showing = members
      .toSorted(inSequence)
      .flatMap(({ activity, evidence }) =>
        evidence.filter((each) => each.signal === signal).map((each) => ({ activity, ...each })),
      );
    const most = Math.max(...showing.map(({ strength }) => strength));
    const told = showing.find(({ strength }) => strength === most);
    if (told === undefined) continue;
    const others = new Set(
      members
        .filter(
          ({ activity, evidence }) =>
            does(activity.kind, 'bring') && evidence.some((each) => COPIED.has(each.signal)),
        )
        .flatMap(({ activity }) =>
          activity.links.filter(({ type, role }) => type === 'instance' && role !== 'used'),
        )
        .map(({ id }) => id)
        .filter((id) => !told.reason.includes(shortId(id))),
    ).size;
    const more =
      others === 0 ? '' : `; ${others} more ${others === 1 ? 'instance' : 'instances'} got copied data`;
    return `${inClauses(shown(told.reason, 600), MAX_HEADLINE - more.length)}${more}`;
  }
  return undefined;
}

const COPIED: ReadonlySet<string> = new Set(['copied-data-exposed', 'copied-data-on-instance']);

/** A sentence without its last clauses where it is too long, so that no id is cut in two. */
function inClauses(sentence: string, max: number): string {
  if (sentence.length <= max) return sentence;
  const end = sentence.lastIndexOf(', ', max - 2);
  return end < max / 2 ? clean(sentence, max) : `${sentence.slice(0, end)} …`;
}

/** How a person is called in a headline; an account by its number, for `account/…` is no name that anybody uses. */
export const nameIn = ({ actor }: Activity, max = 70): string =>
  actor.key === 'unknown'
    ? 'somebody whom no record names'
    : shown(actor.person?.label ?? actor.label.replace(/^account\/(?=\d)/, 'account '), max);

/** When a burst of copies began, which may be before anything that the finding still holds. */
const burstSince = ({ members }: FindingRecord, { kind }: Activity): number | undefined =>
  does(kind, 'copy')
    ? Math.min(
        ...members.flatMap(({ evidence }) => evidence).map(({ since }) => since ?? Number.POSITIVE_INFINITY),
      )
    : undefined;

/** Whose deeds the headline tells: the first's name, and how many others there are. */
function whose(activities: readonly Activity[]): string {
  const first = activities[0] as Activity;
  const others = new Set(activities.map(({ actor }) => subjectKey(actor))).size - 1;
  if (others === 0) return nameIn(first);
  if (others > 1) return `${nameIn(first)} and ${others} others`;
  const other = activities.find(({ actor }) => subjectKey(actor) !== subjectKey(first.actor)) as Activity;
  const name = nameIn(other);
  return name === nameIn(first) ? `${name} in two roles` : `${nameIn(first)} and ${name}`;
}

/** ` within 4 minutes`: how long several activities took, rounded up, so that it is true. */
function within(activities: readonly Activity[], since = Number.POSITIVE_INFINITY): string {
  const times = activities.map(({ at }) => at);
  const took = Math.max(...times) - Math.min(since, ...times);
  if (activities.length < 2) return '';
  const [unit, noun] =
    took <= 2 * HOUR ? [MINUTE, 'minute'] : took <= 3 * DAY ? [HOUR, 'hour'] : [DAY, 'day'];
  const count = Math.max(1, Math.ceil(took / unit));
  return ` within ${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `; sg-1 lets in tcp 22 from 0.0.0.0/0`: the first of the rules by which the world gets in. */
function opened(record: FindingRecord): string {
  const [first, ...others] = worldRules(record);
  if (first === undefined) return '';
  const more =
    others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'rule' : 'rules'}`;
  return shown(`; ${shortId(first.group)} lets in ${ruleText(first)}${more}`, 120);
}

/** What Launchtrail itself misses, where a finding tells of nothing else: the evidence says it, and why behind a colon. */
const lossIn = ({ members }: FindingRecord): string =>
  (members.every(isLoss) && members[0]?.evidence[0]?.reason.split(': ')[0]) || '';

/** Whether something is missing that nobody took away, as far as is known. */
export const isLoss = ({ activity }: Assessment): boolean => activity.kind === 'coverage.lose';

/**
 * The whole finding in one line: who did what where, within how long; at most 200 characters. A person goes by their own
 * name; the role they share is told elsewhere.
 */
export function headline(record: FindingRecord, type: FindingType): string {
  // Whose data is now where, and how open: the evidence says it in one sentence.
  const copied = type === 'copied-data' ? (copiedData(record) ?? '') : '';
  if (copied !== '') return copied;
  const loss = lossIn(record);
  if (loss !== '') return shown(loss, MAX_HEADLINE);
  const whole = heart(record, type);
  const activities = toldOf(whole).told;
  const [first] = activities;
  if (first === undefined) return 'Activity without records';
  const regions = [...new Set(activities.map(({ region }) => regionShown(region)))].filter(Boolean).sort();
  const where = regions.length > 2 ? `${regions.length} Regions` : regions.join(' and ');
  const accounts = new Set(activities.map(({ account }) => account)).size;
  const source =
    type === 'stolen-instance-credentials' && first.actor.instance !== undefined
      ? `, with credentials of ${shown(first.actor.instance, 25)} used elsewhere`
      : '';
  const { what, sorts = '', besides: vain } = deed(whole, besideOf(record, whole));
  const besides = `${vain}${type === 'opened-instance' ? opened(record) : ''}`;
  const place =
    `${where === '' ? '' : `in ${where}`}${accounts > 1 ? ` ${where === '' ? 'in' : 'of'} ${accounts} accounts` : ''}`.trim();
  const behind = `${place}${within(activities, burstSince(record, first))}${source}${besides}`;
  const [full, shorter] = [sorts, ''].map((each) =>
    clean(`${whose(activities)} ${what}${each} ${behind}`, 600),
  );
  return full !== undefined && full.length <= MAX_HEADLINE ? full : inClauses(shorter ?? '', MAX_HEADLINE);
}
