import { changeState, createKeyPair, createSecurityGroup, openIngress } from '../ec2-control.ts';
import { attachVolume, createSnapshot, createSnapshots, createVolume, deleteSnapshot } from '../ec2-data.ts';
import { runInstances } from '../ec2-launches.ts';
import { strangerOf } from '../estate.ts';
import { REGIONS } from '../places.ts';
import { consoleLogin, describe } from '../reads.ts';
import { signIn } from '../sessions.ts';
import { type Attack, pace, series, strangeAddress } from './attack.ts';

/**
 * Somebody new behind the administrators' role copies a restricted production disk, mounts the copy on an instance of
 * their own that the world can reach, and takes the traces away.
 */
export const snapshotHeist: Attack = {
  families: ['chain', 'exposure', 'snapshot', 'person', 'cover'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: ({ estate, account, at, random, say }) => {
    const person = { email: strangerOf(random), job: 'operator' as const };
    const place = estate.places(account.id, REGIONS.home);
    const { region } = place;
    const console = random.chance(0.5);
    const source = strangeAddress(random);
    const caller = signIn(estate, random, person, account.id, { at, source, console });
    const next = series(say, caller, pace(random, at, 40, 400));
    const target = random.pick(
      account.servers.filter(({ tags }) => tags['data-classification'] === 'restricted'),
    );

    if (console) next(consoleLogin(caller));
    for (const name of ['DescribeInstances', 'DescribeVolumes', 'DescribeTags', 'DescribeSnapshots']) {
      next(describe(region, name));
    }
    let snapshot = '';
    next((now) => {
      if (random.chance(0.5)) {
        const volumes = [{ id: target.rootVolume }, { id: target.dataVolume, tags: target.tags }];
        const made = createSnapshots(random, now, {
          place,
          instance: target.instance,
          volumes,
          description: '',
          copyTags: true,
        });
        snapshot = made.snapshots[1] ?? '';
        return made.call;
      }
      const made = createSnapshot(random, now, { place, volume: target.dataVolume, tags: target.tags });
      snapshot = made.snapshot;
      return made.call;
    });
    const made = createSecurityGroup(
      random,
      place,
      'launch-wizard-1',
      'launch-wizard-1 created by the console',
    );
    next(createKeyPair(random, region, 'tmp'));
    next(made.call);
    next(openIngress(random, place, { group: made.group.id, port: 22, cidr: '0.0.0.0/0' }));

    const direct = random.chance(0.4);
    const zone = place.subnets.find((subnet) => subnet.public)?.zone ?? target.zone;
    let volume = '';
    if (!direct) {
      next((now) => {
        const restored = createVolume(random, now, { place, zone, snapshot });
        volume = restored.volume;
        return restored.call;
      });
    }
    let instance = '';
    next((now) => {
      const launched = runInstances(random, now, {
        place,
        image: place.amazonLinux,
        type: 'm7i.large',
        keyName: 'tmp',
        publicAddress: true,
        groups: [made.group],
        httpTokens: 'optional',
        ...(console && { fromConsole: true }),
        ...(direct && { disks: [{ device: '/dev/sdf', snapshot }] }),
      });
      instance = launched.instances[0] ?? '';
      return launched.call;
    });
    if (!direct) next((now) => attachVolume(now, { region, volume, instance, device: '/dev/sdf' }));
    for (let i = 0; i < 8; i++) next(describe(region, 'DescribeInstanceStatus'));
    next(changeState('TerminateInstances', region, [instance]));
    next(deleteSnapshot(region, snapshot));
  },
};
