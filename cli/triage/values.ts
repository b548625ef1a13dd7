import type { HistoryStore } from '../../app/ports.ts';
import { subjectLabel } from '../../core/activity/actor.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import type { Dimension } from '../../core/history/fact.ts';
import { type FactSheet, scopesOf, subjectScope } from '../../core/history/facts.ts';
import { sightingOf } from '../../core/history/sighting.ts';
import { shown } from '../../tell/shown.ts';

/** A value that one of some records was the first to show. */
export interface FirstShown {
  /** As a person reads it. */
  readonly text: string;
  /** It is kept back today. */
  readonly suspect: boolean;
}

/** What a value of a dimension is called; those that nobody asks for familiarity are not listed. */
const WORDS: Partial<Record<Dimension, string>> = {
  hour: 'the hour from',
  region: 'Region',
  network: 'network',
  country: 'country',
  kind: 'doing',
  family: 'instance family',
  image: 'image',
  profile: 'instance profile',
  person: 'person',
  peak: 'as many at once as',
  plan: 'telling a service to launch',
  snapshots: 'a snapshot of the volume',
  share: 'sharing with',
  deed: 'doing',
};

/** What some records were the first to show, each value once, of whoever it was seen. Sheets are read, and nothing is changed. */
export async function firstShownBy(
  history: Pick<HistoryStore, 'around'>,
  members: readonly Assessment[],
): Promise<FirstShown[]> {
  const scopes = [...new Set(members.flatMap(({ activity }) => scopesOf(activity)))];
  const asOf = Math.max(0, ...members.map(({ activity }) => activity.at));
  const { sheets } = await history.around(scopes, [], asOf);
  const found = new Map<string, FirstShown>();
  for (const { activity } of members) {
    const { at, id } = sightingOf(activity);
    for (const scope of scopesOf(activity)) {
      for (const [key, sighting] of Object.entries(sheets.get(scope)?.value.seen ?? NOTHING)) {
        const word = WORDS[key.slice(0, key.indexOf(':')) as Dimension];
        if (word === undefined || sighting.at !== at || sighting.id !== id) continue;
        const whose =
          scope === subjectScope(activity) ? subjectLabel(activity.actor) : scope.replace('#', ' ');
        const value = key.slice(key.indexOf(':') + 1);
        const text = shown(`${word} ${value} to ${whose}`.replace(/ +/g, ' '), 200);
        found.set(text, {
          text,
          suspect: sighting.suspect !== undefined || found.get(text)?.suspect === true,
        });
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

const NOTHING: FactSheet['seen'] = {};
