import type { OcsfFinding } from './ocsf-types.ts';

/** An entry of EventBridge's PutEvents, but for the bus that it is put on. */
export interface BusEvent {
  readonly Source: 'launchtrail';
  readonly DetailType: 'Finding Created' | 'Finding Updated' | 'Finding Closed';
  /** Seconds since the epoch, as the JSON protocol has times. */
  readonly Time: number;
  readonly Detail: string;
}

const DETAIL_TYPES = {
  1: 'Finding Created',
  2: 'Finding Updated',
  3: 'Finding Closed',
} as const satisfies Readonly<Record<OcsfFinding['activity_id'], BusEvent['DetailType']>>;

/**
 * A finding as an event that rules can match by `detail.severity_id` or any other field of OCSF.
 *
 * @param at when it was published, ms: events of one finding may come in another order
 */
export const toBusEvent = (finding: OcsfFinding, at: number): BusEvent => ({
  Source: 'launchtrail',
  DetailType: DETAIL_TYPES[finding.activity_id],
  Time: Math.floor(at / 1000),
  Detail: JSON.stringify(finding),
});
