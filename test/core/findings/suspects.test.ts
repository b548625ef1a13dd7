import { describe, expect, it } from 'vitest';
import { activityKey } from '../../../core/activity/activity.ts';
import type { Assessment, FindingRecord } from '../../../core/findings/finding.ts';
import { regroup } from '../../../core/findings/regroup.ts';
import { suspectsOf } from '../../../core/findings/suspects.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import type { SignalId } from '../../../core/policy/weights.ts';
import { anActivity, HOUR, NOW } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';
import { keyHolder } from '../../fixtures/signals/cases.ts';

const { settle } = defaultPolicy.learning;

const at = (ago: number, signal: SignalId = 'root-launch', overrides = {}): Assessment =>
  assessed(anActivity({ at: NOW - ago, ...overrides }), [evidence(signal, `because of ${signal}`)]);
const byKey = (ago: number, signal?: SignalId): Assessment => at(ago, signal, { actor: keyHolder });
const finding = (...members: Assessment[]): FindingRecord =>
  regroup([], members, defaultPolicy)[0] as FindingRecord;
const suspects = (...members: Assessment[]) => suspectsOf([finding(...members)], defaultPolicy);
const marked = (suspicion: 'finding' | 'leaked-key', ...members: Assessment[]) =>
  new Map(members.map(({ activity }) => [activityKey(activity), suspicion]));
const nothing = new Map();

describe('what must not be learnt', () => {
  it('is nothing of a LOW finding', () => {
    expect(suspects(at(HOUR, 'first-launch'))).toEqual(nothing);
  });

  it('is every member of a finding that is MEDIUM from the start', () => {
    const members = [at(2 * HOUR), at(HOUR, 'first-launch'), at(0, 'first-launch')];
    expect(suspects(...members)).toEqual(marked('finding', ...members));
  });

  it('is also what came less than the settling time before the finding became MEDIUM', () => {
    const members = [at(settle - 1, 'first-launch'), at(0, 'root-launch')];
    expect(suspects(...members)).toEqual(marked('finding', ...members));
  });

  it('is not what had settled before the finding became MEDIUM: what is learnt never depends on what it is used for', () => {
    const medium = at(0, 'root-launch');
    expect(suspects(at(settle, 'first-launch'), medium)).toEqual(marked('finding', medium));
  });

  it('is, while the account is learnt, what a HIGH finding showed, not what a MEDIUM one did', () => {
    const learning = (member: Assessment): Assessment => ({ ...member, learning: true });
    const medium = learning(at(HOUR, 'accelerated-launch'));
    expect(suspects(medium)).toEqual(nothing);
    const high = learning(at(0, 'shared-outside'));
    expect(suspects(medium, high)).toEqual(marked('finding', medium, high));
  });

  it('is nothing of a closed finding', () => {
    const open = finding(at(0));
    expect(suspectsOf([{ ...open, status: 'withdrawn' }], defaultPolicy)).toEqual(nothing);
    expect(suspectsOf([{ ...open, status: 'merged' }], defaultPolicy)).toEqual(nothing);
  });
});

describe('what a long-lived key showed', () => {
  const published = (ago: number) => byKey(ago, 'shared-publicly');

  it('is suspect for longer once the finding was CRITICAL before it had settled', () => {
    const members = [byKey(settle - 1, 'first-launch'), published(0)];
    expect(suspects(...members)).toEqual(marked('leaked-key', ...members));
  });

  it('is suspect for as long as the rest in a finding that is only HIGH', () => {
    const member = byKey(0, 'shared-outside');
    expect(suspects(member)).toEqual(marked('finding', member));
  });

  it('is suspect for as long as the rest where it had settled before the finding became CRITICAL', () => {
    const members = [byKey(settle), byKey(settle / 2), published(0)];
    expect(suspects(...members)).toEqual(
      new Map([...marked('finding', ...members.slice(0, 1)), ...marked('leaked-key', ...members.slice(1))]),
    );
  });

  it('counts for longer where two findings hold it, whichever is read first', () => {
    const critical = finding(published(0));
    const high = finding(byKey(0, 'shared-outside'));
    const [evidenceOfHigh] = high.members;
    const [member] = critical.members;
    if (evidenceOfHigh === undefined || member === undefined) throw new Error('expected members');
    const both = [critical, { ...high, members: [{ ...evidenceOfHigh, activity: member.activity }] }];
    expect(suspectsOf(both, defaultPolicy)).toEqual(suspectsOf(both.toReversed(), defaultPolicy));
    expect([...suspectsOf(both, defaultPolicy).values()]).toEqual(['leaked-key']);
  });

  it('is not suspect for longer in the session of a person, however severe the finding', () => {
    const member = at(0, 'shared-publicly');
    expect(suspects(member)).toEqual(marked('finding', member));
  });
});
