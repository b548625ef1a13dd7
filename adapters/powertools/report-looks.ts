import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LookedAt } from '../../app/reconcile-all.ts';
import { logger, metrics } from './observability.ts';

/** Says what came of looking at all Regions; throws where any of it failed, so that the function's errors are counted. */
export function reportLooks(all: readonly LookedAt[], targets: number): void {
  const looks = all.flatMap((each) => ('looked' in each ? [each.looked] : []));
  const sum = (of: (look: (typeof looks)[number]) => number): number =>
    looks.reduce((total, look) => total + of(look), 0);
  const failures = all.flatMap(({ account, region, ...each }) =>
    ('looked' in each ? each.looked.failed : [each.error]).map((error) => ({ account, region, error })),
  );
  const complete = looks.filter(({ done }) => done).length;
  const counts = { instances: sum((l) => l.instances), fetched: sum((l) => l.fetched) };
  const unrecorded = sum((l) => l.unrecorded);
  logger.info('inventory compared', { targets, complete, ...counts, unrecorded, failed: failures.length });
  for (const failure of failures) logger.error('look failed', failure);
  metrics.addMetric('ComparedInstances', MetricUnit.Count, counts.instances);
  metrics.addMetric('FetchedRecords', MetricUnit.Count, counts.fetched);
  metrics.addMetric('UnrecordedInstances', MetricUnit.Count, unrecorded);
  metrics.addMetric('UnfinishedLooks', MetricUnit.Count, targets - complete);
  metrics.publishStoredMetrics();
  if (failures.length > 0)
    throw new Error(`${failures.length} looks failed, the first: ${failures[0]?.error}`);
}
