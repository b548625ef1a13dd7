import { type Activity, linked } from '../../core/activity/activity.ts';
import { does } from '../../core/activity/kinds.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { ruleText } from '../../core/lineage/exposure.ts';
import { isTakenBack } from '../deed.ts';
import { shown } from '../shown.ts';
import { openRules } from './doors.ts';
import { copiesLeft } from './machines.ts';
import { instancesLeft, type Standing, standingOf } from './standing.ts';

/** Things of one sort that are named; more are counted. */
const NAMED = 3;
/** What a story can leave behind, in the order in which it is told. */
const TYPES = ['instance', 'snapshot', 'image', 'volume', 'access-key'] as const;

/**
 * `Still there, as far as records tell: 1 instance (i-…), 2 snapshots. Gone since: 1 volume (vol-…).` What of a story stands,
 * and what is gone. Empty where nothing that was done leaves anything.
 *
 * @param ends calls outside of the story that ended what it left (`standingOf`)
 */
export function stillThere(record: Pick<FindingRecord, 'members'>, ends: readonly Activity[] = []): string[] {
  const standing = standingOf(record, ends);
  const { suspicious, gone, off } = standing;
  const launchedBy = (isService: boolean): readonly string[] =>
    instancesLeft(
      suspicious.filter(({ actor }) => (actor.class === 'service') === isService),
      standing,
    ).flatMap(({ ids }) => ids);
  const instances = launchedBy(false);
  const services = launchedBy(true).length;
  const copies = copiesLeft(standing).flatMap(({ ids }) => ids);
  const backups = copiesLeft(standing, true).flatMap(({ ids }) => ids).length;
  const out = shared(standing);
  const made = suspicious.flatMap((each) => linked(each, 'access-key', 'made'));
  const keys = [...new Set(made)].filter((key) => !off.has(key));
  const left = [...instances.filter((id) => !standing.robbed.has(id)), ...copies, ...keys].filter(
    (id) => !out.includes(id),
  );
  const stands = [
    ...some(
      out.map((id) => `${id} (shared)`),
      'things that are shared',
    ),
    ...some(openings(standing), 'rules that let the world in'),
    ...counts(suspicious, left),
    // a service ends what it launched without anybody, and no record of that is followed
    ...(services > 0
      ? [
          `${services} instance${services === 1 ? '' : 's'} that a service launched, but for those that it ended`,
        ]
      : []),
    ...(backups > 0
      ? [`${backups} ${backups === 1 ? 'copy' : 'copies'} that a service made, but for those that it deleted`]
      : []),
  ];
  const ended = counts(suspicious, [...gone.keys(), ...off]);
  const rest = ended.length === 0 ? '' : ` Gone since: ${ended.join(', ')}.`;
  if (stands.length > 0) return [`Still there, as far as records tell: ${stands.join(', ')}.${rest}`];
  return rest === '' ? [] : [`Nothing that it made is left, as far as records tell.${rest}`];
}

const shared = ({ suspicious, all, gone }: Standing): string[] =>
  suspicious
    .filter((each) => does(each.kind, 'share') && !isTakenBack(each, all))
    .flatMap((each) => each.links.map(({ id }) => id))
    .filter((id) => !gone.has(id));

const openings = (standing: Standing): string[] =>
  openRules(standing).map(({ rule }) => `${rule.group} that lets in ${ruleText(rule)}`);

/** Each of a few, or how many there are. */
function some(all: readonly string[], noun: string): string[] {
  const each = [...new Set(all)];
  return each.length > NAMED ? [`${each.length} ${noun}`] : each.map((text) => shown(text, 120));
}

/** How many of each type that some calls made are among these. */
const counts = (made: readonly Activity[], ids: readonly string[]): string[] =>
  TYPES.flatMap((type) => {
    const all = new Set(made.flatMap((each) => linked(each, type, 'made')));
    const found = ids.filter((id) => all.has(id));
    if (found.length === 0) return [];
    const names = found.length > NAMED ? '' : ` (${found.map((id) => shown(id, 40)).join(', ')})`;
    return [`${found.length} ${type.replace('-', ' ')}${found.length === 1 ? '' : 's'}${names}`];
  });
