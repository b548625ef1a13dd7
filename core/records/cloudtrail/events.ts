import type { Kind } from '../../activity/kinds.ts';
import {
  changeCluster,
  changeComputeEnvironment,
  changeGroup,
  changeNodeGroup,
  changeStack,
  changeTemplate,
  createComputeEnvironment,
  createGroup,
  createLaunchConfiguration,
  createNodeGroup,
  createStack,
  createTemplate,
  modifyFleet,
  provisionProduct,
  runJobFlow,
  updateProduct,
} from './automations.ts';
import type { Reader } from './call.ts';
import * as coverage from './coverage.ts';
import * as disks from './disks.ts';
import { closeIngress, modifyRules, openIngress } from './ingress.ts';
import * as launches from './launches.ts';
import * as postures from './postures.ts';
import { modifyDbSnapshot, modifyImage, modifySnapshot, resetImage, resetSnapshot } from './shares.ts';

/** What one event name means and how its records are read. */
export interface WatchedEvent {
  readonly kind: Kind;
  readonly read: Reader;
  /** Members that newer calls wrap their request and response in; kept, as making the names per record is slow. */
  readonly requestName: string;
  readonly responseName: string;
}

type Table = Readonly<Record<string, readonly [Kind, Reader]>>;

/**
 * API calls that matter, by event source: the closed list. Names are those CloudTrail writes; calls of Lambda bear a version.
 */
const CALLS: Readonly<Record<string, Table>> = {
  'ec2.amazonaws.com': {
    // launches, by every verb that starts an instance
    RunInstances: ['instance.launch', launches.runInstances],
    RunScheduledInstances: ['instance.launch', launches.runScheduledInstances],
    CreateFleet: ['instance.launch', launches.createFleet],
    RequestSpotInstances: ['instance.launch', launches.requestSpotInstances],
    RequestSpotFleet: ['instance.launch', launches.requestSpotFleet],
    ImportInstance: ['instance.launch', launches.importInstance],
    StartInstances: ['instance.start', launches.instancesChanged],
    CreateReplaceRootVolumeTask: ['instance.replace-root', launches.replaceRootVolume],
    CreateInstanceExportTask: ['instance.export', disks.exportInstance],
    // snapshots
    CreateSnapshot: ['snapshot.create', disks.createSnapshot],
    CreateSnapshots: ['snapshot.create', disks.createSnapshots],
    ImportSnapshot: ['snapshot.create', disks.importSnapshot],
    CopySnapshot: ['snapshot.copy', disks.copySnapshot],
    RestoreSnapshotFromRecycleBin: ['snapshot.restore', disks.snapshotChanged],
    RestoreSnapshotTier: ['snapshot.restore', disks.snapshotChanged],
    DeleteSnapshot: ['snapshot.delete', disks.snapshotChanged],
    ModifySnapshotAttribute: ['snapshot.share', modifySnapshot],
    ResetSnapshotAttribute: ['snapshot.unshare', resetSnapshot],
    // volumes
    CreateVolume: ['volume.create', disks.createVolume],
    CopyVolumes: ['volume.copy', disks.copyVolumes],
    AttachVolume: ['volume.attach', disks.attachVolume],
    DetachVolume: ['volume.detach', disks.detachVolume],
    DeleteVolume: ['volume.delete', disks.deleteVolume],
    // images
    CreateImage: ['image.create', disks.createImage],
    RegisterImage: ['image.create', disks.registerImage],
    ImportImage: ['image.create', disks.importImage],
    CreateRestoreImageTask: ['image.create', disks.restoreImage],
    CopyImage: ['image.copy', disks.copyImage],
    ExportImage: ['image.export', disks.exportImage],
    CreateStoreImageTask: ['image.export', disks.exportImage],
    DeregisterImage: ['image.delete', disks.imageDeleted],
    ModifyImageAttribute: ['image.share', modifyImage],
    ResetImageAttribute: ['image.unshare', resetImage],
    // what later launches are made from
    CreateLaunchTemplate: ['template.change', createTemplate],
    CreateLaunchTemplateVersion: ['template.change', changeTemplate],
    ModifyLaunchTemplate: ['template.change', changeTemplate],
    ModifyFleet: ['fleet.change', modifyFleet],
    ModifySpotFleetRequest: ['fleet.change', modifyFleet],
    // posture
    CreateSecurityGroup: ['security-group.create', postures.createGroup],
    DeleteSecurityGroup: ['security-group.delete', postures.groupDeleted],
    AuthorizeSecurityGroupIngress: ['ingress.open', openIngress],
    ModifySecurityGroupRules: ['ingress.open', modifyRules],
    RevokeSecurityGroupIngress: ['ingress.close', closeIngress],
    ModifyInstanceAttribute: ['instance.modify', postures.modifyInstance],
    ModifyNetworkInterfaceAttribute: ['instance.modify', postures.modifyInterface],
    AttachNetworkInterface: ['instance.modify', postures.attachInterface],
    AssociateAddress: ['address.associate', postures.associateAddress],
    AssociateIamInstanceProfile: ['profile.attach', postures.attachProfile],
    ReplaceIamInstanceProfileAssociation: ['profile.attach', postures.attachProfile],
    ModifyInstanceMetadataOptions: ['metadata.change', postures.metadataOptions],
    CreateKeyPair: ['key-pair.create', postures.keyPair],
    ImportKeyPair: ['key-pair.create', postures.keyPair],
    // guards of the whole account and Region
    DisableEbsEncryptionByDefault: ['guardrail.disable', postures.guardrail('EBS encryption by default')],
    DisableSnapshotBlockPublicAccess: [
      'guardrail.disable',
      postures.guardrail('block public access for snapshots'),
    ],
    DisableImageBlockPublicAccess: [
      'guardrail.disable',
      postures.guardrail('block public access for images'),
    ],
    DisableAllowedImagesSettings: ['guardrail.disable', postures.guardrail('allowed images')],
    ReplaceImageCriteriaInAllowedImagesSettings: [
      'guardrail.disable',
      postures.guardrail('criteria of allowed images'),
    ],
    ModifyInstanceMetadataDefaults: ['guardrail.disable', postures.metadataDefaults],
    EnableSerialConsoleAccess: ['guardrail.disable', postures.guardrail('no access to the serial console')],
    // cover
    StopInstances: ['instance.stop', launches.instancesChanged],
    TerminateInstances: ['instance.terminate', launches.instancesChanged],
    DeleteTags: ['tag.delete', postures.deleteTags],
  },
  // code run on an instance, and ways in that no rule tells of
  'ssm.amazonaws.com': {
    SendCommand: ['instance.run', postures.commandSent],
    StartSession: ['instance.enter', postures.entered('Session Manager')],
  },
  'ec2-instance-connect.amazonaws.com': {
    SendSSHPublicKey: ['instance.enter', postures.entered('EC2 Instance Connect')],
    SendSerialConsoleSSHPublicKey: ['instance.enter', postures.entered('serial console')],
    OpenTunnel: ['instance.enter', postures.entered('EC2 Instance Connect endpoint')],
  },
  'ebs.amazonaws.com': {
    StartSnapshot: ['snapshot.create', disks.startSnapshot],
  },
  'rds.amazonaws.com': {
    ModifyDBSnapshotAttribute: ['snapshot.share', modifyDbSnapshot],
    ModifyDBClusterSnapshotAttribute: ['snapshot.share', modifyDbSnapshot],
  },
  'lightsail.amazonaws.com': {
    CreateInstances: ['instance.launch', launches.lightsailCreate],
    CreateInstancesFromSnapshot: ['instance.launch', launches.lightsailCreate],
  },
  'autoscaling.amazonaws.com': {
    CreateAutoScalingGroup: ['fleet.change', createGroup],
    UpdateAutoScalingGroup: ['fleet.change', changeGroup],
    SetDesiredCapacity: ['fleet.change', changeGroup],
    CreateLaunchConfiguration: ['template.change', createLaunchConfiguration],
  },
  'cloudformation.amazonaws.com': {
    CreateStack: ['fleet.change', createStack],
    UpdateStack: ['fleet.change', changeStack],
    ExecuteChangeSet: ['fleet.change', changeStack],
    CreateStackInstances: ['fleet.change', changeStack],
    UpdateStackInstances: ['fleet.change', changeStack],
    UpdateStackSet: ['fleet.change', changeStack],
  },
  'eks.amazonaws.com': {
    CreateNodegroup: ['fleet.change', createNodeGroup],
    UpdateNodegroupConfig: ['fleet.change', changeNodeGroup],
    UpdateNodegroupVersion: ['fleet.change', changeNodeGroup],
  },
  'batch.amazonaws.com': {
    CreateComputeEnvironment: ['fleet.change', createComputeEnvironment],
    UpdateComputeEnvironment: ['fleet.change', changeComputeEnvironment],
  },
  'elasticmapreduce.amazonaws.com': {
    RunJobFlow: ['fleet.change', runJobFlow],
    AddInstanceGroups: ['fleet.change', changeCluster],
    AddInstanceFleet: ['fleet.change', changeCluster],
    ModifyInstanceGroups: ['fleet.change', changeCluster],
    ModifyInstanceFleet: ['fleet.change', changeCluster],
  },
  'servicecatalog.amazonaws.com': {
    ProvisionProduct: ['fleet.change', provisionProduct],
    UpdateProvisionedProduct: ['fleet.change', updateProduct],
  },
  'signin.amazonaws.com': {
    ConsoleLogin: ['session.open', postures.consoleLogin],
  },
  'account.amazonaws.com': {
    EnableRegion: ['region.enable', postures.enableRegion],
  },
  'servicequotas.amazonaws.com': {
    RequestServiceQuotaIncrease: ['quota.request', postures.raiseQuota],
  },
  'iam.amazonaws.com': {
    CreateUser: ['identity.create', postures.createUser],
    CreateRole: ['identity.create', postures.createRole],
    CreateAccessKey: ['identity.create', postures.createAccessKey],
    UpdateAccessKey: ['credential.change', postures.keySwitched],
    DeleteAccessKey: ['credential.change', postures.keyDeleted],
    CreateLoginProfile: ['identity.create', postures.createLogin],
    AttachUserPolicy: ['identity.grant', postures.grant],
    AttachRolePolicy: ['identity.grant', postures.grant],
    AttachGroupPolicy: ['identity.grant', postures.grant],
    PutUserPolicy: ['identity.grant', postures.grant],
    PutRolePolicy: ['identity.grant', postures.grant],
    PutGroupPolicy: ['identity.grant', postures.grant],
    AddUserToGroup: ['identity.grant', postures.grant],
    AddRoleToInstanceProfile: ['identity.grant', postures.grant],
    UpdateAssumeRolePolicy: ['identity.grant', postures.grant],
    ...coverage.onOwn('DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy'),
  },
  // what records come by: trails, and Launchtrail itself
  'cloudtrail.amazonaws.com': {
    StopLogging: ['coverage.disable', coverage.trail],
    DeleteTrail: ['coverage.disable', coverage.trail],
    UpdateTrail: ['coverage.disable', coverage.trail],
    PutEventSelectors: ['coverage.disable', coverage.selectors],
  },
  'events.amazonaws.com': coverage.onOwn(
    'DisableRule',
    'DeleteRule',
    'PutRule',
    'PutTargets',
    'RemoveTargets',
    'DeleteEventBus',
    'PutPermission',
    'RemovePermission',
  ),
  'lambda.amazonaws.com': coverage.onOwn(
    'DeleteFunction20150331',
    'UpdateFunctionCode20150331v2',
    'UpdateFunctionConfiguration20150331v2',
    'PutFunctionConcurrency20171031',
    'DeleteEventSourceMapping20150331',
    'UpdateEventSourceMapping20150331',
  ),
  'dynamodb.amazonaws.com': coverage.onOwn('DeleteTable', 'UpdateTable', 'UpdateTimeToLive'),
  'sqs.amazonaws.com': coverage.onOwn('DeleteQueue', 'PurgeQueue', 'SetQueueAttributes'),
  'sns.amazonaws.com': coverage.onOwn('DeleteTopic', 'SetTopicAttributes', 'Unsubscribe'),
  'kms.amazonaws.com': {
    ScheduleKeyDeletion: ['coverage.disable', coverage.ownKey],
    DisableKey: ['coverage.disable', coverage.ownKey],
    PutKeyPolicy: ['coverage.disable', coverage.ownKey],
  },
};

/** Events that a service writes by itself; EventBridge delivers them under another detail-type than API calls. */
const SERVICE_EVENTS: Readonly<Record<string, Table>> = {
  'ec2.amazonaws.com': {
    SharedSnapshotCopyInitiated: ['snapshot.use', disks.sharedSnapshotUsed],
    SharedSnapshotVolumeCreated: ['snapshot.use', disks.sharedSnapshotUsed],
  },
};

/** Names watched of one event source. */
export interface WatchedSource {
  readonly eventSource: string;
  /** API calls (`AWS API Call via CloudTrail`). */
  readonly calls: readonly string[];
  /** Service events (`AWS Service Event via CloudTrail`). */
  readonly serviceEvents: readonly string[];
}

/** The one list of what is watched: EventBridge rules, fast scanners and the normaliser all follow it. */
export const WATCHED: readonly WatchedSource[] = Object.entries(CALLS).map(([eventSource, table]) => ({
  eventSource,
  calls: Object.keys(table),
  serviceEvents: Object.keys(SERVICE_EVENTS[eventSource] ?? {}),
}));

const eventOf = (name: string, [kind, read]: readonly [Kind, Reader]): WatchedEvent => ({
  kind,
  read,
  requestName: `${name}Request`,
  responseName: `${name}Response`,
});

const EVENTS: ReadonlyMap<string, ReadonlyMap<string, WatchedEvent>> = new Map(
  Object.entries(CALLS).map(([source, table]) => [
    source,
    new Map(
      Object.entries({ ...table, ...SERVICE_EVENTS[source] }).map(([name, entry]) => [
        name,
        eventOf(name, entry),
      ]),
    ),
  ]),
);

/** What an event is to us, or undefined when it is not watched. */
export const watchedEvent = (source: string, name: string): WatchedEvent | undefined =>
  EVENTS.get(source)?.get(name);
