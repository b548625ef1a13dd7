import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { readPolicy } from '../../../core/policy/read-policy.ts';

function problemsOf(input: unknown): string[] {
  const read = readPolicy(input);
  return read.ok ? [] : read.problems.map(({ path, message }) => `${path}: ${message}`);
}

const suppression = { account: '111122223333', reason: 'load test', owner: 'ops', expires: '2026-12-31' };

describe('reading a policy', () => {
  it.each([
    ['nothing at all', null],
    ['an empty policy', {}],
    [
      'sections and lists whose every line is commented out',
      { learning: null, suppressions: null, signals: { off: null } },
    ],
  ])('takes %s for the defaults', (_, input) => {
    expect(readPolicy(input)).toEqual({ ok: true, policy: defaultPolicy });
  });

  it('turns durations into milliseconds', () => {
    const read = readPolicy({ timeWindow: '90m', learning: { period: '0d', settle: '36h' } });
    expect(read.ok && [read.policy.timeWindow, read.policy.learning]).toEqual([
      5_400_000,
      { ...defaultPolicy.learning, period: 0, settle: 129_600_000 },
    ]);
  });

  it.each(['111122223333', '1a2b3c4d-0000-4000-8000-000000000001', 'example-project', 'example.com'])(
    'takes %s for an account, a subscription, a project or a domain of ours',
    (account) => {
      expect(readPolicy({ organisation: { accounts: [account] } }).ok).toBe(true);
    },
  );

  it.each([
    ['a slip in a key', { learning: { perod: '3d' } }, 'learning.perod: unknown key; did you mean `period`?'],
    [
      'another way to write a key',
      { time_window: '3d' },
      'time_window: unknown key; did you mean `timeWindow`?',
    ],
    [
      'a key that resembles none',
      { learning: { foo: 1 } },
      'learning.foo: unknown key; expected one of period, settle, quarantine, keyQuarantine',
    ],
    [
      'a slip in a signal that is weighed',
      { signals: { weights: { 'first-lunch': 0.2 } } },
      'signals.weights.first-lunch: unknown key; did you mean `first-launch`?',
    ],
    [
      'a slip in a signal that is turned off',
      { signals: { off: ['root-launch', 'shared-publically'] } },
      'signals.off[1]: unknown value "shared-publically"; did you mean `shared-publicly`?',
    ],
    [
      'a longer word for a day',
      { changeWindow: { days: ['monday'] } },
      'changeWindow.days[0]: unknown value "monday"; did you mean `mon`?',
    ],
    [
      'a value that is no word',
      { response: { minSeverity: 3 } },
      'response.minSeverity: unknown value 3; expected one of low, medium, high, critical',
    ],
    [
      'a weight above 1',
      { signals: { weights: { 'root-launch': 4 } } },
      'signals.weights.root-launch: expected a number from 0 to 1, got 4',
    ],
    [
      'a duration in words',
      { learning: { settle: '3 days' } },
      'learning.settle: expected a duration such as 90m, 24h or 10d, got "3 days"',
    ],
    [
      'a window of no length',
      { timeWindow: '0h' },
      'timeWindow: expected a duration such as 90m, 24h or 10d, got "0h"',
    ],
    [
      'an account id that YAML read as a number',
      { organisation: { accounts: [111122223333] } },
      'organisation.accounts[0]: expected a quoted 12-digit account id, or a subscription, project or domain, got 111122223333',
    ],
    [
      'a prefix too long for its address',
      { organisation: { networks: ['192.0.2.0/33'] } },
      'organisation.networks[0]: expected a CIDR such as 203.0.113.0/24, got "192.0.2.0/33"',
    ],
    ['a text for a section', { learning: 'on' }, 'learning: expected keys and values, got "on"'],
    [
      'a text for a list',
      { geoLocation: { regions: 'eu-west-1' } },
      'geoLocation.regions: expected a list, got "eu-west-1"',
    ],
    ['a list for the whole', 'policy', ': expected keys and values, got "policy"'],
    [
      'a day that does not exist',
      { suppressions: [{ ...suppression, expires: '2026-02-31' }] },
      'suppressions[0].expires: expected a date such as 2026-12-31, got "2026-02-31"',
    ],
    [
      'a text that is no date',
      { suppressions: [{ ...suppression, expires: 'soon' }] },
      'suppressions[0].expires: expected a date such as 2026-12-31, got "soon"',
    ],
    [
      'a suppression without an owner',
      { suppressions: [{ ...suppression, owner: '' }] },
      'suppressions[0].owner: expected a text that is not empty, got ""',
    ],
    [
      'a suppression of everything',
      { suppressions: [{ reason: 'quiet', owner: 'ops', expires: '2026-12-31' }] },
      'suppressions[0]: expected at least one of signal, account, actor and subject: without any, every finding would be suppressed',
    ],
    [
      'a condition whose lines are all commented out',
      { suppressions: [{ ...suppression, networks: null }] },
      'suppressions[0].networks: expected a list, got null',
    ],
    [
      'a condition that nothing fits',
      { suppressions: [{ ...suppression, regions: [] }] },
      'suppressions[0].regions: expected at least one; leave the key out for any',
    ],
    [
      'a network that is none',
      { suppressions: [{ ...suppression, networks: ['the office'] }] },
      'suppressions[0].networks[0]: expected a CIDR such as 203.0.113.0/24, or a service such as autoscaling.amazonaws.com, got "the office"',
    ],
    [
      'severities that cross a default',
      { severity: { low: 50 } },
      'severity: expected low < medium < high < critical, counting the defaults of those left out (15, 40, 70, 90)',
    ],
  ])('names %s, where it is and what is right', (_, input, problem) => {
    expect(problemsOf(input)).toEqual([problem]);
  });

  it('names all problems at once', () => {
    expect(
      problemsOf({ a: 1, b: 2, learning: { x: 1, period: 3 } }).map((line) => line.split(':')[0]),
    ).toEqual(['learning.period', 'learning.x', 'a', 'b']);
  });

  it('says what is missing', () => {
    expect(
      problemsOf({ suppressions: [{ account: '111122223333', owner: 'ops', expires: '2026-12-31' }] }),
    ).toEqual(['suppressions[0].reason: is missing']);
  });

  it('cuts and cleans what it repeats', () => {
    const [line = ''] = problemsOf({ learning: { period: `\u001b[31m${'x'.repeat(500)}` } });
    expect(line).not.toContain('\u001b');
    expect(line.length).toBeLessThan(160);
  });

  it('never throws, whatever it is given', () => {
    const key = fc.constantFrom(
      'learning',
      'signals',
      'weights',
      'suppressions',
      'severity',
      'low',
      '__proto__',
      'x',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(fc.anything(), fc.array(tie('node')), fc.dictionary(key, tie('node'))),
    })).node;
    fc.assert(
      fc.property(value, (input) => {
        const read = readPolicy(input);
        if (!read.ok) expect(read.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});
