import { copySnapshot } from '../../simulate/ec2-data.ts';
import { copyImage } from '../../simulate/ec2-images.ts';
import { DAY, HOUR, MINUTE } from '../../simulate/estate.ts';
import { type Image, type Place, REGIONS, resourceId } from '../../simulate/places.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import {
  apiCall,
  type Call,
  type Caller,
  serviceEvent,
  type TrailRecord,
} from '../../simulate/trail-record.ts';
import { END_OF_HISTORY, estate, FIRST, OTHER, PRODUCTION, type Principal, sessionOf } from './world.ts';

/** How a path is walked. */
export interface Variant {
  /** Another principal than the one who copied puts the copy to use. */
  readonly two?: true;
  /** The steps lie evenly over three days instead of minutes. */
  readonly days?: true;
  /** The copy goes to another Region before it is used. */
  readonly elsewhere?: true;
  /** The instance's group is opened to the world at the end. */
  readonly exposed?: true;
}

type Made = { readonly call: Call };

/** Where a path plays: writes the steps of those who copy and those who use the copy. */
export interface Stage {
  readonly random: Random;
  /** Where the copy is put to use. */
  readonly place: Place;
  /** Group of the instance that the data ends on; without rules at first. */
  readonly group: { readonly id: string; readonly name: string };
  readonly copier: <T extends Made>(make: (at: number) => T) => T;
  readonly user: <T extends Made>(make: (at: number) => T) => T;
  /** A step that a service makes, seconds after the one before. */
  readonly service: <T extends Made>(caller: (at: number) => Caller, make: (at: number) => T) => T;
  readonly userAt: (at: number) => Caller;
  /** The snapshot, or its copy where the data is to be used in another Region. */
  readonly carry: (snapshot: string) => string;
  readonly carryImage: (image: string) => string;
  readonly imageOf: (id: string) => Image;
  /** Goes on in another account. */
  readonly goTo: (account: string, region: string) => void;
  /** EC2 tells the owner of a shared snapshot what another account did with it. */
  readonly sharedSnapshot: (name: string, snapshot: string) => void;
}

const BETWEEN = 6 * MINUTE;

/** The records of a path walked in one way, in the order of time. */
export function recordsOf(
  play: (stage: Stage) => void,
  expose: (stage: Stage) => void,
  variant: Variant,
): TrailRecord[] {
  if (variant.days !== true) return walk(play, expose, variant, BETWEEN);
  // the steps of the path itself are spread, so that it takes three days whatever its length
  const steps = walk(play, () => {}, { ...variant, days: true }, BETWEEN).length;
  return walk(play, expose, variant, Math.floor((3 * DAY) / Math.max(1, steps - 1)));
}

function walk(
  play: (stage: Stage) => void,
  expose: (stage: Stage) => void,
  { two, elsewhere, exposed }: Variant,
  between: number,
): TrailRecord[] {
  const random = randomOf(1578, 'scenario');
  const records: TrailRecord[] = [];
  let now = END_OF_HISTORY + 9 * HOUR + 30 * MINUTE;
  let place = estate.places(PRODUCTION.id, elsewhere ? REGIONS.recovery : REGIONS.home);
  const group = { id: resourceId(random, 'sg'), name: 'restore' };
  const user: Principal = two ? OTHER : FIRST;

  const step = <T extends Made>(
    caller: (at: number) => Caller,
    make: (at: number) => T,
    after: number,
  ): T => {
    if (records.length > 0) now += after;
    const made = make(now);
    records.push(apiCall(random, caller(now), now, made.call));
    return made;
  };
  const copier: Stage['copier'] = (make) =>
    step((at) => sessionOf(random, FIRST, PRODUCTION.id, at), make, between);
  const userAt: Stage['userAt'] = (at) => sessionOf(random, user, place.account, at);
  const stage: Stage = {
    random,
    group,
    get place() {
      return place;
    },
    copier,
    userAt,
    user: (make) => step(userAt, make, between),
    service: (caller, make) => step(caller, make, 20_000),
    carry: (snapshot) =>
      elsewhere
        ? copier(() =>
            copySnapshot(random, { region: place.region, from: REGIONS.home, snapshot, description: '' }),
          ).snapshot
        : snapshot,
    carryImage: (image) =>
      elsewhere
        ? copier(() => copyImage(random, { region: place.region, from: REGIONS.home, image, name: 'copy' }))
            .image
        : image,
    imageOf: (id) => ({
      id,
      rootDevice: '/dev/xvda',
      rootSnapshot: resourceId(random, 'snap'),
      architecture: 'x86_64',
    }),
    goTo: (account, region) => {
      place = estate.places(account, region);
    },
    sharedSnapshot: (name, snapshot) => {
      now += 2 * MINUTE;
      records.push(
        serviceEvent(random, now, {
          service: 'ec2',
          name,
          region: REGIONS.home,
          actor: place.account,
          recipient: PRODUCTION.id,
          details: { snapshotId: snapshot },
        }),
      );
    },
  };
  play(stage);
  if (exposed) expose(stage);
  return records;
}
