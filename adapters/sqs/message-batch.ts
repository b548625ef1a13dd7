import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { RecordOutcome } from '../../app/detect.ts';
import { recordsOf } from '../../core/records/cloudtrail/unwrap.ts';
import { DELIVERED } from '../../core/records/cloudtrail/wrappings/delivered.ts';

/** The CloudTrail records of one message, and what is wrong with it, if anything is. */
export interface Message {
  readonly id: string;
  readonly records: readonly unknown[];
  readonly problem?: string;
}

/**
 * Reads the messages of a batch. What is no JSON or holds no record is a problem, not a skip: EventBridge sends no such
 * thing, so a person should see it, and failing it is what brings it to the dead-letter queue.
 */
export function readMessages(batch: readonly SQSRecord[]): Message[] {
  return batch.map(({ messageId: id, body }) => {
    const damage: string[] = [];
    const records = recordsOf(body, DELIVERED, {
      onDamage: ({ path, message }) => damage.push(`${path} ${message}`),
    });
    if (damage.length === 0 && records.length > 0) return { id, records };
    return { id, records, problem: damage[0] ?? 'holds no CloudTrail record' };
  });
}

/** What SQS must deliver again: damaged messages and those of which one record failed. `outcomes` is one per record. */
export function failedMessages(
  messages: readonly Message[],
  outcomes: readonly RecordOutcome[],
): SQSBatchResponse {
  let next = 0;
  const failed = messages.filter(({ records, problem }) => {
    const own = outcomes.slice(next, next + records.length);
    next += records.length;
    return problem !== undefined || own.some((outcome) => errorOf(outcome) !== undefined);
  });
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
}

/** Why a record must come again; undefined when it is done with. */
export function errorOf(outcome: RecordOutcome): string | undefined {
  if (outcome.status === 'failed') return outcome.error;
  const noRecord =
    outcome.status === 'skipped' && (outcome.reason === 'no-event' || outcome.reason === 'not-an-object');
  return noRecord ? `not a CloudTrail record (${outcome.reason})` : undefined;
}
