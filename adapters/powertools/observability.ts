import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** Structured logs; the service name and level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger();

/** Metrics by way of the log, in the namespace of POWERTOOLS_METRICS_NAMESPACE. */
export const metrics = new Metrics();
