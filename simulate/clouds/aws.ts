import { changeGroup, changeState, createSecurityGroup, iam, openIngress } from '../ec2-control.ts';
import { attachVolume, createSnapshot, createVolume, deleteSnapshot } from '../ec2-data.ts';
import { createImage, registerImage } from '../ec2-images.ts';
import { runInstances } from '../ec2-launches.ts';
import { AGENTS, assume, assumedByService, BROWSERS, permissionSetRole, roleOf } from '../identities.ts';
import { type Image, imageOf, type Place, placesOf, REGIONS, resourceId } from '../places.ts';
import { randomOf } from '../random.ts';
import { groupLaunch } from '../service-launches.ts';
import { apiCall, type Call, type Caller } from '../trail-record.ts';
import type { Done, Size, Teller, TellerOptions, Who, Written } from './deed.ts';

const ACCOUNT = '111122223333';
const SIZES: Readonly<Record<Size, string>> = {
  small: 't3.small',
  usual: 'm7i.xlarge',
  large: 'm7i.4xlarge',
  gpu: 'p4d.24xlarge',
};

/** Tells deeds as CloudTrail records, by the builders of the generator's organisations. */
export function awsTeller({ seed, random }: TellerOptions): Teller {
  const regions = [REGIONS.home, REGIONS.recovery, 'us-east-2', 'ap-southeast-1', 'sa-east-1'];
  const places = placesOf(seed);
  /** Ids by the names that stories use. */
  const ids = new Map<string, string>();
  const groups = new Map<string, { readonly id: string; readonly name: string }>();
  const images = new Map<string, Image>();
  const homes = new Map<string, string>();
  const idOf = (prefix: string, name: string): string => {
    const known = ids.get(`${prefix} ${name}`) ?? resourceId(randomOf(seed, prefix, name), prefix);
    ids.set(`${prefix} ${name}`, known);
    return known;
  };

  function callerOf(who: Who, at: number): Caller {
    if (who.sort === 'scaler' || who.sort === 'nodes')
      return assumedByService(
        random,
        roleOf(seed, ACCOUNT, 'AWSServiceRoleForAutoScaling', '/aws-service-role/autoscaling.amazonaws.com/'),
        'autoscaling',
        'AutoScaling',
        at,
      );
    const isProgram = who.sort === 'program';
    const role = isProgram
      ? roleOf(seed, ACCOUNT, who.name)
      : permissionSetRole(seed, ACCOUNT, 'PlatformAdmin');
    const console = who.tool === 'console';
    return assume(random, role, {
      name: isProgram ? 'GitHubActions' : who.name,
      since: at - 60_000,
      source: who.ip ?? '192.0.2.1',
      agent: console ? (BROWSERS[0] as string) : isProgram ? AGENTS.terraform : AGENTS.cli('ec2'),
      ...(console && { console }),
    });
  }

  /** A group is made when it is first named. */
  function groupMade(name: string, place: Place): Call[] {
    if (groups.has(name)) return [];
    const { call, group } = createSecurityGroup(random, place, name, name);
    groups.set(name, group);
    return [call];
  }

  function callsOf({ deed, at, region = REGIONS.home, by }: Done): readonly Call[] {
    const place = places(ACCOUNT, region);
    const home = (name: string): string => homes.get(name) ?? REGIONS.home;
    switch (deed.do) {
      case 'launch': {
        homes.set(deed.machine, region);
        const before = deed.group === undefined ? [] : groupMade(deed.group, place);
        const group = groups.get(deed.group ?? '');
        const made = runInstances(random, at, {
          place,
          image: deed.image === undefined ? place.amazonLinux : (images.get(deed.image) ?? place.base),
          type: SIZES[deed.size],
          ...(deed.public && { publicAddress: true }),
          ...(group && { groups: [group] }),
        });
        const instance = made.instances[0] as string;
        ids.set(`i ${deed.machine}`, instance);
        if (deed.disk === undefined) return [...before, made.call];
        return [
          ...before,
          made.call,
          attachVolume(at, { region, volume: idOf('vol', deed.disk), instance, device: '/dev/sdf' }),
        ];
      }
      case 'attach': {
        const [volume, instance] = [idOf('vol', deed.disk), idOf('i', deed.machine)];
        return [attachVolume(at, { region: home(deed.machine), volume, instance, device: '/dev/sdf' })];
      }
      case 'terminate':
        return [changeState('TerminateInstances', home(deed.machine), [idOf('i', deed.machine)])];
      case 'start':
        return [changeState('StartInstances', home(deed.machine), [idOf('i', deed.machine)])];
      case 'stop':
        return [changeState('StopInstances', home(deed.machine), [idOf('i', deed.machine)])];
      case 'run':
        return [
          {
            service: 'ssm',
            name: 'SendCommand',
            region: home(deed.machine),
            request: { documentName: 'AWS-RunShellScript', instanceIds: [idOf('i', deed.machine)] },
            response: { command: { commandId: random.guid(), documentName: 'AWS-RunShellScript' } },
          },
        ];
      case 'snapshot': {
        const made = createSnapshot(random, at, { place, volume: idOf('vol', deed.disk) });
        ids.set(`snap ${deed.snapshot}`, made.snapshot);
        return [made.call];
      }
      case 'drop':
        return [deleteSnapshot(region, idOf('snap', deed.snapshot))];
      case 'restore': {
        const zone = place.subnets[0]?.zone ?? '';
        const made = createVolume(random, at, { place, zone, snapshot: idOf('snap', deed.snapshot) });
        ids.set(`vol ${deed.disk}`, made.volume);
        return [made.call];
      }
      case 'image': {
        const instance = idOf('i', deed.machine);
        const made = createImage(random, { region: home(deed.machine), instance, name: deed.image });
        images.set(deed.image, { ...imageOf(random, '/dev/xvda', 'x86_64'), id: made.image });
        return [made.call];
      }
      case 'image of copy': {
        const made = registerImage(random, {
          region,
          snapshot: idOf('snap', deed.snapshot),
          name: deed.image,
        });
        images.set(deed.image, made.image);
        return [made.call];
      }
      case 'grant':
        return [
          iam(
            'AttachRolePolicy',
            { roleName: 'PlatformAdmin', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
            null,
          ),
        ];
      case 'open': {
        const made = groupMade(deed.group, place);
        const rule = openIngress(random, place, {
          group: groups.get(deed.group)?.id ?? '',
          port: deed.port ?? 22,
          cidr: deed.from.includes('/') ? deed.from : `${deed.from}/${deed.from.includes(':') ? 128 : 32}`,
        });
        return [...made, rule];
      }
      case 'pool':
        return [
          changeGroup(
            'UpdateAutoScalingGroup',
            region,
            deed.pool,
            { id: idOf('lt', deed.pool), name: deed.pool, version: 1 },
            {
              min: 0,
              max: deed.count,
              desired: deed.count,
            },
          ),
        ];
      case 'scale':
        return [
          groupLaunch(
            random,
            at,
            place,
            {
              name: deed.group,
              type: SIZES[deed.size],
              image: place.base,
              template: {
                id: idOf('lt', by.sort === 'nodes' ? deed.group : 'web'),
                name: deed.group,
                version: 1,
              },
            },
            deed.count,
          ).call,
        ];
    }
  }

  return {
    regions,
    tell: (done) => {
      const caller = callerOf(done.by, done.at);
      return callsOf(done).map((call, index): Written => {
        const at = done.at + 2_000 * index;
        return { at, record: apiCall(random, caller, at, call) };
      });
    },
  };
}
