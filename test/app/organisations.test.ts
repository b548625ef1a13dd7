import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { openStores } from '../../cli/replay/stores.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import {
  ORGANISATIONS,
  ORGANISATIONS_HINT,
  organisationNames,
  policyOf,
  recordsFile,
  replayBatches,
} from '../given-organisations.ts';

const TIMEOUT_MS = 300_000;
/** Members named in one line of a difference, and lines of one test. */
const [MOST_MEMBERS, MOST_LINES] = [4, 40];

describe.skipIf(ORGANISATIONS === undefined)(ORGANISATIONS_HINT, () => {
  it.each(organisationNames())(
    '%s ends in what the detector means',
    async (name) => {
      const policy = await policyOf(name);
      const { history, verdicts, close } = openStores(undefined);
      try {
        const all: Activity[] = [];
        for await (const batch of replayBatches(recordsFile(name), 0)) {
          const outcomes = await detectActivities({ history, verdicts, policy }, batch);
          expect(outcomes.filter(({ status }) => status !== 'judged')).toEqual([]);
          all.push(...batch);
        }
        const found = await findingsIn(verdicts, policy);
        const wanted = definition(all, policy);
        expect(wanted.length).toBeGreaterThan(30);
        expect(differences(found, wanted)).toEqual([]);
      } finally {
        close();
      }
    },
    TIMEOUT_MS,
  );
});

/** One line for each finding that is not what it should be, for a person to read. */
function differences(found: readonly FindingRecord[], wanted: readonly FindingRecord[]): string[] {
  const [here, there] = [found, wanted].map((records) => new Map(records.map((each) => [each.id, each])));
  const ids = [...new Set([...wanted, ...found].map(({ id }) => id))];
  const lines = ids.flatMap((id) => difference(here?.get(id), there?.get(id)) ?? []);
  const rest = lines.length - MOST_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_LINES), `and ${rest} more of ${ids.length}`] : lines;
}

function difference(found: FindingRecord | undefined, wanted: FindingRecord | undefined): string | undefined {
  if (found === undefined) return wanted && `${named(wanted)}: not found; ${members(wanted, [])}`;
  if (wanted === undefined) return `${named(found)}: found, not meant; ${members(found, [])}`;
  const keys = [...new Set([...Object.keys(found), ...Object.keys(wanted)])] as (keyof FindingRecord)[];
  const unequal = keys.filter((key) => !isDeepStrictEqual(found[key], wanted[key]));
  if (unequal.length === 0) return undefined;
  const also = members(found, wanted.members.map(placeOf));
  const lacks = members(wanted, found.members.map(placeOf));
  return (
    `${named(wanted)}: differs in ${unequal.join(', ')}; found ${found.severity} ${found.score}` +
    `${also === '' ? '' : `; holds also ${also}`}${lacks === '' ? '' : `; lacks ${lacks}`}` +
    `${also === '' && lacks === '' && unequal.includes('members') ? `; same members, of which ${unlike(found, wanted)}` : ''}`
  );
}

const named = ({ id, account, subject, severity, score, members }: FindingRecord): string =>
  `${id} ${severity} ${score} (${account} ${subject}, ${members.length} members)`;

type Member = FindingRecord['members'][number];

const placeOf = ({ activity }: Member): string =>
  `${activity.kind} ${activity.account}#${activity.id} at ${new Date(activity.at).toISOString()}`;

/** The members whose places are not among those given. */
function members(record: FindingRecord, without: readonly string[]): string {
  const places = record.members.map(placeOf).filter((place) => !without.includes(place));
  return [
    ...places.slice(0, MOST_MEMBERS),
    ...(places.length > MOST_MEMBERS ? [`… ${places.length}`] : []),
  ].join(', ');
}

/** The first member that differs, by what it says. */
function unlike(found: FindingRecord, wanted: FindingRecord): string {
  const meant = new Map(wanted.members.map((member) => [placeOf(member), member]));
  for (const member of found.members) {
    const other = meant.get(placeOf(member));
    const keys = (['evidence', 'score', 'learning', 'follows', 'behind'] as const).filter(
      (key) => !isDeepStrictEqual(member[key], other?.[key]),
    );
    const says = (of: Member | undefined): string => JSON.stringify(keys.map((key) => of?.[key]));
    if (keys.length > 0) return `${placeOf(member)} has ${keys} ${says(member)} in place of ${says(other)}`;
  }
  return 'the activities or the order differ';
}
