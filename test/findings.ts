import fc from 'fast-check';
import { type Activity, byTime, type Link } from '../core/activity/activity.ts';
import { KINDS } from '../core/activity/kinds.ts';
import { scoreOf } from '../core/findings/assess.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import { severityOf } from '../core/findings/severity.ts';
import { defaultPolicy } from '../core/policy/policy.ts';
import { SIGNAL_IDS, type SignalId } from '../core/policy/weights.ts';
import type { Evidence } from '../core/signals/signal.ts';
import { ACCOUNT, aLaunch, anActivity, anActor, aPerson, from, NOW, OTHER_ACCOUNT } from './builders.ts';

const MINUTE = 60_000;

/** Evidence of a signal, of full strength unless said otherwise. */
export const evidence = (signal: SignalId, reason: string, rest: Partial<Evidence> = {}): Evidence => ({
  signal,
  strength: 1,
  reason,
  ...rest,
});

/** An assessment as `assess` would make it of such evidence. */
export function assessed(activity: Activity, evidence: readonly Evidence[], learning = false): Assessment {
  const bare: Assessment = { activity, evidence, score: 0, ...(learning && { learning }) };
  return { ...bare, score: scoreOf([bare], defaultPolicy).score };
}

/** A finding of these members, with the score and order the detector would give it. */
export function aFinding(
  members: readonly Assessment[],
  overrides: Partial<FindingRecord> = {},
): FindingRecord {
  const { score } = scoreOf(members, defaultPolicy);
  const times = members.map(({ activity }) => activity.at);
  return {
    id: 'lt-0123456789abcdef01234567',
    account: ACCOUNT,
    subject: 'AROAEXAMPLEDEPLOY0001',
    status: 'open',
    start: Math.min(...times),
    end: Math.max(...times),
    last: Math.max(...times),
    members: members.toSorted((a, b) => b.score - a.score || byTime(a.activity, b.activity)),
    score,
    severity: severityOf(defaultPolicy, score) ?? 'low',
    ...overrides,
  };
}

export const link = (type: Link['type'], id: string, role: Link['role'] = 'made'): Link => ({
  type,
  id,
  role,
});

export const instanceId = (n: number): string => `i-${n.toString(16).padStart(17, '0')}`;

const mallory = anActor({
  key: 'AIDAEXAMPLEMALLORY001',
  label: 'user/mallory',
  class: 'human',
  arn: `arn:aws:iam::${ACCOUNT}:user/contractors/mallory`,
  credential: 'long-lived',
  accessKey: 'AKIAEXAMPLEMALLORY22'.replace('1', 'I'),
  mfa: false,
});
const abroad = from('203.0.113.9', { asn: 64_496, holder: 'Example Hosting', country: 'NL' });

/** A stranger's accelerated launch after a sweep of refusals. */
export function acceleratedLaunch(): FindingRecord {
  const refused = Array.from({ length: 14 }, (_, index) =>
    assessed(
      anActivity({
        at: NOW + index * MINUTE,
        region: index < 7 ? 'eu-north-1' : 'sa-east-1',
        actor: mallory,
        origin: abroad,
        outcome: 'limited',
        error: 'VcpuLimitExceeded',
        launch: aLaunch({ count: 8, types: ['p5.48xlarge'] }),
      }),
      index < 2
        ? []
        : [
            evidence('refused-attempts', `${index + 1} launch attempts of user/mallory refused within 24 h`, {
              strength: 0.9,
            }),
          ],
    ),
  );
  const worked = assessed(
    anActivity({
      at: NOW + 20 * MINUTE,
      region: 'us-west-2',
      actor: mallory,
      origin: abroad,
      launch: aLaunch({
        count: 8,
        types: ['p5.48xlarge'],
        keyName: 'tmp-key',
        userData: true,
        publicAddress: true,
        profile: 'arn:aws:iam::111122223333:instance-profile/Builder',
      }),
      links: Array.from({ length: 8 }, (_, index) => link('instance', instanceId(index + 1))),
    }),
    [
      evidence(
        'accelerated-launch',
        'user/mallory asked for 8 instances of p5.48xlarge and is not known to use GPUs',
      ),
      evidence('unfamiliar-region', 'us-west-2 is new to user/mallory, who uses eu-west-1', {
        novelty: true,
      }),
      evidence('unfamiliar-network', 'user/mallory: AS64496 (NL) is new, usual is AS64500 (DE)', {
        novelty: true,
      }),
    ],
  );
  return aFinding([...refused, worked]);
}

/** A snapshot of a volume, shared with everyone a minute later by a person behind a role. */
export function publicShare(): FindingRecord {
  const actor = aPerson('bob@example.com', {
    arn: `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef`,
    mfa: true,
  });
  const snapshot = 'snap-0aaaaaaaaaaaaaaaa';
  return aFinding([
    assessed(
      anActivity({
        kind: 'snapshot.create',
        action: 'ec2:CreateSnapshot',
        actor,
        origin: abroad,
        links: [link('volume', 'vol-0bbbbbbbbbbbbbbbb', 'used'), link('snapshot', snapshot)],
      }),
      [
        evidence('first-snapshot-of-volume', 'No snapshot of vol-0bbbbbbbbbbbbbbbb had been made before', {
          novelty: true,
        }),
      ],
    ),
    assessed(
      anActivity({
        at: NOW + MINUTE,
        kind: 'snapshot.share',
        action: 'ec2:ModifySnapshotAttribute',
        actor,
        origin: abroad,
        links: [link('snapshot', snapshot, 'changed')],
        share: { accounts: [OTHER_ACCOUNT], organisations: [], public: true },
      }),
      [evidence('shared-publicly', `bob@example.com (role/Admin) shared ${snapshot} with everyone`)],
    ),
  ]);
}

/** An instance's own role launching from an address outside AWS. */
export function stolenCredentials(): FindingRecord {
  const actor = anActor({
    label: 'role/WebServer',
    class: 'workload',
    arn: `arn:aws:iam::${ACCOUNT}:role/WebServer`,
    instance: instanceId(77),
    accessKey: 'ASIAEXAMPLEWEBSERVER',
  });
  return aFinding([
    assessed(
      anActivity({
        actor,
        origin: abroad,
        launch: aLaunch({ count: 2 }),
        links: [link('instance', instanceId(1)), link('instance', instanceId(2))],
      }),
      [
        evidence(
          'instance-credentials-elsewhere',
          `Credentials of ${instanceId(77)} came from 203.0.113.9, which is not in AWS (AS64496 Example Hosting)`,
        ),
        evidence('first-launch', 'role/WebServer had never launched an instance', { novelty: true }),
      ],
    ),
  ]);
}

/** Root launching one instance while the account is still being learnt. */
export function rootLaunch(): FindingRecord {
  const actor = anActor({
    key: `root#${ACCOUNT}`,
    label: 'root',
    class: 'root',
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    mfa: false,
  });
  return aFinding([
    assessed(
      anActivity({
        actor,
        origin: { ...abroad, console: true, agent: 'console' },
        links: [link('instance', instanceId(9))],
      }),
      [evidence('root-launch', `The root user of account ${ACCOUNT} called ec2:RunInstances`)],
      true,
    ),
  ]);
}

/** A LOW finding: a first launch, nothing else. */
export function firstLaunch(): FindingRecord {
  return aFinding([
    assessed(anActivity({ links: [link('instance', instanceId(3))] }), [
      evidence('first-launch', 'role/Deploy had never launched an instance', { novelty: true }),
    ]),
  ]);
}

/** Text as an intruder would choose it: controls, directions, quotes, shell syntax, markup, astral characters. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '\u001b[31mred\u0007',
    '\u202Egnp.exe',
    "'; rm -rf / #",
    '$(curl 203.0.113.1)',
    '`id`',
    'a\r\nBcc: everyone@example.com',
    '😀'.repeat(60),
    '"}],"severity_id":2',
    'x'.repeat(3_000),
  ),
);

const hostile = (plausible: readonly string[]) => fc.oneof(fc.constantFrom(...plausible), hostileText);

const arbitraryLink: fc.Arbitrary<Link> = fc.record({
  type: fc.constantFrom('instance', 'snapshot', 'volume', 'image', 'security-group', 'user', 'access-key'),
  id: hostile([instanceId(1), instanceId(2), 'snap-0aaaaaaaaaaaaaaaa', 'ami-0bbbbbbbbbbbbbbbb']),
  role: fc.constantFrom('made', 'used', 'changed'),
});

const arbitraryActivity: fc.Arbitrary<Activity> = fc
  .record(
    {
      id: hostile(['11111111-2222-4333-8444-555555555555']),
      at: fc.integer({ min: 0, max: 60 }).map((minutes) => NOW + minutes * MINUTE),
      region: hostile(['eu-west-1', 'us-gov-east-1', 'cn-north-1']),
      kind: fc.constantFrom(...KINDS),
      action: hostile(['ec2:RunInstances', 'ec2:ModifySnapshotAttribute']),
      outcome: fc.constantFrom('succeeded', 'denied', 'dry-run', 'limited', 'failed'),
      error: hostile(['UnauthorizedOperation']),
      detail: hostileText,
      links: fc.array(arbitraryLink, { maxLength: 12 }),
      actor: fc.record({
        key: hostileText,
        label: hostileText,
        class: fc.constantFrom('human', 'workload', 'automation', 'service', 'root', 'foreign-account'),
        account: hostile([ACCOUNT, OTHER_ACCOUNT]),
        arn: hostile([`arn:aws:iam::${ACCOUNT}:user/eve`, `arn:aws:iam::${ACCOUNT}:role/x'y`]),
        mfa: fc.boolean(),
        accessKey: hostile(['AKIAEXAMPLEEVE222222']),
      }),
      origin: fc.record({
        ip: fc.constantFrom('203.0.113.9', '2001:db8::1'),
        network: fc.record({ asn: fc.nat(), holder: hostileText, country: fc.constantFrom('NL', 'DE') }),
        agent: hostileText,
        console: fc.boolean(),
      }),
      share: fc.record({
        accounts: fc.array(hostile([OTHER_ACCOUNT]), { maxLength: 3 }),
        organisations: fc.array(hostileText, { maxLength: 2 }),
        public: fc.boolean(),
      }),
      launch: fc.record({
        count: fc.integer({ min: 1, max: 1000 }),
        types: fc.array(hostile(['p5.48xlarge']), { maxLength: 3 }),
        images: fc.array(hostileText, { maxLength: 2 }),
        snapshots: fc.array(hostileText, { maxLength: 2 }),
        keyName: hostileText,
        groups: fc.constant([]),
        tagKeys: fc.constant([]),
      }),
    },
    { requiredKeys: ['id', 'at', 'region', 'kind', 'action', 'outcome', 'links', 'actor', 'origin'] },
  )
  .map((parts) => anActivity({ ...parts, account: ACCOUNT }));

const arbitraryEvidence: fc.Arbitrary<Evidence> = fc.record({
  signal: fc.constantFrom(...SIGNAL_IDS),
  strength: fc.double({ min: 0.01, max: 1, noNaN: true }),
  reason: hostileText,
});

/** Findings of any shape, with hostile text wherever a record can carry text. */
export const arbitraryFinding: fc.Arbitrary<FindingRecord> = fc
  .record({
    members: fc.array(
      fc.tuple(arbitraryActivity, fc.array(arbitraryEvidence, { maxLength: 4 }), fc.boolean()),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
    id: hostile(['lt-0123456789abcdef01234567']),
    status: fc.constantFrom('open' as const, 'open' as const, 'merged' as const, 'withdrawn' as const),
    into: hostileText,
  })
  .map(({ members, id, status, into }) =>
    aFinding(
      members.map(([activity, found, learning]) => assessed(activity, found, learning)),
      { id, status, ...(status === 'merged' && { into }) },
    ),
  );
