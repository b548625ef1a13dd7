import type { Reopening } from '../../app/reopening.ts';
import { REOPEN } from './message-batch.ts';
import { chunksOf, sendMessage } from './send.ts';

/** Of many reopenings several workers take some each, but nobody sends messages without end. */
const mostOf = (waiting: number): number => Math.max(25, Math.ceil(waiting / 16));

/** Judgements that are put off, as the messages that say so. Those of the same subjects are in one if they fit, to be judged once. */
export const putOffMessages = (waiting: readonly Reopening[]): object[] =>
  chunksOf(waiting.toSorted(byWhom), mostOf(waiting.length)).map((some) => ({ kind: REOPEN, waiting: some }));

const byWhom = (a: Reopening, b: Reopening): number => {
  const [one, other] = [whomOf(a), whomOf(b)];
  return one < other ? -1 : one > other ? 1 : 0;
};
const whomOf = (each: Reopening): string =>
  each.kind === 'timeline' ? each.subject : `${each.account} ${each.prefix}`;

/** Sends judgements that are put off to a queue, in as many messages as they need; resolves when all are there. */
export async function putOff(queueUrl: string, region: string, waiting: readonly Reopening[]): Promise<void> {
  for (const message of putOffMessages(waiting)) await sendMessage(queueUrl, region, message);
}
