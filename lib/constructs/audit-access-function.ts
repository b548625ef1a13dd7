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

/** An account is audited once a week; every day it is seen which are due and which are to be gone on with. */
const EVERY = Duration.days(1);

/** What it may see of an account, and change nothing. The role of the member stacks has the same rights. */
export const ACCESS_READS = [
  'cloudtrail:LookupEvents',
  'iam:GenerateServiceLastAccessedDetails',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetServiceLastAccessedDetails',
];

/** Name of the role in each member account that it reads with. */
export const ACCESS_READER_ROLE = 'launchtrail-access-reader';

/** Name of the role that takes it on, where there are members: they let in no other of the central account. */
export const AUDIT_ACCESS_ROLE = 'launchtrail-audit-access';

/** Says who can launch, in its own account and, over their reader role, in all members that have been heard. */
export class AuditAccessFunction extends Construct {
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
    const readers = `arn:${partition}:iam::*:role/${ACCESS_READER_ROLE}`;
    const { fn, role } = bundledFunction(this, 'audit-access', props.settings, {
      description: 'Launchtrail: says who can launch',
      timeout: Duration.minutes(15),
      environment: {
        HISTORY_TABLE: stores.history.tableName,
        QUEUE_URL: queue.queueUrl,
        ACCOUNT: account,
        ...(members && { READER: readers }),
      },
    });
    stores.grantLedger(fn, 'W');
    queue.grant(fn, 'sqs:SendMessage');
    role.addToPolicy(new PolicyStatement({ actions: ACCESS_READS, resources: ['*'] }));
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'It looks at every principal of the account; all of these calls only read.',
    });
    if (members) {
      (role.node.defaultChild as CfnRole).roleName = AUDIT_ACCESS_ROLE;
      role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [readers] }));
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/${ACCESS_READER_ROLE}]`,
        reason:
          'Members are not known when the stack is made; the role lets in this organisation alone and only reads.',
      });
    }
    const deadLetterQueue = deadLetters(this, 'Failed', { what: 'begin an audit', action: alarmAction });
    new Rule(this, 'Schedule', {
      description: 'Launchtrail: audit who can launch, where that is due',
      schedule: Schedule.rate(EVERY),
      // one that fails comes again with the next
      targets: [new LambdaFunction(fn, { deadLetterQueue, retryAttempts: 0 })],
    });
    functionAlarms(this, fn, 'audit-access', alarmAction);
  }
}
