import type { Outcome } from '../../activity/activity.ts';

/** Refused for want of permission. Sources: EC2 and IAM common error codes; `Exception` forms are those of JSON services. */
const DENIED =
  /^(?:UnauthorizedOperation|Unauthorized|UnauthorizedException|AccessDenied\w*|AuthFailure|NotAuthorized\w*|Forbidden\w*|InvalidClientTokenId|UnrecognizedClientException|ExpiredToken\w*|SignatureDoesNotMatch|Blocked|OperationNotPermitted)$/;

/** Refused by a quota, by capacity, or because the account may not (yet) use a type, Region or offer. */
const LIMITED =
  /(?:LimitExceeded(?:Exception)?$|^MaxSpot\w+Exceeded$|^MaxFleet\w+|^MaxScheduled\w+|^Insufficient\w+Capacity\w*$|^InsufficientCapacity\w*$|^InsufficientFreeAddressesInSubnet$|^InsufficientAddressCapacity$|^OptInRequired$|^PendingVerification$|^SpotMaxPriceTooLow$|^UnfulfillableCapacity$|^QuotaExceeded\w*$|^LimitExceeded\w*$|^ConcurrentSnapshotLimitExceeded$|^ResourceLimitExceeded\w*$)/;

/** Asked too often: says something of the caller's pace and nothing of what it may do or how much of it. */
const THROTTLED = /^(?:RequestLimitExceeded|Throttl\w*|TooManyRequests\w*)$/;

/** Error code without the `Client.`/`Server.` that some records carry and others do not. */
export const errorName = (code: string): string => code.replace(/^(?:Client|Server)\./, '');

/** How a call ended, by its error code without prefix. */
export function outcomeOf(error: string | undefined): Outcome {
  if (error === undefined) return 'succeeded';
  if (error === 'DryRunOperation') return 'dry-run';
  if (DENIED.test(error)) return 'denied';
  if (THROTTLED.test(error)) return 'failed';
  return LIMITED.test(error) ? 'limited' : 'failed';
}
