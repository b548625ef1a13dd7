import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from './bundled-function.ts';
import type { Topics } from './topics.ts';

const PERIOD = Duration.minutes(5);
/** Widgets to a row; CloudWatch has 24 columns. */
const WIDTH = 12;

/** Which accounts and Regions have been heard, by the lines of reportOutcomes. */
const COVERAGE = [
  'fields @timestamp, account, region, records',
  "filter message = 'judged in'",
  'stats sum(records) as judged, max(@timestamp) as latest by account, region',
  'sort judged desc',
];

/** Whether records come and are judged, how late, at what cost, what came of them, and where from. */
export function dashboard(
  scope: Construct,
  id: string,
  props: { queue: IQueue; topics: Topics; log: ILogGroup },
): void {
  const { queue, topics, log } = props;
  const own = (metricName: string, statistic = 'Sum', label = metricName): Metric =>
    new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: 'launchtrail-detect' },
      period: PERIOD,
      statistic,
      label,
    });
  // ids of metrics are names within a whole graph
  const perRecord = (metricName: string, label: string): IMetric =>
    new MathExpression({
      label,
      expression: `${label} / judged`,
      usingMetrics: { [label]: own(metricName), judged: own('JudgedRecords') },
      period: PERIOD,
    });
  const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
    new GraphWidget({ title, left, right, width: WIDTH });
  new Dashboard(scope, id, {
    defaultInterval: Duration.days(1),
    widgets: [
      [
        graph(
          'Records',
          ['JudgedRecords', 'SkippedRecords', 'FailedRecords'].map((name) => own(name)),
        ),
        graph('From the call to the verdict, ms', [
          own('DetectionLag', 'p50', 'half of them'),
          own('DetectionLag', 'p99', '99 of 100'),
        ]),
      ],
      [
        graph('Findings and alerts that left', [
          topics.findings.metricNumberOfMessagesPublished({ period: PERIOD, label: 'to machines' }),
          topics.alerts.metricNumberOfMessagesPublished({ period: PERIOD, label: 'to people' }),
        ]),
        graph('Units of DynamoDB per record', [
          perRecord('ReadUnits', 'read'),
          perRecord('WriteUnits', 'write'),
        ]),
      ],
      [
        graph(
          'Records that wait',
          [queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, label: 'records' })],
          [queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, label: 'age of the oldest, s' })],
        ),
        new LogQueryWidget({
          title: 'Judged by account and Region',
          logGroupNames: [log.logGroupName],
          view: LogQueryVisualizationType.TABLE,
          queryLines: COVERAGE,
          width: WIDTH,
          height: 6,
        }),
      ],
    ],
  });
}
