import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Activity } from '../../core/activity/activity.ts';
import { explain } from '../../core/findings/assess.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { readPolicy } from '../../core/policy/read-policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { lost } from '../../core/records/inventory/coverage.ts';
import { coverageLost } from '../../core/signals/coverage-lost.ts';
import type { Memory } from '../../core/signals/memory.ts';
import { eventLink } from '../../tell/console-links.ts';
import { FINDING_TYPES, findingTypeOf, firstSteps, runbookOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { alertText, MAX_BODY_BYTES } from '../../tell/message.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { MAX_SUBJECT, subjectLine, subjectOf } from '../../tell/subject.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { aLaunch, anActivity, anActor, NOW } from '../builders.ts';
import {
  acceleratedLaunch,
  aFinding,
  arbitraryFinding,
  assessed,
  evidence,
  firstLaunch,
  hostileText,
  instanceId,
  link,
  publicShare,
  rootLaunch,
  stolenCredentials,
} from '../findings.ts';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}]/u;

const typeOfRecord = (record: ReturnType<typeof firstLaunch>) =>
  findingTypeOf(record, explain(record, policy).parts);

describe('an alert', () => {
  it('says who did what where, in order', () => {
    const { subject, body } = alertText(acceleratedLaunch(), policy);
    expect(subject).toBe(
      '[HIGH] user/mallory launched 8 x p5.48xlarge in us-west-2; 14 attempts refused... (111122223333)',
    );
    expect(body).toContain('203.0.113.9 (AS64496 Example Hosting, NL)');
    expect(body).toContain('long-lived credentials AKIAEXAMPLEMALLORY22, MFA NO');
    const [first, second, third] = ['eu-north-1  Run', 'sa-east-1  Run', 'us-west-2  Run'].map((text) =>
      body.indexOf(text),
    );
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(third).toBeGreaterThan(second ?? 0);
    expect(body).toContain('[7 times, last 2026-06-15 12:06:00Z]');
  });

  it.each([
    [
      'heartbeat',
      'no heartbeat since 12:00',
      'Launchtrail has lost account 111122223333 in eu-west-1',
      'verify',
    ],
    ['region', 'never heard', 'Launchtrail does not watch account 111122223333 in eu-west-1', 'verify'],
    [
      'subscriber',
      'reaches no one',
      'Alerts reach nobody from account 111122223333 in eu-west-1',
      'Subscribe',
    ],
  ] as const)(
    'says of a missing %s what is missing, and of nobody that they did it',
    (what, detail, title, step) => {
      const activity = lost({ account: '111122223333', region: 'eu-west-1', at: NOW, what, detail });
      const reason = coverageLost.evaluate(activity, {} as Memory, policy)?.reason ?? '';
      const record = aFinding([
        { ...assessed(activity, [evidence('coverage-lost', reason)]), learning: true },
      ]);
      const { subject, body } = alertText(record, policy);
      expect(subject).toContain(title);
      expect(body).toContain(`${title}\n`);
      expect(body).toContain(`Missing: ${detail}`);
      expect(body).toContain('Actor:    nobody, as far as is known');
      expect(body).toMatch(new RegExp(`^1\\. .*${step}`, 'm'));
      expect(body).not.toMatch(/Session:|From:|switched off|Learning|while the actor goes on/);
    },
  );

  it('has a headline for a loss of which nothing is said', () => {
    const activity = lost({
      account: '111122223333',
      region: 'eu-west-1',
      at: NOW,
      what: 'region',
      detail: '',
    });
    const record = aFinding([assessed(activity, [evidence('coverage-lost', '')])]);
    expect(toOcsf(record, { policy }).message).not.toBe('');
  });

  it('says what, who, when, what is left and what to do, and only then why', () => {
    const { body } = alertText(publicShare(), policy);
    const order = [
      'shared',
      'Still there, as far as records tell: snap-',
      'WHO',
      'When:     2026-',
      'FIRST STEPS',
      'CONTAINMENT',
      'WHAT, IN ORDER',
      'WHY IT SCORED',
      'TO CLOSE',
    ].map((text) => body.indexOf(text));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it('calls a person by their name where it gives reasons, unless they have two roles', () => {
    const label = 'role/Admin';
    const ann = anActor({ label, person: { key: 'ann', label: 'ann@example.com' } });
    const other = anActor({ label: 'role/Other', person: { key: 'ann', label: 'ann@example.com' } });
    const why = [evidence('first-launch', 'ann@example.com (role/Admin) had launched nothing')];
    const told = (...actors: (typeof ann)[]) =>
      alertText(
        aFinding(actors.map((actor, at) => assessed(anActivity({ actor, id: `${at}`, at: NOW + at }), why))),
        policy,
      ).body;
    expect(told(ann)).toContain('+35.0  ann@example.com had launched nothing');
    expect(told(ann, other)).toContain('  ann@example.com (role/Admin) had launched nothing');
  });

  it('names the account in the subject where all else fits', () => {
    const short = subjectOf(firstLaunch(), 'launched', 'payments-prod');
    expect(short).toMatch(/111122223333 payments-prod\)$/);
    const long = alertText(acceleratedLaunch(), policy, { accountName: 'payments-prod' });
    expect(long.subject).toBe(alertText(acceleratedLaunch(), policy).subject);
    expect(long.body).toContain('Account:  111122223333 (payments-prod)');
  });

  it('cleans and cuts what an account is called', () => {
    fc.assert(
      fc.property(arbitraryFinding, hostileText, (record, accountName) => {
        const { subject, body } = alertText(record, policy, { accountName });
        expect(subject.length).toBeLessThanOrEqual(MAX_SUBJECT);
        expect(subject).toMatch(/^[ -~]+$/);
        expect(body.split('\n').filter((line) => UNSAFE.test(line))).toEqual([]);
      }),
      { numRuns: 50 },
    );
    const { body } = alertText(firstLaunch(), policy, {
      accountName: `https://evil.example/${'x'.repeat(99)}`,
    });
    expect(body).toMatch(/Account: {2}\d+ \(hxxps:\/\/evil\[\.\]example\/x{1,40}…?\)/);
  });

  it('gives every signal its points, apart by whether it compares with the past', () => {
    const record = acceleratedLaunch();
    const { body } = alertText(record, policy);
    for (const { signal, points } of explain(record, policy).parts) {
      expect(body).toMatch(new RegExp(`\\+${points.toFixed(1)}  .*\\[${signal}`));
    }
    expect(body.indexOf('[accelerated-launch]')).toBeLessThan(
      body.indexOf('Compared with what was usual before'),
    );
    expect(body.indexOf('[unfamiliar-region]')).toBeGreaterThan(
      body.indexOf('Compared with what was usual before'),
    );
  });

  it('fills containment commands with the real ids', () => {
    expect(alertText(publicShare(), policy).body).toContain(
      "aws ec2 modify-snapshot-attribute --snapshot-id snap-0aaaaaaaaaaaaaaaa --region eu-west-1 --create-volume-permission 'Remove=[{Group=all},{UserId=444455556666}]'",
    );
    const { body } = alertText(acceleratedLaunch(), policy);
    expect(body).toContain(
      'aws iam update-access-key --user-name mallory --access-key-id AKIAEXAMPLEMALLORY22 --status Inactive',
    );
    expect(body).toContain('modify-instance-attribute --instance-id "$i" --groups "$SG" --region us-west-2');
    expect(body).toContain(instanceId(8));
    expect(alertText(stolenCredentials(), policy).body).toContain('put-role-policy --role-name WebServer');
    expect(alertText(rootLaunch(), policy).body).toContain('Root cannot be disabled by a command');
  });

  it('ends with how to open this very finding, and where its heaviest record can be read', () => {
    const record = acceleratedLaunch();
    const { body } = alertText(record, policy);
    expect(body).toContain(`\nIn full: launchtrail explain ${record.id} --stack Launchtrail\n`);
    const id = record.members[0]?.activity.id;
    expect(body).toContain(
      `https://us-west-2.console.aws.amazon.com/cloudtrailv2/home?region=us-west-2#/events/${id}`,
    );
    expect(eventLink({ id: id ?? '', region: 'cn-north-1' })).toContain('cn-north-1.console.amazonaws.cn');
    expect(eventLink({ id: id ?? '', region: 'us-iso-east-1' })).toBeUndefined();
    expect(eventLink({ id: 'x"><script>', region: 'eu-west-1' })).toBeUndefined();
    expect(eventLink({ id: id ?? '', region: 'evil.example/' })).toBeUndefined();
  });

  it('says so when every attempt was refused', () => {
    const record = aFinding([
      assessed(anActivity({ outcome: 'denied', error: 'UnauthorizedOperation' }), [
        evidence('refused-attempts', '3 launch attempts refused'),
      ]),
    ]);
    expect(alertText(record, policy).body).toContain('nothing was made, changed or shared');
    expect(alertText(firstLaunch(), policy).body).not.toContain('nothing was made');
  });

  it('says so when the account is still being learnt', () => {
    expect(alertText(rootLaunch(), policy).body).toContain('Learning: this account is not known well yet');
    expect(alertText(firstLaunch(), policy).body).not.toContain('Learning:');
  });

  it('names another actor or source where it differs from the main one', () => {
    const record = acceleratedLaunch();
    const [main, ...rest] = record.members;
    const other = assessed(
      anActivity({ at: NOW + 1, kind: 'instance.terminate', actor: anActor({ label: 'user/eve' }) }),
      [],
    );
    const { body } = alertText(
      { ...record, members: main === undefined ? [] : [main, ...rest, other] },
      policy,
    );
    expect(body).toContain('[by user/eve; from 192.0.2.10, terraform]');
  });

  it('offers exceptions that the policy accepts and that silence exactly this', () => {
    for (const record of [acceleratedLaunch(), publicShare(), stolenCredentials(), rootLaunch()]) {
      const { body } = alertText(record, policy);
      const yaml = body.slice(body.indexOf('  suppressions:'), body.indexOf('\n\nFinding '));
      const read = readPolicy(parse(yaml));
      if (!read.ok) throw new Error(JSON.stringify(read));
      expect(suppressedBy(record, read.policy)).toHaveLength(read.policy.suppressions.length);
      expect(suppressedBy({ ...firstLaunch(), severity: 'medium' }, read.policy)).toEqual([]);
    }
  });

  it('stays a plain, bounded text whatever a record carries', () => {
    fc.assert(
      fc.property(arbitraryFinding, (record) => {
        const { subject, body } = alertText(record, policy);
        expect(subject.length).toBeLessThanOrEqual(MAX_SUBJECT);
        expect(subject).not.toMatch(UNSAFE);
        expect(body.replaceAll('\n', '')).not.toMatch(UNSAFE);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
      }),
      { numRuns: 300 },
    );
  });

  it('counts what it leaves out of a long story', () => {
    const members = Array.from({ length: 500 }, (_, index) => ({
      ...assessed(
        anActivity({
          at: NOW + index * 1000,
          launch: aLaunch({ types: [`m7g.${index}xlarge`], keyName: 'k'.repeat(60) }),
          links: Array.from({ length: 40 }, (_, n) => link('instance', instanceId(index * 40 + n))),
        }),
        index < 50 ? [evidence('launch-burst', 'x'.repeat(900))] : [],
      ),
      // beyond 50 a finding keeps the score and not the evidence
      score: 40,
    }));
    const { body } = alertText({ ...aFinding(members), truncated: true }, policy);
    const shown = body.split('\n').filter((line) => /^2026-\S+ \S+ {2}eu-west-1/.test(line)).length;
    expect(body).toContain(`... and ${500 - shown} more records, listed in the finding`);
    expect(body).toContain('more activity than a finding keeps');
    expect(body).toContain(`done  # and ${500 * 40 - 20} more, see the finding`);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
  });
});

describe('a containment command', () => {
  const commandsOf = (body: string): string => {
    const start = body.indexOf('\nCONTAINMENT');
    const text =
      start < 0 ? '' : body.slice(body.indexOf('\n', start + 1) + 1, body.indexOf('\n\nWHAT, IN ORDER'));
    return text;
  };
  const AWS = 'aws() { for w in "$@"; do printf "%s\\n" "$w"; done; }; SG=sg-1; date() { echo now; };\n';

  it('runs nothing but aws with ids and quoted names, whatever a record carries', () => {
    fc.assert(
      fc.property(arbitraryFinding, (record) => {
        const commands = commandsOf(alertText(record, policy).body);
        // a name an intruder chose would have to be run to show: then it leaves a word that is none of ours
        const words = execFileSync('bash', ['-euc', AWS + commands], { encoding: 'utf8' });
        expect(words).not.toMatch(/curl|uid=|rm -rf/);
      }),
      { numRuns: 40 },
    );
  });

  it('passes a name with shell syntax as one word', () => {
    const name = 'a+b=c,d.e@f-g';
    const record = aFinding([
      assessed(
        anActivity({
          actor: anActor({
            arn: `arn:aws:iam::111122223333:user/${name}`,
            accessKey: 'AKIAEXAMPLEEVE222222',
          }),
        }),
        [evidence('first-launch', 'x')],
      ),
    ]);
    const words = execFileSync('bash', ['-euc', AWS + commandsOf(alertText(record, policy).body)], {
      encoding: 'utf8',
    });
    expect(words.split('\n')).toContain(name);
  });

  it.each(["i-123'; id #", 'i-0', 'i-00000000000000001 --force', 'i-0000000000000000g', ''])(
    'leaves out the instance id %j',
    (id) => {
      const record = aFinding([
        assessed(anActivity({ links: [link('instance', id)] }), [evidence('accelerated-launch', 'x')]),
      ]);
      expect(commandsOf(alertText(record, policy).body)).not.toContain('for i in');
    },
  );
});

describe('a subject line', () => {
  it('names who, short ids and the account, whatever is cut', () => {
    const record = publicShare();
    const data =
      'Data of vol-0d0f00000000000a1 is on i-00140000000000000, and sg-0a9c3b1c700000000 lets the world in';
    const subject = subjectOf(record, data);
    expect(subject).toMatch(
      /^\[CRITICAL\] [^:]+: data of vol-0d0f0000\.\. on i-00140000\.\., exposed \(111122223333\)$/,
    );
    expect(subject.length).toBeLessThanOrEqual(MAX_SUBJECT);
    expect(subjectOf({ ...record, status: 'withdrawn' }, 'x')).toMatch(/^\[CLOSED\] /);
  });

  it.each([
    [
      'Data of i-0bd7b710343dd6faa in ap-southeast-1 is on i-02ae5443636fb519f, and sg-0aa914d378e3992ea lets in tcp 22',
      '[CRITICAL] long.name.of.somebody: data of i-0bd7b710.. on i-02ae5443.., exposed (111122223333)',
    ],
    [
      'i-0138cdf8aaaaaaaaa got data of vol-0a895eb2aaaaaaaaa, copied to snap-0eaa04c1aaaaaaaaa by long.name.of.somebody@corporation.example 2 minutes before',
      '[CRITICAL] long.name.of.somebody: data of vol-0a895eb2.. on i-0138cdf8.. (eu-west-1, 111122223333)',
    ],
    [
      'long.name.of.somebody@corporation.example shared snap-026cb70b876eb9399 with everyone within 2 minutes in eu-west-1',
      '[CRITICAL] long.name.of.somebody shared snap-026cb70b.. with everyone... (111122223333)',
    ],
  ])('says what matters before it is cut: %s', (title, expected) => {
    const label = 'long.name.of.somebody@corporation.example';
    const record = publicShare();
    const [first, ...rest] = record.members;
    if (first === undefined) throw new Error('a public share has a member');
    const { activity } = first;
    const main = {
      ...first,
      activity: { ...activity, actor: { ...activity.actor, person: { key: 'p', label } } },
    };
    expect(subjectOf({ ...record, members: [main, ...rest] }, title)).toBe(expected);
  });

  it('ends with a whole word, and leaves out types before what was done', () => {
    const title =
      'user/mallory launched 9 instances in 2 calls (5 x m7i.4xlarge, 4 x c7i.4xlarge) in ap-south-1 within 1 minute';
    expect(subjectOf(firstLaunch(), title)).toMatch(/ 9 instances in 2 calls in ap-south-1\.{3} \(/);
    expect(subjectLine('launched somewhere else', 18)).toBe('launched...');
  });

  it('is ASCII, the only text that SNS takes as one, and can still be read', () => {
    expect(subjectLine('[HIGH] 111122223333: Zoë launched 2 × p4d.24xlarge … 日本')).toBe(
      '[HIGH] 111122223333: Zoe launched 2 x p4d.24xlarge ... ??',
    );
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(subjectLine(text)).toMatch(/^[ -~]*$/);
      }),
    );
  });

  it('has at most 99 UTF-16 units and no half characters', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const line = subjectLine(`${a} ${'😀'.repeat(80)} ${b}`);
        expect(line.length).toBeLessThanOrEqual(99);
        expect(line).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('the type of a finding', () => {
  it.each([
    ['accelerated-launch', acceleratedLaunch()],
    ['public-share', publicShare()],
    ['stolen-instance-credentials', stolenCredentials()],
    ['root-launch', rootLaunch()],
    ['unfamiliar-launch', firstLaunch()],
  ])('is %s', (type, record) => {
    expect(typeOfRecord(record)).toBe(type);
  });

  it('is an attempt, not a share, when the share was refused', () => {
    const record = aFinding([
      assessed(
        anActivity({
          kind: 'snapshot.share',
          outcome: 'denied',
          share: { accounts: [], organisations: [], public: true },
        }),
        [evidence('shared-publicly', 'tried to share with everyone', { strength: 0.5 })],
      ),
    ]);
    expect(typeOfRecord(record)).toBe('refused-sweep');
    expect(alertText(record, policy).subject).toContain('tried to share');
  });

  it('leads with the rule by which the world gets in, as long as it stands', () => {
    const group = 'sg-0123456789abcdef0';
    const links = [{ type: 'security-group', id: group, role: 'changed' }] as const;
    const ingress = [{ group, protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' }];
    const launch = anActivity({ kind: 'instance.launch', launch: aLaunch() });
    const opening = anActivity({ kind: 'ingress.open', at: NOW + 60_000, links, ingress });
    const closing = anActivity({ kind: 'ingress.close', at: NOW + 120_000, links, ingress });
    const told = (...more: Activity[]) => {
      const record = aFinding([
        assessed(launch, [evidence('new-instance-opened', 'x')]),
        assessed(opening, [evidence('new-instance-opened', 'x')]),
        ...more.map((each) => assessed(each, [])),
      ]);
      const type = findingTypeOf(record, [{ signal: 'new-instance-opened' }]);
      return [type, headline(record, type)];
    };
    const [type, title] = told();
    expect(type).toBe('opened-instance');
    expect(title).toMatch(/ launched .*; sg-01234567\S* lets in tcp 22 from 0\.0\.0\.0\/0$/);
    const [later, without] = told(closing);
    expect(later).toBe('unfamiliar-launch');
    expect(without).not.toContain('lets in');
  });

  it('calls an export that was refused an attempt', () => {
    const of = (outcome: 'succeeded' | 'denied') =>
      findingTypeOf(aFinding([assessed(anActivity({ kind: 'image.export', outcome }), [])]), [
        { signal: 'data-exported' },
      ]);
    expect(of('succeeded')).toBe('exported-data');
    expect(of('denied')).toBe('refused-sweep');
  });

  it('asks of a key from elsewhere where it was used, and of nobody new who made them', () => {
    const typeOf = (...signals: SignalId[]) =>
      findingTypeOf(
        publicShare(),
        signals.map((signal) => ({ signal })),
      );
    expect(typeOf('first-launch', 'key-from-new-network')).toBe('leaked-key');
    expect(typeOf('fresh-identity', 'key-from-new-network')).toBe('fresh-identity');
    expect(typeOf('newly-able')).toBe('newly-able');
    expect(firstSteps(publicShare(), 'leaked-key').join()).not.toContain('created');
  });

  it('sends people to the address of the runbook where it is known', () => {
    const lineOf = (docs?: string) =>
      alertText(publicShare(), policy, { docs })
        .body.split('\n')
        .find((line) => line.startsWith('More: '));
    expect(lineOf('https://git.example.com/docs')).toBe(
      'More: https://git.example.com/docs/runbook.md#public-share',
    );
    expect(lineOf()).toBe('More: docs/runbook.md#public-share');
  });

  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  it.each(FINDING_TYPES)('%s has a section in the runbook', (type) => {
    expect(runbookOf(type)).toBe(`docs/runbook.md#${type}`);
    const heading = `## ${type.replaceAll('-', ' ')}`;
    expect(runbook.toLowerCase().split('\n')).toContain(heading);
  });

  it('mentions only sections that exist', () => {
    expect(runbook.toLowerCase()).toContain('## closing a finding');
  });
});
