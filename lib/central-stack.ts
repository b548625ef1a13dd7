import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { fromCloudTrail } from './constructs/event-patterns.ts';
import { Ingest } from './constructs/ingest.ts';
import { pipeline } from './constructs/pipeline.ts';
import { setDocs } from './docs-home.ts';
import { MEMBER_NAMES } from './member-stack.ts';

/** Has a name of its own, since the members send to it by its ARN, which must outlive a replacement. */
const BUS_NAME = 'launchtrail';

/**
 * Launchtrail for an organisation: members' rules → central bus → queue → detect → findings → topics.
 *
 * One account and Region have this stack. Every account, this one and the management account included, has the member
 * stack in each of its Regions.
 */
export class CentralStack extends Stack {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: StackProps & { config: Config; organisation: string }) {
    super(scope, id, {
      description: 'Launchtrail: finds MITRE ATT&CK T1578.002 Create Cloud Instance in an organisation.',
      ...props,
    });
    setDocs(this, props.config.docs);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: BUS_NAME,
      description: 'Launchtrail: CloudTrail records from the accounts and Regions of the organisation',
    });
    this.#letInMembers(props.organisation);
    pipeline(
      this,
      props.config,
      (alarmAction) =>
        new Ingest(this, 'Ingest', {
          // CDK's own EventBus does not satisfy its IEventBus under exactOptionalPropertyTypes.
          bus: this.bus as IEventBus,
          // The members choose; what is checked here is that AWS said it. So members may be newer or older than this.
          patterns: new Map([['Records', fromCloudTrail]]),
          archived: fromCloudTrail,
          silenceHours: props.config.silenceHours,
          alarmAction,
        }),
    );
    new CfnOutput(this, 'CentralBus', {
      value: this.bus.eventBusArn,
      description: 'The parameter CentralBus of the member stacks',
    });
  }

  /**
   * Only accounts of the organisation, only by the role of the member stack, and only through its rules where EventBridge
   * says which rule it was. The role can be assumed by EventBridge alone, for such rules alone.
   */
  #letInMembers(organisation: string): void {
    this.bus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Members',
        principals: [new AnyPrincipal()],
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
        conditions: {
          StringEquals: { 'aws:PrincipalOrgID': organisation },
          ArnLike: { 'aws:PrincipalArn': `arn:${this.partition}:iam::*:role/${MEMBER_NAMES.role}*` },
          ArnLikeIfExists: {
            'aws:SourceArn': `arn:${this.partition}:events:*:*:rule/${MEMBER_NAMES.rule}*`,
          },
        },
      }),
    );
  }
}
