import { Duration, Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';

export interface LookingProps {
  readonly settings: FunctionSettings;
  readonly stores: Stores;
  readonly queue: Queue;
  /** Members exist, whose reader role it may take on. */
  readonly members: boolean;
  readonly alarmAction: IAlarmAction;
}

/** What one function looks at, how often, and by which right. */
interface Looking {
  readonly name: string;
  /** `compares what runs with what is known`. */
  readonly does: string;
  readonly every: Duration;
  /** Actions in its own account, that all only read, and why on every resource. */
  readonly reads: readonly string[];
  readonly because: string;
  /** Names of its role, where there are members, and of the role of each member that it takes on. */
  readonly role: string;
  readonly reader: string;
  /** Letter of its notes in the history. */
  readonly ledger: string;
  /** What it fails to do where the schedule cannot start it. */
  readonly begins: string;
}

/**
 * A function on a schedule that looks at its own account and, over their reader role, at all members that have been heard. It sends
 * what it has seen to the queue.
 */
export function lookingFunction(
  scope: Construct,
  { name, does, every, reads, because, role: roleName, reader, ledger, begins }: Looking,
  { settings, stores, queue, members, alarmAction }: LookingProps,
): void {
  const { account, partition } = Stack.of(scope);
  const readers = `arn:${partition}:iam::*:role/${reader}`;
  const { fn, role } = bundledFunction(scope, name, settings, {
    description: `Launchtrail: ${does}`,
    timeout: Duration.minutes(15),
    environment: {
      HISTORY_TABLE: stores.history.tableName,
      QUEUE_URL: queue.queueUrl,
      ACCOUNT: account,
      ...(members && { READER: readers }),
    },
  });
  stores.grantLedger(fn, ledger);
  queue.grant(fn, 'sqs:SendMessage');
  role.addToPolicy(new PolicyStatement({ actions: [...reads], resources: ['*'] }));
  Validations.of(role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason: because });
  if (members) {
    (role.node.defaultChild as CfnRole).roleName = roleName;
    role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [readers] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${reader}]`,
      reason:
        'Members are not known when the stack is made; the role lets in this organisation alone and only reads.',
    });
  }
  const deadLetterQueue = deadLetters(scope, 'Failed', { what: begins, action: alarmAction });
  new Rule(scope, 'Schedule', {
    description: `Launchtrail: ${does}`,
    schedule: Schedule.rate(every),
    // one that fails comes again with the next
    targets: [new LambdaFunction(fn, { deadLetterQueue, retryAttempts: 0 })],
  });
  functionAlarms(scope, fn, name, alarmAction);
}
