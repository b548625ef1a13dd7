/** Clouds that push their records, each to the path of its name. */
export type PushingCloud = 'azure' | 'google';

/**
 * What the events are called in which a pushed record travels on the bus, `detail` being the record as its cloud wrote it. AWS's own
 * sources begin with `aws.`, which nobody else's may.
 */
export const CLOUD_EVENTS: Readonly<
  Record<PushingCloud, { readonly source: string; readonly detailType: string }>
> = {
  azure: { source: 'launchtrail.azure', detailType: 'Azure Activity Log Record' },
  google: { source: 'launchtrail.google', detailType: 'Google Cloud Audit Log Entry' },
};
