import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Notice } from '../../app/forward.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import type { OcsfFinding } from '../../tell/ocsf-types.ts';
import { logger } from '../powertools/observability.ts';

/**
 * Hands the findings of a batch to whoever sends them on, and says what SQS must deliver again. What cannot be read fails by
 * itself, and so ends in the dead-letter queue, where a person sees it.
 */
export async function handleNotices(
  batch: readonly SQSRecord[],
  send: (notices: readonly Notice[]) => Promise<ReadonlyMap<string, string>>,
): Promise<SQSBatchResponse> {
  const read = batch.map((record) => ({ id: record.messageId, notice: noticeIn(record) }));
  const failed = await send(read.flatMap(({ notice }) => notice ?? []));
  const again = read.flatMap(({ id, notice }) => {
    const why = notice === undefined ? 'holds no finding as SNS delivers it' : failed.get(id);
    if (why === undefined) return [];
    logger.error('finding not sent on', { messageId: id, finding: notice?.finding.finding_info.uid, why });
    return id;
  });
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** What SNS wraps a message in gives the time at which it was published. */
function noticeIn({ messageId, body }: SQSRecord): Notice | undefined {
  const wrapping = parsed(body);
  if (wrapping === undefined) return undefined;
  const at = Date.parse(String(wrapping.Timestamp));
  const finding = parsed(String(wrapping.Message));
  if (Number.isNaN(at) || finding?.class_uid !== 2004 || !isObj(finding.finding_info)) return undefined;
  return { id: messageId, at, finding: finding as unknown as OcsfFinding };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObj(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
