import { Duration } from 'aws-cdk-lib';
import type { IRuleTarget, Rule, RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import { type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** The most EventBridge offers: what it cannot deliver for a day goes to the dead-letter queue. */
const TENACIOUS: RuleTargetConfig['retryPolicy'] = {
  maximumRetryAttempts: 185,
  maximumEventAgeInSeconds: Duration.hours(24).toSeconds(),
};

/** A queue of the same account and Region. It has to let the rules in, see `letIn`. */
export const queueTarget = (queue: IQueue, deadLetters: IQueue): IRuleTarget => ({
  bind: () => ({
    arn: queue.queueArn,
    deadLetterConfig: { arn: deadLetters.queueArn },
    retryPolicy: TENACIOUS,
    targetResource: queue,
  }),
});

/** A bus of whatever account and Region. A bus that lets in an organisation asks the rule for a role. */
export const busTarget = (busArn: string, role: IRole, deadLetters: IQueue): IRuleTarget => ({
  bind: () => ({
    arn: busArn,
    role,
    deadLetterConfig: { arn: deadLetters.queueArn },
    retryPolicy: TENACIOUS,
  }),
});

/**
 * Lets rules send to a queue, by one statement for all of them. The target of the library writes one for each rule, and SQS
 * refuses a policy with more than 10 conditions or 20 statements.
 */
export function letIn(queue: IQueue, rules: readonly Rule[]): void {
  allow(queue, { ArnEquals: { 'aws:SourceArn': rules.map(({ ruleArn }) => ruleArn) } });
}

/** The same for rules by the beginning of their names, where not all of them are there in every Region. */
export function letInNamed(queue: IQueue, ruleArns: string): void {
  allow(queue, { ArnLike: { 'aws:SourceArn': ruleArns } });
}

function allow(queue: IQueue, conditions: Record<string, object>): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions,
    }),
  );
}
