import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/**
 * What Launchtrail remembers: `history` (who does what) and `findings` (the verdicts that findings are made of, and what has
 * been told of them), whose stream is the outbox.
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

  /** Lets a function read the history and put notes of its own sort into it, which the beginning of their partitions says. */
  grantLedger(fn: IFunction, letter: string): void {
    this.history.grant(fn, 'dynamodb:BatchGetItem', 'dynamodb:Query');
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:PutItem'],
        resources: [this.history.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${letter}#*`] } },
      }),
    );
  }

  /** Lets a function read verdicts and put items of its own sort, which the beginning of their partitions says. */
  grantOnFindings(fn: IFunction, writes: Readonly<Record<string, string>>): void {
    this.findings.grant(fn, 'dynamodb:BatchGetItem', 'dynamodb:Query');
    for (const [letter, action] of Object.entries(writes)) {
      fn.addToRolePolicy(
        new PolicyStatement({
          actions: [action],
          resources: [this.findings.tableArn],
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${letter}#*`] } },
        }),
      );
    }
  }
}
