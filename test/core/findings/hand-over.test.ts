import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import type { FindingRecord } from '../../../core/findings/finding.ts';
import { inTwoSteps } from '../../../core/findings/hand-over.ts';
import { ACCOUNT, anActivity, NOW } from '../../builders.ts';

const record = (
  id: string,
  activities: readonly Activity[],
  overrides: Partial<FindingRecord> = {},
): FindingRecord => ({
  id,
  account: ACCOUNT,
  subject: id,
  status: 'open',
  start: NOW,
  end: NOW,
  last: NOW,
  members: activities.map((activity) => ({ activity, evidence: [], score: 30 })),
  score: 30,
  severity: 'low',
  ...overrides,
});

const [one, two] = [anActivity(), anActivity()];
const holds = ({ members }: FindingRecord): string[] => members.map(({ activity }) => activity.id);

describe('what moves between findings', () => {
  it('stands in the receiving one before the giving one loses it', () => {
    const before = [record('from', [one, two]), record('to', [])];
    const { receiving, giving } = inTwoSteps(before, [record('from', [one]), record('to', [two])]);
    expect(receiving.find(({ id }) => id === 'to')?.members.map(({ activity }) => activity)).toEqual([two]);
    expect(receiving.find(({ id }) => id === 'from')?.members).toHaveLength(2);
    expect(giving.map(holds)).toEqual([[one.id]]);
  });

  it('is given up only while the other that holds it, too, is as it was read', () => {
    const holder = record('holder', [two]);
    const { receiving, giving } = inTwoSteps([record('from', [one, two]), holder], [record('from', [one])]);
    expect(receiving).toContain(holder);
    expect(giving.map(holds)).toEqual([[one.id]]);
  });

  it('points to the story it leaves until it has been taken out of it', () => {
    const at = { account: ACCOUNT, subject: 'story', start: NOW };
    const before = [
      record('story', [one, two]),
      record('session', [], { status: 'merged', into: 'story', at }),
    ];
    const session = record('session', [two]);
    const { receiving, giving } = inTwoSteps(before, [record('story', [one]), session]);
    expect(receiving.find(({ id }) => id === 'session')).toMatchObject({ at, status: 'open' });
    expect(giving).toContain(session);
  });

  it('takes one step where nothing moves', () => {
    const renewed = record('one', [one, two]);
    expect(inTwoSteps([record('one', [one])], [renewed])).toEqual({ receiving: [renewed], giving: [] });
  });
});
