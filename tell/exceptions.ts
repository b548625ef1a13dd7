import type { Activity } from '../core/activity/activity.ts';
import { subjectKey, subjectLabel } from '../core/activity/actor.ts';
import type { Part } from '../core/findings/assess.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { DAY } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import { isAccountId } from './aws-ids.ts';
import { shown } from './shown.ts';
import { type Conditions, namedBy, peersOf, type Suppression, suppressedBy } from './suppression.ts';

/** How long a suggested exception lasts; someone has to look again afterwards. */
export const EXCEPTION_DAYS = 90;
/** More exceptions than this for one finding mean that the weights are wrong, not the finding. */
const MAX_EXCEPTIONS = 4;
/** Values that one condition may list. Nobody reads more of them, so a condition that would need more is left out. */
export const MOST_VALUES = 8;
/** Longest value of a record that is offered for a policy. */
const LONGEST = 200;

/** Where an activity was done, from where, with what and with whom, as the conditions of an exception list it. */
export const PLACES: readonly (readonly [keyof Conditions, (activity: Activity) => readonly string[]])[] = [
  ['regions', ({ region }) => [region]],
  ['networks', networksOf],
  ['resources', namedBy],
  ['peers', (activity) => (activity.share?.public === true ? [] : peersOf(activity))],
];

function networksOf({ origin: { ip, prefix, service } }: Activity): readonly string[] {
  if (ip === undefined) return service === undefined ? [] : [service];
  return [prefix ?? `${ip}/${ip.includes(':') ? 128 : 32}`];
}

/** Whether text of a record is what a person reads, so that it may be copied from a message into a policy. */
export const isPlain = (text: string): boolean => text !== '' && shown(text, LONGEST) === text;

/**
 * The narrowest conditions under which some activities, and nothing else, are excepted; undefined where none can be written: without
 * any an exception would let its actor do the same from anywhere.
 */
export function conditionsOf(activities: readonly Activity[]): Conditions | undefined {
  if (activities.length === 0) return undefined;
  const conditions: { -readonly [key in keyof Conditions]: string[] } = {};
  for (const [key, valuesOf] of PLACES) {
    const each = activities.map(valuesOf);
    const values = [...new Set(each.flat())].sort();
    if (!values.every(isPlain)) return undefined;
    if (each.every(({ length }) => length > 0) && values.length <= MOST_VALUES) conditions[key] = values;
  }
  return Object.keys(conditions).length === 0 ? undefined : conditions;
}

/** Exceptions, one for a signal, that together would silence this finding and nothing elsewhere; undefined when it takes too many. */
export function exceptionsFor(
  record: FindingRecord,
  parts: readonly Part[],
  policy: Policy,
): Suppression[] | undefined {
  const main = record.members[0]?.activity;
  if (main === undefined || !isPlain(subjectKey(main.actor))) return undefined;
  const actor = shown(subjectLabel(main.actor), 120);
  const expires = new Date(record.last + EXCEPTION_DAYS * DAY).toISOString().slice(0, 10);
  const all: Suppression[] = [];
  for (const { signal } of parts.slice(0, MAX_EXCEPTIONS)) {
    const speaking = shownBy(record, signal, main);
    // what speaks against others alone is theirs
    if (speaking.length === 0) continue;
    const conditions = conditionsOf(speaking);
    if (conditions === undefined) return undefined;
    all.push({
      signal,
      ...(isAccountId(main.account) && { account: main.account }),
      ...(actor !== '' && { actor }),
      subject: subjectKey(main.actor),
      ...conditions,
      reason: 'WHY IS THIS EXPECTED?',
      owner: 'WHO ANSWERS FOR IT?',
      expires,
    });
    if (suppressedBy(record, { ...policy, suppressions: all }).length > 0) return all;
  }
  return undefined;
}

/** Activities of one subject that a signal speaks against. */
const shownBy = ({ members }: FindingRecord, signal: string, { account, actor }: Activity): Activity[] =>
  members
    .filter(({ evidence }) => evidence.some((each) => each.signal === signal))
    .map(({ activity }) => activity)
    .filter((each) => each.account === account && subjectKey(each.actor) === subjectKey(actor));
