import { type Activity, isThroughService, linked } from '../../core/activity/activity.ts';
import { does } from '../../core/activity/kinds.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import {
  isFleetId,
  isGroupName,
  isImageId,
  isInstanceId,
  isSnapshotId,
  isVolumeId,
  shellWord,
} from '../aws-ids.ts';
import { utc } from '../narrate.ts';
import { type Group, grouped, instancesLeft, type Standing } from './standing.ts';
import { type Containment, IDS_PER_COMMAND } from './step.ts';

const some = (ids: readonly string[]): string =>
  ids.length > IDS_PER_COMMAND
    ? `${ids.slice(0, IDS_PER_COMMAND).join(' ')} and ${ids.length - IDS_PER_COMMAND} more`
    : ids.join(' ');

/** What starts machines by itself is stopped first: it would replace those that are isolated. */
export function suspended({ suspicious }: Standing): Containment[] {
  const of = (type: 'auto-scaling-group' | 'fleet', fits: (id: string) => boolean): Group[] =>
    grouped(suspicious, (activity) => {
      // an instant fleet is a launch, and ends with it
      const behind = type === 'auto-scaling-group' || does(activity.kind, 'plan');
      return behind ? linked(activity, type).filter(fits) : [];
    });
  return [
    ...of('auto-scaling-group', isGroupName).flatMap(({ account, region, ids }) =>
      ids.map((id): Containment => {
        const call = (verb: string): string =>
          `aws autoscaling ${verb}-processes --region ${region} --auto-scaling-group-name ${shellWord(id)} --scaling-processes Launch Terminate ReplaceUnhealthy`;
        return {
          why: 'Suspend the Auto Scaling group, which would replace what you isolate; then see what runs in it, and isolate that',
          account,
          commands: [
            call('suspend'),
            `aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${shellWord(id)} --query 'AutoScalingGroups[].Instances[].InstanceId'`,
          ],
          undo: 'the same with resume-processes',
        };
      }),
    ),
    ...of('fleet', isFleetId).flatMap(({ account, region, ids }) =>
      ids.map(
        (id): Containment => ({
          why: 'Have the fleet launch no more; what runs stays',
          account,
          commands: [
            id.startsWith('sfr-')
              ? `aws ec2 modify-spot-fleet-request --region ${region} --spot-fleet-request-id ${id} --target-capacity 0 --excess-capacity-termination-policy noTermination`
              : `aws ec2 modify-fleet --region ${region} --fleet-id ${id} --target-capacity-specification TotalTargetCapacity=0 --excess-capacity-termination-policy no-termination`,
          ],
          undo: 'the same with the capacity that describe-fleets names now: note it first',
        }),
      ),
    ),
  ];
}

const loop = (region: string, ids: readonly string[], calls: readonly string[]): string[] => [
  `for i in ${ids.slice(0, IDS_PER_COMMAND).join(' ')}; do`,
  ...calls.map((call) => `  aws ec2 ${call} --region ${region}`),
  ids.length > IDS_PER_COMMAND ? `done  # and ${ids.length - IDS_PER_COMMAND} more, see the finding` : 'done',
];

/** Account and Regions of one sort of step; the finding itself lists every resource. */
const REGIONS = 6;

/** What services launch comes and goes without anybody; which instances are there, the service says. */
const isNobodysService = ({ actor }: Activity): boolean => actor.class !== 'service';

/** Keeps and isolates what suspicious calls launched and nobody has terminated. */
export function isolated(record: FindingRecord, standing: Standing): Containment[] {
  const groups = instancesLeft(standing.suspicious.filter(isNobodysService), standing)
    .map((group) => ({ ...group, ids: group.ids.filter((id) => !standing.robbed.has(id)) }))
    .filter(({ ids }) => ids.length > 0);
  const more = groups.length - REGIONS;
  return [
    ...groups.slice(0, REGIONS).flatMap(({ account, region, ids }): Containment[] => [
      {
        why: `Keep the evidence in ${region}: no termination, disks copied`,
        account,
        commands: loop(region, ids, [
          'modify-instance-attribute --instance-id "$i" --disable-api-termination',
          `create-snapshots --instance-specification InstanceId="$i" --description launchtrail-evidence`,
        ]),
        undo: 'the same with --no-disable-api-termination; delete the snapshots',
      },
      {
        why: `Isolate in ${region}: set SG to a security group of the same VPC that has no rules. Do not terminate`,
        account,
        commands: loop(region, ids, ['modify-instance-attribute --instance-id "$i" --groups "$SG"']),
        undo: 'the same with the groups that describe-instances names now: note them first',
      },
    ]),
    ...(more > 0
      ? [
          {
            why: `The same in ${more} more Regions, see the finding`,
            account: record.account,
            commands: [],
          },
        ]
      : []),
    ...apart(record, standing),
  ];
}

/** Instances that are no business of a command: gone already, or only launched by the same hands. */
function apart(record: FindingRecord, standing: Standing): Containment[] {
  const { suspicious, all, gone } = standing;
  const robbed = [...standing.robbed].filter((id) => isInstanceId(id) && !gone.has(id));
  const made = (activities: readonly Activity[]): string[] => [
    ...new Set(activities.flatMap((each) => linked(each, 'instance', 'made')).filter(isInstanceId)),
  ];
  const ended = made(suspicious.filter(isNobodysService)).filter((id) => gone.has(id));
  const last = Math.max(...ended.map((id) => gone.get(id) ?? 0));
  const named = new Set(made(suspicious));
  const own = new Set(record.members.map(({ activity }) => activity));
  const others = made(all.filter((each) => own.has(each) && isNobodysService(each))).filter(
    (id) => !named.has(id) && !gone.has(id) && !standing.robbed.has(id),
  );
  const note = (why: string): Containment => ({ why, account: record.account, commands: [] });
  return [
    ...(robbed.length > 0
      ? [note(`Copied from, and nothing speaks against them, so leave them running: ${some(robbed)}`)]
      : []),
    ...(ended.length > 0 ? [note(`Terminated already, at ${utc(last)}: ${some(ended)}`)] : []),
    ...(others.length > 0
      ? [note(`Launched in the same session, with nothing against them: ${some(others)}`)]
      : []),
  ];
}

/**
 * Copies that suspicious calls made, and of which no call says that they are gone.
 *
 * @param isRotated those that a service made and ends by its own rule, of which no record is followed; else all others
 */
export const copiesLeft = ({ suspicious, gone }: Standing, isRotated = false): Group[] =>
  grouped(
    suspicious.filter((each) => isOfService(each) === isRotated),
    (activity) =>
      [
        ...linked(activity, 'snapshot', 'made').filter(isSnapshotId),
        ...linked(activity, 'image', 'made').filter(isImageId),
        ...linked(activity, 'volume', 'made').filter(isVolumeId),
      ].filter((each) => !gone.has(each)),
  );

const isOfService = (activity: Activity): boolean =>
  activity.actor.class === 'service' || isThroughService(activity);

/** Backups are kept by the service that made them, which a tag does not hold back. */
function rotated(standing: Standing): Containment[] {
  return copiesLeft(standing, true)
    .slice(0, REGIONS)
    .map(
      ({ account, region, ids }): Containment => ({
        why: `Copies in ${region} that a service made and deletes by its own rule: if they are still there, have it keep them: ${some(ids)}`,
        account,
        commands: [],
      }),
    );
}

/** Marks copies of data that are still there, so that nobody deletes them as leftovers: they say what was taken. */
export function kept(standing: Standing): Containment[] {
  const own = copiesLeft(standing)
    .slice(0, REGIONS)
    .map(({ account, region, ids }): Containment => {
      const call = (verb: string, tag: string): string =>
        `aws ec2 ${verb}-tags --region ${region} --resources ${ids.slice(0, IDS_PER_COMMAND).join(' ')} --tags ${shellWord(tag)}`;
      const rest = ids.length - IDS_PER_COMMAND;
      return {
        why: `Keep the copies as evidence, and know that the data is in them${rest > 0 ? `, and ${rest} more, see the finding` : ''}`,
        account,
        commands: [call('create', 'Key=evidence,Value=launchtrail')],
        undo: call('delete', 'Key=evidence'),
      };
    });
  return [...own, ...rotated(standing)];
}
