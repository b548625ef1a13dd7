import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoOptions } from '../dynamo/calls.ts';
import { errorOf, type Worked } from '../sqs/message-batch.ts';
import { logger, metrics } from './observability.ts';
import { reporting } from './report-unreadable.ts';

/** Capacity units of DynamoDB. */
interface Units {
  readonly read: number;
  readonly write: number;
}

/** What stores tell while they work: adds up what they consume until it is taken, and reports what they cannot read. */
export function observation(): DynamoOptions & {
  readonly onConsumed: (operation: string, units: Units) => void;
  readonly take: () => Units;
} {
  let sum: Units = { read: 0, write: 0 };
  return {
    ...reporting,
    onConsumed: (_, { read, write }) => {
      sum = { read: sum.read + read, write: sum.write + write };
    },
    take: () => {
      const taken = sum;
      sum = { read: 0, write: 0 };
      return taken;
    },
  };
}

/**
 * Says what became of a batch: a log line for all, one for each account and Region, an error line per failure, and metrics in
 * the stack's namespace. Accounts and Regions are no dimensions, for each pair would be a metric to pay for.
 */
export function reportOutcomes(worked: readonly Worked[], units: Units, now = Date.now()): void {
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
  const places = Map.groupBy(judged, ({ account, region }) => `${account} ${region}`);
  for (const [{ account, region } = { account: '', region: '' }, ...more] of places.values())
    logger.info('judged in', { account, region, records: more.length + 1 });
  for (const failure of failures) logger.error('record failed', failure);

  metrics.addMetric('JudgedRecords', MetricUnit.Count, judged.length);
  metrics.addMetric('SkippedRecords', MetricUnit.Count, skipped.length);
  metrics.addMetric('FailedRecords', MetricUnit.Count, failures.length);
  metrics.addMetric('ReadUnits', MetricUnit.Count, units.read);
  metrics.addMetric('WriteUnits', MetricUnit.Count, units.write);
  // From the end of the call to now: CloudTrail, EventBridge, the queue and us.
  for (const { at } of judged)
    metrics.addMetric('DetectionLag', MetricUnit.Milliseconds, Math.max(0, now - at));
  metrics.publishStoredMetrics();
}
