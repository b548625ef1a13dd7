import { isObj, type Obj } from '../read.ts';
import type { Wrapping } from './wrapping.ts';

/** What people call texts that a trail or a subscription sends before the first record. */
const TEXTS: readonly (readonly [aside: string, text: RegExp])[] = [
  ['trail validation messages', /^CloudTrail validation message\.?$/],
  ['control messages of CloudWatch Logs', /^CWL CONTROL MESSAGE\b/],
];

/** The name of a text that belongs to a trail and is no record. */
export const asideText = (text: string): string | undefined =>
  TEXTS.find(([, pattern]) => pattern.test(text.trim()))?.[0];

/** What lies beside the records of a trail: digests, Insights, and notices that name the files and hold none. */
export const trailPapers: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (Array.isArray(value.logFiles) && typeof value.digestStartTime === 'string')
    return { aside: 'digest files' };
  if (value.eventType === 'AwsCloudTrailInsight' || isObj(value.insightDetails))
    return { aside: 'Insights events' };
  if (value.Service === 'Amazon S3' && value.Event === 's3:TestEvent') return { aside: 'S3 test messages' };
  if (typeof value.attack === 'string' && Array.isArray(value.families) && Array.isArray(value.principals)) {
    return { aside: 'labels of launchtrail simulate' };
  }
  const objects = objectsOf(value);
  return objects.length === 0 ? undefined : { aside: 'notices of files', objects };
};

/** Objects named by CloudTrail's own notice, by S3's, and by S3's on EventBridge. */
function objectsOf(value: Obj): string[] {
  const { s3Bucket: bucket, s3ObjectKey: keys, s3 } = value;
  if (typeof bucket === 'string') return asList(keys).map((key) => `s3://${bucket}/${key}`);
  if (isObj(s3) && isObj(s3.bucket) && isObj(s3.object)) {
    return asList(s3.object.key).map((key) => `s3://${text(s3.bucket, 'name')}/${unquoted(key)}`);
  }
  if (isObj(value.bucket) && isObj(value.object)) {
    return asList(value.object.key).map((key) => `s3://${text(value.bucket, 'name')}/${key}`);
  }
  return [];
}

const asList = (keys: unknown): string[] =>
  (Array.isArray(keys) ? keys : [keys]).filter((key): key is string => typeof key === 'string');

const text = (source: unknown, name: string): string =>
  isObj(source) && typeof source[name] === 'string' ? source[name] : '';

/** Keys in S3's notices are written as in a form: blanks as `+`, the rest in percent. */
function unquoted(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
