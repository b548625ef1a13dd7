import type { Activity } from '../core/activity/activity.ts';
import { isRegion, partitionOf } from './aws-ids.ts';

/** Hosts of the console by partition. Source: AWS, "Sign in to the AWS Management Console", by partition. */
const HOSTS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Page of the console that shows a record; undefined where its ids are none of AWS's, or its partition has no such page. */
export function eventLink({ id, region }: Pick<Activity, 'id' | 'region'>): string | undefined {
  const host = isRegion(region) ? HOSTS[partitionOf(region)] : undefined;
  if (host === undefined || !EVENT_ID.test(id)) return undefined;
  return `https://${region}.${host}/cloudtrailv2/home?region=${region}#/events/${id}`;
}
