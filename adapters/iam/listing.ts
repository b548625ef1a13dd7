import { GetAccountAuthorizationDetailsCommand, type IAMClient } from '@aws-sdk/client-iam';
import type { Listing } from '../../app/audit-access.ts';

/** The most that IAM gives at a time; it may give fewer where there are more. */
const PAGE = 1000;

/** All users, groups, roles and policies of the client's account. Needs iam:GetAccountAuthorizationDetails. */
export function iamListing(iam: Pick<IAMClient, 'send'>): Listing {
  return async (from) => {
    const { UserDetailList, GroupDetailList, RoleDetailList, Policies, IsTruncated, Marker } = await iam.send(
      new GetAccountAuthorizationDetailsCommand({
        MaxItems: PAGE,
        ...(from !== undefined && { Marker: from }),
      }),
    );
    if (IsTruncated && Marker === undefined) throw new Error('IAM says that there is more, and not where');
    return {
      page: { UserDetailList, GroupDetailList, RoleDetailList, Policies },
      ...(IsTruncated && Marker !== undefined && { next: Marker }),
    };
  };
}
