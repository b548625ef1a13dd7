import fc from 'fast-check';
import type { Activity, Phase } from '../../core/activity/activity.ts';
import { anActor } from '../builders.ts';
import { activities } from './generated-activities.ts';

/** Nobody is named in the record of how an act ended, as Google leaves it out for clusters. */
const NOBODY = anActor({ key: 'unknown', label: 'unknown', class: 'unknown' });

const SECOND = 1_000;

const withPart = (activity: Activity, phase: Phase, rest: Partial<Activity>, details: boolean): Activity => ({
  ...activity,
  ...rest,
  id: `${activity.id}:${phase}`,
  part: { act: activity.id, phase, ...(details && { details }) },
});

/** What a record says that tells only to what something was done, and how it ended. */
function bare({
  launch: _,
  plan: __,
  ingress: ___,
  share: ____,
  posture: _____,
  ...rest
}: Activity): Activity {
  return { ...rest, links: rest.links.map(({ from: _from, ...link }) => link) };
}

interface Draw {
  readonly sort: number;
  readonly missing: number;
  readonly took: number;
  readonly nobody: boolean;
}

/** The records by which a cloud tells an act; where one is missing it never comes. */
function partsOf(activity: Activity, { sort, missing, took, nobody }: Draw): Activity[] {
  const { at, outcome, error } = activity;
  const taken = { outcome: 'succeeded', at: at + 2 * SECOND } as const;
  const { error: _, ...clean } = activity;
  const begun = withPart(bare(clean), 'begun', { outcome: 'succeeded' }, false);
  const accepted = withPart(clean, 'accepted', taken, true);
  const ended = withPart(
    bare(activity),
    'ended',
    {
      at: at + took * SECOND,
      region: 'unknown',
      ...(nobody && { actor: NOBODY }),
      outcome,
      ...(error && { error }),
    },
    false,
  );
  const all = sort === 1 ? [accepted, ended] : [begun, accepted, ended];
  return all.filter((_, index) => index !== missing);
}

const draws: fc.Arbitrary<Draw> = fc.record({
  sort: fc.nat(2),
  missing: fc.integer({ min: 0, max: 12 }),
  took: fc.integer({ min: 3, max: 5_000 }),
  nobody: fc.boolean(),
});

/** Activities, two in three of them told in parts. */
export const parts: fc.Arbitrary<Activity[]> = fc
  .tuple(activities, fc.infiniteStream(draws))
  .map(([list, stream]) =>
    list.flatMap((activity) => {
      const draw = stream.next().value as Draw;
      return draw.sort === 0 ? [activity] : partsOf(activity, draw);
    }),
  );
