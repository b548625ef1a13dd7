import { describe, expect, it } from 'vitest';
import { newsOf } from '../../../cli/replay/news.ts';
import type { FindingRecord } from '../../../core/findings/finding.ts';
import { findingId } from '../../../core/findings/stories.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { anActivity, HOUR, NOW } from '../../builders.ts';
import { aFinding, assessed, evidence } from '../../findings.ts';

const opened = assessed(anActivity({ id: 'e-open', at: NOW }), [evidence('first-launch', 'a first launch')]);
const shared = assessed(anActivity({ id: 'e-share', at: NOW + HOUR }), [
  evidence('shared-publicly', 'a share'),
]);

/** A finding named after its first member, as findings are. */
const finding = (...members: Parameters<typeof aFinding>[0]): FindingRecord => {
  const [first] = members.toSorted((a, b) => a.activity.at - b.activity.at);
  return aFinding(members, { id: first === undefined ? '' : findingId(first.activity) });
};

/** What a run over these findings would be kept as told. */
const told = (...findings: FindingRecord[]) =>
  new Map(newsOf(findings, new Map(), defaultPolicy).tellings.map((each) => [each.id, each]));

const eventsOf = (findings: FindingRecord[], before: ReturnType<typeof told>) => [
  ...newsOf(findings, before, defaultPolicy).events.values(),
];

describe('news', () => {
  it('are all findings where none was told', () => {
    expect(eventsOf([finding(opened), finding(shared)], new Map())).toEqual(['new', 'new']);
  });

  it('are not what was told before', () => {
    expect(newsOf([finding(opened)], told(finding(opened)), defaultPolicy)).toEqual({
      events: new Map(),
      tellings: [],
    });
  });

  it('are what has risen, or holds another kind of evidence', () => {
    expect(eventsOf([finding(opened, shared)], told(finding(opened)))).toEqual(['risen']);
    const odd = assessed(anActivity({ id: 'e-odd', at: NOW + 2 * HOUR }), [
      evidence('unusual-hour', 'at night'),
    ]);
    expect(eventsOf([finding(shared, odd)], told(finding(shared)))).toEqual(['grown']);
    expect(eventsOf([finding(shared)], told(finding(shared, odd)))).toEqual([]);
  });

  it('are not a finding that only got another beginning by an earlier record', () => {
    const before = told(finding(shared));
    const { events, tellings } = newsOf([finding(opened, shared)], before, defaultPolicy);
    const early = assessed(anActivity({ id: 'e-early', at: NOW }), [evidence('shared-publicly', 'a share')]);
    expect([...events.values()]).toEqual(['grown']);
    expect(tellings).toMatchObject([
      { id: findingId(opened.activity), event: 'grown' },
      {
        id: findingId(shared.activity),
        event: 'closed',
        told: { status: 'merged', into: findingId(opened.activity) },
      },
    ]);
    const again = newsOf([finding(early, shared)], before, defaultPolicy);
    expect([...again.events.values()]).toEqual([]);
    expect(again.tellings.map(({ event }) => event)).toEqual(['renamed', 'closed']);
  });

  it('say of a finding that later records explained away that it closed, once', () => {
    const first = newsOf([], told(finding(shared)), defaultPolicy);
    expect(first.tellings).toMatchObject([{ event: 'closed', told: { status: 'withdrawn' } }]);
    const closed = new Map(first.tellings.map((each) => [each.id, each]));
    expect(newsOf([], closed, defaultPolicy).tellings).toEqual([]);
    expect(eventsOf([finding(shared)], closed)).toEqual(['reopened']);
  });
});
