import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import type { WatchedSource } from '../../core/records/cloudtrail/events.ts';

export const API_CALL = 'AWS API Call via CloudTrail';
export const SERVICE_EVENT = 'AWS Service Event via CloudTrail';
export const SIGN_IN = 'AWS Console Sign In via CloudTrail';

/** Sources whose calls bear another detail type than calls do. */
const DETAIL_TYPES: Readonly<Record<string, string>> = { 'signin.amazonaws.com': SIGN_IN };

/** Sources whose records are written in one Region of a partition only (us-east-1 of `aws`), wherever the caller is. */
const GLOBAL = ['iam.amazonaws.com', 'account.amazonaws.com'];

/** EventBridge refuses a longer pattern; characters of its JSON. */
export const MAX_PATTERN = 2048;

/** Room for everything in a pattern but the event names: source, detail type and keys. */
const FRAME = 250;

/** Whether records of a source are written in one Region of the partition only. */
export const isGlobal = ({ eventSource }: WatchedSource): boolean => GLOBAL.includes(eventSource);

/** Everything that CloudTrail says by itself: only AWS can put an event whose source starts with `aws.`. */
export const fromCloudTrail: EventPattern = {
  source: Match.prefix('aws.'),
  detailType: [API_CALL, SERVICE_EVENT, SIGN_IN],
};

/** The same of the sources that are watched: what an archive keeps of a bus that others use as well. */
export const ofSources = (watched: readonly WatchedSource[]): EventPattern => ({
  ...fromCloudTrail,
  detail: { eventSource: watched.map(({ eventSource }) => eventSource).toSorted() },
});

/** The patterns of all rules by rule name: as few as the length limit allows, the same on every run. */
export function eventPatterns(watched: readonly WatchedSource[]): ReadonlyMap<string, EventPattern> {
  const sorted = watched.toSorted((a, b) => (a.eventSource < b.eventSource ? -1 : 1));
  return new Map(sorted.flatMap(patternsOf));
}

function patternsOf({ eventSource, calls, serviceEvents }: WatchedSource): [string, EventPattern][] {
  const service = serviceName(eventSource);
  const plain = calls.filter((call) => call !== 'DeleteTags');
  return [
    ...chunks(plain).map((names, i): [string, EventPattern] => [
      `${service}Calls${i === 0 ? '' : i + 1}`,
      pattern(DETAIL_TYPES[eventSource] ?? API_CALL, eventSource, names),
    ]),
    ...chunks(serviceEvents).map((names, i): [string, EventPattern] => [
      `${service}ServiceEvents${i === 0 ? '' : i + 1}`,
      pattern(SERVICE_EVENT, eventSource, names),
    ]),
    ...(plain.length < calls.length ? deletedTags(service, eventSource) : []),
  ];
}

/** Only AWS can put an event whose source starts with `aws.`: it tells CloudTrail's records from made-up ones. */
const pattern = (detailType: string, eventSource: string, eventName: string[]): EventPattern => ({
  source: Match.prefix('aws.'),
  detailType: [detailType],
  detail: { eventSource: [eventSource], eventName },
});

/** Deleting tags is everyday work, except of the tags that `respond` sets and of all tags of an instance at once. */
function deletedTags(service: string, eventSource: string): [string, EventPattern][] {
  const withRequest = (requestParameters: object): EventPattern => {
    const { detail, ...rest } = pattern(API_CALL, eventSource, ['DeleteTags']);
    return { ...rest, detail: { ...detail, requestParameters } };
  };
  const own = { tagSet: { items: { key: Match.prefix('launchtrail:') } } };
  const all = {
    tagSet: { items: { key: Match.doesNotExist() } },
    resourcesSet: { items: { resourceId: Match.prefix('i-') } },
  };
  return [
    [`${service}OwnTags`, withRequest(own)],
    [`${service}AllTags`, withRequest(all)],
  ];
}

function chunks(names: readonly string[]): string[][] {
  const result: string[][] = [];
  for (const name of names.toSorted()) {
    const last = result.at(-1);
    if (last && JSON.stringify([...last, name]).length <= MAX_PATTERN - FRAME) last.push(name);
    else result.push([name]);
  }
  return result;
}

/** `ec2.amazonaws.com` → `Ec2`. */
function serviceName(eventSource: string): string {
  const service = (eventSource.split('.', 1)[0] ?? '').replaceAll(/[^A-Za-z0-9]/g, '');
  return service.charAt(0).toUpperCase() + service.slice(1);
}
