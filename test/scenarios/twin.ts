import { changeState } from '../../simulate/ec2-control.ts';
import { createSnapshot } from '../../simulate/ec2-data.ts';
import { runInstances } from '../../simulate/ec2-launches.ts';
import { type Account, HOUR, MINUTE } from '../../simulate/estate.ts';
import { assume, assumedByService } from '../../simulate/identities.ts';
import { REGIONS, resourceId } from '../../simulate/places.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { type Routine, sayer } from '../../simulate/routine.ts';
import type { Caller } from '../../simulate/trail-record.ts';
import { estate, PRODUCTION } from './world.ts';

/** Legitimate work that resembles a path, done again and again. */
export interface Twin {
  readonly name: string;
  /** Writes one day; called for every day of the history and the day in question. */
  readonly routine: () => Routine;
  /** First day (0 is the first of the history) on which the work is done, and how many days until the next time. */
  readonly first: number;
  readonly every: number;
}

/** Day of the last time that lies after the history. */
export const lastDay = ({ first, every }: Twin, after: number): number =>
  first + Math.ceil((after - first) / every) * every;

const home = estate.places(PRODUCTION.id, REGIONS.home);

/** A routine that works on its own days, from a fixed hour. */
const on =
  (
    name: string,
    first: number,
    every: number,
    hour: number,
    work: (at: number, tools: Tools) => void,
  ): (() => Routine) =>
  () => {
    const random = randomOf(1578, 'twin', name);
    return ({ index, start }, emit) => {
      if (index < first || (index - first) % every !== 0) return;
      const at = start + hour * HOUR + random.int(0, 20) * MINUTE;
      work(at, { random, say: sayer(random, emit), day: index });
    };
  };

export interface Tools {
  readonly random: Random;
  readonly say: ReturnType<typeof sayer>;
  readonly day: number;
}

export const backupService = (random: Random, at: number): Caller =>
  assumedByService(
    random,
    estate.role(PRODUCTION.id, 'AWSBackupDefaultServiceRole', '/service-role/'),
    'backup',
    'AWSBackup-AWSBackupDefaultServiceRole',
    at,
  );

export const pipeline = (random: Random, role: string, agent: string, at: number): Caller =>
  assume(random, estate.role(PRODUCTION.id, role), {
    name: 'GitHubActions',
    since: at - MINUTE,
    source: '198.51.100.120',
    agent,
    webIdentity: {
      federatedProvider: `arn:aws:iam::${PRODUCTION.id}:oidc-provider/token.actions.githubusercontent.com`,
      attributes: { 'oidc:sub': 'repo:example/platform:ref:refs/heads/main' },
    },
  });

/** Snapshot of a data volume by the backup service, taken shortly before it is wanted. */
export function nightly({ random, say }: Tools, at: number, volume: string): string {
  const { call, snapshot } = createSnapshot(random, at, { place: home, volume, description: 'AWS Backup' });
  say(backupService(random, at), at, call);
  return snapshot;
}

/** A new instance for each drill, gone some hours later. */
export function drill(
  tools: Tools,
  caller: Caller,
  at: number,
  spec: Parameters<typeof runInstances>[2],
  hours = 3,
): string {
  const { random, say } = tools;
  const { call, instances } = runInstances(random, at, spec);
  say(caller, at, call);
  say(caller, at + hours * HOUR, changeState('TerminateInstances', spec.place.region, instances));
  return instances[0] ?? '';
}

/** An instance that was there before the history. */
export const standing = (account: Account, name: string): string =>
  resourceId(randomOf(1578, 'standing', account.id, name), 'i');

export const twin = (
  name: string,
  first: number,
  every: number,
  hour: number,
  work: (at: number, tools: Tools) => void,
): Twin => ({
  name,
  first,
  every,
  routine: on(name, first, every, hour, work),
});
