import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';
import { aLaunch, anActivity, anActor, aPerson, from, HOUR, NOW } from '../../builders.ts';
import {
  alice,
  autoScaling,
  habit,
  inARow,
  launchOf,
  policyOf,
  root,
  someoneElse,
  stranger,
  watched,
} from '../../fixtures/signals/cases.ts';
import { busy, denied, gpu, limited, rank, severity, together } from '../situations.ts';

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

  it('where root launches every other day, from elsewhere', () => {
    const elsewhere = anActivity({ actor: root, origin: from('198.51.100.9') });
    expect(severity(elsewhere, habit({ actor: root }))).toBe('medium');
  });

  it('but LOW where it does so from where it always did: the first times were told', () => {
    expect(severity(anActivity({ actor: root }), habit({ actor: root }))).toBe('low');
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
    const trainer = habit({ launch: aLaunch({ types: ['g4dn.xlarge'] }) });
    expect(severity(launchOf({ types: ['p5.48xlarge'], count: 2 }), trainer)).toBe('medium');
    expect(severity(gpu(), trainer)).toBe('low');
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
