import { changeGroup, openIngress } from '../../simulate/ec2-control.ts';
import {
  attachVolume,
  copySnapshot,
  copyVolumes,
  createSnapshot,
  createSnapshots,
  createVolume,
  replaceRootVolume,
  shareSnapshot,
  startSnapshot,
} from '../../simulate/ec2-data.ts';
import { copyImage, createImage, registerImage, shareImage } from '../../simulate/ec2-images.ts';
import { runInstances } from '../../simulate/ec2-launches.ts';
import { assumedByService, forwarded } from '../../simulate/identities.ts';
import { type Image, REGIONS, resourceId } from '../../simulate/places.ts';
import {
  createFleetByTemplate,
  nextVersion,
  requestSpot,
  templateOfImage,
  templateWithDisk,
} from './calls.ts';
import type { Stage } from './stage.ts';
import { estate, PRODUCTION, SECOND } from './world.ts';

/** One way of the data from a production disk to an instance. */
export interface Path {
  readonly name: string;
  /** Whether a copy to another Region can stand in the middle. */
  readonly regions: boolean;
  readonly play: (stage: Stage) => void;
}

const server = PRODUCTION.servers[0];
if (server === undefined) throw new Error('production has no server');
const home = estate.places(PRODUCTION.id, REGIONS.home);

/** The usual first step. */
const snapshotOf = (stage: Stage): string => {
  const { snapshot } = stage.copier((at) =>
    createSnapshot(stage.random, at, { place: home, volume: server.dataVolume }),
  );
  return stage.carry(snapshot);
};

const launch = (
  stage: Stage,
  how: {
    image?: Image;
    disks?: { device: string; snapshot: string }[];
    template?: { id: string; version: string };
  } = {},
): string => {
  const { place, random, group } = stage;
  const { instances } = stage.user((at) =>
    runInstances(random, at, {
      place,
      image: how.image ?? place.amazonLinux,
      type: 'm7i.large',
      groups: [group],
      ...(how.disks && { disks: how.disks }),
      ...(how.template && { template: how.template }),
    }),
  );
  return instances[0] ?? '';
};

const disk = (snapshot: string) => [{ device: '/dev/sdf', snapshot }];

const mount = (stage: Stage, volume: string): void => {
  const instance = launch(stage);
  const { region } = stage.place;
  stage.user((at) => ({ call: attachVolume(at, { region, volume, instance, device: '/dev/sdf' }) }));
};

const restore = (stage: Stage, snapshot: string): string => {
  const { place, random } = stage;
  const zone = place.subnets[0]?.zone ?? '';
  return stage.user((at) => createVolume(random, at, { place, zone, snapshot })).volume;
};

/** A template that names the snapshot. */
const template = (stage: Stage, snapshot: string) => {
  const { place, random, group } = stage;
  const made = { id: resourceId(random, 'lt'), name: 'restore', version: 1 };
  const data = { image: place.amazonLinux.id, group: group.id, snapshot };
  stage.user((at) => ({ call: templateWithDisk(at, place.region, made, data) }));
  return made;
};

/** An Auto Scaling group made from a template, and the launch that Auto Scaling makes of it. */
const scale = (stage: Stage, from: { id: string; name: string; version: number }): void => {
  const { place, random, group } = stage;
  const size = { min: 1, max: 1 };
  stage.user(() => ({ call: changeGroup('CreateAutoScalingGroup', place.region, 'restore', from, size) }));
  const role = estate.role(
    place.account,
    'AWSServiceRoleForAutoScaling',
    '/aws-service-role/autoscaling.amazonaws.com/',
  );
  stage.service(
    (at) => assumedByService(random, role, 'autoscaling', 'AutoScaling', at),
    (at) =>
      runInstances(random, at, {
        place,
        image: place.amazonLinux,
        type: 'm7i.large',
        groups: [group],
        tags: {
          'aws:autoscaling:groupName': 'restore',
          'aws:ec2launchtemplate:id': from.id,
          'aws:ec2launchtemplate:version': `${from.version}`,
        },
        template: { id: from.id, version: `${from.version}` },
        requester: '111122220001',
      }),
  );
};

export const PATHS: readonly Path[] = [
  {
    name: 'CreateSnapshot → RunInstances with it as a disk',
    regions: true,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      launch(stage, { disks: disk(snapshot) });
    },
  },
  {
    name: 'CreateSnapshot → CreateVolume → RunInstances → AttachVolume',
    regions: true,
    play: (stage) => {
      const volume = restore(stage, snapshotOf(stage));
      mount(stage, volume);
    },
  },
  {
    name: 'CreateSnapshots of an instance → CreateVolume → RunInstances → AttachVolume',
    regions: true,
    play: (stage) => {
      const { snapshots } = stage.copier((at) =>
        createSnapshots(stage.random, at, {
          place: home,
          instance: server.instance,
          volumes: [{ id: server.rootVolume }, { id: server.dataVolume }],
          description: '',
        }),
      );
      const volume = restore(stage, stage.carry(snapshots[1] ?? ''));
      mount(stage, volume);
    },
  },
  {
    name: 'CreateSnapshot → StartSnapshot on top of it → RunInstances with it as a disk',
    regions: true,
    play: (stage) => {
      const { snapshot: parent } = stage.copier((at) =>
        createSnapshot(stage.random, at, { place: home, volume: server.dataVolume }),
      );
      const { snapshot } = stage.copier((at) => startSnapshot(stage.random, at, { place: home, parent }));
      launch(stage, { disks: disk(stage.carry(snapshot)) });
    },
  },
  {
    name: 'StartSnapshot from blocks read elsewhere → RunInstances with it as a disk',
    regions: true,
    play: (stage) => {
      const { snapshot } = stage.copier((at) => startSnapshot(stage.random, at, { place: home }));
      launch(stage, { disks: disk(stage.carry(snapshot)) });
    },
  },
  {
    name: 'CreateSnapshot → ModifySnapshotAttribute → CopySnapshot and RunInstances in another account of the organisation',
    regions: false,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      stage.copier(() => ({ call: shareSnapshot(REGIONS.home, snapshot, 'add', SECOND.id) }));
      stage.goTo(SECOND.id, REGIONS.home);
      stage.sharedSnapshot('SharedSnapshotCopyInitiated', snapshot);
      const { random } = stage;
      const copy = stage.user(() =>
        copySnapshot(random, { region: REGIONS.home, from: REGIONS.home, snapshot, description: '' }),
      );
      launch(stage, { disks: disk(copy.snapshot) });
    },
  },
  {
    name: 'CreateSnapshot → ModifySnapshotAttribute → CreateVolume, RunInstances and AttachVolume in another account of the organisation',
    regions: false,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      stage.copier(() => ({ call: shareSnapshot(REGIONS.home, snapshot, 'add', SECOND.id) }));
      stage.goTo(SECOND.id, REGIONS.home);
      stage.sharedSnapshot('SharedSnapshotVolumeCreated', snapshot);
      mount(stage, restore(stage, snapshot));
    },
  },
  {
    name: 'CopyVolumes → RunInstances → AttachVolume',
    regions: false,
    play: (stage) => {
      const { volume } = stage.copier(() =>
        copyVolumes(stage.random, { region: REGIONS.home, volume: server.dataVolume }),
      );
      mount(stage, volume);
    },
  },
  {
    name: 'CreateSnapshot → RegisterImage → RunInstances of it',
    regions: true,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      const { random, place } = stage;
      const { image } = stage.user(() =>
        registerImage(random, { region: place.region, snapshot, name: 'restored' }),
      );
      launch(stage, { image });
    },
  },
  {
    name: 'CreateImage of a production instance → RunInstances of it',
    regions: true,
    play: (stage) => {
      const { image } = stage.copier(() =>
        createImage(stage.random, { region: REGIONS.home, instance: server.instance, name: 'copy' }),
      );
      launch(stage, { image: stage.imageOf(stage.carryImage(image)) });
    },
  },
  {
    name: 'CreateImage → CopyImage → RunInstances of the copy',
    regions: true,
    play: (stage) => {
      const { image } = stage.copier(() =>
        createImage(stage.random, { region: REGIONS.home, instance: server.instance, name: 'copy' }),
      );
      const { random, place } = stage;
      const copy = stage.user(() =>
        copyImage(random, { region: place.region, from: REGIONS.home, image, name: 'copy 2' }),
      );
      launch(stage, { image: stage.imageOf(copy.image) });
    },
  },
  {
    name: 'CreateImage → ModifyImageAttribute → RunInstances in another account of the organisation',
    regions: false,
    play: (stage) => {
      const { image } = stage.copier(() =>
        createImage(stage.random, { region: REGIONS.home, instance: server.instance, name: 'copy' }),
      );
      stage.copier(() => ({ call: shareImage(REGIONS.home, image, SECOND.id) }));
      stage.goTo(SECOND.id, REGIONS.home);
      launch(stage, { image: stage.imageOf(image) });
    },
  },
  {
    name: 'CreateSnapshot → CreateLaunchTemplate → RunInstances by template',
    regions: true,
    play: (stage) => {
      const made = template(stage, snapshotOf(stage));
      launch(stage, { template: { id: made.id, version: '1' } });
    },
  },
  {
    name: 'CreateSnapshot → CreateLaunchTemplateVersion → RunInstances by template',
    regions: true,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      const { place, group, random } = stage;
      const known = { id: resourceId(random, 'lt'), name: 'web', version: 8 };
      const data = { image: place.amazonLinux.id, group: group.id, snapshot };
      stage.user((at) => ({ call: templateWithDisk(at, place.region, known, data) }));
      launch(stage, { template: { id: known.id, version: '8' } });
    },
  },
  {
    name: 'CreateSnapshot → RegisterImage → CreateLaunchTemplate → CreateLaunchTemplateVersion that inherits the image → CreateFleet by template',
    regions: true,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      const { random, place } = stage;
      const { region } = place;
      const { image } = stage.user(() => registerImage(random, { region, snapshot, name: 'restored' }));
      const first = { id: resourceId(random, 'lt'), name: 'restore', version: 1 };
      const second = { ...first, version: 2 };
      const data = { image: image.id, group: stage.group.id };
      stage.user((at) => ({ call: templateOfImage(at, region, first, data) }));
      stage.user((at) => ({ call: nextVersion(at, region, second, 'm7i.xlarge') }));
      stage.user((at) => createFleetByTemplate(random, at, region, second, resourceId(random, 'i')));
    },
  },
  {
    name: 'CreateSnapshot → CreateLaunchTemplate → CreateAutoScalingGroup → RunInstances by Auto Scaling',
    regions: true,
    play: (stage) => scale(stage, template(stage, snapshotOf(stage))),
  },
  {
    name: 'CreateSnapshot → CreateLaunchTemplate → CreateFleet by template',
    regions: true,
    play: (stage) => {
      const made = template(stage, snapshotOf(stage));
      const { place, random, group } = stage;
      const launched = { instance: '' };
      stage.service(
        (at) => forwarded(stage.userAt(at), 'ec2fleet'),
        (at) => {
          const run = runInstances(random, at, {
            place,
            image: place.amazonLinux,
            type: 'm7i.large',
            groups: [group],
            template: { id: made.id, version: '1' },
            clientToken: `fleet-${random.guid()}-0`,
            requester: '111122220002',
          });
          launched.instance = run.instances[0] ?? '';
          return run;
        },
      );
      stage.user((at) => createFleetByTemplate(random, at, place.region, made, launched.instance));
    },
  },
  {
    name: 'CreateSnapshot → RequestSpotInstances with it as a disk → RunInstances by the spot service',
    regions: true,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      const { place, random, group } = stage;
      const data = { region: place.region, image: place.amazonLinux.id, group: group.id, snapshot };
      stage.user((at) => requestSpot(random, at, data));
      const role = estate.role(
        place.account,
        'AWSServiceRoleForEC2Spot',
        '/aws-service-role/spot.amazonaws.com/',
      );
      stage.service(
        (at) => assumedByService(random, role, 'spot', 'spot', at),
        (at) =>
          runInstances(random, at, {
            place,
            image: place.amazonLinux,
            type: 'm7i.large',
            groups: [group],
            spot: true,
          }),
      );
    },
  },
  {
    name: 'CreateSnapshot → RunInstances → CreateReplaceRootVolumeTask',
    regions: true,
    play: (stage) => {
      const snapshot = snapshotOf(stage);
      const instance = launch(stage);
      const { random, place } = stage;
      stage.user((at) => ({
        call: replaceRootVolume(random, at, { region: place.region, instance, snapshot }),
      }));
    },
  },
];

/** The last move of MITRE's example: the group of the instance opened to the world. */
export const expose = (stage: Stage): void => {
  const { random, place, group } = stage;
  stage.user(() => ({ call: openIngress(random, place, { group: group.id, port: 22, cidr: '0.0.0.0/0' }) }));
};
