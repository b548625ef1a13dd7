import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { handleNotices } from '../../../adapters/sqs/notices.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { toOcsf } from '../../../tell/ocsf.ts';
import { NOW } from '../../builders.ts';
import { publicShare } from '../../findings.ts';

const finding = toOcsf(publicShare(), { policy });
const record = (messageId: string, body: string): SQSRecord => ({ messageId, body }) as SQSRecord;
const wrapped = (Message: unknown, Timestamp: unknown = new Date(NOW).toISOString()): string =>
  JSON.stringify({ Type: 'Notification', Message, Timestamp });

describe('a batch of findings from a queue', () => {
  it('is handed on with the time at which SNS took each', async () => {
    const given: unknown[] = [];
    const answer = await handleNotices([record('m', wrapped(JSON.stringify(finding)))], async (notices) => {
      given.push(...notices);
      return new Map();
    });
    expect(given).toEqual([{ id: 'm', at: NOW, finding }]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('gives back what cannot be read and what failed, and nothing else', async () => {
    const good = wrapped(JSON.stringify(finding));
    const bad = [
      'no JSON',
      '[]',
      '{}',
      wrapped('no JSON'),
      wrapped('{}'),
      wrapped(JSON.stringify(finding), 'now'),
    ];
    const { batchItemFailures } = await handleNotices(
      [record('ok', good), record('failed', good), ...bad.map((body, n) => record(`bad-${n}`, body))],
      async () => new Map([['failed', 'InternalFailure']]),
    );
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'failed',
      ...bad.map((_, n) => `bad-${n}`),
    ]);
  });
});
