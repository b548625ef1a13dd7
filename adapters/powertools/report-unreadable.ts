import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoOptions } from '../dynamo/calls.ts';
import { logger, metrics } from './observability.ts';

/** Says which items another version wrote that this one cannot read, and counts them. */
export const reporting: DynamoOptions = {
  onUnreadable(reason) {
    logger.warn('item passed over', { reason });
    metrics.addMetric('UnreadableItems', MetricUnit.Count, 1);
  },
};
