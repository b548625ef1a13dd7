import type { SendOn } from '../../app/forward.ts';
import { toBusEvent } from '../../tell/bus-event.ts';
import { type AwsCaller, signedCall } from '../aws/signed-call.ts';

/** PutEvents takes 10 entries, and of 1 MB in all since 2026; four of ours, of 240 kB at most, always fit. */
const MAX_AT_ONCE = 4;
/** What one try may take, ms; all six of them fit into the minute that the function has. */
const PATIENCE_MS = 5_000;

interface Answer {
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/** Puts findings on a bus; needs events:PutEvents on it. */
export const eventBus =
  (caller: AwsCaller, bus: string): SendOn =>
  async (notices) => {
    const failed = new Map<string, string>();
    for (let index = 0; index < notices.length; index += MAX_AT_ONCE) {
      const some = notices.slice(index, index + MAX_AT_ONCE);
      const { text } = await signedCall(caller, {
        service: 'events',
        target: 'AWSEvents.PutEvents',
        contentType: 'application/x-amz-json-1.1',
        body: JSON.stringify({
          Entries: some.map(({ finding, at }) => ({ ...toBusEvent(finding, at), EventBusName: bus })),
        }),
        timeoutMs: PATIENCE_MS,
      });
      const { Entries = [] } = JSON.parse(text) as Answer;
      // answers come in the order of the entries
      for (const [position, { id }] of some.entries()) {
        const { ErrorCode, ErrorMessage = '' } = Entries[position] ?? { ErrorCode: 'no answer' };
        if (ErrorCode !== undefined) failed.set(id, `${ErrorCode}: ${ErrorMessage.slice(0, 500)}`);
      }
    }
    return failed;
  };
