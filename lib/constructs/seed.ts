import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  ItemBatcher,
  JsonPath,
  LogLevel,
  ProcessorMode,
  ProcessorType,
  S3ObjectsItemReader,
  StateMachine,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type CfnElement, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';

/** Objects of a trail that one call reads: some ten seconds of work, and few enough calls for a year of an organisation. */
const OBJECTS = 100;
/** Calls that read at the same time, and calls that judge: these write to the tables that live records are judged in. */
const READERS = 100;
const JUDGES = 8;
/** What is kept of a run, days. */
const KEPT_DAYS = 30;

/**
 * Reads a whole trail in S3 at once: a distributed map of Step Functions over its objects, then another one that judges what was
 * watched, where the run is a seed. Deployed on request (`-c seedFrom=BUCKET`).
 *
 * Input: `{run, prefix, judge, wanted: {from, until, accounts?}}`.
 */
export class Seed extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { settings: FunctionSettings; stores: Stores; seedFrom: string },
  ) {
    super(scope, id);
    const { stores, seedFrom } = props;
    const trail = Bucket.fromBucketName(this, 'Trail', seedFrom);
    const results = new Bucket(this, 'Results', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(KEPT_DAYS) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(results).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'It holds what can be read from the trail again, for a month; who reads it stands in CloudTrail.',
    });
    const { fn, role } = bundledFunction(this, 'seed', props.settings, {
      description: 'Launchtrail: reads a trail, and judges what was watched as history',
      timeout: Duration.minutes(15),
      eventStreams: true,
      environment: {
        HISTORY_TABLE: stores.history.tableName,
        FINDINGS_TABLE: stores.findings.tableName,
        SETTINGS_TABLE: stores.settings.tableName,
        RESULTS: results.bucketName,
      },
    });
    for (const table of [stores.history, stores.findings])
      table.grant(
        fn,
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
      );
    stores.grantSettings(fn);
    role.addToPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [trail.arnForObjects('*')] }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [results.arnForObjects('*')],
      }),
    );
    const reason = 'Which objects a trail holds is not known beforehand; both buckets are named.';
    for (const bucket of [trail, results])
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${written(bucket)}/*]`, reason });

    const call = (name: string, step: string, prefix?: string): LambdaInvoke =>
      new LambdaInvoke(this, name, {
        lambdaFunction: fn,
        payloadResponseOnly: true,
        ...(prefix === undefined && {
          payload: TaskInput.fromObject({
            Items: [],
            BatchInput: {
              step,
              trail: seedFrom,
              run: JsonPath.stringAt('$.run'),
              wanted: JsonPath.objectAt('$.wanted'),
            },
          }),
          resultPath: JsonPath.DISCARD,
        }),
      });
    const over = (
      name: string,
      step: string,
      bucket: IBucket,
      prefix: string,
      concurrency: number,
    ): DistributedMap =>
      new DistributedMap(this, name, {
        maxConcurrency: concurrency,
        itemReader: new S3ObjectsItemReader({ bucket, prefix }),
        itemBatcher: new ItemBatcher({
          maxItemsPerBatch: OBJECTS,
          batchInput: {
            step,
            trail: seedFrom,
            // CDK writes this as it stands, and does not put the marks of a path to the names
            'run.$': '$.run',
            'wanted.$': '$.wanted',
          },
        }),
        resultPath: JsonPath.DISCARD,
      }).itemProcessor(call(`${name} some`, step, prefix), {
        mode: ProcessorMode.DISTRIBUTED,
        executionType: ProcessorType.STANDARD,
      });
    const read = over('Read', 'read', trail, JsonPath.stringAt('$.prefix'), READERS);
    const judge = over(
      'Judge',
      'judge',
      // CDK's own Bucket does not satisfy its IBucket under exactOptionalPropertyTypes
      results as IBucket,
      JsonPath.format('{}/activities/', JsonPath.stringAt('$.run')),
      JUDGES,
    );
    for (const map of [read, judge])
      Validations.of(map).acknowledge({
        id: 'Annotation::@aws-cdk/aws-stepfunctions:propertyIgnored',
        reason: 'Without the type that is ignored CDK does not take the other.',
      });
    const isSeed = Condition.booleanEquals('$.judge', true);
    read.next(
      new Choice(this, 'Is it to be judged?').when(isSeed, judge).otherwise(new Succeed(this, 'Done')),
    );
    const machine = new StateMachine(this, 'Machine', {
      comment: 'Launchtrail: reads a trail in S3; a seed judges it into the tables, and nobody is told',
      definitionBody: DefinitionBody.fromChainable(
        new Choice(this, 'Is it a seed?').when(isSeed, call('Begin', 'begin').next(read)).otherwise(read),
      ),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'MachineLogs', { retention: props.settings.retentionDays }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    acknowledgeMachine(machine, fn);
    new CfnOutput(this, 'SeedMachine', {
      value: machine.stateMachineArn,
      description: 'Reads a whole trail',
    });
  }
}

/** A bucket as the checks of the synth write it. */
const written = (bucket: IBucket | Bucket): string =>
  bucket instanceof Bucket
    ? `<${Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement)}.Arn>`
    : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;

/** What Step Functions needs for a distributed map, which CDK grants it. */
function acknowledgeMachine(machine: StateMachine, fn: IFunction): void {
  const idOf = (construct: IConstruct): string =>
    Stack.of(machine).getLogicalId(construct.node.defaultChild as CfnElement);
  const runs = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"${idOf(machine)}"}]}]}`;
  const ids = ['*', `<${idOf(fn)}.Arn>:*`, `${runs}:*`, `${runs}/*:*`];
  for (const id of ids)
    Validations.of(machine).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${id}]`,
      reason:
        'Its own runs, versions of its own function, and what traces and the delivery of logs need, as CDK grants it.',
    });
}
