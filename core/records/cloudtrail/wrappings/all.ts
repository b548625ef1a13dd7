import { athenaAndLake, rows } from './athena.ts';
import { cloudWatchLogs } from './cloudwatch-logs.ts';
import { datadog } from './datadog.ts';
import { elastic } from './elastic.ts';
import { eventBridge } from './event-bridge.ts';
import { firehose } from './firehose.ts';
import { kinesis } from './kinesis.ts';
import { lists } from './lists.ts';
import { lookupEvents } from './lookup-events.ts';
import { ocsf } from './ocsf.ts';
import { pubsub } from './pubsub.ts';
import { sentinel } from './sentinel.ts';
import { snsAndSqs } from './sns-sqs.ts';
import { splunk } from './splunk.ts';
import { tables } from './tables.ts';
import { trailPapers } from './trail-papers.ts';
import { wazuh } from './wazuh.ts';
import type { Wrapping } from './wrapping.ts';

/** Every wrapping that is understood; the first that recognises a value takes it, so the vague ones stand last. */
export const WRAPPINGS: readonly Wrapping[] = [
  lists,
  cloudWatchLogs,
  kinesis,
  pubsub,
  firehose,
  trailPapers,
  lookupEvents,
  ocsf,
  wazuh,
  elastic,
  sentinel,
  datadog,
  splunk,
  athenaAndLake,
  tables,
  eventBridge,
  snsAndSqs,
  rows,
];
