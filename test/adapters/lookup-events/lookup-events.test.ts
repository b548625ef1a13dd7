import type { CloudTrailClient, LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { describe, expect, it } from 'vitest';
import { lookupEvents } from '../../../adapters/lookup-events/lookup-events.ts';
import { HOUR, NOW } from '../../builders.ts';

/** A client that answers in turn, or fails where it is given an error; and a clock that waiting moves. */
function cloudTrail(answers: readonly (object | Error)[]) {
  const asked: (LookupEventsCommandInput & { readonly at: number })[] = [];
  const clock = { now: 0 };
  const send = async ({ input }: { input: LookupEventsCommandInput }): Promise<object> => {
    const answer = answers[asked.length];
    asked.push({ ...input, at: clock.now });
    if (answer instanceof Error) throw answer;
    return answer ?? {};
  };
  const events = lookupEvents({ send } as unknown as CloudTrailClient, {
    now: () => clock.now,
    wait: async (ms) => {
      clock.now += ms;
    },
  });
  return { events, asked };
}

const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
const by = { by: { resource: 'i-1' }, from: NOW - HOUR, to: NOW };

describe("CloudTrail's own history", () => {
  it('is asked for the records that name a resource, and gives them as CloudTrail wrote them', async () => {
    const record = { eventID: '1', eventName: 'RunInstances' };
    const Events = [{ CloudTrailEvent: JSON.stringify(record) }, { CloudTrailEvent: 'cut {' }, {}];
    const { events, asked } = cloudTrail([{ Events, NextToken: 'more' }]);
    expect(await events.page(by)).toEqual({ records: [record], next: 'more' });
    expect(asked[0]).toMatchObject({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'i-1' }],
      StartTime: new Date(NOW - HOUR),
      EndTime: new Date(NOW),
    });
  });

  it('goes on from a cursor, which another process may have kept', async () => {
    const { events, asked } = cloudTrail([{ Events: [] }]);
    expect(await events.page({ ...by, by: { writes: true } }, 'kept')).toEqual({ records: [] });
    expect(asked[0]).toMatchObject({
      NextToken: 'kept',
      LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
    });
  });

  it('is asked no more than twice a second, one call after the other', async () => {
    const { events, asked } = cloudTrail([]);
    for (let call = 0; call < 6; call += 1) await events.page(by);
    const times = asked.map(({ at }) => at);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(2_500);
  });

  it('is asked again, later each time, where somebody else asks as well', async () => {
    const { events, asked } = cloudTrail([throttled, throttled, throttled, { Events: [] }]);
    expect(await events.page(by)).toEqual({ records: [] });
    const waits = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
    expect(waits[2]).toBeGreaterThan(waits[0] ?? 0);
  });

  it.each([
    ['it is refused', [Object.assign(new Error('no'), { name: 'AccessDeniedException' })], 1],
    ['it is throttled for too long', Array.from({ length: 9 }, () => throttled), 7],
  ])('fails where %s', async (_, answers, calls) => {
    const { events, asked } = cloudTrail(answers);
    await expect(events.page(by)).rejects.toThrow();
    expect(asked).toHaveLength(calls);
  });
});
