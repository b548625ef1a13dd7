import type { Activity } from '../activity/activity.ts';

/**
 * Services that share snapshots by themselves with accounts of AWS or of the organisation, through a service-linked role that
 * they alone can assume, and take the share back when they are done.
 *
 * GuardDuty Malware Protection shares a snapshot with the account of GuardDuty that scans it (Amazon GuardDuty User Guide,
 * "Service-linked role permissions for Malware Protection for EC2"); AWS Backup copies to a vault of another account, which
 * must belong to the same organisation (AWS Backup Developer Guide, "Creating backup copies across AWS accounts").
 */
const SHARING = new Set(['malware-protection.guardduty.amazonaws.com', 'backup.amazonaws.com']);

/**
 * Whether a share is a service's own doing in its documented pattern: snapshots, with single accounts. What such a role shares
 * with everyone, with an organisation or as an image is judged as anybody's.
 *
 * The class `service` is given only where the role's reserved path, `invokedBy` and the source address agree.
 */
export const isOwnDoing = ({ kind, actor, origin, share }: Activity): boolean =>
  kind === 'snapshot.share' &&
  actor.class === 'service' &&
  origin.service !== undefined &&
  SHARING.has(origin.service) &&
  share !== undefined &&
  !share.public &&
  share.organisations.length === 0;
