import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AccountAudited } from '../../app/audit-all.ts';
import { logger, metrics } from './observability.ts';

/** Says what came of the audits; throws where one failed, so that the function's errors are counted. */
export function reportAudits(all: readonly AccountAudited[], accounts: number): void {
  let unfinished = accounts - all.length;
  const failures: { account: string; error: string }[] = [];
  for (const each of all) {
    if ('error' in each) {
      failures.push(each);
      logger.error('audit failed', each);
      continue;
    }
    const { rested, problems, ...counts } = each.audited;
    if (rested) continue;
    logger.info('access audited', { account: each.account, ...counts, problems: problems.length });
    for (const problem of problems.slice(0, 20))
      logger.warn('policy not read', { account: each.account, problem });
    if (!counts.done) unfinished += 1;
    metrics.addMetric('AblePrincipals', MetricUnit.Count, counts.able);
    metrics.addMetric('NewlyAblePrincipals', MetricUnit.Count, counts.gained);
  }
  metrics.addMetric('UnfinishedAudits', MetricUnit.Count, unfinished);
  metrics.publishStoredMetrics();
  if (failures.length > 0)
    throw new Error(`${failures.length} audits failed, the first: ${failures[0]?.error}`);
}
