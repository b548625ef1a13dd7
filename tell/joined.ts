import { subjectLabel } from '../core/activity/actor.ts';
import { KINDS, type Kind, wordsOf } from '../core/activity/kinds.ts';
import { explain } from '../core/findings/assess.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import type { Policy } from '../core/policy/policy.ts';
import { shown } from './shown.ts';

/** A sentence in which a person goes by their name alone: the role stands under WHO. Not where one person has two roles. */
export function byName(text: string, { members }: FindingRecord): string {
  const people = new Map<string, Set<string>>();
  for (const { activity } of members) {
    const { person } = activity.actor;
    if (person === undefined) continue;
    const labels = people.get(person.label) ?? new Set();
    people.set(person.label, labels.add(subjectLabel(activity.actor)));
  }
  return [...people].reduce(
    (told, [name, [label = name, ...others]]) =>
      others.length > 0 ? told : told.replaceAll(label, () => name),
    text,
  );
}

/** What has joined a finding since people were told of it. */
export interface Joined {
  /** Signals, and what is open or shared. */
  readonly kinds: readonly string[];
  readonly instances: readonly string[];
}

/** `opened a security group: sg-1`, of a kind and what it opened, with whom it was shared behind. */
function openingText(text: string): string {
  const [kind = '', what = '', ...whom] = text.split(' ');
  if (!isKind(kind)) return text;
  const [, past, object] = wordsOf(kind);
  return `${past} ${object}: ${what}${whom.length > 0 ? ` with ${whom.join(' ')}` : ''}`;
}

const isKind = (text: string): text is Kind => (KINDS as readonly string[]).includes(text);

/** Names of what has joined that a message spells out; the rest is counted. */
const MAX_JOINED = 5;

export function joinedNote(joined: Joined | undefined, record: FindingRecord, policy: Policy): string[] {
  const reasons = new Map(
    explain(record, policy).parts.map(({ signal, reason }): [string, string] => [signal, reason]),
  );
  const said = (each: string): string => {
    const reason = reasons.get(each);
    return reason === undefined ? openingText(each) : byName(reason, record);
  };
  const parts = Object.entries(joined ?? {}).flatMap(([sort, all]: [string, readonly string[]]) => {
    if (all.length === 0) return [];
    const some = all.slice(0, MAX_JOINED).map((each) => shown(said(each), 160));
    const rest = all.length - some.length;
    const more = rest > 0 ? ` and ${rest} more` : '';
    return sort === 'kinds'
      ? `${some.join('; ')}${more}`
      : `${all.length} instance${all.length === 1 ? '' : 's'}: ${some.join(', ')}${more}`;
  });
  return parts.length === 0 ? [] : [`Joined since the last message: ${parts.join('; ')}`];
}
