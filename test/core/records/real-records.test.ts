import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { RECORDS, RECORDS_HINT, recordFiles, recordsIn } from '../../records.ts';
import { skipOf } from './cloudtrail-record.ts';

/** `kind outcome`, or why it was skipped, of every record in a file, each once. */
const verdicts = (file: string): string[] => [
  ...new Set(
    recordsIn(file).map((record) => {
      const normalised = fromCloudTrail(record);
      if (!normalised.ok) return normalised.reason;
      return `${normalised.activity.kind} ${normalised.activity.outcome}`;
    }),
  ),
];

const activity = (file: string) => {
  for (const record of recordsIn(file)) {
    const normalised = fromCloudTrail(record);
    if (normalised.ok) return normalised.activity;
  }
  throw new Error(`${file} holds no activity`);
};

/** Replaces or removes what is at a random place of a value; `steps` choose the way down. */
function mutated(value: unknown, steps: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return replacement;
  const names = Object.keys(value);
  const chosen = names[step % Math.max(names.length, 1)];
  if (chosen === undefined) return replacement;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    if (name !== chosen) return [[name, inner] as const];
    const next = mutated(inner, rest, replacement);
    return next === undefined ? [] : [[name, next] as const];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

describe.skipIf(RECORDS === undefined)(RECORDS_HINT, () => {
  it.each([
    ['custodian/event-cloud-trail-create-volume.json', 'volume.create succeeded'],
    ['custodian/event-cloud-trail-run-instance-creator-assumed.json', 'instance.launch succeeded'],
    ['custodian/event-cloud-trail-run-instance-creator.json', 'instance.launch succeeded'],
    ['panther/ami-modified-for-public-access-ami-launch-permissions-not-modified.json', 'no-effect'],
    ['panther/ami-modified-for-public-access-ami-made-public.json', 'image.share succeeded'],
    ['panther/ami-modified-for-public-access-error-making-ami-public.json', 'image.share denied'],
    ['panther/cloudtrail-password-spraying-non-console-event.json', 'read-only'],
    ['panther/ec2-launch-unusual-ec2-instances-successful-unusual-ec2.json', 'instance.launch succeeded'],
    [
      'panther/ec2-manual-security-group-changes-aws-console-ingress-sg-authorization-error.json',
      'ingress.open denied',
    ],
    [
      'panther/ec2-manual-security-group-changes-aws-console-ingress-sg-authorization.json',
      'ingress.open succeeded',
    ],
    [
      'panther/ec2-manual-security-group-changes-terraform-security-group-authorize-egress.json',
      'not-watched',
    ],
    ['panther/ec2-many-passwors-read-attempts-successful-attempt.json', 'read-only'],
    ['panther/ec2-monitoring-runinstance.json', 'instance.launch succeeded'],
    ['panther/ec2-security-group-modified-error-mofidying-security-group.json', 'ingress.open failed'],
    ['panther/ec2-stopinstances-cloudtrail-instances-were-stopped.json', 'instance.stop succeeded'],
    ['panther/ec2-stopinstances-error-stopping-cloudtrail-instances.json', 'instance.stop failed'],
    [
      'panther/ec2-vulnerable-xz-image-launched-multiple-vulnerable-amis-launched.json',
      'instance.launch succeeded',
    ],
    [
      'panther/modify-cloud-compute-infrastructure-terminate-instance-from-assumedrole.json',
      'instance.terminate succeeded',
    ],
    [
      'panther/modify-cloud-compute-infrastructure-terminate-instance-from-webui-with-assumedrole.json',
      'instance.launch succeeded',
    ],
    [
      'panther/snapshot-made-public-snapshot-mader-available-to-single-person.json',
      'snapshot.share succeeded',
    ],
    ['panther/snapshot-made-public-snapshot-not-made-publicly-accessible.json', 'no-effect'],
    ['patrol/eventcreatedbyautoscaling.json', 'instance.launch succeeded'],
    ['patrol/eventcreatedbycloudformation.json', 'instance.launch succeeded'],
    ['patrol/eventcreatedbyconsole.json', 'instance.launch succeeded'],
    ['stratus/aws.credential-access.ec2-get-password-data.json', 'read-only'],
    ['stratus/aws.exfiltration.ec2-security-group-open-port-22-ingress.json', 'ingress.open succeeded'],
    ['stratus/aws.exfiltration.ec2-share-ami.json', 'image.share succeeded'],
    ['stratus/aws.exfiltration.rds-share-snapshot.json', 'snapshot.share succeeded'],
    [
      'streamalert/ec2-image-creation-creating-a-public-ami-should-trigger-an-alert.json',
      'image.share succeeded',
    ],
    [
      'streamalert/ec2-image-creation-creating-an-ami-with-unencrypted-volume-should-trigger-an-alert.json',
      'image.create succeeded',
    ],
    ['streamalert/snapshot-or-ami-made-public-adding-public-permission-to-ami.json', 'image.share succeeded'],
    [
      'streamalert/snapshot-or-ami-made-public-adding-public-permission-to-ebs-snapshot.json',
      'snapshot.share succeeded',
    ],
    [
      'streamalert/snapshot-or-ami-made-public-adding-public-permission-to-rds-snapshot.json',
      'snapshot.share succeeded',
    ],
    [
      'streamalert/snapshot-or-ami-made-public-removing-public-permission-from-ami-do-not-alert.json',
      'image.unshare succeeded',
    ],
    ['traildiscover/AttachVolume.json', 'volume.attach failed'],
    ['traildiscover/AuthorizeSecurityGroupIngress.json', 'ingress.open denied'],
    ['traildiscover/CreateAutoScalingGroup.json', 'fleet.change failed'],
    ['traildiscover/CreateImage.json', 'image.create denied'],
    ['traildiscover/CreateKeyPair.json', 'key-pair.create denied'],
    ['traildiscover/CreateLaunchTemplate.json', 'template.change succeeded'],
    ['traildiscover/CreateSecurityGroup.json', 'security-group.create denied'],
    ['traildiscover/CreateSnapshot.json', 'snapshot.unshare failed'],
    ['traildiscover/CreateVolume.json', 'volume.create denied'],
    ['traildiscover/DeleteSnapshot.json', 'snapshot.delete failed'],
    ['traildiscover/DeleteVolume.json', 'volume.delete failed'],
    ['traildiscover/ModifyImageAttribute.json', 'no-effect'],
    ['traildiscover/ModifyInstanceAttribute.json', 'instance.modify failed'],
    ['traildiscover/ModifySnapshotAttribute.json', 'snapshot.unshare denied'],
    ['traildiscover/ReplaceIamInstanceProfileAssociation.json', 'profile.attach failed'],
    ['traildiscover/RunInstances.json', 'instance.launch failed'],
    ['traildiscover/StartInstances.json', 'instance.start failed'],
  ])('%s holds %s', (file, expected) => {
    expect(verdicts(file)).toEqual([expected]);
  });

  it('finds three activities among the reads of an attack on user data', () => {
    expect(verdicts('stratus/aws.execution.ec2-user-data.json').sort()).toEqual([
      'instance.modify succeeded',
      'instance.start succeeded',
      'instance.stop succeeded',
      'read-only',
    ]);
  });

  it('skips no record of any file for want of time, account or shape', () => {
    const reasons = recordFiles().flatMap((file) => recordsIn(file).map(skipOf));
    expect(reasons.length).toBeGreaterThan(100);
    expect(new Set(reasons)).toEqual(new Set(['activity', 'read-only', 'not-watched', 'no-effect']));
  });

  it('sees an Auto Scaling launch as the service’s own, with the group, template and fleet behind it', () => {
    const got = activity('panther/ec2-launch-unusual-ec2-instances-successful-unusual-ec2.json');
    expect(got.actor.class).toBe('service');
    expect(got.launch).toMatchObject({ count: 1, types: ['p2.xlarge'], images: ['ami-013e7d3a6659f358d'] });
    const used = got.links.filter(({ role }) => role === 'used').map(({ type }) => type);
    expect(used).toEqual(
      expect.arrayContaining(['auto-scaling-group', 'launch-template', 'fleet', 'node-group']),
    );
  });

  it('sees a launch forwarded by Auto Scaling for a user as the user’s', () => {
    const { actor, origin } = activity('patrol/eventcreatedbyautoscaling.json');
    expect(actor).toMatchObject({ label: 'user/iward', class: 'human', mfa: true });
    expect(origin.service).toBe('autoscaling.amazonaws.com');
  });

  it('does not take the image’s own root snapshot of a console launch for one that is mounted', () => {
    const got = activity('panther/ec2-vulnerable-xz-image-launched-multiple-vulnerable-amis-launched.json');
    expect(got.launch?.snapshots).toEqual([]);
    expect(got.launch?.count).toBe(2);
    expect(got.actor.person?.key).toBe('user.name');
    expect(got.origin).toMatchObject({ console: true, agent: 'console' });
  });

  it('names people with masked ids by ARN', () => {
    expect(activity('traildiscover/RunInstances.json').actor.key).toBe(
      'arn:aws:iam::111111111111:user/TrailDiscover',
    );
    const sso = activity('traildiscover/CreateLaunchTemplate.json').actor;
    expect(sso.key).toMatch(/^arn:aws:iam::111111111111:role\/aws-reserved\//);
    expect(sso.person?.label).toBe('AdanAlvarez');
  });

  it('reads an identity that a pipeline has lower-cased', () => {
    const file = 'panther/ec2-manual-security-group-changes-aws-console-ingress-sg-authorization.json';
    expect(activity(file).actor).toMatchObject({
      key: 'ARORJ4ULULLE0EEJAAKDO',
      label: 'role/TestAdmin',
      account: '112233445566',
      mfa: true,
    });
  });

  it('answers whatever is done to a real record', () => {
    const records = recordFiles().flatMap((file) =>
      recordsIn(file).filter((record) => skipOf(record) === 'activity'),
    );
    const junk = fc.oneof(
      fc.constant(undefined),
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom({ items: null }, { items: [null] }, { omitted: true }, '', '...', [[]], -1, 1e300),
    );
    const change = fc.tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 9 }), junk);
    fc.assert(
      fc.property(
        fc.constantFrom(...records),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (record, changes) => {
          const value = changes.reduce<unknown>((one, [steps, part]) => mutated(one, steps, part), record);
          const normalised = fromCloudTrail(value);
          expect(normalised.ok || normalised.reason.length > 0).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
