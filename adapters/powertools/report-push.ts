import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PushAnswer } from '../../app/ingest.ts';
import { logger, metrics } from './observability.ts';

/**
 * Says what became of a push: whether it was taken, or why not. A repetition is no refusal to a person: clouds repeat. Nothing of
 * the request is logged but its path, cut short, for anybody may send one.
 */
export function reportPush({ records, refused, error }: PushAnswer, path: string): void {
  metrics.addMetric('PushedRecords', MetricUnit.Count, records);
  metrics.addMetric('RepeatedPushes', MetricUnit.Count, refused === 'repeated' ? 1 : 0);
  metrics.addMetric('PutOffPushes', MetricUnit.Count, refused === 'not now' ? 1 : 0);
  const isRefused = refused !== undefined && refused !== 'repeated' && refused !== 'not now';
  metrics.addMetric('RefusedPushes', MetricUnit.Count, isRefused ? 1 : 0);
  metrics.publishStoredMetrics();
  const said = { path: path.slice(0, 50), records, ...(refused && { refused }), ...(error && { error }) };
  if (isRefused || refused === 'not now') logger.warn('push refused', said);
  else logger.info('push taken', said);
}
