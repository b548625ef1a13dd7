import {
  BootstraplessSynthesizer,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  Fn,
  type IStackSynthesizer,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { type CfnRule, type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import {
  AccountPrincipal,
  type CfnRole,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { WatchedSource } from '../core/records/cloudtrail/events.ts';
import { deadLetterQueue } from './constructs/alarms.ts';
import { ACCESS_READER_ROLE, ACCESS_READS, AUDIT_ACCESS_ROLE } from './constructs/audit-access-function.ts';
import { eventPatterns, isGlobal } from './constructs/event-patterns.ts';
import { HEARTBEAT } from './constructs/heartbeat-function.ts';
import { READER_ROLE, READS, RECONCILE_ROLE } from './constructs/reconcile-function.ts';
import { busTarget, letInNamed } from './constructs/rule-targets.ts';

/** How names begin by which the central bus knows the member stacks. */
export const MEMBER_NAMES = { rule: 'launchtrail-', role: 'launchtrail-forward-' } as const;

/** Names by which `launchtrail redrive --member` knows what could not be sent, and the role that may take it (`cli/redrive/members.ts`). */
const REDRIVE_NAMES = { queue: 'launchtrail-undelivered', role: 'launchtrail-redrive' } as const;

/** Where the records of IAM and of the account itself are written, in each partition. */
const HOME_REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1'];

/**
 * What every account has in each of its Regions: rules on the default bus → central bus, a role for that, a queue for what
 * could not be sent.
 *
 * One template for all of them, without assets and without CDK's bootstrap, so that a StackSet can take it, or a person by
 * hand, as for the management account, which service-managed StackSets leave out.
 */
export class MemberStack extends Stack {
  /** Lets EventBridge put events on the central bus. */
  readonly forwarder: Role;
  readonly centralBus: string;
  readonly undelivered: Queue;
  /** True in the one Region of the partition where records of IAM are written. */
  readonly isHome: CfnCondition;

  constructor(scope: Construct, id: string, props: StackProps & { watched: readonly WatchedSource[] }) {
    super(scope, id, {
      description: 'Launchtrail: sends the CloudTrail records of this account and Region to the central bus.',
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
      analyticsReporting: false,
      ...props,
    });
    this.centralBus = new CfnParameter(this, 'CentralBus', {
      description: 'ARN of the central bus: output CentralBus of the stack Launchtrail',
      allowedPattern: 'arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._-]+',
      constraintDescription: 'must be the ARN of an event bus',
    }).valueAsString;
    this.isHome = new CfnCondition(this, 'IsHome', {
      expression: Fn.conditionOr(...HOME_REGIONS.map((region) => Fn.conditionEquals(this.region, region))),
    });
    this.undelivered = deadLetterQueue(this, 'UndeliveredQueue', REDRIVE_NAMES.queue);
    letInNamed(this.undelivered, this.#ruleArns());
    this.forwarder = this.#forwarder();
    const [global, regional] = [true, false].map((each) =>
      eventPatterns(props.watched.filter((source) => isGlobal(source) === each)),
    );
    for (const [name, pattern] of regional ?? []) this.#forward(name, pattern);
    for (const [name, pattern] of global ?? []) {
      const rule = this.#forward(name, pattern).node.defaultChild as CfnRule;
      rule.cfnOptions.condition = this.isHome;
    }
    this.#beat();
    this.#reader('Reader', {
      roleName: READER_ROLE,
      description: 'Launchtrail: lets its inventory see what runs in this account',
      by: RECONCILE_ROLE,
      actions: READS,
      reason: 'None of these calls can be limited to a resource; all of them only read.',
    });
    this.#reader('AccessReader', {
      roleName: ACCESS_READER_ROLE,
      description: 'Launchtrail: lets its audit see who may do what in this account',
      by: AUDIT_ACCESS_ROLE,
      actions: ACCESS_READS,
      reason: 'The audit looks at every principal of the account; all of these calls only read.',
    });
    this.#redriver();
    new CfnOutput(this, 'Undelivered', {
      value: this.undelivered.queueUrl,
      description: 'What could not be sent to the central bus within a day; empty when all is well',
    });
  }

  #forward(name: string, eventPattern: EventPattern): Rule {
    return new Rule(this, name, {
      ruleName: `${MEMBER_NAMES.rule}${name}`,
      description: 'Launchtrail: CloudTrail records of launches, snapshots and what happens to both',
      eventPattern,
      targets: [busTarget(this.centralBus, this.forwarder, this.undelivered)],
    });
  }

  /** Says over the same path as the records that this Region is still talking. */
  #beat(): void {
    new Rule(this, 'Heartbeat', {
      ruleName: `${MEMBER_NAMES.rule}heartbeat`,
      description: 'Launchtrail: says that this Region is still talking',
      schedule: Schedule.rate(HEARTBEAT),
      targets: [busTarget(this.centralBus, this.forwarder, this.undelivered)],
    });
  }

  /** Lets one role of the central account, and nobody else, look at this account; once for all Regions of it. */
  #reader(
    id: string,
    {
      roleName,
      description,
      by,
      actions,
      reason,
    }: {
      readonly roleName: string;
      readonly description: string;
      readonly by: string;
      readonly actions: string[];
      readonly reason: string;
    },
  ): void {
    const central = Fn.select(4, Fn.split(':', this.centralBus));
    const role = new Role(this, id, {
      roleName,
      description,
      assumedBy: new AccountPrincipal(central).withConditions({
        ArnEquals: { 'aws:PrincipalArn': `arn:${this.partition}:iam::${central}:role/${by}` },
      }),
      inlinePolicies: {
        Look: new PolicyDocument({ statements: [new PolicyStatement({ actions, resources: ['*'] })] }),
      },
    });
    (role.node.defaultChild as CfnRole).cfnOptions.condition = this.isHome;
    Validations.of(role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason });
  }

  /**
   * Lets people of the central account, whom that account allows it, take out what could not be sent, in whatever Region of this
   * account; once for all of them. They can read, hide and delete these messages, and send nothing.
   */
  #redriver(): void {
    const central = Fn.select(4, Fn.split(':', this.centralBus));
    const role = new Role(this, 'Redriver', {
      roleName: REDRIVE_NAMES.role,
      description: 'Launchtrail: lets the central account take out what could not be sent to its bus',
      assumedBy: new AccountPrincipal(central),
      inlinePolicies: {
        Take: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
              resources: [`arn:${this.partition}:sqs:*:${this.account}:${REDRIVE_NAMES.queue}`],
            }),
          ],
        }),
      },
    });
    (role.node.defaultChild as CfnRole).cfnOptions.condition = this.isHome;
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sqs:*:<AWS::AccountId>:${REDRIVE_NAMES.queue}]`,
      reason: 'One queue by its name, in each Region of the account.',
    });
  }

  /** Roles belong to no Region, so each Region's has the Region in its name. */
  #forwarder(): Role {
    const role = new Role(this, 'Forwarder', {
      roleName: `${MEMBER_NAMES.role}${this.region}`,
      description: 'Launchtrail: lets its rules put events on the central bus',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnLike: { 'aws:SourceArn': this.#ruleArns() },
        },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.centralBus] }));
    return role;
  }

  #ruleArns(): string {
    return `arn:${this.partition}:events:${this.region}:${this.account}:rule/${MEMBER_NAMES.rule}*`;
  }
}
