import { type Activity, byTime, linked } from '../activity/activity.ts';
import { knownMfa, subjectKey } from '../activity/actor.ts';
import { foundAt } from '../activity/gains.ts';
import {
  ACCELERATED,
  instanceFamily,
  isAccelerated,
  isVeryLarge,
  VERY_LARGE,
} from '../activity/instance-types.ts';
import { does } from '../activity/kinds.ts';
import { sourcesOf } from '../activity/links.ts';
import { shortName } from '../activity/size.ts';
import { opensToWorld } from '../activity/world-open.ts';
import { askerOf, circleFacts, NO_MFA, PROTECT, partnersIn, RESTORE } from './circles.ts';
import type { Dimension, Fact } from './fact.ts';
import { outlineOf } from './sheet-outline.ts';
import { type Sighting, type Suspicion, sightingOf } from './sighting.ts';

/** Everything known about one scope: `dimension:value` → first sighting. */
export interface FactSheet {
  readonly scope: string;
  readonly seen: Readonly<Record<string, Sighting>>;
  /**
   * Latest day (days since the epoch) with an activity of this scope, or for a thing in steady use some days more; keeps a
   * living sheet from expiring. Of a Region it is the latest on which somebody asked it. Who asks depends on what was known at that
   * moment (`isLeftAlone`), so here alone it depends on the order of arrival. It may be too late, and never too early.
   */
  readonly lastDay: number;
}

export const DAY = 86_400_000;

/** Kept of an image beside its launches: it was put into a template or the like. Not the same, since that starts nothing. */
export const PLANNED = 'planned';

/** Under which a Region is kept among an account's that a service was told to launch in: not the same, either. */
export const plannedRegion = (region: string): string => `${PLANNED} ${region}`;

/** Under which a Region is kept among an account's where anything watched was done: copies, volumes, rules. */
export const workedRegion = (region: string): string => `work ${region}`;

/** Under which an instance profile is kept among a subject's plans, beside the families. */
export const plannedProfile = (profile: string): string => `profile ${profile}`;

/** Known values kept per dimension, the earliest first; beyond this a scope is too diverse to call anything new. */
export const MAX_VALUES: Readonly<Record<Dimension, number>> = {
  since: 1,
  unproved: 2, // asked, and by whoever named an image to a service
  day: 10, // enough to tell a stranger from a regular; more would only cost storage
  hour: 24,
  region: 120, // AWS has fewer than a third of this; launched in, worked in, and named by a change of what services launch
  'enabled-region': 40,
  network: 60,
  'workload-network': 61, // those of a subject, and the empty value that says that there is one
  country: 40,
  kind: 60,
  opening: 4, // days on which the world was let into a group; two are a habit
  family: 80,
  image: 2, // launched, and named by a change of what services launch
  profile: 40,
  person: 200,
  peak: 80, // 2^20 instances, 2^20 vCPUs, 2^20 planned instances and 2^20 copies
  plan: 80,
  snapshots: 1,
  copied: 4, // volumes copied by one subject: whoever copies more of them copies whatever there is
  created: 1,
  able: 20, // an audit a week finds one: of rights that come and go for months no more is news
  share: 100,
  asks: 300, // subjects of a circle, one for each account they work in: whom a late record may concern
  member: 200,
  deed: 400,
  user: 4, // one in life; more only where a masked log gives several people one key
};

/** Scope of an actor, or of a person behind one, in one account. */
export const actorScope = (account: string, key: string): string => `actor#${account}#${key}`;
/** Scope of the one who is judged. */
export const subjectScope = (activity: Activity): string =>
  actorScope(activity.account, subjectKey(activity.actor));
/** Scope of the role that several people share. */
export const roleScope = (activity: Activity): string => actorScope(activity.account, activity.actor.key);
export const accountScope = (activity: { account: string }): string => `account#${activity.account}`;
export const imageScope = (account: string, image: string): string => `image#${account}#${image}`;
export const volumeScope = (account: string, volume: string): string => `volume#${account}#${volume}`;
/**
 * Scope of what one subject shares with one account: sharing is a habit of two. Its days alone are kept, so that a partner is
 * proved by coming again and not by having come once long ago.
 */
export const partnerScope = (activity: Activity, partner: string): string =>
  `partner#${activity.account}#${partner}#${subjectKey(activity.actor)}`;
/** Accounts of one share that are looked up: an image is shared with a house of some size, and each costs a read. */
const MAX_OTHERS = 20;
/** Other accounts that a judgement asks about: those shared with, and that of the caller. */
export const othersNamed = (activity: Activity): readonly string[] => [
  ...(partnersIn(activity).length === 0 ? [] : (activity.share?.accounts ?? []))
    .filter((other) => other !== activity.account)
    .slice(0, MAX_OTHERS),
  ...(activity.outcome === 'succeeded' && activity.actor.class === 'foreign-account'
    ? [activity.actor.account]
    : []),
];

/** Scope of a long-lived access key. */
export const keyScope = (account: string, accessKey: string): string => `key#${account}#${accessKey}`;

/** Network an origin is compared by: the autonomous system where known, else the address prefix. */
export function networkOf({ origin }: Activity): string | undefined {
  return origin.network?.asn === undefined ? origin.prefix : `AS${origin.network.asn}`;
}

/** Among the networks of an account's workloads: that some network of theirs is known. */
export const ANY_NETWORK = '';

/** A console session of somebody that says it was opened without MFA, where it can know. */
export const isConsoleWithoutMfa = ({ actor, origin }: Activity): boolean =>
  actor.class !== 'service' && origin.console === true && knownMfa(actor) === false;

/** Whether the origin shows where workloads of the account reach the API from: not through an endpoint, not from inside. */
const fromWorkload = ({ actor, origin }: Activity): boolean =>
  actor.class === 'workload' && origin.prefix !== undefined && origin.endpoint === undefined;

/** Days since the epoch. */
const dayOf = ({ at }: Activity): string => String(Math.floor(at / DAY));

/** The hour of day, UTC, as `00`..`23`. */
export const hourOf = (at: number): string => String(new Date(at).getUTCHours()).padStart(2, '0');

/**
 * Facts that an activity proves.
 *
 * Only what succeeded makes a Region, network or type familiar: an intruder's refused attempts must not. That someone
 * was active at all (`since`, `day`) is proved by any outcome.
 *
 * @param peaks heights that the subject has reached within the window with this activity (`peaksOf`)
 */
export function factsOf(activity: Activity, peaks: readonly string[] = []): readonly Fact[] {
  const own = provedBy(activity);
  if (peaks.length === 0) return own;
  const scope = subjectScope(activity);
  return [...own, ...peaks.map((value): Fact => ({ scope, dimension: 'peak', value }))];
}

const proved = new WeakMap<Activity, readonly Fact[]>();

/** What an activity proves by itself; worked out once, as each look asks for it several times. */
/**
 * Of these, what is learnt. An act of which a part is missing teaches nothing, since it may have failed or been another.
 * Kept is only that it asked, and whether by naming an image to a service: it is judged again when the answer changes.
 */
export function learntFrom({ joined }: Activity, facts: readonly Fact[]): readonly Fact[] {
  if (joined !== 'partial') return facts;
  const asking = facts.filter(({ dimension }) => dimension === 'asks' || dimension === 'user');
  const unproved = (some: readonly Fact[], value: string): Fact[] =>
    some.map(({ scope }) => ({ scope, dimension: 'unproved', value }));
  const plans = facts.filter(({ dimension, value }) => dimension === 'image' && value === PLANNED);
  return [...asking, ...unproved(facts, ''), ...unproved(plans, PLANNED)];
}

function provedBy(activity: Activity): readonly Fact[] {
  const known = proved.get(activity);
  if (known !== undefined) return known;
  const facts = workedOut(activity);
  proved.set(activity, facts);
  return facts;
}

function workedOut(activity: Activity): Fact[] {
  const { account, actor, origin, launch, kind } = activity;
  const subject = subjectScope(activity);
  const facts: Fact[] = [
    { scope: subject, dimension: 'since', value: '' },
    { scope: subject, dimension: 'day', value: dayOf(activity) },
    { scope: accountScope(activity), dimension: 'since', value: '' },
  ];
  if (actor.credential === 'long-lived' && actor.accessKey !== undefined) {
    const scope = keyScope(account, actor.accessKey);
    facts.push({ scope, dimension: 'user', value: subjectKey(actor) });
  }
  if (actor.person !== undefined) {
    facts.push(
      { scope: roleScope(activity), dimension: 'since', value: '' },
      { scope: roleScope(activity), dimension: 'day', value: dayOf(activity) },
    );
  }
  if (kind === 'access.gain')
    facts.push({ scope: roleScope(activity), dimension: 'able', value: String(foundAt(activity)) });
  // who signs in may be anybody until they do something: it teaches no network and no hour; nor does what nobody is known to have done
  if (kind === 'session.open' || does(kind, 'unrecorded')) return facts;
  facts.push(...circleFacts(activity));
  if (activity.outcome !== 'succeeded') return facts;

  const add = (scope: string, dimension: Dimension, value: string | undefined): void => {
    if (value !== undefined) facts.push({ scope, dimension, value });
  };
  add(subject, 'kind', kind);
  add(subject, 'region', activity.region);
  add(accountScope(activity), 'region', workedRegion(activity.region));
  add(subject, 'hour', hourOf(activity.at));
  add(subject, 'network', networkOf(activity));
  add(subject, 'country', origin.network?.country);
  if (actor.class === 'human') add(accountScope(activity), 'network', networkOf(activity));
  if (fromWorkload(activity)) {
    add(accountScope(activity), 'workload-network', ANY_NETWORK);
    add(accountScope(activity), 'workload-network', networkOf(activity));
  }
  if (actor.person !== undefined) {
    add(roleScope(activity), 'person', actor.person.key);
    add(roleScope(activity), 'kind', kind);
  }
  if (sourcesOf(activity).some(({ type }) => type === 'snapshot')) add(subject, 'kind', RESTORE);
  if (isConsoleWithoutMfa(activity)) add(subject, 'kind', NO_MFA);
  if (activity.posture?.protected === true) add(subject, 'kind', PROTECT);
  if (kind === 'ingress.open' && opensToWorld(activity)) add(subject, 'opening', dayOf(activity));
  // what is taken back from an account does not make it a partner
  if (does(kind, 'admit')) {
    for (const other of [...(activity.share?.accounts ?? []), ...(activity.share?.organisations ?? [])])
      add(accountScope(activity), 'share', other);
  }
  // whoever shares with an account, or comes from one, asks whether it is one of ours, which its own records say
  for (const other of othersNamed(activity)) add(accountScope({ account: other }), 'asks', askerOf(activity));
  for (const partner of partnersIn(activity)) add(partnerScope(activity, partner), 'day', dayOf(activity));
  if (does(kind, 'make')) {
    for (const { type, id, role, alias } of activity.links) {
      if (type !== 'image' || role !== 'made') continue;
      for (const image of alias === undefined ? [id] : [id, alias])
        add(imageScope(account, image), 'created', '');
    }
  }
  if (kind === 'region.enable') add(accountScope(activity), 'enabled-region', activity.detail);
  if (kind === 'identity.create') {
    for (const { id, type, role } of activity.links) {
      if (role !== 'made') continue;
      add(type === 'access-key' ? keyScope(account, id) : actorScope(account, id), 'created', '');
    }
  }
  if (launch !== undefined) {
    add(accountScope(activity), 'region', activity.region);
    for (const family of new Set(launch.types.map(instanceFamily))) {
      add(subject, 'family', family);
      add(accountScope(activity), 'family', family);
    }
    if (launch.types.some(isAccelerated)) add(subject, 'family', ACCELERATED);
    if (launch.types.some(isVeryLarge)) add(subject, 'family', VERY_LARGE);
    for (const image of launch.images) add(imageScope(account, image), 'image', '');
    add(subject, 'profile', launch.profile);
    add(accountScope(activity), 'profile', launch.profile);
  }
  // a machine that is made to boot from an image runs it, as if launched from it
  if (kind === 'instance.replace-root') {
    for (const image of linked(activity, 'image', 'used')) add(imageScope(account, image), 'image', '');
  }
  if (kind === 'profile.attach') {
    for (const profile of linked(activity, 'instance-profile')) {
      add(subject, 'profile', profile);
      add(accountScope(activity), 'profile', profile);
    }
  }
  if (activity.plan !== undefined) {
    // kept apart from launches: who has only ever told a service to launch something has not launched it
    const { types, images, profile } = activity.plan;
    add(accountScope(activity), 'region', plannedRegion(activity.region));
    for (const family of new Set(types.map(instanceFamily))) add(subject, 'plan', family);
    if (types.some(isAccelerated)) add(subject, 'plan', ACCELERATED);
    if (types.some(isVeryLarge)) add(subject, 'plan', VERY_LARGE);
    if (profile !== undefined) add(subject, 'plan', plannedProfile(profile));
    for (const image of images) add(imageScope(account, image), 'image', PLANNED);
  }
  if (kind === 'snapshot.create') {
    for (const volume of linked(activity, 'volume', 'used')) {
      add(volumeScope(account, volume), 'snapshots', '');
      add(subject, 'copied', volume);
    }
  }
  return facts;
}

/** Scopes whose sheets a judgement of this activity reads: all that it has facts about. */
export function scopesOf(activity: Activity): string[] {
  return [...new Set(factsOf(activity).map(({ scope }) => scope))];
}

/** A sighting that a fact moved or made: `before` is absent where the value was not known. */
export interface Change {
  readonly key: string;
  readonly before?: Sighting;
  readonly after: Sighting;
}

export const emptySheet = (scope: string): FactSheet => ({ scope, seen: {}, lastDay: 0 });

/** Bytes of a value as a sheet keeps it; the ARN of an organisational unit has ninety. A sheet with all it may hold has 150 kB. */
const MAX_VALUE_BYTES = 128;

/** A value as a sheet keeps it. Subjects stay whole: who used a key is looked for by it. */
export const factKey = (dimension: Dimension, value: string): string =>
  `${dimension}:${dimension === 'user' ? value : shortName(value, MAX_VALUE_BYTES)}`;

/** Whether a key of a sheet is a value of a dimension: no dimension's name holds a colon. */
export const isOf = (key: string, dimension: Dimension): boolean =>
  key.startsWith(dimension) && key.charCodeAt(dimension.length) === COLON;

const COLON = 0x3a;

/**
 * Adds the facts of one activity to a sheet: keeps the earliest sighting of every value and, per dimension, the
 * earliest `MAX_VALUES` values. The sum is the same whatever the order and however often.
 */
export function learn(
  sheet: FactSheet,
  facts: readonly Fact[],
  activity: Activity,
): { sheet: FactSheet; changes: Change[] } {
  const sighting = sightingOf(activity);
  const changes: Change[] = [];
  // copied once something is news, which for a settled subject is rare
  let seen: Record<string, Sighting> | undefined;
  for (const { scope, dimension, value } of facts) {
    if (scope !== sheet.scope) continue;
    const key = factKey(dimension, value);
    const known = seen ?? sheet.seen;
    const before = known[key];
    if (before !== undefined ? byTime(before, sighting) <= 0 : isFull(known, dimension, key, sighting))
      continue;
    seen ??= { ...sheet.seen };
    seen[key] = sighting;
    if (before === undefined) dropLatest(seen, dimension);
    changes.push({ key, ...(before && { before }), after: sighting });
  }
  const lastDay = lastDayOf(
    sheet.scope,
    seen ?? sheet.seen,
    Math.max(sheet.lastDay, Math.floor(activity.at / DAY)),
  );
  return seen === undefined && lastDay === sheet.lastDay
    ? { sheet, changes }
    : { sheet: { scope: sheet.scope, seen: seen ?? sheet.seen, lastDay }, changes };
}

type Seen = FactSheet['seen'];

/** Whether a scope is a wider circle: of subjects in several accounts, or of accounts. */
export const isWide = (scope: string): boolean =>
  scope.startsWith('team#') || scope.startsWith('person#') || scope.startsWith('region#');

/** Types of scopes that are about things. */
const THINGS: ReadonlySet<string> = new Set(['image', 'volume', 'key']);
/** Days within which one more use of a thing is no news to its sheet. */
const THING_DAYS = 28;

/**
 * The last day as a sheet keeps it. A volume that is backed up and an image that is launched every day would be written
 * every day, so once they are used beyond their first day it is the end of a longer stretch.
 */
function lastDayOf(scope: string, seen: Seen, day: number): number {
  if (!THINGS.has(scope.slice(0, scope.indexOf('#')))) return day;
  const first = Math.floor(outlineOf(seen).first / DAY);
  return day > first ? Math.ceil(day / THING_DAYS) * THING_DAYS : day;
}

/** Whether a dimension has all the values it may, each seen before a new one. */
function isFull(seen: Seen, dimension: Dimension, key: string, sighting: Sighting): boolean {
  let earlier = 0;
  for (const other in seen) {
    if (!isOf(other, dimension)) continue;
    if ((byTime(seen[other] as Sighting, sighting) || (other < key ? -1 : 1)) < 0) earlier += 1;
  }
  return earlier >= MAX_VALUES[dimension];
}

/** Makes room for the value just added to a dimension. */
function dropLatest(seen: Record<string, Sighting>, dimension: Dimension): void {
  const keys = Object.keys(seen).filter((key) => isOf(key, dimension));
  if (keys.length <= MAX_VALUES[dimension]) return;
  keys.sort((a, b) => byTime(seen[a] as Sighting, seen[b] as Sighting) || (a < b ? -1 : 1));
  for (const key of keys.slice(MAX_VALUES[dimension])) delete seen[key];
}

/** Marks what an activity was the first to show as suspect, or takes the mark away. */
export function setSuspect(
  sheet: FactSheet,
  activity: Activity,
  suspect: Suspicion | undefined,
): { sheet: FactSheet; changes: Change[] } {
  const changes: Change[] = [];
  if (!suspect && !outlineOf(sheet.seen).suspect) return { sheet, changes };
  const { at, id } = sightingOf(activity);
  let seen: Record<string, Sighting> | undefined;
  for (const key in sheet.seen) {
    const before = sheet.seen[key] as Sighting;
    if (before.at !== at || before.id !== id || before.suspect === suspect) continue;
    const after: Sighting = { at, id, ...(suspect && { suspect }) };
    changes.push({ key, before, after });
    seen ??= { ...sheet.seen };
    seen[key] = after;
  }
  return { sheet: seen === undefined ? sheet : { ...sheet, seen }, changes };
}
