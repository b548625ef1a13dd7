import { describe, expect, it } from 'vitest';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { WATCHED } from '../../core/records/cloudtrail/events.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import { API_CALL, MAX_PATTERN, SERVICE_EVENT, SIGN_IN } from '../../lib/constructs/event-patterns.ts';
import { RECORDS, RECORDS_HINT, recordFiles, recordsIn } from '../records.ts';
import { matches } from './event-matcher.ts';
import { recordRules, templateWith } from './synth.ts';

const patterns = [...recordRules(templateWith()).values()].map(
  ({ Properties }): unknown => Properties.EventPattern,
);

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  AwsServiceEvent: SERVICE_EVENT,
  AwsConsoleSignIn: SIGN_IN,
};

/** How many rules would send this record on. */
const rulesFor = (detail: unknown, detailType = API_CALL, source = 'aws.ec2'): number =>
  patterns.filter((pattern) => matches(pattern, { source, 'detail-type': detailType, detail })).length;

const deleteTags = (keys: readonly string[], resourceId = 'i-0123456789abcdef0') => ({
  eventSource: 'ec2.amazonaws.com',
  eventName: 'DeleteTags',
  requestParameters: {
    resourcesSet: { items: [{ resourceId: 'vol-1' }, { resourceId }] },
    tagSet: keys.length === 0 ? {} : { items: keys.map((key) => ({ key })) },
  },
});

describe('the rules', () => {
  it('stay within the length that EventBridge takes', () => {
    for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(MAX_PATTERN);
  });

  const calls = WATCHED.flatMap(({ eventSource, calls }) =>
    calls.map((name) => [eventSource, name] as const),
  );
  const plain = calls.filter(([, name]) => name !== 'DeleteTags' && name !== 'ConsoleLogin');
  it.each(plain)('hear of %s %s exactly once', (source, name) => {
    expect(rulesFor({ eventSource: source, eventName: name })).toBe(1);
    expect(rulesFor({ eventSource: source, eventName: name }, SERVICE_EVENT)).toBe(0);
  });

  it('hear of those who sign in to the console, which has a detail type of its own', () => {
    const login = { eventSource: 'signin.amazonaws.com', eventName: 'ConsoleLogin' };
    expect(rulesFor(login, SIGN_IN, 'aws.signin')).toBe(1);
    expect(rulesFor(login, API_CALL, 'aws.signin')).toBe(0);
  });

  const events = WATCHED.flatMap(({ eventSource, serviceEvents }) =>
    serviceEvents.map((name) => [eventSource, name] as const),
  );
  it.each(events)('hear of the service event %s %s exactly once', (source, name) => {
    expect(rulesFor({ eventSource: source, eventName: name }, SERVICE_EVENT)).toBe(1);
    expect(rulesFor({ eventSource: source, eventName: name })).toBe(0);
  });

  it('hear of deleted tags only where they are ours, or all of an instance at once', () => {
    expect(rulesFor(deleteTags(['launchtrail:finding']))).toBe(1);
    expect(rulesFor(deleteTags(['Name', 'launchtrail:severity']))).toBe(1);
    expect(rulesFor(deleteTags([]))).toBe(1);
    expect(rulesFor(deleteTags(['Name']))).toBe(0);
    expect(rulesFor(deleteTags([], 'subnet-1'))).toBe(0);
  });

  it('hear of nothing else, and of nobody but AWS', () => {
    expect(rulesFor({ eventSource: 'ec2.amazonaws.com', eventName: 'DescribeInstances' })).toBe(0);
    expect(rulesFor({ eventSource: 's3.amazonaws.com', eventName: 'RunInstances' })).toBe(0);
    const launch = { eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' };
    expect(rulesFor(launch, API_CALL, 'my.aws.ec2')).toBe(0);
    expect(rulesFor(launch, SIGN_IN)).toBe(0);
  });

  it.skipIf(RECORDS === undefined)(`pass on what the detector judges, of ${RECORDS_HINT}`, () => {
    const records = recordFiles().flatMap(recordsIn).filter(isObj);
    const missed = records.filter((record) => {
      const type = DETAIL_TYPES[String(record.eventType)] ?? API_CALL;
      return fromCloudTrail(record).ok && rulesFor(record, type) !== 1;
    });
    expect(missed).toEqual([]);
    expect(records.length).toBeGreaterThan(100);
  });
});
