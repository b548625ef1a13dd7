import type { Letter } from '../../adapters/sqs/dead-letters.ts';
import { errorOf, readMessages } from '../../adapters/sqs/message-batch.ts';
import { clean } from '../../core/activity/clean.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import { shown } from '../../tell/shown.ts';

/** Why a message is where it is. */
export interface Reason {
  /** One word, by which it is chosen. */
  readonly name: string;
  /** The same for a person. */
  readonly words: string;
  /** It would fail again: this version of Launchtrail cannot read it either. */
  readonly hopeless?: true;
}

/**
 * Why a message could not be judged, as far as the message tells: this version of Launchtrail reads it once more. So after a fix
 * what could not be read is found to be readable, and that is what a redrive wants to know.
 */
export function unjudgedReason(letter: Letter): Reason {
  const [message] = readMessages([
    { messageId: letter.id, body: letter.body, attributes: { ApproximateReceiveCount: '1' } } as Parameters<
      typeof readMessages
    >[0][number],
  ]);
  if (message === undefined) throw new Error('a message is one message');
  if (message.problem !== undefined)
    return {
      name: 'damaged',
      words: `holds no record that can be read: ${shown(message.problem, 200)}`,
      hopeless: true,
    };
  if (message.waiting.length > 0) return { name: 'put-off', words: 'judgements that were put off' };
  for (const record of message.records) {
    const read = fromCloudTrail(record);
    if (read.ok) continue;
    const error = errorOf({ status: 'skipped', reason: read.reason });
    if (error !== undefined) return { name: read.reason, words: `a record ${error}`, hopeless: true };
  }
  return { name: 'judging-failed', words: 'can be read; judging it failed, or it was not readable before' };
}

/** Why EventBridge could not deliver a message: it says so in attributes. */
export function undeliveredReason({ attributes }: Letter): Reason {
  const code = clean(attributes.ERROR_CODE ?? 'unknown', 64);
  const words =
    attributes.ERROR_MESSAGE ?? attributes.EXHAUSTED_RETRY_CONDITION ?? 'EventBridge gave no reason';
  return { name: code, words: shown(words, 200) };
}

/** What a message is about, for somebody who decides: which call, by its id, in which account and Region. */
export function exampleOf({ id, body }: Letter): string {
  const [message] = readMessages([
    { messageId: id, body, attributes: { ApproximateReceiveCount: '1' } } as Parameters<
      typeof readMessages
    >[0][number],
  ]);
  const record = message?.records.find(isObj);
  const about = [
    record?.eventName,
    record?.recipientAccountId,
    record?.awsRegion,
    record?.eventTime,
    record?.eventID,
  ]
    .filter((part) => typeof part === 'string')
    .map((part) => shown(part, 60));
  return [`message ${shown(id, 60)}`, ...about].join(' ');
}
