import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { completedPolicy } from '../../core/policy/completed.ts';
import { lintPolicy } from '../../core/policy/lint.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { readPolicy } from '../../core/policy/read-policy.ts';
import { exceptionsFor, MOST_VALUES } from '../../tell/exceptions.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { aLaunch, anActivity, anActor, anOrigin, aPerson, from, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { acceleratedLaunch, aFinding, assessed, evidence, link, publicShare } from '../findings.ts';

const HOSTILE = '\u202Egnp.exe';

const suggested = (record: FindingRecord): Policy['suppressions'] | undefined =>
  exceptionsFor(record, explain(record, defaultPolicy).parts, defaultPolicy);

/** A finding of some calls that one actor made, each with evidence of one or two signals. */
const findingOf = (activities: readonly Partial<Activity>[]): FindingRecord =>
  aFinding(
    activities.map((each, index) =>
      assessed(anActivity({ at: NOW + index * 60_000, ...each }), [
        evidence('shared-outside', 'x'),
        ...(index % 2 === 0 ? [evidence('unfamiliar-region', 'y')] : []),
      ]),
    ),
  );

const few = <T>(arb: fc.Arbitrary<T>) => fc.array(arb, { minLength: 1, maxLength: 3 });
const anyCall: fc.Arbitrary<Partial<Activity>> = fc.record({
  region: fc.constantFrom('eu-west-1', 'eu-central-1', 'us-east-1'),
  origin: fc.oneof(
    fc.constantFrom('192.0.2.10', '198.51.100.7', '203.0.113.200').map((ip) => from(ip)),
    fc.constantFrom(
      anOrigin({ ip: '2001:db8:42:1::9', prefix: '2001:db8:42::/48' }),
      { ip: '10.1.2.3', agent: 'other', console: false },
      { service: 'cloudformation.amazonaws.com', agent: 'other', console: false },
      { agent: 'other', console: false },
    ),
  ),
  links: few(fc.constantFrom('snap-1', 'snap-2', 'snap-3')).map((ids) =>
    ids.map((id) => link('snapshot', id, 'changed')),
  ),
  launch: fc.constantFrom(
    aLaunch({ images: [] }),
    aLaunch(),
    aLaunch({ images: ['ami-2'], groups: ['sg-1'] }),
  ),
  share: fc.record({
    accounts: fc.subarray([OTHER_ACCOUNT, '777788889999']),
    organisations: fc.subarray(['o-exampleorgid']),
    public: fc.boolean(),
  }),
});
const anyFinding = fc
  .tuple(few(anyCall), fc.constantFrom(anActor(), aPerson()))
  .map(([calls, actor]) => findingOf(calls.map((call) => ({ ...call, actor }))));

const changed = (
  record: FindingRecord,
  change: (activity: Activity) => Partial<Activity>,
): FindingRecord => ({
  ...record,
  members: record.members.map((member) => ({
    ...member,
    activity: { ...member.activity, ...change(member.activity) },
  })),
});

/** The same finding, done elsewhere, otherwise, or by somebody else; `where` the exception is held to that. */
const ANOTHER: readonly (readonly [
  string,
  (activity: Activity) => Partial<Activity>,
  (exception: Policy['suppressions'][number]) => boolean,
])[] = [
  ['Region', () => ({ region: 'sa-east-1' }), () => true],
  ['network', () => ({ origin: from('203.0.112.1') }), ({ networks }) => networks !== undefined],
  [
    'service',
    () => ({ origin: { service: 'autoscaling.amazonaws.com', agent: 'other', console: false } }),
    ({ networks }) => networks !== undefined,
  ],
  [
    'resource beside',
    ({ links }) => ({ links: [...links, link('snapshot', 'snap-9', 'used')] }),
    ({ resources }) => resources !== undefined,
  ],
  ['profile', () => ({ launch: aLaunch({ profile: 'admin' }) }), ({ resources }) => resources !== undefined],
  [
    'peer beside',
    ({ share }) => ({
      share: {
        ...(share ?? { organisations: [], public: false }),
        accounts: [...(share?.accounts ?? []), '999988887777'],
      },
    }),
    ({ peers }) => peers !== undefined,
  ],
  [
    'peer that is everyone',
    ({ share }) => ({ share: { accounts: [], organisations: [], ...share, public: true } }),
    ({ peers }) => peers !== undefined,
  ],
  ['subject of the same label', ({ actor }) => ({ actor: { ...actor, key: `${actor.key}X` } }), () => true],
  ['account', () => ({ account: '123456789012' }), () => true],
];

describe('the exceptions that an alert suggests', () => {
  it('silence their finding, and never the same one of another Region, network, resource, peer or subject', () => {
    let held = 0;
    fc.assert(
      fc.property(anyFinding, (record) => {
        const suppressions = suggested(record);
        if (suppressions === undefined) return;
        const policy = { ...defaultPolicy, suppressions };
        expect(suppressedBy(record, policy).length).toBeGreaterThan(0);
        for (const [, change, isHeld] of ANOTHER) {
          if (!suppressions.every(isHeld)) continue;
          held += 1;
          expect(suppressedBy(changed(record, change), policy)).toEqual([]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(5000);
  });

  it('are policy that is read, pushed, and as narrow as the linter asks', () => {
    const suppressions = suggested(acceleratedLaunch()) ?? [];
    expect(suppressions.length).toBeGreaterThan(0);
    const read = readPolicy({ suppressions });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(lintPolicy(read.policy, '2026-06-20')).toEqual([]);
    expect(completedPolicy(JSON.parse(canonicalPolicy(read.policy)), defaultPolicy)).toMatchObject({
      ok: true,
      policy: { suppressions },
    });
  });

  it('name the snapshot, and nobody, where it was shared with everyone', () => {
    const [first] = suggested(publicShare()) ?? [];
    expect(first).toMatchObject({ resources: expect.arrayContaining([expect.stringMatching(/^snap-/)]) });
    expect(first).not.toHaveProperty('peers');
  });

  it('leave out what would be a long list, but not the Region', () => {
    const many = Array.from({ length: MOST_VALUES + 1 }, (_, index) => ({
      links: [link('snapshot', `snap-${index}`, 'changed')],
    }));
    const [first] = suggested(findingOf(many)) ?? [];
    expect(first).toMatchObject({ regions: ['eu-west-1'], networks: ['192.0.2.0/24'] });
    expect(first).not.toHaveProperty('resources');
  });

  it('are none where an id is text that nobody could copy from a message', () => {
    expect(suggested(findingOf([{ links: [link('launch-template', HOSTILE, 'used')] }]))).toBeUndefined();
    const actor = anActor({ key: HOSTILE });
    expect(suggested(findingOf([{ actor }]))).toBeUndefined();
  });

  it('are of the one who weighs most, and do not cover what others did in the story', () => {
    const record = aFinding([
      assessed(anActivity({ actor: anActor() }), [evidence('shared-outside', 'x')]),
      assessed(anActivity({ actor: aPerson() }), [evidence('shared-outside', 'x')]),
    ]);
    expect(suggested(record)).toBeUndefined();
  });
});
