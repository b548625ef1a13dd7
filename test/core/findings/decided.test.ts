import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../app/place.ts';
import type { Activity } from '../../../core/activity/activity.ts';
import { definition } from '../../../core/definition.ts';
import { type Decision, type Ruling, triageOf } from '../../../core/findings/decision.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { record } from '../../cli/desk.ts';

const launched = (id: string, day: number, region = 'eu-west-1', type = 't3.micro', count = 1): Activity => {
  const read = fromCloudTrail(
    record(id, {
      eventTime: new Date(Date.UTC(2026, 2, day, 10)).toISOString().replace('.000', ''),
      eventName: 'RunInstances',
      awsRegion: region,
      requestParameters: {
        instancesSet: { items: [{ imageId: 'ami-0example', minCount: count, maxCount: count }] },
        instanceType: type,
      },
      responseElements: {
        instancesSet: {
          items: Array.from({ length: count }, (_, index) => ({ instanceId: `i-0${id}${index}` })),
        },
      },
    }),
    { ownRoles: [] },
  );
  if (!read.ok) throw new Error(read.reason);
  return read.activity;
};
const usual = Array.from({ length: 20 }, (_, index) => launched(`usual-${index}`, index + 1));
const render = (id: string, day: number) => launched(id, day, 'ap-south-1', 'g5.xlarge', 8);
const first = render('render-a', 21);

const decided = (as: Ruling, id = 'a', at = 1): Decision => ({
  ...{ id, at, as, finding: 'lt-111122223333-render-a', severity: 'high' },
  records: [placeOf(first)],
  by: { name: 'ann' },
});

/** What the same launch scores so many days later, in the light of decisions about the first. */
const later = (day: number, ...decisions: Decision[]): number =>
  definition([...usual, first, render('render-b', day)], policy, decisions).find(({ id }) =>
    id.endsWith('render-b'),
  )?.score ?? 0;

describe('what people decided', () => {
  it.each(['benign', 'false'] as const)('makes what was %s familiar a day later', (as) => {
    expect(later(23)).toBeGreaterThan(60);
    expect(later(23, decided(as))).toBe(0);
  });

  it.each(['test', 'acknowledged', 'reopened'] as const)(
    'changes nothing of what is learnt where it is "%s"',
    (as) => {
      expect(later(23, decided(as))).toBe(later(23));
      expect(later(200, decided(as))).toBe(later(200));
    },
  );

  it('never makes familiar what was confirmed, not even when the quarantine is over', () => {
    expect(later(200)).toBeLessThan(later(23));
    expect(later(200, decided('confirmed'))).toBeGreaterThan(later(200));
    expect(later(390, decided('confirmed'))).toBeGreaterThan(60);
  });

  it('counts by the last decision, of two at one moment by the greater id, in whatever order they are', () => {
    const [benign, confirmed] = [decided('benign', 'a', 5), decided('confirmed', 'b', 5)];
    expect(later(23, benign, confirmed)).toBe(later(23, decided('confirmed')));
    expect(later(23, confirmed, benign)).toBe(later(23, decided('confirmed')));
    expect(later(23, decided('benign', 'a', 6), confirmed)).toBe(0);
  });
});

const at = (as: Ruling, when = 1, severity: Decision['severity'] = 'high') => ({
  evidence: [{}],
  decided: { id: `${when}`, at: when, as, severity },
});
const open = { evidence: [{}] };
const bystander = { evidence: [] };

describe('where a finding stands', () => {
  it('is nowhere until somebody decides', () => {
    expect(triageOf([open, bystander], 'high')).toBeUndefined();
  });

  it('is closed while a closing covers every member with evidence', () => {
    expect(triageOf([at('benign'), at('benign'), bystander], 'high')).toMatchObject({
      state: 'closed',
      as: 'benign',
    });
  });

  it('is reopened by a member that nobody has decided about', () => {
    expect(triageOf([at('benign'), open], 'high')).toMatchObject({
      state: 'reopened',
      as: 'benign',
      since: 1,
    });
  });

  it('is reopened by a higher severity than at the time, and not by a lower one', () => {
    expect(triageOf([at('benign')], 'critical')).toMatchObject({ state: 'reopened', risen: true });
    expect(triageOf([at('benign')], 'low')).toMatchObject({ state: 'closed' });
  });

  it('stays closed where two that were closed turn out to be one, as an attack where one was', () => {
    const both = [at('confirmed', 1), at('benign', 2)];
    expect(triageOf(both, 'high')).toMatchObject({ state: 'closed', as: 'confirmed' });
    expect(triageOf(both.toReversed(), 'high')).toMatchObject({ state: 'closed', as: 'confirmed' });
    expect(triageOf([at('test', 1), at('benign', 2)], 'high')).toMatchObject({ as: 'benign' });
  });

  it('stays acknowledged while it grows, and not when it becomes more severe', () => {
    expect(triageOf([at('acknowledged'), open], 'high')).toMatchObject({ state: 'acknowledged' });
    expect(triageOf([at('acknowledged')], 'critical')).toMatchObject({ state: 'reopened', risen: true });
  });

  it('is open again once somebody takes the closing back', () => {
    expect(triageOf([at('reopened', 2)], 'high')).toMatchObject({ state: 'reopened' });
  });
});
