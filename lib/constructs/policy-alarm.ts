import { Duration } from 'aws-cdk-lib';
import { type IAlarmAction, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarmAt } from './alarms.ts';
import { METRICS_NAMESPACE } from './bundled-function.ts';

/**
 * Raises an alarm when a function does not judge by the policy that was pushed; each counts the times that it could not.
 *
 * @param functions those that judge or tell by the policy
 */
export function policyAlarm(scope: Construct, functions: readonly string[], action: IAlarmAction): void {
  const period = Duration.minutes(5);
  const of = (name: string): Metric =>
    new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: 'RejectedPolicies',
      dimensionsMap: { service: `launchtrail-${name}` },
      period,
      statistic: 'Sum',
    });
  alarmAt(scope, 'RejectedPolicyAlarm', {
    metric: new MathExpression({
      label: 'policies rejected',
      expression: functions.map((name) => `FILL(${name}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(functions.map((name) => [name, of(name)])),
      period,
    }),
    threshold: 1,
    description: 'Launchtrail does not judge by the policy that was pushed, but by the one before.',
    runbook: 'a-policy-is-rejected',
    action,
  });
}
