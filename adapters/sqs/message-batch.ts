import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { Observation, type RecordOutcome } from '../../app/detect.ts';
import type { Reopening } from '../../app/reopening.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { UNREAD } from '../../core/records/cloudtrail/cloudtrail.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import { recordsOf } from '../../core/records/cloudtrail/unwrap.ts';
import { DELIVERED } from '../../core/records/cloudtrail/wrappings/delivered.ts';

/** What one message holds: CloudTrail records, or judgements that were put off; and what is wrong with it, if anything is. */
export interface Message {
  readonly id: string;
  readonly records: readonly unknown[];
  readonly waiting: readonly Reopening[];
  /** It was delivered before, so whoever had it failed, died, or had no time for it. */
  readonly repeated: boolean;
  readonly problem?: string;
}

/** A message and what became of it. */
export interface Worked {
  readonly id: string;
  /** One for each record. */
  readonly outcomes: readonly RecordOutcome[];
  /** Why it must come again, where that is not the outcome of a record. */
  readonly problem?: string;
  /** It must come again only because there was no time for it. */
  readonly late?: true;
}

/** What is done with messages. */
export interface Work {
  /** One outcome for each record, in order. */
  readonly judge: (records: readonly unknown[]) => Promise<readonly RecordOutcome[]>;
  /** Where it is too late for that, it puts them off again. */
  readonly judgeAgain: (waiting: readonly Reopening[]) => Promise<void>;
  /** Whether no more records may be begun. */
  readonly isLate: () => boolean;
}

/** With less time left than this, ms, nothing more is begun: what is under way may need it to be written. */
const LATE_MS = 15_000;
/** After so long, ms, nobody is judged again: the messages of a batch are all done with together, and others wait for theirs. */
const LONG_MS = 15_000;

/** Tells by the time that is left, ms, whether it is too late for something. It is asked once at the beginning. */
export function limitsOf(left: () => number): {
  /** To judge more records. */
  readonly isLate: () => boolean;
  /** To judge more of what was judged before. */
  readonly isLong: () => boolean;
} {
  const least = Math.max(LATE_MS, left() - LONG_MS);
  return { isLate: () => left() < LATE_MS, isLong: () => left() < least };
}

/** Says in a message of the queue that it holds judgements that were put off. CloudTrail records come without such a field. */
export const REOPEN = 'reopen';

/** Says that it holds what Launchtrail has seen itself: activities that no record tells of, and records that it has fetched. */
export const SEEN = 'seen';

/**
 * Reads the messages of a batch. What is no JSON or holds no record is a problem, not a skip: EventBridge sends no such
 * thing, so a person should see it, and failing it is what brings it to the dead-letter queue.
 */
export function readMessages(batch: readonly SQSRecord[]): Message[] {
  return batch.map(({ messageId: id, body, attributes }): Message => {
    const repeated = attributes.ApproximateReceiveCount !== '1';
    const waiting = waitingIn(body);
    if (waiting !== undefined) return { id, records: [], waiting, repeated };
    const seen = seenIn(body);
    if (seen !== undefined) return { id, records: seen, waiting: [], repeated };
    const damage: string[] = [];
    const records = recordsOf(body, DELIVERED, {
      onDamage: ({ path, message }) => damage.push(`${path} ${message}`),
    });
    const message = { id, records, waiting: [], repeated };
    if (damage.length === 0 && records.length > 0) return message;
    return { ...message, problem: damage[0] ?? 'holds no CloudTrail record' };
  });
}

const waitingIn = (body: string): readonly Reopening[] | undefined => listIn(body, REOPEN, 'waiting');

function seenIn(body: string): readonly unknown[] | undefined {
  const activities: readonly Activity[] | undefined = listIn(body, SEEN, 'activities');
  const records = listIn(body, SEEN, 'records');
  if (activities === undefined || records === undefined) return undefined;
  return [...activities.map((activity) => new Observation(activity)), ...records];
}

/** A list of a message of the queue's own; undefined where it is no such message. */
function listIn<T>(body: string, kind: string, name: string): readonly T[] | undefined {
  if (!body.startsWith(`{"kind":"${kind}"`)) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    const list = isObj(parsed) ? parsed[name] : undefined;
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Works a batch off: what is new is judged together; then what was delivered before, each message by itself, so that the
 * one at fault cannot take others with it; then what was put off, in the same way.
 *
 * Records that there is no time to begin are handed back. What was put off is not: a message that comes too often ends in the
 * dead-letter queue, and one alone can take all the time of many batches. It is put off again.
 */
export async function workOff(messages: readonly Message[], work: Work): Promise<Worked[]> {
  const done = new Map<string, Omit<Worked, 'id'>>();
  for (const { id, problem } of messages) if (problem !== undefined) done.set(id, { outcomes: [], problem });
  const readable = messages.filter(({ problem }) => problem === undefined);
  for (const group of groupsOf(readable.filter(({ records }) => records.length > 0))) {
    if (work.isLate()) break;
    const outcomes = [...(await work.judge(group.flatMap(({ records }) => records)))];
    for (const { id, records } of group) done.set(id, { outcomes: outcomes.splice(0, records.length) });
  }
  const putOff = readable.filter(({ records }) => records.length === 0);
  for (const group of groupsOf(putOff)) {
    const problem = await work.judgeAgain(group.flatMap(({ waiting }) => waiting)).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    for (const { id } of group) done.set(id, { outcomes: [], ...(problem !== undefined && { problem }) });
  }
  return messages.map(({ id }) => ({ id, ...(done.get(id) ?? { outcomes: [], late: true }) }));
}

/** What is new together, what was delivered before each by itself. */
function groupsOf(messages: readonly Message[]): Message[][] {
  const { fresh = [], repeated = [] } = Object.groupBy(messages, (each) =>
    each.repeated ? 'repeated' : 'fresh',
  );
  return [...(fresh.length > 0 ? [fresh] : []), ...repeated.map((message) => [message])];
}

/** What SQS must deliver again: damaged messages, those of which one record failed, and those there was no time for. */
export function failedMessages(worked: readonly Worked[]): SQSBatchResponse {
  const failed = worked.filter(
    ({ outcomes, problem, late }) =>
      late || problem !== undefined || outcomes.some((outcome) => errorOf(outcome) !== undefined),
  );
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
}

/** Why a record must come again; undefined when it is done with. */
export function errorOf(outcome: RecordOutcome): string | undefined {
  if (outcome.status === 'failed') return outcome.error;
  const unread = outcome.status === 'skipped' && UNREAD.has(outcome.reason);
  return unread ? `cannot be read (${outcome.reason})` : undefined;
}
