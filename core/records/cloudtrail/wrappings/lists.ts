import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/**
 * Members of a document whose list holds records or wrapped records. Long documents are cut at these, so that one costs no
 * more memory than its longest member.
 *
 * `Records`: CloudTrail files, what Lambda gets of SQS, SNS, Kinesis and S3, `kinesis get-records`. `Events`: lookup-events.
 * `Messages`: `sqs receive-message`. `events`: `logs filter-log-events`. `logEvents`: CloudWatch Logs subscriptions.
 * `records`: what Lambda gets of Firehose. `results`: Splunk, CloudWatch Logs Insights. `data`: Datadog.
 * `QueryResultRows`: CloudTrail Lake. `value`: Azure's REST API, whose Event Hub says `records`. `entries`: Cloud Logging. The rest holds
 * other things, which are counted one by one: Config, GuardDuty.
 */
export const LISTS: ReadonlySet<string> = new Set([
  'Records',
  'Events',
  'Messages',
  'events',
  'logEvents',
  'records',
  'results',
  'data',
  'QueryResultRows',
  'configurationItems',
  'Findings',
  'value',
  'entries',
]);

export const lists: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  for (const name in value) if (LISTS.has(name) && Array.isArray(value[name])) return inside(value, name);
  return undefined;
};
