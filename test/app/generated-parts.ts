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

/** The same on a cloud that AWS is not: rights are given to a name that calls have, too, and code is run on machines. */
function elsewhere(activity: Activity): Activity {
  const { actor, kind, links } = activity;
  const named = actor.class === 'service' ? actor : { ...actor, identity: actor.key };
  if (kind === 'metadata.change') return { ...activity, actor: named, kind: 'instance.run' };
  if (kind === 'identity.grant')
    return { ...activity, actor: named, links: [...links, { type: 'user', id: actor.key, role: 'changed' }] };
  return { ...activity, actor: named };
}

/** Activities, two in three of them told in parts. */
export const parts: fc.Arbitrary<Activity[]> = fc
  .tuple(activities, fc.infiniteStream(draws))
  .map(([list, stream]) =>
    list.flatMap((each) => {
      const draw = stream.next().value as Draw;
      const activity = elsewhere(each);
      return draw.sort === 0 ? [activity] : partsOf(activity, draw);
    }),
  );
