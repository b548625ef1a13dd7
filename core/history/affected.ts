import type { Activity } from '../activity/activity.ts';
import type { Interval } from '../activity/interval.ts';
import { does } from '../activity/kinds.ts';
import type { Resource } from '../activity/resources.ts';
import type { Policy } from '../policy/policy.ts';
import { deedIn, doerOf, inRegion, MANY } from './circles.ts';
import type { Dimension } from './fact.ts';
import {
  type Change,
  DAY,
  type FactSheet,
  factKey,
  factsOf,
  isOf,
  isWide,
  MAX_VALUES,
  PLANNED,
  plannedRegion,
  scopesOf,
} from './facts.ts';
import { quarantineOf } from './habits.ts';
import { type Sighting, type Suspicion, sightingOf } from './sighting.ts';

/** Activities that a change in history may concern: those of some subjects in a stretch of time. */
export interface Affected extends Interval {
  readonly account: string;
  /** Subjects by the beginning of their key; empty for everyone in the account. */
  readonly prefix: string;
  /** Concerned are only activities that may ask one of these. Absent: all are. */
  readonly asked?: readonly Asked[];
  /** They are among those that made this or used it; whoever did neither asks nothing of it. */
  readonly about?: Resource;
}

/** A value of a sheet: its scope, and its key there. */
export type Asked = readonly [scope: string, key: string];

/**
 * Which earlier judgements a changed sighting concerns, so that a late record reopens just those.
 *
 * Familiarity at time t depends on whether a value was seen by t − settle, so a value first seen at `before` and now at
 * `after` concerns the activities in [after + settle, before + settle]. It ends with the sheet's last active day: whoever is at
 * work on a later one writes this sheet, too, and sees the change. In the order of time that leaves nothing.
 */
export const affectedBy = (change: Change, sheet: FactSheet, policy: Policy): Affected[] =>
  isDeedOfMany(change, sheet) ? [] : concernedBy(change, sheet, policy);

/** The same where it is not known what else has changed with it, and so not what difference it makes. */
function concernedBy(change: Change, sheet: FactSheet, policy: Policy): Affected[] {
  const askers = askersOf(change, sheet);
  const stretch = stretchOf(change, sheet, policy);
  if (stretch === undefined) return askers;
  const from = stretch[0];
  const to = Math.min(stretch[1], (sheet.lastDay + 1) * DAY - 1);
  const asked = askedOf(change, sheet);
  if (isRegion(sheet)) return askersOfRegion(from, to, sheet, policy).map((each) => ({ ...each, ...asked }));
  if (from > to) return askers;
  const [type, account = '', ...rest] = sheet.scope.split('#');
  const key = rest.join('#');
  const at = { account, from, to, ...asked };
  if (type === 'actor') return [{ ...at, prefix: key }];
  if (isCircle(sheet.scope)) return askersOfCircle(sheet).map((each) => ({ ...at, ...each }));
  if (type === 'partner') return [{ ...at, prefix: rest.slice(1).join('#') }];
  if (type === 'key') {
    return Object.keys(sheet.seen)
      .filter((seen) => seen.startsWith('user:'))
      .map((seen) => ({ ...at, prefix: seen.slice('user:'.length) }));
  }
  const about = aboutOf(type, key, change, sheet);
  return [{ ...at, prefix: '', ...(about && { about }) }, ...askers];
}

/** Whoever names an image to a service asks about it, too, and stands nowhere beside those who launch it. */
function aboutOf(
  sort: string | undefined,
  id: string,
  { key }: Change,
  { seen }: FactSheet,
): Resource | undefined {
  if (sort === 'volume') return { type: 'volume', id };
  const planned = (['image', 'unproved'] as const).map((each) => factKey(each, PLANNED));
  return sort !== 'image' || planned.some((each) => each === key || each in seen)
    ? undefined
    : { type: 'image', id };
}

/** Where a sheet holds as many values as it may, how many these are is asked, too, and so by whoever asks any of them. */
function askedOf({ key }: Change, { scope, seen }: FactSheet): Pick<Affected, 'asked'> {
  if ((scope.startsWith('account#') || isCircle(scope)) && isFull(seen, dimensionOf(key))) return {};
  // of a subject all values of one dimension are asked by the same, and that is said once
  return { asked: [[scope, scope.startsWith('actor#') ? `${dimensionOf(key)}:` : key]] };
}

const isFull = (seen: FactSheet['seen'], dimension: Dimension): boolean =>
  Object.keys(seen).filter((each) => isOf(each, dimension)).length >= MAX_VALUES[dimension];

/**
 * Whether a judgement of an activity may ask for a value of a sheet. In doubt it may.
 *
 * It reads the sheets of its own scopes and no others (`habitsOf`). Of the account it asks for its own Region, whom it shares
 * with, and otherwise only for what it proves.
 */
export function mayAsk(activity: Activity, [scope, key]: Asked): boolean {
  if (!scopesOf(activity).includes(scope)) return false;
  const compares = does(activity.kind, 'compare');
  // whoever clears up asks whether its subject always does
  if (scope.startsWith('actor#')) return compares || dimensionOf(key) === 'kind';
  if (isCircle(scope)) return compares && mayAskCircle(activity, key);
  if (!scope.startsWith('account#')) return true;
  switch (dimensionOf(key)) {
    case 'region':
    case 'enabled-region':
      return key.endsWith(`:${activity.region}`) || key.endsWith(` ${activity.region}`);
    case 'family':
    case 'profile':
    case 'network':
    case 'workload-network':
      return factsOf(activity).some(
        (fact) => fact.scope === scope && factKey(fact.dimension, fact.value) === key,
      );
    case 'share':
      return activity.share !== undefined;
    default:
      return true;
  }
}

const isCircle = (scope: string): boolean => scope.startsWith('team#') || scope.startsWith('person#');

/** Of a circle it asks whether its own network is known there, who launches in its own Region, and only of its launches how large theirs are. */
function mayAskCircle({ kind, origin, region }: Activity, key: string): boolean {
  const value = key.slice(key.indexOf(':') + 1);
  if (dimensionOf(key) === 'network') return key === factKey('network', origin.prefix ?? '');
  if (dimensionOf(key) !== 'deed') return true;
  if (value.startsWith('region ')) return doerOf(value, inRegion(region)) !== undefined;
  return !value.startsWith('vcpus ') || does(kind, 'launch') || does(kind, 'plan');
}

const dimensionOf = (key: string): Dimension => key.slice(0, key.indexOf(':')) as Dimension;

const askerIn = (value: string): Pick<Affected, 'account' | 'prefix'> => {
  const blank = value.indexOf(' ');
  return { account: value.slice(0, blank), prefix: value.slice(blank + 1) };
};

const isRegion = ({ scope }: FactSheet): boolean => scope.startsWith('region#');

/**
 * Whether so many others of a circle had done the same before that one more or less makes no difference to anybody in it: a judgement
 * takes four for as good as any number (`BY_OTHERS`), and does not count its own member. Only of a change that was just made: where a
 * worker died over several, each would rest on the others, and nobody would be asked.
 */
function isDeedOfMany({ key, before, after }: Change, { seen }: FactSheet): boolean {
  const [what, member] = deedIn(key.slice('deed:'.length)) ?? [];
  if (dimensionOf(key) !== 'deed' || what === undefined || isFull(seen, 'deed')) return false;
  const since = Math.min(after.at, before?.at ?? after.at);
  let others = 0;
  for (const other in seen) {
    if (!isOf(other, 'deed')) continue;
    const doer = doerOf(other.slice('deed:'.length), what);
    const { at, suspect } = seen[other] as Sighting;
    if (doer !== undefined && doer !== member && suspect === undefined && at <= since) others += 1;
  }
  return others > MANY;
}

/**
 * Members of a circle in one account that are looked up one by one. Where there are more, all of the account is gone through: once for all
 * circles and values that wait for it, so that a team of hundreds costs no more than a few.
 */
const MAX_NAMED = 8;

/** Who asks a circle, in each account. */
function askersOfCircle(sheet: FactSheet): Pick<Affected, 'account' | 'prefix'>[] {
  const askers = Map.groupBy(membersOf(sheet, 'asks').map(askerIn), ({ account }) => account);
  return [...askers].flatMap(([account, named]) =>
    named.length > MAX_NAMED ? [{ account, prefix: '' }] : named,
  );
}

/**
 * Everyone in the accounts that ask a Region. Each asks until its own first launch there has settled (`isLeftAlone`), and no longer; one
 * whose first launch there was an attack asks up to the sheet's last day.
 */
function askersOfRegion(from: number, to: number, sheet: FactSheet, policy: Policy): Affected[] {
  const { settle } = policy.learning;
  return membersOf(sheet, 'member').flatMap((account) => {
    const { at, suspect } = sheet.seen[factKey('member', account)] as Sighting;
    const asks =
      at + (suspect === undefined ? settle : Math.max(settle, quarantineOf(suspect, sheet.scope, policy)));
    const until = Math.min(to, asks);
    return from > until ? [] : [{ account, prefix: '', from, to: until }];
  });
}

/** Who shared with an account, or came from it, from its first record on: then it is one of ours. */
function askersOf({ key, before, after }: Change, sheet: FactSheet): Affected[] {
  if (!sheet.scope.startsWith('account#') || key !== factKey('since', '')) return [];
  const to = Math.min(before?.at ?? Number.MAX_SAFE_INTEGER, (sheet.lastDay + 1) * DAY - 1);
  if (after.at > to) return [];
  return membersOf(sheet, 'asks').map((each) => ({ ...askerIn(each), from: after.at, to }));
}

const membersOf = ({ seen }: FactSheet, dimension: Dimension): string[] =>
  Object.keys(seen)
    .filter((key) => isOf(key, dimension))
    .map((key) => key.slice(dimension.length + 1));

/** What everything that an activity was the first to show may concern, when it is not known what was known before. */
export function affectedAgain(sheet: FactSheet, activity: Activity, policy: Policy): Affected[] {
  const before = { at: Number.MAX_SAFE_INTEGER - YEAR, id: '' };
  const { at, id } = sightingOf(activity);
  return Object.entries(sheet.seen)
    .filter(([, sighting]) => sighting.at === at && sighting.id === id)
    .flatMap(([key, after]) => [
      ...concernedBy({ key, after }, sheet, policy),
      ...concernedBy({ key, before, after }, sheet, policy),
    ]);
}

/**
 * What another mark on what an activity was the first to show may concern, whichever mark that was before.
 *
 * @param worst the mark of longest effect that it may have borne
 */
export function affectedByMark(
  sheet: FactSheet,
  activity: Activity,
  worst: Suspicion,
  policy: Policy,
): Affected[] {
  const { at, id } = sightingOf(activity);
  return Object.entries(sheet.seen)
    .filter(([, sighting]) => sighting.at === at && sighting.id === id)
    .flatMap(([key, after]) => {
      const before: Sighting = { ...after, suspect: worst };
      return concernedBy({ key, before, after }, sheet, policy);
    });
}

/**
 * Of images and Regions: whoever names one to a service asks whether anyone launched it, or there, and does not prove that.
 * Where an image was named before it was launched, naming it has settled once the launch has, unless that was suspect.
 */
function isAskedByPlans(key: string, after: Sighting, seen: FactSheet['seen']): boolean {
  if (key.startsWith('region:')) return factKey('region', plannedRegion(key.slice('region:'.length))) in seen;
  const planned = seen[factKey('image', PLANNED)];
  if (key !== factKey('image', '') || planned === undefined) return false;
  return planned.suspect !== undefined || planned.at > after.at;
}

/** Keeps sums with the policy's periods below the largest exact integer. */
const YEAR = 366 * DAY;

function stretchOf(
  { key, before, after }: Change,
  { scope, seen }: FactSheet,
  policy: Policy,
): [number, number] | undefined {
  const { learning, userContext, geoLocation } = policy;
  const dimension = dimensionOf(key);
  /** Somebody may have asked who has proved nothing. */
  const asked = factKey('unproved', '') in seen;
  const suspectOnly = before !== undefined && before.at === after.at && before.id === after.id;
  switch (dimension) {
    case 'user':
    case 'unproved':
    case 'asks':
      return undefined;
    case 'since':
      // Only the account's beginning is asked for: it ends the silent first day and the learning period. Until `before` and
      // these would do, were it certain that whoever found that beginning lived to judge again what it had changed.
      if ((before === undefined && !asked) || suspectOnly || !scope.startsWith('account#')) return undefined;
      return [after.at + Math.min(learning.settle, learning.period), Number.MAX_SAFE_INTEGER];
    case 'day':
      return before === undefined
        ? [DAY * (Math.floor(after.at / DAY) + 1), Number.MAX_SAFE_INTEGER]
        : undefined;
    case 'created':
      if (suspectOnly) return undefined;
      // an image's making is asked for by whoever launches it; if nobody has, nobody need be asked again
      if (scope.startsWith('image#')) {
        return asked || Object.keys(seen).some((each) => each.startsWith('image:'))
          ? [after.at, Number.MAX_SAFE_INTEGER]
          : undefined;
      }
      return [after.at, Math.max(after.at, before?.at ?? 0) + userContext.newIdentity];
    case 'able':
      if (suspectOnly) return undefined;
      // an earlier one may have taken the place of the latest, which is then asked for no more
      return [
        after.at,
        isFull(seen, dimension)
          ? Number.MAX_SAFE_INTEGER
          : Math.max(after.at, before?.at ?? 0, Number(key.slice('able:'.length))) + userContext.newIdentity,
      ];
    case 'enabled-region':
      if (suspectOnly) return undefined;
      return [after.at, Math.max(after.at, before?.at ?? 0) + geoLocation.newRegion];
    default: {
      // Whoever asks the account about a value also proves it, so a value new to an account concerns nobody else.
      const wide = isWide(scope);
      if (
        before === undefined &&
        !asked &&
        !wide &&
        !scope.startsWith('actor#') &&
        !isAskedByPlans(key, after, seen)
      )
        return undefined;
      const settle = wide ? Math.max(DAY, learning.settle) : learning.settle;
      const from = Math.min(after.at, before?.at ?? after.at) + settle;
      if (before === undefined) return [from, Number.MAX_SAFE_INTEGER];
      const periods = [before, after].map(({ suspect }) =>
        suspect === undefined ? settle : Math.max(settle, quarantineOf(suspect, scope, policy)),
      );
      return [from, Math.max(before.at, after.at) + Math.max(...periods)];
    }
  }
}
