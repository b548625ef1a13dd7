import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoOptions } from '../../adapters/dynamo/calls.ts';
import { dynamoFindings } from '../../adapters/dynamo/findings.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { memoryFindings } from '../../adapters/memory/findings.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import type { DetectDeps } from '../../app/detect.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';

/** Two tables of one DynamoDB, or of what stands in for it. */
export interface Tables {
  readonly client: DynamoDBDocumentClient;
  readonly history: string;
  readonly findings: string;
  readonly options?: DynamoOptions;
}

type Stores = Pick<DetectDeps, 'history' | 'findings'>;

/** What `detect` keeps things in: the one place where the bench builds stores, in memory or in DynamoDB. */
export const storesIn = (place: 'memory' | Tables): Stores =>
  place === 'memory'
    ? { history: memoryHistory(), findings: memoryFindings() }
    : {
        history: dynamoHistory(place.client, place.history, place.options),
        findings: dynamoFindings(place.client, place.findings, place.options),
      };

/** Everything that is found by now. */
export async function openFindings({ findings }: Pick<DetectDeps, 'findings'>): Promise<FindingRecord[]> {
  const found: FindingRecord[] = [];
  for await (const finding of findings.all()) found.push(finding);
  return found;
}
