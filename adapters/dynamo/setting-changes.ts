import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { SettingChange } from '../../app/announce-policy.ts';
import type { PolicyPointer } from '../../app/settings.ts';
import { logger } from '../powertools/observability.ts';
import { versionIn } from './settings.ts';

/** Hands the changes of a stream batch over one by one; the first that fails, and what comes after it, is tried again. */
export async function handleSettingChanges(
  records: readonly DynamoDBRecord[],
  use: (change: SettingChange) => Promise<void>,
): Promise<DynamoDBBatchResponse> {
  for (const { eventName, dynamodb } of records) {
    const change = changeOf(eventName, dynamodb);
    try {
      if (change !== undefined) await use(change);
    } catch (error) {
      logger.error('change failed', { sequence: dynamodb?.SequenceNumber, error: String(error) });
      return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}

const WHAT = { INSERT: 'added', MODIFY: 'altered', REMOVE: 'removed' } as const;

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

function changeOf(
  event: DynamoDBRecord['eventName'],
  change: DynamoDBRecord['dynamodb'],
): SettingChange | undefined {
  const version = versionIn(change?.Keys?.sk?.S ?? '');
  if (version === undefined) {
    const [before, after] = [change?.OldImage, change?.NewImage].map((image) => image && pointerIn(image));
    return { item: 'pointer', ...(before && { before }), ...(after && { after }) };
  }
  return event === undefined ? undefined : { item: 'version', version, what: WHAT[event] };
}

const pointerIn = ({ v, h }: Image): PolicyPointer => ({ version: Number(v?.N), sha256: h?.S ?? '' });
