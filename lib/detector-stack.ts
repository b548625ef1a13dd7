import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { WatchedSource } from '../core/records/cloudtrail/events.ts';
import type { Config } from './config.ts';
import { DetectFunction } from './constructs/detect-function.ts';
import { Ingest } from './constructs/ingest.ts';
import { NotifyFunction } from './constructs/notify-function.ts';
import { RespondFunction } from './constructs/respond-function.ts';
import { Stores } from './constructs/stores.ts';
import { Topics } from './constructs/topics.ts';

/**
 * Launchtrail for one account and one Region: rules on the default bus → queue → detect → findings → topics.
 *
 * Needs a trail that logs management events. Identity events (CreateUser, CreateAccessKey, …) exist in us-east-1 only:
 * a stack elsewhere sees launches but not the birth of those who launch.
 */
export class DetectorStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { config: Config; watched: readonly WatchedSource[] },
  ) {
    super(scope, id, {
      description:
        'Launchtrail: finds MITRE ATT&CK T1578.002 Create Cloud Instance. Identity events come only in us-east-1.',
      ...props,
    });
    const { config, watched } = props;
    const settings = { policy: config.policy, retentionDays: config.retentionDays };
    const topics = new Topics(this, 'Topics', config);
    const { alarmAction } = topics;
    const stores = new Stores(this, 'Stores');
    const { queue } = new Ingest(this, 'Ingest', { watched, alarmAction });
    const respond =
      config.response === 'off'
        ? undefined
        : new RespondFunction(this, 'Respond', { settings, stores, mode: config.response, alarmAction });
    new NotifyFunction(this, 'Notify', { settings, stores, topics });
    new DetectFunction(this, 'Detect', {
      settings,
      queue,
      stores,
      ownRoles: respond === undefined ? [] : [respond.role],
      countryDatabase: config.countryDatabase,
      alarmAction,
    });

    new CfnOutput(this, 'FindingsTopic', {
      value: topics.findings.topicArn,
      description: 'OCSF findings for machines',
    });
    new CfnOutput(this, 'AlertsTopic', {
      value: topics.alerts.topicArn,
      description: 'Plain alerts for people',
    });
  }
}
