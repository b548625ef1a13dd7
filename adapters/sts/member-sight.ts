import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { EventLookup, Inventory } from '../../app/ports.ts';
import type { Target } from '../../app/reconcile.ts';
import { ec2Inventory } from '../ec2/inventory.ts';
import { lookupEvents } from '../lookup-events/lookup-events.ts';
import { memberClient } from './member-credentials.ts';

/** What can be seen of a Region: what runs there, and CloudTrail's own history. */
export type Sight = (target: Target) => { readonly inventory: Inventory; readonly events: EventLookup };

/** @param role ARN of the role of the member stacks, `*` in the place of the account; absent: only one's own account is seen */
export function memberSight(own: string, role?: string): Sight {
  const client = memberClient(own, role);
  return (target) => ({
    inventory: ec2Inventory(client(EC2Client, target), target),
    events: lookupEvents(client(CloudTrailClient, target)),
  });
}
