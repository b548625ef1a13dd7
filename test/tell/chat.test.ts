import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { type ChatMessage, chatText, inertInChat } from '../../tell/chat.ts';
import type { Telling } from '../../tell/telling.ts';
import { acceleratedLaunch, arbitraryFinding, firstLaunch, hostileText, publicShare } from '../findings.ts';

const telling = (record: FindingRecord, more: Partial<Telling> = {}): Telling => ({
  record,
  policy,
  event: 'create',
  ...more,
});
const chatOf = (...args: Parameters<typeof telling>): ChatMessage => JSON.parse(chatText(telling(...args)));

describe('a message to a channel', () => {
  it('has what Amazon Q Developer asks for, and nothing it would drop the message for', () => {
    const { version, source, content, metadata, ...others } = chatOf(acceleratedLaunch());
    expect([version, source, content.textType]).toEqual(['1.0', 'custom', 'client-markdown']);
    expect(Object.keys(others)).toEqual(['id']);
    expect(Object.keys(content).sort()).toEqual([
      'description',
      'keywords',
      'nextSteps',
      'textType',
      'title',
    ]);
    expect(Object.keys(metadata).sort()).toEqual(['additionalContext', 'eventType', 'summary', 'threadId']);
  });

  it('tells the story in at most five lines first: who, from where, in which account, why', () => {
    const { content } = chatOf(acceleratedLaunch(), { accountName: 'payments-prod' });
    expect(content.title).toMatch(/^［HIGH］ user\/mallory launched 8 x p5\.48xlarge/);
    const lines = content.description.split('\n');
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(content.description).toContain('user/mallory, from 203.0.113.9');
    expect(content.description).toContain('account 111122223333 (payments-prod)');
    expect(lines[2]).toMatch(/^Why, \d+ of 100: /);
    expect(content.nextSteps?.at(-1)).toMatch(/^`launchtrail explain lt-[\w-]+ --stack Launchtrail`$/);
  });

  it('ends with the runbook where its address is known, once in a thread', () => {
    const docs = 'https://git.example.com/launchtrail/docs';
    const record = acceleratedLaunch();
    expect(chatOf(record, { docs }).content.nextSteps?.at(-1)).toBe(
      `Runbook: ${docs}/runbook.md#accelerated-launch`,
    );
    const before = { status: 'open', severity: record.severity } as const;
    const { content } = chatOf(record, { docs, event: 'update', before });
    expect(content.nextSteps?.join()).not.toContain(docs);
  });

  it('stands in the thread of its finding, whatever becomes of it', () => {
    const record = publicShare();
    const threads = [
      chatOf(record),
      chatOf(record, { event: 'update', before: { status: 'open', severity: 'high' } }),
      chatOf(
        { ...record, status: 'withdrawn' },
        { event: 'close', before: { status: 'open', severity: 'high' } },
      ),
    ].map(({ metadata }) => metadata.threadId);
    expect(new Set(threads)).toEqual(new Set([record.id]));
  });

  it.each([
    ['it rose', { severity: 'medium', status: 'open' }, 'open', 'MEDIUM before, now CRITICAL'],
    ['it is open again', { severity: 'critical', status: 'merged' }, 'open', 'Open again, CRITICAL'],
    ['it is part of another', { severity: 'critical', status: 'open' }, 'merged', 'part of finding lt-other'],
    ['it was explained', { severity: 'critical', status: 'open' }, 'withdrawn', 'records that arrived later'],
  ] as const)('says afterwards only what is new: %s', (_, before, status, said) => {
    const record = { ...publicShare(), status, ...(status === 'merged' && { into: 'lt-other' }) };
    const { content } = chatOf(record, { event: 'update', before });
    expect(content.description.split('\n')).toHaveLength(1);
    expect(content.description).toContain(said);
    expect(content.nextSteps ?? []).toHaveLength(status === 'open' ? 1 : 0);
  });

  it('says what has joined', () => {
    const joined = { kinds: ['unusual-hour'], instances: ['i-0123456789abcdef0'] };
    const { content } = chatOf(firstLaunch(), {
      event: 'update',
      before: { status: 'open', severity: firstLaunch().severity },
      joined,
    });
    expect(content.description).toBe(
      'Joined since the last message: unusual-hour; 1 instance: i-0123456789abcdef0',
    );
  });

  it('holds no markup, link or call of a record, in either dialect', () => {
    for (const text of [
      '<!channel>',
      '<https://evil.example|fix it>',
      '[fix it](https://evil.example)',
      '@everyone',
      '*bold* _leans_ ~gone~ `code`',
      '# heading',
      '&lt;!here&gt;',
      '\\<!here>',
    ])
      expect(inertInChat(text)).not.toMatch(/[<>&@`*~[\]|#!\\]|(^|\W)_|_(\W|$)/);
    expect(inertInChat('AWSReservedSSO_Admin_0123')).toBe('AWSReservedSSO_Admin_0123');
    fc.assert(
      fc.property(arbitraryFinding, hostileText, (record, accountName) => {
        const text = chatText(telling(record, { accountName }));
        const message: ChatMessage = JSON.parse(text);
        const { nextSteps = [], ...content } = message.content;
        const shown = [
          ...Object.values(content).flat(),
          ...nextSteps.map((step) => step.replace(/^`([\w -]+)`$/, '$1')),
          ...Object.values(message.metadata).flatMap((each) =>
            typeof each === 'string' ? each : Object.values(each),
          ),
        ].map(String);
        for (const each of shown) {
          expect(each).not.toMatch(/[<>&@`*~[\]|#!\\]/);
          expect(each.split('\n').join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          expect(each).not.toMatch(/https?:|www\.\w/i);
        }
        expect(content.title.length).toBeLessThanOrEqual(300);
        expect(Buffer.byteLength(text)).toBeLessThan(28_000);
      }),
      { numRuns: 200 },
    );
  });
});
