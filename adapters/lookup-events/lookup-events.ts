import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudTrailClient,
  type LookupAttribute,
  LookupEventsCommand,
  type LookupEventsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import type { EventLookup, Lookup } from '../../app/ports.ts';

/** CloudTrail answers two calls a second for each account and Region, whoever asks. A little less leaves room for others. */
const INTERVAL_MS = 550;
/** The most that one page holds. */
const PAGE = 50;
/** Somebody else may be asking as well: tries, the last of which has waited a minute in all. */
const MAX_TRIES = 7;
const FIRST_WAIT_MS = 1_000;

const THROTTLED = /^(?:Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequestsException)$/;

/** For tests, which need not wait. */
interface Pace {
  readonly interval?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
}

/**
 * CloudTrail's own history of management events in the client's account and Region, page by page. A cursor may be kept and taken up
 * by another process. Calls through one lookup wait their turn.
 *
 * Needs cloudtrail:LookupEvents.
 */
export function lookupEvents(
  client: Pick<CloudTrailClient, 'send'>,
  { interval = INTERVAL_MS, wait = sleep, now = Date.now }: Pace = {},
): EventLookup {
  let free = 0;
  const turn = async (): Promise<void> => {
    const at = Math.max(now(), free);
    free = at + interval;
    if (at > now()) await wait(at - now());
  };
  const ask = async (command: LookupEventsCommand): Promise<LookupEventsCommandOutput> => {
    for (let tries = 1; ; tries += 1) {
      await turn();
      try {
        return await client.send(command);
      } catch (error) {
        if (tries >= MAX_TRIES || !(error instanceof Error && THROTTLED.test(error.name))) throw error;
        await wait(FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2));
      }
    }
  };
  return {
    async page({ by, from, to }, cursor) {
      const { Events = [], NextToken } = await ask(
        new LookupEventsCommand({
          LookupAttributes: [attributeOf(by)],
          StartTime: new Date(from),
          EndTime: new Date(to),
          MaxResults: PAGE,
          ...(cursor !== undefined && { NextToken: cursor }),
        }),
      );
      const records = Events.flatMap(({ CloudTrailEvent }) => recordIn(CloudTrailEvent));
      return { records, ...(NextToken !== undefined && { next: NextToken }) };
    },
  };
}

function attributeOf(by: Lookup['by']): LookupAttribute {
  if ('resource' in by) return { AttributeKey: 'ResourceName', AttributeValue: by.resource };
  if ('call' in by) return { AttributeKey: 'EventName', AttributeValue: by.call };
  return { AttributeKey: 'ReadOnly', AttributeValue: 'false' };
}

/** The record as CloudTrail wrote it, which it gives as text. */
function recordIn(written: string | undefined): unknown[] {
  if (written === undefined) return [];
  try {
    return [JSON.parse(written)];
  } catch {
    return [];
  }
}
