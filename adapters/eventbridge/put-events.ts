import { type AwsCaller, signedCall } from '../aws/signed-call.ts';

/** What one try may take, ms; all six of them fit into the minute that a function has. */
const PATIENCE_MS = 5_000;

/** An entry of PutEvents, without the bus. */
export interface BusEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

interface Answer {
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/**
 * Puts entries on a bus, at most ten and 1 MB of them; needs events:PutEvents on it.
 *
 * @returns for each entry, in order, why EventBridge did not take it, or undefined
 */
export async function putEvents(
  caller: AwsCaller,
  bus: string,
  entries: readonly BusEntry[],
): Promise<(string | undefined)[]> {
  const { text } = await signedCall(caller, {
    service: 'events',
    target: 'AWSEvents.PutEvents',
    contentType: 'application/x-amz-json-1.1',
    body: JSON.stringify({ Entries: entries.map((entry) => ({ ...entry, EventBusName: bus })) }),
    timeoutMs: PATIENCE_MS,
  });
  const { Entries = [] } = JSON.parse(text) as Answer;
  return entries.map((_, position) => {
    const { ErrorCode, ErrorMessage = '' } = Entries[position] ?? { ErrorCode: 'no answer' };
    return ErrorCode === undefined ? undefined : `${ErrorCode}: ${ErrorMessage.slice(0, 500)}`;
  });
}
