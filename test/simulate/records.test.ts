import { describe, expect, it } from 'vitest';
import type { Activity, Outcome } from '../../core/activity/activity.ts';
import type { ActorClass } from '../../core/activity/actor.ts';
import type { Kind } from '../../core/activity/kinds.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';

const records: readonly TrailRecord[] = [1, 2, 5, 7].flatMap((seed) => [
  ...organisation({ seed, accounts: 4, days: 30, noise: 0.5, attacks: ATTACK_NAMES }).records(),
]);

/** What each call the generator makes is meant to be. */
const KINDS: Readonly<Record<string, Kind | readonly Kind[]>> = {
  RunInstances: 'instance.launch',
  CreateFleet: 'instance.launch',
  StartInstances: 'instance.start',
  StopInstances: 'instance.stop',
  TerminateInstances: 'instance.terminate',
  CreateSnapshot: 'snapshot.create',
  CreateSnapshots: 'snapshot.create',
  CopySnapshot: 'snapshot.copy',
  DeleteSnapshot: 'snapshot.delete',
  ModifySnapshotAttribute: ['snapshot.share', 'snapshot.unshare'],
  SharedSnapshotVolumeCreated: 'snapshot.use',
  CreateVolume: 'volume.create',
  AttachVolume: 'volume.attach',
  DetachVolume: 'volume.detach',
  DeleteVolume: 'volume.delete',
  CreateImage: 'image.create',
  CopyImage: 'image.copy',
  ModifyImageAttribute: 'image.share',
  AuthorizeSecurityGroupIngress: 'ingress.open',
  CreateKeyPair: 'key-pair.create',
  CreateLaunchTemplate: 'template.change',
  CreateLaunchTemplateVersion: 'template.change',
  CreateAutoScalingGroup: 'fleet.change',
  UpdateAutoScalingGroup: 'fleet.change',
  DisableSnapshotBlockPublicAccess: 'guardrail.disable',
  EnableRegion: 'region.enable',
  CreateUser: 'identity.create',
  CreateAccessKey: 'identity.create',
  AttachUserPolicy: 'identity.grant',
  AttachRolePolicy: 'identity.grant',
  CreateRole: 'identity.create',
  CreateLoginProfile: 'identity.create',
  StartSnapshot: 'snapshot.create',
  CopyVolumes: 'volume.copy',
  RegisterImage: 'image.create',
  CreateStoreImageTask: 'image.export',
  CreateInstanceExportTask: 'instance.export',
  CreateReplaceRootVolumeTask: 'instance.replace-root',
  SharedSnapshotCopyInitiated: 'snapshot.use',
  ModifyDBSnapshotAttribute: 'snapshot.share',
  RequestSpotFleet: 'instance.launch',
  CreateInstances: 'instance.launch',
  ImportImage: 'image.create',
  ModifySpotFleetRequest: 'fleet.change',
  RequestServiceQuotaIncrease: 'quota.request',
  AssociateAddress: 'address.associate',
  CreateSecurityGroup: 'security-group.create',
  DeleteSecurityGroup: 'security-group.delete',
  ConsoleLogin: 'session.open',
  RunJobFlow: 'fleet.change',
  DisableImageBlockPublicAccess: 'guardrail.disable',
  DisableAllowedImagesSettings: 'guardrail.disable',
  DisableEbsEncryptionByDefault: 'guardrail.disable',
};

function activityOf(record: TrailRecord): Activity {
  const normalised = fromCloudTrail(record);
  if (!normalised.ok) throw new Error(`${record.eventName} was skipped: ${normalised.reason}`);
  return normalised.activity;
}

const named = (name: string): TrailRecord[] => records.filter(({ eventName }) => eventName === name);

describe('generated records', () => {
  it('of every watched call become the activity they are meant to be', () => {
    const kinds = new Map<string, Set<string>>();
    for (const record of records) {
      const normalised = fromCloudTrail(record);
      const kind = normalised.ok ? normalised.activity.kind : 'skipped';
      kinds.set(record.eventName, (kinds.get(record.eventName) ?? new Set()).add(kind));
    }

    const watched = Object.fromEntries(
      Object.keys(KINDS).map((name) => [name, [...(kinds.get(name) ?? ['never generated'])].sort()]),
    );
    expect(watched).toEqual(
      Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, [kind].flat()])),
    );
  });

  it('beyond those are skipped', () => {
    const others = records.filter(({ eventName }) => KINDS[eventName] === undefined);

    const taken = others.filter((record) => fromCloudTrail(record).ok).map(({ eventName }) => eventName);
    expect(new Set(taken)).toEqual(new Set());
    expect(new Set(others.map(({ eventSource }) => eventSource)).size).toBeGreaterThan(6);
  });

  it('keep time, account, Region and id through the normaliser', () => {
    for (const name of Object.keys(KINDS)) {
      const record = named(name)[0] as TrailRecord;
      const { id, at, account, region } = activityOf(record);

      expect({ id, at, account, region }).toEqual({
        id: record.eventID,
        at: Date.parse(record.eventTime),
        account: record.recipientAccountId,
        region: record.awsRegion,
      });
    }
  });

  it('name the AMI’s own root disk in console launches, which makes no snapshot of it', () => {
    const console = named('RunInstances').filter(
      ({ sessionCredentialFromConsole, errorCode, requestParameters }) =>
        sessionCredentialFromConsole === 'true' &&
        errorCode === undefined &&
        JSON.stringify(requestParameters?.blockDeviceMapping).includes('snap-'),
    );
    const benign = console.filter((record) => !JSON.stringify(record).includes('/dev/sdf'));

    expect(benign.length).toBeGreaterThan(10);
    expect(benign.flatMap((record) => activityOf(record).launch?.snapshots)).toEqual([]);
  });

  it('come from actors of every class with the right credentials', () => {
    const classes = new Map<ActorClass, number>();
    for (const record of records) {
      const normalised = fromCloudTrail(record);
      if (!normalised.ok) continue;
      const { class: sort } = normalised.activity.actor;
      classes.set(sort, (classes.get(sort) ?? 0) + 1);
    }

    for (const sort of ['human', 'workload', 'automation', 'service', 'root', 'foreign-account'] as const) {
      expect(classes.get(sort) ?? 0, sort).toBeGreaterThan(0);
    }
  });

  it('know the person behind a permission set by e-mail address', () => {
    const people = records
      .filter(
        ({ userIdentity, eventName }) => KINDS[eventName] && userIdentity.arn?.includes('AWSReservedSSO'),
      )
      .map((record) => activityOf(record).actor.person?.key ?? 'nobody');

    expect(people.length).toBeGreaterThan(100);
    for (const person of new Set(people)) expect(person).toMatch(/^[a-z0-9.]+@example\.com$/);
  });

  it('fail in every way that EC2 fails', () => {
    const outcomes = new Set<Outcome>(named('RunInstances').map((record) => activityOf(record).outcome));

    expect(outcomes).toEqual(new Set(['succeeded', 'dry-run', 'denied', 'limited', 'failed']));
    for (const { errorCode, responseElements } of records) {
      if (errorCode !== undefined) expect(responseElements).toBeNull();
    }
  });

  it('of one instance are as large as real ones', () => {
    const sizes = named('RunInstances')
      .filter((record) => record.errorCode === undefined && activityOf(record).launch?.count === 1)
      .map((record) => JSON.stringify(record).length);

    expect(Math.min(...sizes)).toBeGreaterThan(2_000);
    expect(Math.max(...sizes)).toBeLessThan(6_000);
  });

  it('use documentation addresses, accounts and domains only', () => {
    const text = JSON.stringify(records);
    const addresses = new Set(records.map(({ sourceIPAddress }) => sourceIPAddress));

    for (const address of addresses) {
      expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^2001:db8:|\.amazonaws\.com$/);
    }
    expect(new Set(text.match(/@[a-z0-9.-]+/g))).toEqual(new Set(['@example.com']));
    for (const { recipientAccountId } of records) {
      expect(recipientAccountId).toMatch(/^(1111222\d{5}|444455556666|777788889999)$/);
    }
  });

  it('have the shape of event version 1.11', () => {
    const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const record of records) {
      expect(record.eventVersion).toBe('1.11');
      expect(record.eventTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(record.eventID).toMatch(guid);
      expect(record.tlsDetails === undefined).toBe(record.sourceIPAddress.endsWith('.amazonaws.com'));
    }
  });
});
