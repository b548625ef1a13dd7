import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import type { Kind } from '../../core/activity/kinds.ts';
import { explain } from '../../core/findings/assess.ts';
import type { Severity } from '../../core/findings/severity.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { MAX_FINDING_BYTES, toOcsf } from '../../tell/ocsf.ts';
import { PRODUCT } from '../../tell/product.ts';
import { aLaunch, anActivity, NOW } from '../builders.ts';
import {
  acceleratedLaunch,
  aFinding,
  arbitraryFinding,
  assessed,
  evidence,
  firstLaunch,
  instanceId,
  link,
  publicShare,
  rootLaunch,
  stolenCredentials,
} from '../findings.ts';
import { ocsfErrors } from './ocsf-schema.ts';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}]/u;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function everyText(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(everyText);
}

/** A finding as large as the detector ever keeps: 500 members with long names and many resources. */
const huge = () =>
  aFinding(
    Array.from({ length: 500 }, (_, index) =>
      assessed(
        anActivity({
          at: NOW + index * 1000,
          action: `ec2:${'RunInstances😀'.repeat(30)}`,
          error: 'é'.repeat(500),
          launch: aLaunch({ types: Array.from({ length: 9 }, () => '😀'.repeat(200)) }),
          links: Array.from({ length: 50 }, (_, n) => link('instance', instanceId(index * 50 + n))),
        }),
        index < 50
          ? [evidence('accelerated-launch', '漢'.repeat(2000)), evidence('first-launch', '漢'.repeat(900))]
          : [],
      ),
    ),
  );

describe('an OCSF finding', () => {
  it.each([
    ['an accelerated launch', acceleratedLaunch()],
    ['a public share', publicShare()],
    ['stolen instance credentials', stolenCredentials()],
    ['a root launch', rootLaunch()],
    ['a first launch', firstLaunch()],
  ])('of %s conforms to class 2004 of OCSF 1.8.0', (_, record) => {
    expect(ocsfErrors(toOcsf(record, { policy }))).toEqual([]);
  });

  it('conforms whatever text a record carries, holds none of it raw and stays within the size', () => {
    fc.assert(
      fc.property(arbitraryFinding, fc.constantFrom('create', 'update', 'close'), (record, event) => {
        const finding = toOcsf(record, { policy, event: event as 'create' });
        expect(ocsfErrors(finding)).toEqual([]);
        expect(everyText(finding).filter((text) => UNSAFE.test(text))).toEqual([]);
        expect(bytesOf(finding)).toBeLessThanOrEqual(MAX_FINDING_BYTES);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same bytes however its members are delivered', () => {
    fc.assert(
      fc.property(arbitraryFinding, (record) => {
        const copy = structuredClone(record);
        expect(JSON.stringify(toOcsf(copy, { policy }))).toBe(JSON.stringify(toOcsf(record, { policy })));
      }),
      { numRuns: 50 },
    );
  });

  it('is cut to size with a count of what was cut, and still names every record', () => {
    const record = huge();
    const finding = toOcsf(record, { policy });
    expect(bytesOf(finding)).toBeLessThanOrEqual(MAX_FINDING_BYTES);
    expect(finding.metadata.is_truncated).toBe(true);
    expect(finding.finding_info.related_events.map(({ uid }) => uid).sort()).toEqual(
      record.members.map(({ activity }) => activity.id).sort(),
    );
    const { cut } = finding.unmapped;
    expect(finding.evidences.length + (cut?.evidences ?? 0)).toBe(50);
    expect(finding.resources.length + (cut?.resources ?? 0)).toBe(25_000);
    expect(ocsfErrors(finding)).toEqual([]);
  });

  it.each<[Severity, number, boolean]>([
    ['low', 2, false],
    ['medium', 3, true],
    ['high', 4, true],
    ['critical', 5, true],
  ])('of severity %s has severity_id %i and is_alert %s', (severity, id, alert) => {
    const finding = toOcsf({ ...firstLaunch(), severity }, { policy });
    expect([finding.severity_id, finding.severity.toLowerCase(), finding.is_alert]).toEqual([
      id,
      severity,
      alert,
    ]);
  });

  it('keeps its id from creation through update to close, while each message has its own', () => {
    const record = acceleratedLaunch();
    const events = ['create', 'update', 'close'] as const;
    const findings = events.map((event) => toOcsf(record, { policy, event }));
    expect(new Set(findings.map(({ finding_info }) => finding_info.uid))).toEqual(new Set([record.id]));
    expect(new Set(findings.map(({ metadata }) => metadata.uid)).size).toBe(3);
    expect(findings.map(({ type_uid }) => type_uid)).toEqual([200401, 200402, 200403]);
  });

  it('takes its times from the records', () => {
    const record = acceleratedLaunch();
    const { start_time, end_time, finding_info } = toOcsf(record, { policy });
    expect([start_time, end_time]).toEqual([record.start, record.end]);
    expect([finding_info.first_seen_time, finding_info.last_seen_time]).toEqual([record.start, record.end]);
  });

  it('has the time at which the finding was made, and once it grows that at which it last did', () => {
    const record = acceleratedLaunch();
    const timesOf = (event: 'create' | 'update' | 'close') => {
      const { time, finding_info } = toOcsf(record, { policy, event });
      expect([finding_info.created_time, finding_info.modified_time]).toEqual([record.start, record.last]);
      return time;
    };
    expect(timesOf('create')).toBe(record.start);
    expect(timesOf('update')).toBe(record.last);
    expect(timesOf('close')).toBe(record.last);
  });

  it('names the person behind a shared role as the user, and the role as the issuer of the session', () => {
    const { evidences, observables } = toOcsf(publicShare(), { policy });
    expect(evidences[0]?.actor).toMatchObject({
      user: { name: 'bob@example.com', uid: 'bob@example.com' },
      session: { issuer: expect.stringContaining(':role/aws-reserved/') },
    });
    const users = observables.filter(({ type_id }) => type_id === 31).map(({ value }) => value);
    expect(users).toEqual(['bob@example.com']);
  });

  it('gives the user agent as written where the family says too little, without control characters', () => {
    const record = publicShare();
    const agentsOf = (origin: Partial<Activity['origin']>) => {
      const members = record.members.map((member) => ({
        ...member,
        activity: { ...member.activity, origin: { ...member.activity.origin, ...origin } },
      }));
      return toOcsf({ ...record, members }, { policy }).evidences.map(({ data }) => data.user_agent);
    };
    expect(agentsOf({ agent: 'other', userAgent: 'snapgrab/0.3\u0007' })).toContain('snapgrab/0.3');
    expect(agentsOf({ agent: 'aws-cli' })).toEqual(record.members.map(() => undefined));
  });

  it('says nothing of MFA of the session of a role, whatever the record says', () => {
    const mfaOf = (record: ReturnType<typeof publicShare>) =>
      toOcsf(record, { policy }).evidences.map(({ actor }) => actor.session?.is_mfa);
    expect(mfaOf(publicShare())).toEqual([undefined, undefined]);
    expect(mfaOf(rootLaunch())).toEqual([false]);
  });

  it('names the owner of an image or snapshot only where the records tell', () => {
    const used = toOcsf(
      aFinding([
        assessed(
          anActivity({
            links: [link('instance', instanceId(1)), link('image', 'ami-0aaaaaaaaaaaaaaaa', 'used')],
          }),
          [evidence('first-launch', 'x')],
        ),
      ]),
      { policy },
    );
    const ownerOf = (finding: typeof used, type: string) =>
      finding.resources.find((each) => each.type === type)?.owner?.account.uid;
    expect([ownerOf(used, 'instance'), ownerOf(used, 'image')]).toEqual(['111122223333', undefined]);
    expect(ownerOf(toOcsf(publicShare(), { policy }), 'snapshot')).toBe('111122223333');
  });

  it('puts the source of a copy into the Region that it came from', () => {
    const copy = anActivity({
      kind: 'snapshot.copy',
      action: 'ec2:CopySnapshot',
      region: 'eu-west-1',
      detail: 'from us-west-2',
      links: [link('snapshot', 'snap-0aaaaaaaaaaaaaaaa', 'used'), link('snapshot', 'snap-0bbbbbbbbbbbbbbbb')],
    });
    const { resources } = toOcsf(aFinding([assessed(copy, [evidence('unfamiliar-snapshotter', 'x')])]), {
      policy,
    });
    expect(resources.map(({ uid, region }) => [uid, region])).toEqual([
      ['snap-0bbbbbbbbbbbbbbbb', 'eu-west-1'],
      ['snap-0aaaaaaaaaaaaaaaa', 'us-west-2'],
    ]);
  });

  it('describes itself in sentences and names the signals that speak', () => {
    const record = acceleratedLaunch();
    const { desc, related_analytics } = toOcsf(record, { policy }).finding_info;
    expect(desc).toMatch(/^user\/mallory launched 8 x p5\.48xlarge[^.]*\. .+\.$/);
    expect(desc).not.toMatch(/[^.] [A-Z][a-z]+ is new/);
    expect(related_analytics.map(({ uid }) => uid)).toEqual(
      explain(record, policy).parts.map(({ signal }) => signal),
    );
  });

  it('gives addresses of the web as references', () => {
    const { remediation, finding_info } = toOcsf(publicShare(), { policy });
    expect(remediation.references).toEqual(
      finding_info.attacks.map((each) => (each.sub_technique ?? each.technique).src_url),
    );
    for (const each of remediation.references) expect(new URL(each).host).toBe('attack.mitre.org');
  });

  it('gives the runbook first where its address is known', () => {
    const docs = 'https://git.example.com/launchtrail/docs';
    const { remediation } = toOcsf(publicShare(), { policy, docs });
    expect(remediation.references[0]).toBe(`${docs}/runbook.md#public-share`);
    expect(remediation.references.slice(1)).toEqual(toOcsf(publicShare(), { policy }).remediation.references);
    expect(remediation.desc).toContain(`More: ${docs}/runbook.md#public-share.`);
  });

  it('says where a merged finding went and that it is closed', () => {
    const finding = toOcsf({ ...firstLaunch(), status: 'merged', into: 'lt-other' }, { policy });
    expect(finding).toMatchObject({
      activity_id: 3,
      status_id: 5,
      status_detail: 'Now part of finding lt-other',
      is_alert: false,
      unmapped: { into: 'lt-other' },
    });
  });

  it('shows parts of the score that add up to the score', () => {
    const record = acceleratedLaunch();
    const { parts } = toOcsf(record, { policy }).unmapped;
    expect(parts.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(record.score, 5);
    expect(parts.map(({ signal }) => signal)).toEqual(
      explain(record, policy).parts.map(({ signal }) => signal),
    );
  });

  it('says that it was judged while learning', () => {
    expect(toOcsf(rootLaunch(), { policy })).toMatchObject({
      confidence_id: 1,
      unmapped: { learning: true },
    });
    expect(toOcsf(firstLaunch(), { policy }).confidence_id).toBeUndefined();
  });

  it('lists instances with their ARN, and the address and key as observables', () => {
    const finding = toOcsf(acceleratedLaunch(), { policy });
    expect(finding.resources[0]).toMatchObject({
      uid: instanceId(1),
      uid_alt: `arn:aws:ec2:us-west-2:111122223333:instance/${instanceId(1)}`,
      role: 'Affected',
      region: 'us-west-2',
      cloud_partition: 'aws',
    });
    const values = finding.observables.map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(['203.0.113.9', 'AKIAEXAMPLEMALLORY22', instanceId(8)]));
  });

  it('names the partition of the Region', () => {
    const inRegion = (region: string) =>
      toOcsf(aFinding([assessed(anActivity({ region }), [evidence('first-launch', 'x')])]), { policy }).cloud;
    const partitions = {
      'eu-west-1': 'aws',
      'us-gov-east-1': 'aws-us-gov',
      'cn-north-1': 'aws-cn',
      'eusc-de-east-1': 'aws-eusc',
      'us-iso-east-1': 'aws-iso',
      'us-isob-east-1': 'aws-iso-b',
      'eu-isoe-west-1': 'aws-iso-e',
      'us-isof-south-1': 'aws-iso-f',
    };
    for (const [region, partition] of Object.entries(partitions))
      expect(inRegion(region).cloud_partition).toBe(partition);
  });

  it.each<[Kind, string]>([
    ['instance.launch', 'T1578.002'],
    ['snapshot.create', 'T1578.001'],
    ['volume.copy', 'T1578.001'],
    ['snapshot.share', 'T1537'],
    ['image.share', 'T1537'],
    ['instance.terminate', 'T1578.003'],
    ['guardrail.disable', 'T1578.005'],
  ])('tells %s as %s', (kind, technique) => {
    const { attacks } = toOcsf(aFinding([assessed(anActivity({ kind }), [])]), { policy }).finding_info;
    expect(attacks.map(({ technique, sub_technique }) => sub_technique?.uid ?? technique.uid)).toContain(
      technique,
    );
  });

  it('carries the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(PRODUCT.version).toBe(version);
  });
});

describe('the check against the class', () => {
  const finding = () =>
    structuredClone(toOcsf(firstLaunch(), { policy })) as unknown as Record<string, unknown>;

  it.each([
    ['a missing field', { finding_info: undefined }, '$.finding_info: required'],
    ['a number OCSF does not know', { severity_id: 7 }, '$.severity_id: 7 not allowed'],
    ['a field OCSF does not know', { severty: 'High' }, '$.severty: no such field'],
    ['a time in seconds', { time: 1_700_000_000 }, '$.time: not a time in ms'],
    [
      'evidence without anything in it',
      { evidences: [{ name: 'x' }] },
      '$.evidences[0]: needs one of actor, api, data, src_endpoint',
    ],
  ])('finds %s', (_, change, error) => {
    expect(ocsfErrors({ ...finding(), ...change })).toContain(error);
  });
});

describe('the policy of a finding', () => {
  const told = (policies: readonly (number | undefined)[], version?: number) => {
    const record = publicShare();
    const [member] = record.members;
    if (member === undefined) throw new Error('a finding has members');
    const members = policies.map((each) => ({ ...member, ...(each !== undefined && { policy: each }) }));
    const identity = { sha256: 'a'.repeat(64), ...(version !== undefined && { version }) };
    return toOcsf({ ...record, members }, { policy: { ...policy, identity } }).unmapped.policy;
  };

  it('is named by its hash, and by its version where it was pushed', () => {
    expect(told([undefined])).toEqual({ uid: 'a'.repeat(64) });
    expect(told([7], 7)).toEqual({ uid: 'a'.repeat(64), version: '7' });
    expect(toOcsf(publicShare(), { policy }).unmapped.policy).toBeUndefined();
  });

  it('is named with the others that members were judged by', () => {
    expect(told([7, 6, undefined, 10, 6], 7)?.others).toEqual(['0', '6', '10']);
    expect(told([7, undefined])?.others).toEqual(['7']);
  });
});
