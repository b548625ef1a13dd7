import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { verdictItem } from '../../adapters/dynamo/items.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { readMessages, workOff } from '../../adapters/sqs/message-batch.ts';
import { detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { alertText } from '../../tell/message.ts';
import { cloudTrailRecord } from '../core/records/cloudtrail-record.ts';

/** CloudTrail sends up to 256 kB of a record, EventBridge and SQS up to a megabyte; this is as bad as may ever arrive. */
const MEGABYTE = 1_000_000;
const LONG = 'x'.repeat(MEGABYTE);
/** One record may not take longer than this, ms, on a busy machine; the function has a minute for ten. */
const PATIENCE_MS = 30_000;

/** A value within so many layers of a member, or of lists, as JSON text: it is too deep to be written by a function that calls itself. */
const nested = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

const shared = (members: object = {}) =>
  cloudTrailRecord({
    eventName: 'ModifySnapshotAttribute',
    requestParameters: {
      snapshotId: 'snap-0123456789abcdef0',
      createVolumePermission: { add: { items: [{ group: 'all' }] } },
    },
    ...members,
  });

const event = (detail: string): string =>
  `{"source":"aws.ec2","detail-type":"AWS API Call via CloudTrail","account":"111122223333","detail":${detail}}`;

/** A record whose member is JSON text that is put in as it is. */
const withRaw = (record: object, member: string, raw: string): string =>
  JSON.stringify({ ...record, [member]: '@' }).replace('"@"', raw);

const launchOf = (instances: number, id: (index: number) => string) =>
  cloudTrailRecord({
    requestParameters: {
      instancesSet: { items: [{ imageId: LONG, minCount: 1, maxCount: 1e9 }] },
      instanceType: LONG,
    },
    responseElements: {
      instancesSet: { items: Array.from({ length: instances }, (_, index) => ({ instanceId: id(index) })) },
    },
  });

const POISONS: readonly [what: string, detail: string][] = [
  ['a user agent of a megabyte', JSON.stringify(shared({ userAgent: LONG }))],
  ['an event id of a megabyte', JSON.stringify(shared({ eventID: LONG }))],
  [
    'an identity of megabytes',
    JSON.stringify(
      shared({
        userIdentity: { type: LONG, principalId: LONG, arn: LONG, accountId: '111122223333', userName: LONG },
      }),
    ),
  ],
  ['an identity that is a text of a megabyte', JSON.stringify(shared({ userIdentity: `{"arn":"${LONG}"}` }))],
  ['an error message of a megabyte', JSON.stringify(shared({ errorCode: LONG, errorMessage: LONG }))],
  ['image and type of a megabyte each', JSON.stringify(launchOf(1, () => LONG))],
  ['fifty thousand instances', JSON.stringify(launchOf(50_000, (index) => `i-${index}`))],
  [
    'fifty thousand accounts that a snapshot is shared with',
    JSON.stringify(
      shared({
        requestParameters: {
          snapshotId: 'snap-0123456789abcdef0',
          createVolumePermission: {
            add: {
              items: Array.from({ length: 50_000 }, (_, index) => ({
                userId: String(index).padStart(12, '0'),
              })),
            },
          },
        },
      }),
    ),
  ],
  [
    'parameters nested a hundred thousand deep',
    withRaw(shared(), 'requestParameters', nested('{"items":', '}', 100_000)),
  ],
  [
    'lists nested two hundred thousand deep',
    withRaw(shared(), 'requestParameters', nested('[', ']', 200_000)),
  ],
  [
    'an identity nested a hundred thousand deep',
    withRaw(shared(), 'userIdentity', nested('{"sessionContext":', '}', 100_000)),
  ],
  ['details in details, fifty thousand deep', nested('{"detail":', '}', 50_000)],
  [
    'names that mean something to JavaScript',
    withRaw(
      shared(),
      'requestParameters',
      '{"__proto__":{"snapshotId":"snap-1"},"constructor":{"prototype":{"ok":true}}}',
    ),
  ],
  [
    'controls and half characters',
    JSON.stringify(
      shared({ userAgent: '\u0000\u001b]0;x\u0007\ud800\u202e', eventID: '\u0000\ud800\u0001\u0002abc' }),
    ),
  ],
];

const message = (messageId: string, body: string): SQSRecord =>
  ({ messageId, body, attributes: { ApproximateReceiveCount: '1' } }) as SQSRecord;

describe('a record with', () => {
  it.each(POISONS)('%s is over in time, stays small, and harms nobody in its batch', async (_, detail) => {
    const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
    const good = JSON.stringify(shared({ eventID: 'aaaaaaaa-0000-4000-8000-000000000001' }));
    const began = performance.now();
    const worked = await workOff(
      readMessages([message('poison', event(detail)), message('good', event(good))]),
      {
        judge: (records) => detect(deps, records),
        judgeAgain: async () => undefined,
        isLate: () => false,
      },
    );
    expect(performance.now() - began).toBeLessThan(PATIENCE_MS);
    expect(worked[1]).toEqual({ id: 'good', outcomes: [expect.objectContaining({ status: 'judged' })] });

    for await (const verdict of deps.verdicts.all())
      expect(JSON.stringify(verdictItem(verdict, 1)).length).toBeLessThan(200_000);
    const findings = await findingsIn(deps.verdicts, policy);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      const { subject, body } = alertText(finding, policy);
      expect(`${subject}${body.replaceAll('\n', '')}`).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
      expect(body.length).toBeLessThan(100_000);
    }
    expect(Object.prototype).not.toHaveProperty('ok');
    expect(Object.prototype).not.toHaveProperty('snapshotId');
  });
});
