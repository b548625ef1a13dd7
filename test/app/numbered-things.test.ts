import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { activitiesIn, foundIn } from '../clouds.ts';
import { bob, type Caller, googleEntries, wanted, zonal } from '../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const MINUTE = 60_000;
const stranger: Caller = { email: 'x@outside.example', ip: '203.0.113.66', agent: 'curl/8' };

type Act = Parameters<typeof googleEntries>[0][number];

/** Numbers that Google gave to what is made below. */
const NUMBERS: Readonly<Record<string, string>> = {
  web: '1000000000000000001',
  copy: '2000000000000000002',
  mine: '3000000000000000003',
  image: '4000000000000000004',
  reader: '5000000000000000005',
};

/** What a thief does, each thing called by its name or by its number as it is drawn. */
function theft(way: 'boot' | 'attach' | 'image', numbered: readonly boolean[], by: Caller): Act[] {
  let turn = 0;
  const drawn = (): boolean => numbered[turn++ % numbered.length] ?? false;
  const thing = (path: string, name: string): string =>
    `projects/example-project/${path}/${drawn() ? NUMBERS[name] : name}`;
  const disk = (name: string): string => thing('zones/europe-west1-b/disks', name);
  const act = (method: string, on: string, name: string, request: object, isNew = false): Act => ({
    method: `v1.compute.${method}`,
    on,
    at: 0,
    by,
    number: NUMBERS[name] as string,
    byNumber: !isNew && drawn(),
    request,
  });
  const snapshot = act(
    'snapshots.insert',
    'global/snapshots/copy',
    'copy',
    { name: 'copy', sourceDisk: disk('web') },
    true,
  );
  const restored = act(
    'disks.insert',
    zonal('disks', 'mine'),
    'mine',
    { name: 'mine', sourceSnapshot: thing('global/snapshots', 'copy') },
    true,
  );
  const launched = (boot: object): Act =>
    act('instances.insert', zonal('instances', 'reader'), 'reader', wanted('reader', 'e2-small', boot), true);
  const acts =
    way === 'image'
      ? [
          snapshot,
          act(
            'images.insert',
            'global/images/image',
            'image',
            { name: 'image', sourceSnapshot: thing('global/snapshots', 'copy') },
            true,
          ),
          launched({ boot: true, initializeParams: { sourceImage: thing('global/images', 'image') } }),
        ]
      : way === 'boot'
        ? [snapshot, restored, launched({ boot: true, source: disk('mine') })]
        : [
            snapshot,
            restored,
            launched({
              boot: true,
              initializeParams: { sourceImage: 'projects/debian-cloud/global/images/debian-12' },
            }),
            act('instances.attachDisk', zonal('instances', 'reader'), 'reader', { source: disk('mine') }),
          ];
  const rest = [
    act('instances.addAccessConfig', zonal('instances', 'reader'), 'reader', {}),
    {
      ...act('instances.setMetadata', zonal('instances', 'reader'), 'reader', {}),
      more: {
        response: {
          targetId: NUMBERS.reader,
          targetLink: `https://www.googleapis.com/compute/v1/projects/example-project/${zonal('instances', 'reader')}`,
        },
        metadata: { instanceMetadataDelta: { addedMetadataKeys: ['startup-script'] } },
      },
    },
  ];
  return [...acts, ...rest].map((each, index) => ({ ...each, at: NOW + index * 4 * MINUTE }));
}

/** What a finding says, but for how things are called in it and for ids made anew with each telling. */
const said = (findings: readonly FindingRecord[]): unknown =>
  findings.map(({ severity, score, members }) => ({
    severity,
    score,
    members: members.map(({ activity: { action, kind, at }, score: own, evidence }) => ({
      action,
      kind,
      at,
      own,
      evidence: evidence.map(({ signal, strength }) => [signal, strength]),
    })),
  }));

/** What is found of some acts, whose entries come one by one in the order of some keys. */
async function found(acts: readonly Act[], keys: readonly number[] = []): Promise<unknown> {
  const ports = { history: memoryHistory(), verdicts: memoryVerdicts(), policy: defaultPolicy };
  const activities = activitiesIn(googleEntries(acts)).map((activity, index) => ({
    activity,
    key: keys[index % keys.length] ?? 0,
  }));
  for (const { activity } of activities.sort((a, b) => a.key - b.key))
    await detectActivities(ports, [activity]);
  return said(await findingsIn(ports.verdicts, defaultPolicy));
}

describe('a thing of Google', () => {
  it.each(['boot', 'attach', 'image'] as const)(
    'is the same by its number as by its name, in any order of entries: a theft that ends in %s',
    async (way) => {
      const byName = new Map<Caller, unknown>();
      for (const by of [bob, stranger]) byName.set(by, await found(theft(way, [false], by)));
      expect(byName.get(stranger)).toMatchObject([{ severity: expect.stringMatching(/high|critical/) }]);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
          fc.constantFrom(bob, stranger),
          fc.array(fc.nat(99), { minLength: 1, maxLength: 12 }),
          async (numbered, by, keys) => {
            expect(await found(theft(way, numbered, by), keys)).toEqual(byName.get(by));
          },
        ),
        { numRuns: 120 },
      );
    },
    60_000,
  );

  it('that was launched is the one of whose later entry only the number is known', async () => {
    const [launch] = theft('image', [false], stranger).slice(-3) as [Act];
    const later: Act = {
      method: 'v1.compute.instances.setMetadata',
      on: zonal('instances', NUMBERS.reader as string),
      at: NOW + 30 * MINUTE,
      by: stranger,
      single: true,
      more: { metadata: { instanceMetadataDelta: { addedMetadataKeys: ['startup-script'] } } },
    };
    const [finding] = await foundIn(activitiesIn(googleEntries([launch, later])));
    const run = finding?.members.find(({ activity }) => activity.kind === 'instance.run');
    expect(run?.evidence.map(({ signal }) => signal)).toContain('code-on-new-instance');
  });
});
