import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { observation, reportOutcomes } from '../../../adapters/powertools/report-outcomes.ts';

/** Everything that went to standard output, as Lambda would read it. */
const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const method of ['log', 'info', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => void lines.push(JSON.parse(String(line))));
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      for (const line of String(text).split('\n')) if (line.startsWith('{')) lines.push(JSON.parse(line));
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

it('tells how much was judged, skipped and why, failed and how late it all was', () => {
  reportOutcomes(
    [
      {
        id: 'm1',
        outcomes: [
          { status: 'judged', id: 'a', at: 1000, account: '111122223333', region: 'eu-west-1' },
          { status: 'skipped', reason: 'not-watched' },
          { status: 'skipped', reason: 'not-watched' },
          { status: 'failed', error: 'the table is gone' },
        ],
      },
      { id: 'm2', outcomes: [], problem: '$ is not JSON' },
      { id: 'm3', outcomes: [], late: true },
    ],
    { read: 8, write: 3.5 },
    61_000,
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'INFO', judged: 1, skipped: { 'not-watched': 2 }, failed: 2, late: 1 }),
  );
  const errors = lines.filter(({ level }) => level === 'ERROR').map(({ error }) => error);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', messageId: 'm2' }));
  expect(errors).toEqual(['$ is not JSON', 'the table is gone']);
  expect(lines).toContainEqual(
    expect.objectContaining({
      JudgedRecords: 1,
      SkippedRecords: 2,
      FailedRecords: 2,
      ReadUnits: 8,
      WriteUnits: 3.5,
      DetectionLag: 60_000,
    }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({
      message: 'judged in',
      account: '111122223333',
      region: 'eu-west-1',
      records: 1,
    }),
  );
});

it('adds up units until they are taken', () => {
  const { onConsumed, take } = observation();
  onConsumed('Query', { read: 1.5, write: 0 });
  onConsumed('PutItem', { read: 0, write: 2 });
  expect(take()).toEqual({ read: 1.5, write: 2 });
  expect(take()).toEqual({ read: 0, write: 0 });
});
