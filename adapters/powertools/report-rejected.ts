import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger, metrics } from './observability.ts';

/** Says why a policy that was pushed is not the one that is judged by; at once, whether a batch is reported or not. */
export function reportRejected(reason: string): void {
  logger.error('policy rejected', { reason });
  metrics.singleMetric().addMetric('RejectedPolicies', MetricUnit.Count, 1);
}
