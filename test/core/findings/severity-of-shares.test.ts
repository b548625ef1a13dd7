import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import type { Severity } from '../../../core/findings/severity.ts';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';
import { anActivity } from '../../builders.ts';
import {
  aShare,
  aSnapshot,
  habit,
  PARTNER,
  policyOf,
  root,
  stranger,
  watched,
} from '../../fixtures/signals/cases.ts';
import { denied, severity } from '../situations.ts';

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
