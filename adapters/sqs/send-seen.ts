import type { SeenSink } from '../../app/ports.ts';
import { SEEN } from './message-batch.ts';
import { chunksOf, sendMessage } from './send.ts';

/** Hands what Launchtrail has seen itself to the queue of `detect`; resolves when all of it is there. */
export const sqsSeen = (queueUrl: string, region: string): SeenSink => ({
  async send({ activities = [], records = [] }) {
    for (const some of chunksOf(activities))
      await sendMessage(queueUrl, region, { kind: SEEN, activities: some, records: [] });
    for (const some of chunksOf(records))
      await sendMessage(queueUrl, region, { kind: SEEN, activities: [], records: some });
  },
});
