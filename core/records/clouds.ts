import { fromAzure } from './azure/azure.ts';
import type { Cloud } from './cloud.ts';
import { fromCloudTrail, type Normalised } from './cloudtrail/cloudtrail.ts';
import { isObj } from './cloudtrail/read.ts';
import { fromGoogle } from './gcp/gcp.ts';

/** Turns a record of another cloud than AWS into an activity or a part of one; undefined where it is of none that is known. */
export const fromOtherCloud = (record: unknown): Normalised | undefined =>
  isObj(record) ? (fromAzure(record) ?? fromGoogle(record)) : undefined;

/** Reads a record as one of a cloud's, whatever else it looks like; undefined where it is none. */
export function readAs(cloud: Cloud, record: unknown): Normalised | undefined {
  if (cloud === 'aws') {
    const read = fromCloudTrail(record);
    return isNoEvent(read) ? undefined : read;
  }
  if (!isObj(record)) return undefined;
  return cloud === 'azure' ? fromAzure(record) : fromGoogle(record);
}

/** Whether something was not taken for a record of AWS. */
export const isNoEvent = (read: Normalised): boolean =>
  !read.ok && (read.reason === 'no-event' || read.reason === 'not-an-object');
