import type { SendOn } from '../../app/forward.ts';
import { toBusEvent } from '../../tell/bus-event.ts';
import type { AwsCaller } from '../aws/signed-call.ts';
import { putEvents } from './put-events.ts';

/** Four findings of ours, of 240 kB at most, always fit into one call. */
const MAX_AT_ONCE = 4;

/** Puts findings on a bus; needs events:PutEvents on it. */
export const eventBus =
  (caller: AwsCaller, bus: string): SendOn =>
  async (notices) => {
    const failed = new Map<string, string>();
    for (let index = 0; index < notices.length; index += MAX_AT_ONCE) {
      const some = notices.slice(index, index + MAX_AT_ONCE);
      const entries = some.map(({ finding, at }) => toBusEvent(finding, at));
      for (const [position, why] of (await putEvents(caller, bus, entries)).entries()) {
        const { id } = some[position] ?? {};
        if (why !== undefined && id !== undefined) failed.set(id, why);
      }
    }
    return failed;
  };
