import type { Effect } from '../cloudtrail/call.ts';
import { distinct, isObj, type Obj } from '../cloudtrail/read.ts';
import { idIn, textIn, within } from './body.ts';

/** What a reader sees of one record. */
export interface AzureCall {
  /** Lower-cased id of the resource that was acted on. */
  readonly id: string;
  /** The resource as it was asked for or will be; absent where the record does not hold it. */
  readonly body: Obj | undefined;
  /** When, ms. */
  readonly at: number;
  /** What the status says beside how far it is, e.g. `Created`. */
  readonly detail: string;
  readonly properties: Obj;
}

/** Reads one operation's records; undefined where it changes nothing that matters. */
export type AzureReader = (call: AzureCall) => Effect | undefined;

/** A machine that says it was made longer ago than this before the record of a write was there already, ms: a new one is told within two minutes. */
export const NEW_WITHIN = 10 * 60_000;

/** What lies on the resource of an id that ends in more: `…/disks/d/providers/…` is of the disk. */
export const ofType = (id: string, type: string): string | undefined =>
  new RegExp(`^.*?/${type}/[^/]+`).exec(id)?.[0];

export const tagKeys = (body: Obj | undefined): string[] => {
  const tags = within(body, 'tags');
  return isObj(tags) ? distinct(Object.keys(tags)) : [];
};

export function imageOf(profile: unknown): string | undefined {
  const reference = within(profile, 'imageReference');
  const id =
    idIn(reference, 'id') ??
    idIn(reference, 'sharedGalleryImageId') ??
    idIn(reference, 'communityGalleryImageId');
  if (id !== undefined) return id;
  const parts = ['publisher', 'offer', 'sku'].map((name) => textIn(reference, name));
  return parts.every((part) => part !== undefined) ? parts.join(':').toLowerCase() : undefined;
}
