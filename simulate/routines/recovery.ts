import type { AccountState } from '../account-state.ts';
import { changeState } from '../ec2-control.ts';
import {
  type Attachment,
  attachVolume,
  copySnapshot,
  createVolume,
  deleteVolume,
  shareSnapshot,
} from '../ec2-data.ts';
import { runInstances } from '../ec2-launches.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, assumedByService } from '../identities.ts';
import { REGIONS } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { pipelineSession } from '../sessions.ts';
import { sharedSnapshotUsed } from '../trail-record.ts';

const EVERY = 14;

/** Every other week a pipeline proves that the copies in the recovery Region come to life, and clears up after itself. */
export function recoveryDrill(estate: Estate, { account, latestCopy }: AccountState): Routine {
  const random = randomOf(estate.seed, 'recovery drill', account.id);
  const place = estate.places(account.id, REGIONS.recovery);
  const { region } = place;
  const first = random.int(2, EVERY);

  return (day, emit) => {
    if (day.index < first || (day.index - first) % EVERY !== 0) return;
    const say = sayer(random, emit);
    const at = day.start + 10 * HOUR + random.int(0, 60) * MINUTE;
    const ci = pipelineSession(estate, random, account.id, 'ci-recovery', AGENTS.terraform, at);
    const zone = place.subnets[0]?.zone ?? '';
    const tags = { Name: 'recovery drill', owner: 'team-platform' };
    let made: Attachment | undefined;
    let volume = '';
    say(ci, at, (now) => {
      const snapshot = latestCopy.values().next().value;
      if (snapshot === undefined) return undefined;
      const restored = createVolume(random, now, { place, zone, snapshot, tags });
      volume = restored.volume;
      return restored.call;
    });
    say(ci, at + MINUTE, (now) => {
      if (volume === '') return undefined;
      const spec = { place, image: place.base, type: 'm7g.large', zone, profile: 'recovery', tags };
      const { call, instances } = runInstances(random, now, spec);
      made = { region, volume, instance: instances[0] ?? '', device: '/dev/sdf' };
      return call;
    });
    say(ci, at + 3 * MINUTE, (now) => made && attachVolume(now, made));
    const over = at + random.int(60, 150) * MINUTE;
    say(ci, over, () => made && changeState('TerminateInstances', region, [made.instance]));
    say(ci, over + 2 * MINUTE, () => made && deleteVolume(region, made.volume));
  };
}

/** On Sundays AWS Backup copies what is restricted into a vault in another account of the organisation. */
export function vaultCopy(estate: Estate, { account, latestSnapshot }: AccountState): Routine {
  const random = randomOf(estate.seed, 'vault copy', account.id);
  const { region } = estate.places(account.id, REGIONS.home);
  const vault = estate.accounts.find(({ purposes }) => purposes.includes('tooling'));
  const name = 'AWSBackupDefaultServiceRole';
  const restricted = account.servers.filter(({ tags }) => tags['data-classification'] === 'restricted');

  return (day, emit) => {
    if (vault === undefined || vault === account || new Date(day.start).getUTCDay() !== 0) return;
    const say = sayer(random, emit);
    const from = day.start + 7 * HOUR;
    const here = assumedByService(
      random,
      estate.role(account.id, name, '/service-role/'),
      'backup',
      `AWSBackup-${name}`,
      from,
    );
    const there = assumedByService(
      random,
      estate.role(vault.id, name, '/service-role/'),
      'backup',
      `AWSBackup-${name}`,
      from,
    );
    for (const { dataVolume } of restricted) {
      const at = from + random.int(0, 60) * MINUTE;
      const snapshot = (): string => latestSnapshot.get(dataVolume) ?? '';
      say(here, at, () =>
        snapshot() === '' ? undefined : shareSnapshot(region, snapshot(), 'add', vault.id),
      );
      say(there, at + 2 * MINUTE, () => {
        if (snapshot() === '') return undefined;
        const description = 'This snapshot is created by the AWS Backup service.';
        return copySnapshot(random, { region, from: region, snapshot: snapshot(), description }).call;
      });
      emit(at + 2 * MINUTE + 1000, () => {
        const use = { region, by: vault.id, owner: account.id, snapshot: snapshot() };
        return snapshot() === ''
          ? undefined
          : sharedSnapshotUsed(random, at + 2 * MINUTE + 1000, 'SharedSnapshotCopyInitiated', use);
      });
      say(here, at + HOUR, () =>
        snapshot() === '' ? undefined : shareSnapshot(region, snapshot(), 'remove', vault.id),
      );
    }
  };
}
