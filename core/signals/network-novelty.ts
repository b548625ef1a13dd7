import type { Activity } from '../activity/activity.ts';
import { inNetworks } from '../activity/networks.ts';
import { teamOf } from '../history/circles.ts';
import { accountScope, DAY, networkOf, subjectScope } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { established } from './signal.ts';

/** Part left when the network is new but the country is not: people change rooms more often than countries. */
const SAME_COUNTRY = 0.4;
/** Part left when no database knows the country. */
const UNKNOWN_COUNTRY = 0.7;

/** Part left where other people of the account, or colleagues behind the same permission set, call from there: an office or a VPN exit. */
const COLLEAGUES = 0.4;
/**
 * A program that has called from so many networks, and from a new one at least every second day of its work, has no usual one: hosted
 * runners come from wherever their maker has room. People are asked all the same.
 */
const ROAMS = 5;
const PER_DAY = 0.5;
/** Active days that are kept (`MAX_VALUES`): from here on days are counted by the calendar. */
const MOST_DAYS = 10;

function roams(activity: Activity, memory: Memory, known: number): boolean {
  const { actor, at } = activity;
  if (actor.class !== 'automation' && actor.class !== 'workload') return false;
  const since = memory.firstSeen(subjectScope(activity), 'since', '') ?? at;
  // whoever works one day in a week is asked by those days
  const days = memory.activeDays < MOST_DAYS ? memory.activeDays : (at - since) / DAY;
  return known >= ROAMS && known >= PER_DAY * days;
}

/** How new an activity's network is to its subject (0..1), with words for it; undefined when it is not, or unknown. */
export function networkNovelty(
  activity: Activity,
  memory: Memory,
  policy: Policy,
): { strength: number; words: string } | undefined {
  const network = networkOf(activity);
  if (network === undefined || !established(memory, policy)) return undefined;
  const scope = subjectScope(activity);
  const familiarity = memory.familiarity(scope, 'network', network);
  if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;

  const { actor } = activity;
  const { country, holder } = activity.origin.network ?? {};
  const where = [activity.origin.ip, holder, country].filter((part) => part !== undefined).join(', ');
  const known = memory.known(scope, 'network');
  const among = known.length === 1 ? 'the one network' : `one of the ${known.length} networks`;
  const words = `${network} (${where}) is not ${among} it is known from`;
  if (known.length === 0 || roams(activity, memory, known.length)) return undefined;
  // a name alone proves nothing of a role, but whoever asks is established here
  const team = teamOf(activity);
  // only what succeeds proves the network to the account, and may ask it
  const house =
    activity.outcome === 'succeeded' &&
    actor.class === 'human' &&
    memory.familiarity(accountScope(activity), 'network', network) === 'familiar';
  const shared = house || (team !== undefined && memory.isNetworkOf(team)) ? COLLEAGUES : 1;
  if (country === undefined) return { strength: shared * UNKNOWN_COUNTRY, words };
  const sameCountry = memory.familiarity(scope, 'country', country) === 'familiar';
  return { strength: shared * (sameCountry ? SAME_COUNTRY : 1), words };
}

/** A program that has called from so few networks for so many days has a place of its own: a cluster, a build machine. */
const PLACES = 2;
const SETTLED_DAYS = 7;

/**
 * Says of a program that has long called from one place, or two, that it calls from a country where it never was: somebody took its
 * credentials along. People travel, and hosted runners come from wherever there is room.
 */
export function awayFromPlace(activity: Activity, memory: Memory, policy: Policy): string | undefined {
  const { actor, origin } = activity;
  const country = origin.network?.country;
  if (actor.class !== 'workload' && actor.class !== 'automation') return undefined;
  if (actor.instance !== undefined || country === undefined || memory.activeDays < SETTLED_DAYS)
    return undefined;
  if (origin.ip === undefined || inNetworks(origin.ip, policy.organisation.networks)) return undefined;
  const scope = subjectScope(activity);
  if (memory.known(scope, 'network').length > PLACES) return undefined;
  if (memory.familiarity(scope, 'country', country) !== 'new') return undefined;
  const team = teamOf(activity);
  if (team !== undefined && memory.isNetworkOf(team)) return undefined;
  return networkNovelty(activity, memory, policy)?.words;
}
