import type { AccountState } from '../account-state.ts';
import {
  attachVolume,
  createSnapshot,
  createVolume,
  deleteVolume,
  detachVolume,
  shareSnapshot,
} from '../ec2-data.ts';
import { DAY, type Estate, HOUR, MINUTE } from '../estate.ts';
import { REGIONS } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { signIn } from '../sessions.ts';
import { sharedSnapshotUsed } from '../trail-record.ts';

/** Chance that a working day brings an incident to an account. */
const INCIDENT = 0.02;

/** An analyst copies the disk of a server that looks odd and mounts it on the examination server of the tooling account. */
export function forensics(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'forensics', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const { region } = place;

  return (day, emit) => {
    if (!day.working || !random.chance(INCIDENT)) return;
    const analyst = estate.people.find(({ job }) => job === 'analyst');
    const tooling = estate.accounts.find(({ purposes }) => purposes.includes('tooling')) ?? account;
    const station = tooling.servers[3];
    if (analyst === undefined || station === undefined) return;
    const say = sayer(random, emit);
    const server = random.pick(account.servers);
    const incident = { incident: `INC-${random.int(1000, 9999)}`, owner: 'team-security' };
    const at = day.start + (analyst.starts + 1) * HOUR + random.int(0, 300) * MINUTE;
    const session = { at, source: analyst.office, console: false, command: 'ec2.create-snapshot' };
    const here = signIn(estate, random, analyst, account.id, session);
    const there = signIn(estate, random, analyst, tooling.id, session);
    let snapshot = '';
    say(here, at, (now) => {
      const what = { place, volume: server.rootVolume, description: incident.incident, tags: incident };
      const made = createSnapshot(random, now, what);
      snapshot = made.snapshot;
      return made.call;
    });
    if (tooling !== account) {
      say(here, at + 3 * MINUTE, () => shareSnapshot(region, snapshot, 'add', tooling.id));
      const used = at + 20 * MINUTE;
      emit(used, () => {
        const use = { region, by: tooling.id, owner: account.id, snapshot };
        return sharedSnapshotUsed(random, used, 'SharedSnapshotVolumeCreated', use);
      });
    }
    let volume = '';
    say(there, at + 20 * MINUTE, (now) => {
      const lab = estate.places(tooling.id, REGIONS.home);
      const made = createVolume(random, now, { place: lab, zone: station.zone, snapshot, tags: incident });
      volume = made.volume;
      return made.call;
    });
    const mount = () => ({ region, volume, instance: station.instance, device: '/dev/sdg' });
    say(there, at + 24 * MINUTE, (now) => attachVolume(now, mount()));
    const over = at + random.int(1, 3) * DAY;
    say(there, over, (now) => detachVolume(now, mount()));
    say(there, over + MINUTE, () => deleteVolume(region, volume));
  };
}
