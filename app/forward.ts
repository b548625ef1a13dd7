import type { OcsfFinding } from '../tell/ocsf-types.ts';

/** A published finding as it comes out of a queue that is subscribed to the findings topic. */
export interface Notice {
  /** Of the queue's message. */
  readonly id: string;
  /** When the topic took it, ms. Of one finding the later one says more: they are published one after the other. */
  readonly at: number;
  readonly finding: OcsfFinding;
}

/**
 * Sends findings on; by id (`Notice.id`), why each failed that did.
 */
export type SendOn = (notices: readonly Notice[]) => Promise<ReadonlyMap<string, string>>;

/**
 * Sends on what a queue delivered. Of several notices of one finding in a batch only the latest is sent, where a later state takes an
 * earlier one's place; the others fail or succeed with it.
 *
 * @returns by id, why each notice must come again
 */
export async function sendLatest(notices: readonly Notice[], send: SendOn): Promise<Map<string, string>> {
  const ofFinding = Map.groupBy(notices, ({ finding }) => finding.finding_info.uid);
  const latest = [...ofFinding.values()].map((own) => own.reduce((a, b) => (b.at > a.at ? b : a)));
  const failed = await tryAll(latest, send);
  return new Map(
    latest.flatMap(({ id, finding }) => {
      const why = failed.get(id);
      if (why === undefined) return [];
      return (ofFinding.get(finding.finding_info.uid) ?? []).map((notice) => [notice.id, why] as const);
    }),
  );
}

/** Sends on each notice; what throws fails all of them. */
export async function tryAll(notices: readonly Notice[], send: SendOn): Promise<ReadonlyMap<string, string>> {
  if (notices.length === 0) return new Map();
  try {
    return await send(notices);
  } catch (error) {
    return new Map(notices.map(({ id }) => [id, String(error)]));
  }
}
