import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/**
 * What Launchtrail remembers: `history` (who does what) and `findings`, whose stream is the outbox.
 *
 * Both outlive the stack and resist deletion: without the history every actor is new again.
 */
export class Stores extends Construct {
  readonly history: Table;
  readonly findings: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const common = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.history = new Table(this, 'History', { ...common, timeToLiveAttribute: 'expires' });
    this.findings = new Table(this, 'Findings', { ...common, stream: StreamViewType.NEW_AND_OLD_IMAGES });
  }
}
