import { fromAzure } from './azure/azure.ts';
import type { Normalised } from './cloudtrail/cloudtrail.ts';
import { isObj } from './cloudtrail/read.ts';
import { fromGoogle } from './gcp/gcp.ts';

/** Turns a record of another cloud than AWS into an activity or a part of one; undefined where it is of none that is known. */
export const fromOtherCloud = (record: unknown): Normalised | undefined =>
  isObj(record) ? (fromAzure(record) ?? fromGoogle(record)) : undefined;
