import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Chain,
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  ItemBatcher,
  JsonPath,
  LogLevel,
  Pass,
  ProcessorMode,
  ProcessorType,
  S3ObjectsItemReader,
  StateMachine,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type CfnElement, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import { COUNTRY_DATABASE } from './detect-function.ts';
import type { Stores } from './stores.ts';

/** Objects of a trail that one call reads: some ten seconds of work, and few enough calls for a year of an organisation. */
const OBJECTS = 100;
/** Calls that read at the same time, and calls that judge: these write to the tables that live records are judged in. */
const READERS = 100;
const JUDGES = 8;
/** What is kept of a run, days. */
const KEPT_DAYS = 30;
/**
 * With what the names of a replay's own tables begin; the run and what they hold follow. It has no `launchtrail` in it: a table that
 * is called so and is deleted is a finding (`core/records/cloudtrail/coverage.ts`).
 */
const OF_REPLAYS = 'lt-replay-';
const OWN_TABLES = `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${OF_REPLAYS}*`;
/** A new table is ready in some ten seconds; whoever writes sooner is tried again. */
const UNTIL_READY = Duration.seconds(30);
/** One whole processor, as reading is work for one; and what is told of a replay is held in memory. */
const MEMORY_MB = 1769;

/**
 * Reads a whole trail in S3 at once: a distributed map of Step Functions over its objects, then another one that judges what was
 * watched. A seed is judged into the tables of the stack, a replay into tables of its own, which are made for it and deleted once
 * it has been told. Deployed on request (`-c seedFrom=BUCKET`).
 *
 * Input: `{task: 'seed' | 'replay', run, prefix, wanted: {from, until, accounts?}}`.
 */
export class Seed extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { settings: FunctionSettings; stores: Stores; seedFrom: string; countryDatabase: boolean },
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
      memorySize: MEMORY_MB,
      eventStreams: true,
      environment: {
        SETTINGS_TABLE: stores.settings.tableName,
        HISTORY: stores.history.tableName,
        FINDINGS: stores.findings.tableName,
        OF_REPLAYS,
        RESULTS: results.bucketName,
        ...(props.countryDatabase && { COUNTRIES: `./${COUNTRY_DATABASE.file}` }),
      },
      files: props.countryDatabase ? [COUNTRY_DATABASE.path()] : [],
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
    const ownTables = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: `${OF_REPLAYS}*`,
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'dynamodb:BatchGetItem',
          'dynamodb:BatchWriteItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:Scan',
        ],
        resources: [ownTables],
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${OWN_TABLES}]`,
      reason: 'Each replay has tables of its own, which the state machine makes under names that begin so.',
    });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [results.bucketArn] }));
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

    const call = (name: string, step: string, prefix?: string): LambdaInvoke => {
      const task = new LambdaInvoke(this, name, {
        lambdaFunction: fn,
        payloadResponseOnly: true,
        ...(prefix === undefined && {
          payload: TaskInput.fromObject({
            Items: [],
            BatchInput: {
              step,
              trail: seedFrom,
              task: JsonPath.stringAt('$.task'),
              run: JsonPath.stringAt('$.run'),
              wanted: JsonPath.objectAt('$.wanted'),
            },
          }),
          resultPath: JsonPath.DISCARD,
        }),
      });
      // whatever it failed at, doing it again changes nothing
      task.addRetry({ errors: ['States.ALL'], interval: Duration.seconds(10), maxAttempts: 3 });
      return task;
    };
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
            'task.$': '$.task',
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
    const isReplay = Condition.stringEquals('$.task', 'replay');
    read
      .next(judge)
      .next(
        new Choice(this, 'Is it a replay to be told?')
          .when(isReplay, call('Tell', 'tell').next(this.#withTables('deleteTable', 'Drop', {})))
          .otherwise(new Succeed(this, 'Done')),
      );
    const withTables = this.#withTables('createTable', 'Make', {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    })
      .next(new Wait(this, 'Until they are ready', { time: WaitTime.duration(UNTIL_READY) }))
      .next(read);
    const machine = new StateMachine(this, 'Machine', {
      comment: 'Launchtrail: reads a trail in S3; a seed judges it into the tables, and nobody is told',
      definitionBody: DefinitionBody.fromChainable(
        new Choice(this, 'Is it a replay?')
          .when(isReplay, withTables)
          .otherwise(call('Begin', 'begin').next(read)),
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
    new CfnOutput(this, 'SeedResultsBucket', {
      value: results.bucketName,
      description: 'What replays of the trail have found',
    });
  }

  /** Makes or deletes the two tables of a replay, one after the other; whoever does so again finds it done. */
  #withTables(action: 'createTable' | 'deleteTable', verb: string, more: object): Chain {
    const [history, findings] = ['history', 'findings'].map((name) =>
      new CallAwsService(this, `${verb} ${name}`, {
        service: 'dynamodb',
        action,
        iamAction: `dynamodb:${action === 'createTable' ? 'CreateTable' : 'DeleteTable'}`,
        iamResources: [
          Stack.of(this).formatArn({
            service: 'dynamodb',
            resource: 'table',
            resourceName: `${OF_REPLAYS}*`,
          }),
        ],
        parameters: {
          TableName: JsonPath.format(`${OF_REPLAYS}{}-${name}`, JsonPath.stringAt('$.run')),
          ...more,
        },
        resultPath: JsonPath.DISCARD,
      }).addRetry({ errors: ['DynamoDb.LimitExceededException', 'DynamoDb.InternalServerErrorException'] }),
    ) as [CallAwsService, CallAwsService];
    const done =
      action === 'createTable' ? 'DynamoDb.ResourceInUseException' : 'DynamoDb.ResourceNotFoundException';
    const end = new Pass(this, `${verb} done`);
    history.addCatch(findings, { errors: [done], resultPath: JsonPath.DISCARD });
    findings.addCatch(end, { errors: [done], resultPath: JsonPath.DISCARD });
    return Chain.start(history).next(findings).next(end);
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
  const ids = ['*', OWN_TABLES, `<${idOf(fn)}.Arn>:*`, `${runs}:*`, `${runs}/*:*`];
  for (const id of ids)
    Validations.of(machine).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${id}]`,
      reason:
        'Its own runs, versions of its own function, and what traces and the delivery of logs need, as CDK grants it.',
    });
}
