import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { errorOf, type Worked } from '../sqs/message-batch.ts';
import { logger, metrics } from './observability.ts';

/** Says what became of a batch: one log line, an error line per failure, and metrics in the stack's namespace. */
export function reportOutcomes(worked: readonly Worked[], now = Date.now()): void {
  const outcomes = worked.flatMap((each) => each.outcomes);
  const judged = outcomes.filter((outcome) => outcome.status === 'judged');
  const skipped = outcomes.filter((outcome) => outcome.status === 'skipped');
  const failures = [
    ...worked.flatMap(({ id, problem }) =>
      problem === undefined ? [] : [{ messageId: id, error: problem }],
    ),
    ...outcomes.flatMap((outcome) => errorOf(outcome) ?? []).map((error) => ({ error })),
  ];
  const late = worked.filter((each) => each.late).length;
  const reasons = Object.fromEntries(
    [...Map.groupBy(skipped, ({ reason }) => reason)].map(([reason, { length }]) => [reason, length]),
  );
  logger.info('batch judged', { judged: judged.length, skipped: reasons, failed: failures.length, late });
  for (const failure of failures) logger.error('record failed', failure);

  metrics.addMetric('JudgedRecords', MetricUnit.Count, judged.length);
  metrics.addMetric('SkippedRecords', MetricUnit.Count, skipped.length);
  metrics.addMetric('FailedRecords', MetricUnit.Count, failures.length);
  // From the end of the call to now: CloudTrail, EventBridge, the queue and us.
  for (const { at } of judged)
    metrics.addMetric('DetectionLag', MetricUnit.Milliseconds, Math.max(0, now - at));
  metrics.publishStoredMetrics();
}
