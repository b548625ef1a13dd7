import type { Activity } from '../activity/activity.ts';
import { networkOf, subjectScope } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { established } from './signal.ts';

/** Part left when the network is new but the country is not: people change rooms more often than countries. */
const SAME_COUNTRY = 0.4;
/** Part left when no database knows the country. */
const UNKNOWN_COUNTRY = 0.7;

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

  const { country, holder } = activity.origin.network ?? {};
  const where = [activity.origin.ip, holder, country].filter((part) => part !== undefined).join(', ');
  const known = memory.known(scope, 'network');
  const words = `${network} (${where}) is not one of the ${known.length} networks it is known from`;
  if (known.length === 0) return undefined;
  if (country === undefined) return { strength: UNKNOWN_COUNTRY, words };
  const sameCountry = memory.familiarity(scope, 'country', country) === 'familiar';
  return { strength: sameCountry ? SAME_COUNTRY : 1, words };
}
