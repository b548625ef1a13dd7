import { describe, expect, it } from 'vitest';
import type { Activity } from '../../lambda/core/activity.ts';
import { assess } from '../../lambda/core/assess.ts';
import { defaultPolicy, severityOf } from '../../lambda/core/policy.ts';
import { anActivity, anActor, anOrigin, aPerson, HOUR, memoryAfter, NOW } from '../builders.ts';
import { aShare, habit, inARow, launchOf, PARTNER, someoneElse, watched } from '../fixtures/signals/cases.ts';
import { busy, gpu, judged, limited, rank, severity } from './situations.ts';

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
