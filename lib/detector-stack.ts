import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { WatchedSource } from '../core/records/cloudtrail/events.ts';
import type { Config } from './config.ts';
import { eventPatterns, ofSources } from './constructs/event-patterns.ts';
import { Ingest } from './constructs/ingest.ts';
import { pipeline } from './constructs/pipeline.ts';
import { setDocs } from './docs-home.ts';

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
    setDocs(this, config.docs);
    pipeline(
      this,
      config,
      (alarmAction) =>
        new Ingest(this, 'Ingest', {
          patterns: eventPatterns(watched),
          archived: ofSources(watched),
          silenceHours: config.silenceHours,
          alarmAction,
        }),
    );
  }
}
