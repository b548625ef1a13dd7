import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceDlq } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deadLetters } from './alarms.ts';
import { letIn } from './rule-targets.ts';

/** As long as the archive of EventBridge keeps the records that the changes came of. */
const KEPT = Duration.days(30);

/**
 * Keeps changes of verdicts that a function failed at. To a queue Lambda sends only where in the stream they are, which
 * itself forgets them after a day; to a bucket it writes them whole. A queue hears of each object, so that the growth of
 * dead letters is told here as anywhere. `what` completes "Launchtrail could not … ".
 */
export function failedChanges(
  scope: Construct,
  role: IRole,
  props: { what: string; action: IAlarmAction },
): IEventSourceDlq {
  const queue = deadLetters(scope, 'Failed', props);
  const bucket = new Bucket(scope, 'FailedChanges', {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    lifecycleRules: [{ expiration: KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    // it may hold the only copy of what was never told
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // By EventBridge: a notification to the queue itself begins with a test message, which would be the first dead letter.
  // The library's own way to turn this on is a function that may change the notifications of every bucket.
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  const rule = new Rule(scope, 'FailedChangesRule', {
    description: 'Launchtrail: tells its dead-letter queue of changes that were kept aside',
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] } },
    },
    targets: [{ bind: () => ({ arn: queue.queueArn, targetResource: queue }) }],
  });
  letIn(queue, [rule]);
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason: 'What it brings is itself a note for the dead-letter queue; the object stays in the bucket.',
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Nothing but Lambda writes to it, and each object is told to a queue.',
  });
  // What Lambda asks for, where the library's own destination would let the function read and delete as well:
  // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
  role.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
  );
  role.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] }),
  );
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/*]`,
    reason: 'Lambda chooses the names of the objects in the bucket that this role may put them in.',
  });
  return { bind: () => ({ destination: bucket.bucketArn }) };
}
