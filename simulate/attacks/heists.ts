import { changeGroup, changeTemplate, createKeyPair, openIngress } from '../ec2-control.ts';
import { copySnapshot, copyVolumes, createSnapshot, replaceRootVolume, startSnapshot } from '../ec2-data.ts';
import { copyImage, createImage, registerImage } from '../ec2-images.ts';
import { MINUTE } from '../estate.ts';
import { imageOf, REGIONS, resourceId, UNUSED_REGIONS } from '../places.ts';
import { describe, whoAmI } from '../reads.ts';
import { autoScalingCaller, groupLaunch } from '../service-launches.ts';
import { type Attack, pace, type Stage, series } from './attack.ts';
import { stolenSession } from './intruders.ts';
import { copyDisk, launchOwn, mount, openGroup, restore, restricted } from './moves.ts';

/** A stolen operator's session that has looked around, and the place it looks at. */
function begin(stage: Stage, command: string) {
  const { estate, account, at, random, say } = stage;
  const caller = stolenSession(stage, command);
  const clock = pace(random, at, 20, 240);
  const act = series(say, caller, clock);
  const place = estate.places(account.id, REGIONS.home);
  act(whoAmI(place.region));
  for (const name of ['DescribeInstances', 'DescribeVolumes']) act(describe(place.region, name));
  return { act, place, caller, clock, server: restricted(random, account) };
}

/** The intruder's own address as the only one let in. */
const only = (address: string): string => (address.includes(':') ? `${address}/128` : `${address}/32`);

/** A running production server is imaged, and a copy of it started where the world can reach it. */
export const imageHeist: Attack = {
  families: ['chain', 'exposure', 'place', 'sensitivity'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { random } = stage;
    const { act, place, server } = begin(stage, 'ec2.create-image');
    const { region } = place;
    const { image } = act(
      createImage(random, { region, instance: server.instance, name: `bk-${random.hex(6)}` }),
    );
    for (let i = 0; i < 4; i++) act(describe(region, 'DescribeImages'));
    act(createKeyPair(random, region, 'k'));
    const group = openGroup(act, random, place, { name: 'sg-1', cidr: '0.0.0.0/0' });
    launchOwn(act, random, place, {
      image: { ...imageOf(random, '/dev/xvda', 'x86_64'), id: image },
      keyName: 'k',
      publicAddress: true,
      groups: [group],
    });
    for (let i = 0; i < 3; i++) act(describe(region, 'DescribeInstanceStatus'));
  },
};

/** The copy leaves for a Region nobody looks at and is mounted there; only the intruder's address is let in. */
export const crossRegionHeist: Attack = {
  families: ['chain', 'place', 'exposure', 'sensitivity'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, random } = stage;
    const { act, place, server, caller } = begin(stage, 'ec2.copy-snapshot');
    const elsewhere = estate.places(account.id, random.pick(UNUSED_REGIONS));
    const { region } = elsewhere;
    const snapshot = copyDisk(act, random, place, server);
    for (let i = 0; i < 3; i++) act(describe(place.region, 'DescribeSnapshots'));
    const copy = act(copySnapshot(random, { region, from: place.region, snapshot, description: '' }));
    act(createKeyPair(random, region, 'remote'));
    const group = openGroup(act, random, elsewhere, { name: 'remote', cidr: only(caller.source) });
    const volume = restore(act, random, elsewhere, copy.snapshot);
    const instance = launchOwn(act, random, elsewhere, {
      keyName: 'remote',
      publicAddress: true,
      groups: [group],
    });
    mount(act, elsewhere, volume, instance);
  },
};

/** The image is copied to another Region first, and started there. */
export const imageCopyHeist: Attack = {
  families: ['chain', 'place', 'sensitivity'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, random } = stage;
    const { act, place, server } = begin(stage, 'ec2.copy-image');
    const elsewhere = estate.places(account.id, random.pick([REGIONS.global, ...UNUSED_REGIONS]));
    const made = act(createImage(random, { region: place.region, instance: server.instance, name: 'tmp' }));
    const copy = act(
      copyImage(random, { region: elsewhere.region, from: place.region, image: made.image, name: 'tmp' }),
    );
    for (let i = 0; i < 5; i++) act(describe(elsewhere.region, 'DescribeImages'));
    act(createKeyPair(random, elsewhere.region, 'tmp'));
    launchOwn(act, random, elsewhere, {
      image: { ...imageOf(random, '/dev/xvda', 'x86_64'), id: copy.image },
      keyName: 'tmp',
      publicAddress: true,
    });
  },
};

/** The snapshot stands in a launch template, and Auto Scaling does the launching. */
export const templateHeist: Attack = {
  families: ['chain', 'place', 'sensitivity'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, random, say } = stage;
    const { act, place, server, caller, clock } = begin(stage, 'ec2.create-launch-template');
    const { region } = place;
    const snapshot = copyDisk(act, random, place, server);
    const image = place.amazonLinux;
    const template = { id: resourceId(random, 'lt'), name: `app-${random.hex(4)}`, version: 1 };
    const data = { image: image.id, type: 'm7i.large', snapshot, userData: true } as const;
    act((at) => changeTemplate(at, region, template, data, caller.identity.arn ?? ''));
    const size = { min: 1, max: 1, desired: 1 };
    act(changeGroup('CreateAutoScalingGroup', region, template.name, template, size));
    const at = clock() + MINUTE;
    const group = { name: template.name, type: data.type, image, template };
    say(autoScalingCaller(estate, random, account.id, at), at, groupLaunch(random, at, place, group, 1).call);
  },
};

/** A bait instance is started, then its root disk swapped for the copy of a server's. */
export const rootReplacementHeist: Attack = {
  families: ['chain', 'place'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { random } = stage;
    const { act, place, server } = begin(stage, 'ec2.create-replace-root-volume-task');
    const { region } = place;
    const { snapshot } = act((at) => createSnapshot(random, at, { place, volume: server.rootVolume }));
    const instance = launchOwn(act, random, place, {
      image: place.base,
      type: 'm7g.large',
      publicAddress: true,
    });
    for (let i = 0; i < 3; i++) act(describe(region, 'DescribeInstanceStatus'));
    act((at) => replaceRootVolume(random, at, { region, instance, snapshot }));
  },
};

/** No snapshot at all: the volume itself is copied and the copy mounted. */
export const volumeCopyHeist: Attack = {
  families: ['chain', 'place', 'sensitivity'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { random } = stage;
    const { act, place, server, caller } = begin(stage, 'ec2.copy-volumes');
    const { volume } = act(copyVolumes(random, { region: place.region, volume: server.dataVolume }));
    const group = openGroup(act, random, place, { name: 'work', cidr: only(caller.source) });
    const instance = launchOwn(act, random, place, { publicAddress: true, groups: [group], userData: true });
    mount(act, place, volume, instance);
  },
};

/**
 * Blocks of an old snapshot are read through the EBS direct API, which no management record shows, and written into a new
 * one that has no parent; an image of it is started.
 */
export const directBlocksHeist: Attack = {
  families: ['snapshot', 'place', 'thing'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { random } = stage;
    const { act, place } = begin(stage, 'ebs.start-snapshot');
    const { region } = place;
    act(describe(region, 'DescribeSnapshots'));
    const { snapshot } = act((at) => startSnapshot(random, at, { place }));
    const { image } = act(registerImage(random, { region, snapshot, name: `r-${random.hex(4)}` }));
    act(createKeyPair(random, region, 'r'));
    launchOwn(act, random, place, { image, keyName: 'r', publicAddress: true, httpTokens: 'optional' });
  },
};

/** Nothing is copied: a volume is made of a snapshot older than all records, and the instance is opened to the world. */
export const oldSnapshotHeist: Attack = {
  families: ['chain', 'exposure', 'place'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { random } = stage;
    const { act, place } = begin(stage, 'ec2.create-volume');
    const { region } = place;
    for (let i = 0; i < 2; i++) act(describe(region, 'DescribeSnapshots'));
    const volume = restore(act, random, place, resourceId(random, 'snap'));
    const instance = launchOwn(act, random, place, { publicAddress: true, groups: [place.groups.web] });
    mount(act, place, volume, instance);
    act(openIngress(random, place, { group: place.groups.web.id, port: 22, cidr: '0.0.0.0/0', flat: true }));
  },
};
