import { RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { tableAlarm } from './alarms.ts';

/** Tables that an earlier stack left behind. */
export interface KeptTables {
  /** Name of the history. */
  readonly history: string;
  /** ARN of the stream of the findings, which holds the name of the table. */
  readonly findingsStream: string;
  /** ARN of the stream of the settings; a table is made where the earlier stack had none. */
  readonly settingsStream?: string;
}

/**
 * What Launchtrail remembers: `history` (who does what), `findings` (the verdicts that findings are made of, and what has
 * been told of them), whose stream is the outbox, and `settings` (the policy's versions and which is in force).
 *
 * All outlive the stack and resist deletion: without the history every actor is new again. Another stack can go on with them.
 */
export class Stores extends Construct {
  readonly history: ITable;
  readonly findings: ITable;
  readonly settings: ITable;

  constructor(scope: Construct, id: string, props: { tables?: KeptTables; alarmAction: IAlarmAction }) {
    super(scope, id);
    const { history, findings } = props.tables ? kept(this, props.tables) : made(this);
    this.history = history;
    this.findings = findings;
    const { settingsStream } = props.tables ?? {};
    this.settings = settingsStream ? withStream(this, 'Settings', settingsStream) : settingsTable(this);
    tableAlarm(this, this.history, 'History', props.alarmAction);
    tableAlarm(this, this.findings, 'Findings', props.alarmAction);
    tableAlarm(this, this.settings, 'Settings', props.alarmAction);
  }

  /** Lets a function read the policy that is in force, one item at a time. */
  grantSettings(fn: IFunction): void {
    this.settings.grant(fn, 'dynamodb:GetItem');
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

  /** Lets a function read what is in the table of the findings, and put notes of its own sort. */
  grantNotes(fn: IFunction, letter: string): void {
    this.findings.grant(fn, 'dynamodb:Query');
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:PutItem'],
        resources: [this.findings.tableArn],
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

const TABLE = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};
const STREAM = { stream: StreamViewType.NEW_AND_OLD_IMAGES };

const settingsTable = (scope: Construct): ITable =>
  new Table(scope, 'Settings', { ...TABLE, ...STREAM }) as ITable;

function made(scope: Construct): { history: ITable; findings: ITable } {
  const common = { ...TABLE, timeToLiveAttribute: 'expires' };
  return {
    // CDK's own Table does not satisfy its ITable under exactOptionalPropertyTypes.
    history: new Table(scope, 'History', common) as ITable,
    findings: new Table(scope, 'Findings', { ...common, ...STREAM }) as ITable,
  };
}

function kept(
  scope: Construct,
  { history, findingsStream }: KeptTables,
): { history: ITable; findings: ITable } {
  return {
    history: Table.fromTableName(scope, 'History', history),
    findings: withStream(scope, 'Findings', findingsStream),
  };
}

function withStream(scope: Construct, id: string, tableStreamArn: string): ITable {
  const [tableArn = ''] = tableStreamArn.split('/stream/', 1);
  return Table.fromTableAttributes(scope, id, { tableArn, tableStreamArn });
}
