import { describe, expect, it } from 'vitest';
import type { Activity } from '../../lambda/core/activity.ts';
import { assess, scoreOf } from '../../lambda/core/assess.ts';
import type { Assessment } from '../../lambda/core/finding.ts';
import { defaultPolicy, type Policy, type Severity, severityOf } from '../../lambda/core/policy.ts';
import {
  aLaunch,
  anActivity,
  anActor,
  anOrigin,
  aPerson,
  from,
  HOUR,
  memoryAfter,
  NOW,
} from '../builders.ts';
import {
  alice,
  aShare,
  aSnapshot,
  autoScaling,
  habit,
  inARow,
  launchOf,
  PARTNER,
  policyOf,
  root,
  someoneElse,
  stranger,
  watched,
} from '../fixtures/signals/cases.ts';

/** What severity says a person should do, by default policy, in whole situations rather than signal by signal. */

const RANKS = [undefined, 'low', 'medium', 'high', 'critical'] as const;
const rank = (severity: Severity | undefined): number => RANKS.indexOf(severity);

const judged = (
  activity: Activity,
  history: readonly Activity[] = [],
  policy: Policy = defaultPolicy,
): Assessment => assess(activity, memoryAfter(history, activity, { policy }), policy);
const severity = (activity: Activity, history: readonly Activity[] = [], policy: Policy = defaultPolicy) =>
  severityOf(policy, judged(activity, history, policy).score);
/** Severity of the finding that some activities of one subject make, each judged in its turn. */
const together = (activities: readonly Activity[], history: readonly Activity[] = []) =>
  severityOf(
    defaultPolicy,
    scoreOf(
      activities.map((activity) =>
        judged(activity, [...history, ...activities.filter((each) => each !== activity)]),
      ),
      defaultPolicy,
    ).score,
  );

/** An account where others launch every other day, with the image and in the Region that all tests use. */
const busy = habit({ actor: someoneElse });
const denied = { outcome: 'denied', error: 'UnauthorizedOperation' } as const;
const limited = { outcome: 'limited', error: 'VcpuLimitExceeded' } as const;
const gpu = (overrides: Partial<Activity> = {}) => launchOf({ types: ['p5.48xlarge'] }, overrides);

describe('a new actor launching with something else odd is MEDIUM', () => {
  it.each<[string, Activity, readonly Activity[], Policy?]>([
    ['in a Region where nobody launches', anActivity({ region: 'sa-east-1' }), []],
    ['after being refused once', anActivity(), inARow(1, () => anActivity(denied))],
    [
      'without the tags that the policy asks for',
      anActivity(),
      [],
      policyOf({ taggingPolicy: { required: ['owner'] } }),
    ],
    ['forty instances at once', launchOf({ count: 40 }), []],
    ['a small accelerated instance', launchOf({ types: ['g5.xlarge'] }), []],
    [
      'with user data and a key pair made for the occasion',
      launchOf({ userData: true, keyName: 'k' }),
      [
        anActivity({
          kind: 'key-pair.create',
          at: NOW - HOUR,
          links: [{ type: 'key-pair', id: 'k', role: 'made' }],
        }),
      ],
    ],
    ['outside the change window', anActivity(), [], policyOf({ changeWindow: { days: ['sun'] } })],
  ])('%s', (_, activity, history, policy = defaultPolicy) => {
    expect(severity(activity, [...busy, ...history], policy)).toBe('medium');
  });

  it('and with nothing else odd it is LOW', () => {
    expect(severity(anActivity(), busy)).toBe('low');
  });

  it('nor is an image that was published this morning odd enough', () => {
    expect(severity(launchOf({ images: ['ami-00000000000000099'] }), busy)).toBe('low');
  });
});

describe('a root launch is MEDIUM', () => {
  it.each<[string, readonly Activity[]]>([
    ['on the first day', []],
    ['in a watched account', watched],
    ['in a busy account', busy],
  ])('%s', (_, history) => {
    expect(rank(severity(anActivity({ actor: root }), history))).toBeGreaterThanOrEqual(rank('medium'));
  });

  it('where root launches every other day', () => {
    expect(severity(anActivity({ actor: root }), habit({ actor: root }))).toBe('medium');
  });
});

describe('a refused sweep is MEDIUM', () => {
  it.each<[string, readonly Activity[]]>([
    ['on the first day', []],
    ['in a watched account', watched],
  ])('%s', (_, history) => {
    expect(
      together(
        inARow(3, () => anActivity(denied)),
        history,
      ),
    ).toBe('medium');
  });

  it('and also by dry runs', () => {
    expect(together(inARow(3, () => anActivity({ outcome: 'dry-run' })))).toBe('medium');
  });

  it('but one refusal, or two, of someone who never launched is LOW', () => {
    expect(
      together(
        inARow(1, () => anActivity(denied)),
        busy,
      ),
    ).toBe('low');
    expect(
      together(
        inARow(2, () => anActivity(denied)),
        busy,
      ),
    ).toBe('low');
  });

  it('and a pipeline that meets its quota is LOW at most', () => {
    expect(
      rank(
        together(
          inARow(5, () => anActivity(limited)),
          habit(),
        ),
      ),
    ).toBeLessThanOrEqual(rank('low'));
  });
});

describe('an outside share is HIGH', () => {
  it.each<[string, Activity, readonly Activity[], Policy?]>([
    ['on the first day', aShare({ accounts: [PARTNER] }), []],
    ['of an image', aShare({ accounts: [PARTNER] }, { kind: 'image.share' }), watched],
    [
      'by someone who shares within the organisation every other day',
      aShare({ accounts: [PARTNER] }),
      habit({
        kind: 'snapshot.share',
        share: { accounts: ['444455556666'], organisations: [], public: false },
      }),
    ],
    [
      'to an account that the policy does not list',
      aShare({ accounts: ['444455556666', PARTNER] }),
      watched,
      policyOf({ organisation: { accounts: ['444455556666'] } }),
    ],
  ])('%s', (_, activity, history, policy = defaultPolicy) => {
    expect(severity(activity, history, policy)).toBe('high');
  });

  it('and its use by the other account as well', () => {
    const use = anActivity({
      kind: 'snapshot.use',
      actor: stranger,
      share: { accounts: [PARTNER], organisations: [], public: false },
    });
    expect(severity(use, watched)).toBe('high');
  });

  it('and a refused attempt is MEDIUM', () => {
    expect(severity(aShare({ accounts: [PARTNER] }, denied), watched)).toBe('medium');
  });

  it('but a share with an account of the organisation is nothing', () => {
    const ours = policyOf({ organisation: { accounts: [PARTNER] } });
    expect(severity(aShare({ accounts: [PARTNER] }), watched, ours)).toBeUndefined();
  });
});

describe('accelerated launches by an unfamiliar actor are HIGH', () => {
  it('by someone who never launched', () => {
    expect(severity(gpu(), busy)).toBe('high');
  });

  it('by a person new to a shared role', () => {
    expect(
      severity(gpu({ actor: aPerson('mallory@example.com') }), habit({ actor: aPerson('bob@example.com') })),
    ).toBe('high');
  });

  it('refused by quotas, again and again', () => {
    expect(
      together(
        inARow(3, () => gpu(limited)),
        busy,
      ),
    ).toBe('high');
  });

  it('and MEDIUM where nothing is known of the actor, for want of history', () => {
    expect(severity(gpu())).toBe('medium');
  });

  it('and MEDIUM by someone who launches ordinary instances every other day', () => {
    expect(severity(gpu(), habit())).toBe('medium');
  });

  it('and MEDIUM whole accelerated hosts of a new family by someone who uses a small one: a cheap habit buys no dear one', () => {
    expect(severity(gpu(), habit({ launch: aLaunch({ types: ['g4dn.xlarge'] }) }))).toBe('medium');
  });

  it('and nothing by someone who trains models on them every other day', () => {
    expect(severity(gpu(), habit({ launch: aLaunch({ types: ['p5.48xlarge'] }) }))).toBeUndefined();
  });
});

describe('stolen instance credentials are HIGH', () => {
  const web = anActor({
    key: 'AROAEXAMPLEWEB0000001',
    label: 'role/Web',
    class: 'workload',
    instance: 'i-00000000000000001',
  });

  it('from a network outside AWS, on the first day', () => {
    expect(severity(anActivity({ actor: web, origin: from('203.0.113.9', { asn: 64500 }) }))).toBe('high');
  });

  it('from a network new to them, without a database of networks', () => {
    const history = habit({ actor: web, origin: from('192.0.2.10') });
    expect(severity(anActivity({ actor: web, origin: from('203.0.113.9') }), history)).toBe('high');
  });

  it('but at home they are nothing', () => {
    const origin = from('192.0.2.10', { asn: 16509 });
    expect(severity(anActivity({ actor: web, origin }), habit({ actor: web, origin }))).toBeUndefined();
  });
});

describe('a public share is CRITICAL', () => {
  it.each<[string, readonly Activity[]]>([
    ['on the first day', []],
    [
      'by someone who does so every other day',
      habit({ kind: 'snapshot.share', share: { accounts: [], organisations: [], public: true } }),
    ],
  ])('%s', (_, history) => {
    expect(severity(aShare({ public: true }), history)).toBe('critical');
  });

  it('of an image, too', () => {
    expect(severity(aShare({ public: true }, { kind: 'image.share' }))).toBe('critical');
  });

  it('together with a foreign account, too', () => {
    expect(severity(aShare({ public: true, accounts: [PARTNER] }))).toBe('critical');
  });
});

describe('a failed attempt to make public is below HIGH', () => {
  it.each<[string, Activity['outcome'], Severity]>([
    ['refused', 'denied', 'medium'],
    ['malformed', 'failed', 'low'],
  ])('%s', (_, outcome, expected) => {
    expect(severity(aShare({ public: true }, { outcome }))).toBe(expected);
    expect(severity(aShare({ public: true }, { outcome }), watched)).toBe(expected);
  });
});

describe("a joiner's first ordinary launch behind a shared role is LOW at most", () => {
  const bobs = habit({ actor: aPerson('bob@example.com') });
  const joiner = aPerson('carol@example.com');

  it.each<[string, Activity]>([
    ['like the launches of others', anActivity({ actor: joiner })],
    [
      'from an image published this morning',
      launchOf({ images: ['ami-00000000000000099'] }, { actor: joiner }),
    ],
    [
      'from the console, at home',
      anActivity({
        actor: joiner,
        origin: { ...from('198.51.100.7', { asn: 64501, country: 'DE' }), console: true },
      }),
    ],
    ['early in the morning', anActivity({ actor: joiner, at: NOW - 7 * HOUR })],
    ['refused', anActivity({ actor: joiner, ...denied })],
  ])('%s', (_, activity) => {
    expect(severity(activity, bobs)).toBe('low');
  });
});

describe('an ordinary habitual launch is nothing', () => {
  it.each<[string, Activity, readonly Activity[]]>([
    ['by a pipeline', anActivity(), habit()],
    ['by a person', anActivity({ actor: alice }), habit({ actor: alice })],
    ['by a person behind a role', anActivity({ actor: aPerson() }), habit({ actor: aPerson() })],
    ['by Auto Scaling', anActivity({ actor: autoScaling }), habit({ actor: autoScaling })],
    ['by a partner who works here', anActivity({ actor: stranger }), habit({ actor: stranger })],
    [
      'of many, by someone who starts many',
      launchOf({ count: 100 }),
      habit({ launch: aLaunch({ count: 100 }) }),
    ],
    ['of an image published this morning', launchOf({ images: ['ami-00000000000000099'] }), habit()],
    [
      'of a type others use',
      launchOf({ types: ['c7g.large'] }),
      [...habit(), ...habit({ actor: someoneElse, launch: aLaunch({ types: ['c7g.large'] }) })],
    ],
    ['refused once', anActivity(denied), habit()],
  ])('%s', (_, activity, history) => {
    expect(severity(activity, history)).toBeUndefined();
  });

  it('and on the first day, when nothing is known', () => {
    expect(severity(anActivity())).toBeUndefined();
    expect(severity(anActivity({ actor: aPerson() }))).toBeUndefined();
  });
});

describe('removals are nothing', () => {
  it.each<[string, Activity]>([
    ['of a permission for one account', aShare({ accounts: [PARTNER] }, { kind: 'snapshot.unshare' })],
    ['of public access', aShare({ public: true }, { kind: 'image.unshare' })],
    ['of a snapshot', { ...aSnapshot(), kind: 'snapshot.delete' }],
    ['of an image', anActivity({ kind: 'image.delete' })],
    ['of an instance', anActivity({ kind: 'instance.terminate' })],
  ])('%s', (_, activity) => {
    expect(severity(activity)).toBeUndefined();
    expect(severity(activity, watched)).toBeUndefined();
    expect(severity({ ...activity, actor: root }, watched)).toBeUndefined();
  });
});

/** Defects of published rules (research by reading and running them) that ours must not repeat. */
describe('what other rules get wrong', () => {
  it('a launch of min = max = 10 counts ten, so four of them reach the threshold of forty', () => {
    const calls = inARow(4, () => launchOf({ count: 10 }));
    const last = calls.at(-1) as Activity;
    expect(judged(last, calls.slice(0, 3)).evidence.map(({ signal }) => signal)).toContain('launch-burst');
  });

  it('a call for fifty instances counts fifty', () => {
    const { evidence } = judged(launchOf({ count: 50 }), watched);
    expect(evidence.find(({ signal }) => signal === 'launch-burst')?.reason).toContain('50 instances');
  });

  it('a share with a single foreign account is not missed beside public ones', () => {
    expect(severity(aShare({ accounts: [PARTNER] }))).toBe('high');
  });

  it('a permission taken away is no share', () => {
    expect(judged(aShare({ accounts: [PARTNER] }, { kind: 'snapshot.unshare' })).evidence).toEqual([]);
  });

  it('launches through CloudFormation are judged as those of whoever called it', () => {
    const through = anActivity({
      actor: anActor({
        key: 'AROAEXAMPLENEW0000001',
        label: 'role/New',
        invokedBy: 'cloudformation.amazonaws.com',
      }),
      origin: { service: 'cloudformation.amazonaws.com', agent: 'cloudformation', console: false },
    });
    expect(severity(through, busy)).toBe('low');
  });

  it('a new session of a known role is not a new actor', () => {
    expect(
      judged(anActivity({ actor: anActor({ accessKey: 'ASIAEXAMPLESESSION22' }) }), habit()).evidence,
    ).toEqual([]);
  });

  it('the same name in another account is another actor', () => {
    const elsewhere = anActivity({ account: '444455556666' });
    const known = habit({ account: '444455556666', actor: someoneElse });
    expect(judged(elsewhere, [...habit(), ...known]).evidence.map(({ signal }) => signal)).toContain(
      'first-launch',
    );
  });

  it('the first new actor of a watched account is told though nobody is known to compare with', () => {
    expect(rank(severity(anActivity(), watched))).toBeGreaterThanOrEqual(rank('low'));
  });

  it('a launch from the console that shows an AWS address is judged as the person it is', () => {
    const origin = anOrigin({ service: 'AWS Internal', agent: 'console', console: true });
    expect(severity(anActivity({ actor: aPerson('mallory@example.com'), origin }), busy)).toBe('low');
  });

  it('a tool that hides behind the user agent of Terraform scores what it scored before', () => {
    const tool = judged(anActivity({ origin: anOrigin({ agent: 'pacu' }), region: 'sa-east-1' }), busy);
    const dressed = judged(
      anActivity({ origin: anOrigin({ agent: 'terraform' }), region: 'sa-east-1' }),
      busy,
    );
    expect(dressed.score).toBeGreaterThanOrEqual(60);
    expect(tool.score).toBeGreaterThan(dressed.score);
  });

  it('an attempt that failed leaves evidence though nothing was launched', () => {
    expect(judged(gpu(limited)).evidence.map(({ signal }) => signal)).toEqual([
      'accelerated-launch',
      'refused-attempts',
    ]);
  });

  it('an intruder who waits a day does not become familiar by the intrusion', () => {
    const first = gpu({ at: NOW - 2 * 24 * HOUR });
    const second = gpu();
    const memory = memoryAfter([...busy, first], second, { suspect: [first] });
    expect(severityOf(defaultPolicy, assess(second, memory, defaultPolicy).score)).toBe('high');
  });
});
