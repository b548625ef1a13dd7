import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type DetectDeps, detect, detectActivities, type RecordOutcome } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { anActivity, anActor, aPerson, HOUR, NOW } from '../builders.ts';
import { cloudTrailRecord } from '../core/records/cloudtrail-record.ts';
import { anAttachment, aRestore, aSnapshot, COPY } from '../fixtures/signals/cases.ts';
import { smallOrganisation } from '../organisation.ts';

const freshDeps = (): DetectDeps => ({
  history: memoryHistory(),
  verdicts: memoryVerdicts(),
  policy: defaultPolicy,
});

async function openFindings({ verdicts, policy }: DetectDeps): Promise<FindingRecord[]> {
  return (await findingsIn(verdicts, policy)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

const statuses = (outcomes: readonly RecordOutcome[]): string[] => outcomes.map(({ status }) => status);

describe('detect', () => {
  it('ends in the same findings for a generated organisation in any order, with any repetition', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10_000 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 40 }),
        async (seed, random, size) => {
          const records = [...smallOrganisation(seed)];
          const expected = freshDeps();
          for (const record of records) await detect(expected, [record]);
          const shuffled = [...records, ...records.filter((_, index) => index % 3 === 0)]
            .map((record) => ({ record, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ record }) => record);
          const deps = freshDeps();
          for (let start = 0; start < shuffled.length; start += size) {
            await detect(deps, shuffled.slice(start, start + size));
          }
          expect(await openFindings(deps)).toEqual(await openFindings(expected));
          found += (await openFindings(deps)).length;
        },
      ),
      { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 40) },
    );
    expect(found).toBeGreaterThan(0);
  }, 300_000);

  it('fails a record that breaks its reader, and that one alone', async () => {
    const [good] = [...smallOrganisation(1)];
    const breaking = {
      ...Object(good),
      get eventTime() {
        throw new Error('a defect of ours');
      },
    };
    const outcomes = await detect(freshDeps(), [good, breaking, good]);
    expect(statuses(outcomes)[1]).toBe('failed');
    expect(statuses(outcomes)).toEqual([statuses(outcomes)[0], 'failed', statuses(outcomes)[0]]);
  });

  it.each([
    ['a person', aPerson()],
    ['a workload', anActor({ key: 'AROAEXAMPLEWEB0000001', class: 'workload' })],
  ])(
    'takes a record of %s out of its finding that comes again together with what explains it',
    async (_, actor) => {
      const backup = aSnapshot({ at: NOW - 9 * HOUR });
      const used = [aRestore({ actor, at: NOW - 3 * HOUR }), anAttachment({ actor, at: NOW - 2 * HOUR })];
      const gone = anActivity({
        kind: 'volume.delete',
        actor,
        links: [{ type: 'volume', id: COPY, role: 'changed' }],
      });
      const expected = freshDeps();
      for (const each of [backup, ...used, gone]) await detectActivities(expected, [each]);
      const deps = freshDeps();
      await detectActivities(deps, used);
      await detectActivities(deps, [gone]);
      expect((await openFindings(deps)).flatMap(({ members }) => members)).toHaveLength(2);
      await detectActivities(deps, [gone, backup]);
      expect(await openFindings(deps)).toEqual(await openFindings(expected));
      expect((await openFindings(deps)).flatMap(({ members }) => members)).toHaveLength(1);
    },
  );

  it('says of every record what became of it, in order', async () => {
    const [record] = [...smallOrganisation(1)];
    const outcomes = await detect(freshDeps(), [
      record,
      { eventSource: 's3.amazonaws.com', eventName: 'PutObject' },
      7,
    ]);
    expect(statuses(outcomes)).toEqual(['judged', 'skipped', 'skipped']);
  });

  it('judges the others when the store fails for one record', async () => {
    const deps = freshDeps();
    const records = [...smallOrganisation(2)].slice(0, 5);
    const poison = records[2] as { eventID: string };
    const history: DetectDeps['history'] = {
      ...deps.history,
      remember: (entries) =>
        entries.some(({ activity }) => activity.id === poison.eventID)
          ? Promise.reject(new Error('item refused'))
          : deps.history.remember(entries),
    };
    const outcomes = await detect({ ...deps, history }, records);
    expect(statuses(outcomes)).toEqual(['judged', 'judged', 'failed', 'judged', 'judged']);
    expect(outcomes[2]).toEqual({ status: 'failed', error: 'Error: item refused' });
  });

  it('does not judge the tags that Launchtrail itself sets, but whoever launches with its role', async () => {
    const arn = 'arn:aws:iam::111122223333:role/launchtrail-respond';
    const own = cloudTrailRecord({
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/launchtrail-respond/x',
        accountId: '111122223333',
        sessionContext: { sessionIssuer: { type: 'Role', arn, principalId: 'AROAEXAMPLERESPOND001' } },
      },
    });
    const untagging = {
      ...own,
      eventName: 'DeleteTags',
      requestParameters: { resourcesSet: { items: [{ resourceId: 'i-0123456789abcdef0' }] }, tagSet: {} },
    };
    const outcomes = await detect({ ...freshDeps(), ownRoles: [arn] }, [untagging, own]);
    expect(outcomes).toEqual([
      { status: 'skipped', reason: 'own-action' },
      expect.objectContaining({ status: 'judged' }),
    ]);
  });

  it('knows networks only where it is given a lookup', async () => {
    const records = [...smallOrganisation(4)];
    const asked: string[] = [];
    await detect({ ...freshDeps(), networks: (ip) => void asked.push(ip) }, records);
    expect(asked.length).toBeGreaterThan(0);
  });
});
