import { Duration, Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';

/** Terminated instances are seen for less than an hour; twice in that time is often enough to meet them. */
const EVERY = Duration.minutes(30);

/** What it may see of a Region, and change nothing. The role of the member stacks has the same rights. */
export const READS = [
  'cloudtrail:LookupEvents',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceAttribute',
  'ec2:DescribeInstances',
  'ec2:DescribeRegions',
  'ec2:DescribeVolumes',
];

/** Name of the role in each member account that it reads with. */
export const READER_ROLE = 'launchtrail-reader';

/** Name of the role that takes it on, where there are members: they let in no other of the central account. */
export const RECONCILE_ROLE = 'launchtrail-reconcile';

/** Compares what runs with what is known, in its own account and, over their reader role, in all members that have been heard. */
export class ReconcileFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      settings: FunctionSettings;
      stores: Stores;
      queue: Queue;
      /** Members exist, whose reader role it may take on. */
      members: boolean;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const { stores, queue, members, alarmAction } = props;
    const { account, partition } = Stack.of(this);
    const readers = `arn:${partition}:iam::*:role/${READER_ROLE}`;
    const { fn, role } = bundledFunction(this, 'reconcile', props.settings, {
      description: 'Launchtrail: compares what runs with what is known',
      timeout: Duration.minutes(15),
      environment: {
        HISTORY_TABLE: stores.history.tableName,
        QUEUE_URL: queue.queueUrl,
        ACCOUNT: account,
        ...(members && { READER: readers }),
      },
    });
    stores.grantLedger(fn, 'B');
    queue.grant(fn, 'sqs:SendMessage');
    role.addToPolicy(new PolicyStatement({ actions: READS, resources: ['*'] }));
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'None of these calls can be limited to a resource; all of them only read.',
    });
    if (members) {
      (role.node.defaultChild as CfnRole).roleName = RECONCILE_ROLE;
      role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [readers] }));
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${READER_ROLE}]`,
        reason:
          'Members are not known when the stack is made; the role lets in this organisation alone and only reads.',
      });
    }
    const deadLetterQueue = deadLetters(this, 'Failed', { what: 'begin an inventory', action: alarmAction });
    new Rule(this, 'Schedule', {
      description: 'Launchtrail: compare what runs with what is known',
      schedule: Schedule.rate(EVERY),
      // one that fails comes again with the next
      targets: [new LambdaFunction(fn, { deadLetterQueue, retryAttempts: 0 })],
    });
    functionAlarms(this, fn, 'reconcile', alarmAction);
  }
}
