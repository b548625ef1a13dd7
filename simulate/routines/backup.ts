import type { AccountState } from '../account-state.ts';
import { copySnapshot, createSnapshot, createSnapshots, deleteSnapshot } from '../ec2-data.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, assume, assumedByService } from '../identities.ts';
import { REGIONS } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';

/** Nights a snapshot is kept. */
const KEPT = 7;

/** AWS Backup: every data volume every night, a copy of what is restricted to the recovery Region, old ones deleted. */
export function backup(estate: Estate, { account, latestSnapshot, latestCopy }: AccountState): Routine {
  const random = randomOf(estate.seed, 'backup', account.id);
  const role = estate.role(account.id, 'AWSBackupDefaultServiceRole', '/service-role/');
  const place = estate.places(account.id, REGIONS.home);
  const nights: { readonly region: string; readonly snapshot: string }[][] = [];

  return (day, emit) => {
    const say = sayer(random, emit);
    const caller = assumedByService(
      random,
      role,
      'backup',
      'AWSBackup-AWSBackupDefaultServiceRole',
      day.start,
    );
    const made: { readonly region: string; snapshot: string }[] = [];
    for (const server of account.servers) {
      const at = day.start + 3 * HOUR + random.int(0, 45) * MINUTE;
      const description = `This snapshot is created by the AWS Backup service.`;
      const original = { region: place.region, snapshot: '' };
      made.push(original);
      say(caller, at, (now) => {
        const { call, snapshot } = createSnapshot(random, now, {
          place,
          volume: server.dataVolume,
          description,
          tags: { 'aws:backup:source-resource': server.dataVolume, ...server.tags },
        });
        original.snapshot = snapshot;
        latestSnapshot.set(server.dataVolume, snapshot);
        return call;
      });
      if (server.tags['data-classification'] !== 'restricted') continue;
      const later = at + random.int(50, 100) * MINUTE;
      const copy = { region: REGIONS.recovery, snapshot: '' };
      made.push(copy);
      say(caller, later, () => {
        const of = { region: copy.region, from: place.region, snapshot: original.snapshot, description };
        const { call, snapshot } = copySnapshot(random, of);
        copy.snapshot = snapshot;
        latestCopy.set(server.dataVolume, snapshot);
        return call;
      });
    }
    nights.push(made);
    if (nights.length <= KEPT) return;
    for (const { region, snapshot } of nights.shift() ?? []) {
      const at = day.start + 6 * HOUR + random.int(0, 30) * MINUTE;
      say(caller, at, () => deleteSnapshot(region, snapshot));
    }
  };
}

/** Data Lifecycle Manager: whole servers twice a week. */
export function lifecycle(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'lifecycle', account.id);
  const role = estate.role(account.id, 'AWSDataLifecycleManagerDefaultRole', '/service-role/');
  const place = estate.places(account.id, REGIONS.home);

  return (day, emit) => {
    if (day.index % 3 !== 1) return;
    const say = sayer(random, emit);
    const name = 'AWSDataLifecycleManagerDefaultRole';
    const caller = assumedByService(random, role, 'dlm', name, day.start);
    for (const { instance, rootVolume, dataVolume, tags } of account.servers.slice(0, 3)) {
      const at = day.start + 1 * HOUR + random.int(0, 50) * MINUTE;
      const what = {
        place,
        instance,
        volumes: [{ id: rootVolume }, { id: dataVolume, tags }],
        description: 'Created for policy: server-snapshots',
        copyTags: true,
        tags: { 'aws:dlm:managed': 'true' },
      } as const;
      say(caller, at, (now) => createSnapshots(random, now, what).call);
    }
  };
}

/** In some accounts a server still saves its own disk, by a script and with the credentials of its instance. */
export function selfSnapshots(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'self snapshots', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const server = random.pick(account.servers);
  const inUse = random.chance(0.5);
  const source = `198.51.100.${random.int(1, 60)}`;

  return (day, emit) => {
    if (!inUse) return;
    const at = day.start + 2 * HOUR + random.int(0, 120) * 1000;
    const caller = assume(random, estate.role(account.id, 'server'), {
      name: server.instance,
      since: at - HOUR,
      source,
      agent: AGENTS.boto3,
      ec2RoleDelivery: '2.0',
      inScopeOf: {
        issuerType: 'AWS::EC2::Instance',
        credentialsIssuedTo: `arn:aws:ec2:${place.region}:${account.id}:instance/${server.instance}`,
      },
    });
    const what = { place, volume: server.dataVolume, description: 'nightly' };
    sayer(random, emit)(caller, at, (now) => createSnapshot(random, now, what).call);
  };
}
