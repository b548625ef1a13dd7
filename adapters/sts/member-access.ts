import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import type { LastTried, Listing } from '../../app/audit-access.ts';
import type { EventLookup } from '../../app/ports.ts';
import type { Target } from '../../app/reconcile.ts';
import { iamLastTried } from '../iam/last-tried.ts';
import { iamListing } from '../iam/listing.ts';
import { lookupEvents } from '../lookup-events/lookup-events.ts';
import { memberClient } from './member-credentials.ts';

/** What can be seen of who may do what in an account, and what CloudTrail tells of changes to that in its home Region. */
export type AccessSight = (target: Target) => {
  readonly listing: Listing;
  readonly lastTried: LastTried;
  readonly events: EventLookup;
};

/** @param role ARN of the role of the member stacks, `*` in the place of the account; absent: only one's own account is seen */
export function memberAccess(own: string, role?: string): AccessSight {
  const client = memberClient(own, role);
  return (target) => {
    const iam = client(IAMClient, target);
    return {
      listing: iamListing(iam),
      lastTried: iamLastTried(iam),
      events: lookupEvents(client(CloudTrailClient, target)),
    };
  };
}
