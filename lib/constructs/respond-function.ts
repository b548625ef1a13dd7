import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRole, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';
import { followFindings } from './stream-consumer.ts';

/** The only tag keys that `respond` may set. */
const TAG_KEYS = ['launchtrail:finding', 'launchtrail:severity', 'launchtrail:detected-at'];

/** Tags the instances of a finding, or says what it would have tagged. The only function with a right on EC2. */
export class RespondFunction extends Construct {
  readonly role: IRole;

  constructor(
    scope: Construct,
    id: string,
    props: {
      settings: FunctionSettings;
      stores: Stores;
      mode: 'dry-run' | 'tag';
      lanes: number;
      gradual: boolean;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const { fn, role } = bundledFunction(this, 'respond', props.settings, {
      description: `Launchtrail: tags the instances of findings (${props.mode})`,
      timeout: Duration.minutes(5),
      environment: {
        FINDINGS_TABLE: props.stores.findings.tableName,
        SETTINGS_TABLE: props.stores.settings.tableName,
        RESPONSE_MODE: props.mode,
        ACCOUNT: Stack.of(this).account,
      },
    });
    props.stores.grantSettings(fn);
    props.stores.grantOnFindings(fn, { [props.mode === 'tag' ? 'I' : 'D']: 'dynamodb:PutItem' });
    this.role = role;
    if (props.mode === 'tag') allowTags(role);
    followFindings(this, fn, role, {
      name: 'respond',
      findings: props.stores.findings,
      what: 'tag the instances of a finding',
      // One finding may wait half a minute for its instances to become known; five of them fit into the timeout.
      lanes: props.lanes,
      gradual: props.gradual,
      batchSize: 5,
      alarmAction: props.alarmAction,
    });
  }
}

function allowTags(role: Role): void {
  const stack = Stack.of(role);
  const instances = `arn:${stack.partition}:ec2:*:${stack.account}:instance/*`;
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: [instances],
      conditions: {
        // ForAllValues alone is also true of a request without any tag key.
        'ForAllValues:StringEquals': { 'aws:TagKeys': TAG_KEYS },
        Null: { 'aws:TagKeys': 'false' },
      },
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:*:<AWS::AccountId>:instance/*]',
    reason:
      'Which instance will be suspicious is not known beforehand; the condition limits what can be written to it.',
  });
}
