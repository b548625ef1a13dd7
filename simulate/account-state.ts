import type { Template } from './ec2-control.ts';
import type { Account, Estate, Purpose } from './estate.ts';
import { type Image, REGIONS, resourceId } from './places.ts';
import { randomOf } from './random.ts';

/** A group of interchangeable servers; pipelines change its template, Auto Scaling its size. */
export interface ScalingGroup {
  readonly name: string;
  readonly region: string;
  readonly type: string;
  image: Image;
  readonly running: string[];
  template: Template;
}

/** What routines of one account leave for each other. */
export interface AccountState {
  readonly account: Account;
  readonly groups: ScalingGroup[];
  /** Latest nightly snapshot of each volume. */
  readonly latestSnapshot: Map<string, string>;
  /** Latest copy of each volume's snapshot in the recovery Region. */
  readonly latestCopy: Map<string, string>;
}

const GROUPS: Readonly<Partial<Record<Purpose, readonly { name: string; type: string; size: number }[]>>> = {
  production: [
    { name: 'web', type: 'm7g.large', size: 4 },
    { name: 'worker', type: 'c7g.xlarge', size: 3 },
  ],
  development: [{ name: 'preview', type: 't4g.medium', size: 1 }],
};

/** The state at the start of the history. */
export function stateOf(estate: Estate, account: Account): AccountState {
  const random = randomOf(estate.seed, 'groups', account.id);
  const image = estate.places(account.id, REGIONS.home).base;
  const groups = account.purposes.flatMap((purpose) =>
    (GROUPS[purpose] ?? []).map(
      ({ name, type, size }): ScalingGroup => ({
        name,
        region: REGIONS.home,
        type,
        image,
        running: Array.from({ length: size }, () => resourceId(random, 'i')),
        template: { id: resourceId(random, 'lt'), name, version: random.int(2, 30) },
      }),
    ),
  );
  return { account, groups, latestSnapshot: new Map(), latestCopy: new Map() };
}
