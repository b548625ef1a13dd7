import { type Activity, linked } from '../../activity/activity.ts';
import { does } from '../../activity/kinds.ts';
import { fromCloudTrail } from '../cloudtrail/cloudtrail.ts';
import { anyOf, isObj, text } from '../cloudtrail/read.ts';
import type { SeenInstance } from './seen.ts';

/**
 * How much later a completed launch counts than the cut one, ms. Records bear whole seconds, so nothing else has this time; the copy
 * that counts is the later one (`counts`).
 */
const LATER = 1;

/** An instance as the answer to RunInstances lists it. */
const itemOf = (seen: SeenInstance): object => ({
  instanceId: seen.id,
  imageId: seen.image,
  instanceType: seen.type,
  keyName: seen.keyName,
  subnetId: seen.subnet,
  vpcId: seen.vpc,
  iamInstanceProfile: seen.profile,
  metadataOptions: { httpTokens: seen.httpTokens },
  groupSet: { items: seen.groups.map((groupId) => ({ groupId })) },
  networkInterfaceSet: { items: seen.interfaces.map((networkInterfaceId) => ({ networkInterfaceId })) },
  tagSet: { items: Object.entries(seen.tags).map(([key, value]) => ({ key, value })) },
});

/**
 * Whether a launch worked and does not name what it launched: CloudTrail leaves out an answer of more than 100 kB, which is that of
 * some forty instances.
 */
export const isCut = (activity: Activity): boolean =>
  does(activity.kind, 'launch') &&
  activity.outcome === 'succeeded' &&
  linked(activity, 'instance', 'made').length === 0;

/** What the caller named a launch by, so that it is not made twice; EC2 keeps it with the instances. */
export const clientTokenOf = (record: unknown): string | undefined => {
  const request = isObj(record) ? record.requestParameters : undefined;
  return text(anyOf(request, 'clientToken', 'ClientToken'));
};

/** A cut launch with the instances that it launched, as a later copy of itself; undefined where the record is none. */
export function completed(record: unknown, instances: readonly SeenInstance[]): Activity | undefined {
  if (!isObj(record)) return undefined;
  const responseElements = { instancesSet: { items: instances.map(itemOf) } };
  const read = fromCloudTrail({ ...record, responseElements });
  return read.ok ? { ...read.activity, at: read.activity.at + LATER } : undefined;
}
