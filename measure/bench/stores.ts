import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoOptions } from '../../adapters/dynamo/calls.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import type { DetectDeps } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';

/** Two tables of one DynamoDB, or of what stands in for it. */
export interface Tables {
  readonly client: DynamoDBDocumentClient;
  readonly history: string;
  readonly findings: string;
  readonly options?: DynamoOptions;
}

type Stores = Pick<DetectDeps, 'history' | 'verdicts'>;

/** What `detect` keeps things in: the one place where the bench builds stores, in memory or in DynamoDB. */
export const storesIn = (place: 'memory' | Tables): Stores =>
  place === 'memory'
    ? { history: memoryHistory(), verdicts: memoryVerdicts() }
    : {
        history: dynamoHistory(place.client, place.history, place.options),
        verdicts: dynamoVerdicts(place.client, place.findings, place.options),
      };

/** Everything that is found by now. */
export const openFindings = ({ verdicts, policy }: Pick<DetectDeps, 'verdicts' | 'policy'>) =>
  findingsIn(verdicts, policy);
