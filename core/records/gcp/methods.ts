import type { Kind } from '../../activity/kinds.ts';
import * as made from './automations.ts';
import type { GoogleReader } from './call.ts';
import * as read from './readers.ts';
import { tabled, unversioned } from './version.ts';

/** What a method is to us. */
export interface GoogleMethod {
  readonly kind: Kind;
  readonly read: GoogleReader;
}

const machine = read.changed('instance');
const group = made.groupChanged;

/**
 * Every method that is watched, without its version, a regional one under the name of the zonal or global, and in lower case. Source:
 * captured entries and Google's lists of audited methods.
 */
// biome-ignore format: one line a method
const TABLE: Readonly<Record<string, readonly [Kind, GoogleReader]>> = {
  'compute.instances.insert': ['instance.launch', read.instanceInserted],
  'compute.instances.bulkinsert': ['instance.launch', read.bulkInserted],
  'compute.instances.start': ['instance.start', machine],
  'compute.instances.startwithencryptionkey': ['instance.start', machine],
  'compute.instances.resume': ['instance.start', machine],
  'compute.instances.stop': ['instance.stop', machine],
  'compute.instances.suspend': ['instance.stop', machine],
  'compute.instances.delete': ['instance.terminate', machine],
  'compute.instances.setmachinetype': ['instance.modify', machine],
  'compute.instances.update': ['instance.modify', machine],
  'compute.instances.setmachineresources': ['instance.modify', machine],
  'compute.instances.setdeletionprotection': ['instance.modify', read.protectionSet],
  'compute.instances.settags': ['instance.modify', read.tagsSet],
  'compute.instances.attachdisk': ['volume.attach', read.diskAttached],
  'compute.instances.detachdisk': ['volume.detach', read.diskDetached],
  'compute.instances.setserviceaccount': ['profile.attach', read.serviceAccountSet],
  'compute.instances.addaccessconfig': ['address.associate', machine],
  'compute.instances.updatenetworkinterface': ['address.associate', machine],
  'compute.instances.setmetadata': ['metadata.change', read.metadataSet],
  'compute.projects.setcommoninstancemetadata': ['metadata.change', read.metadataSet],
  'google.ssh-serialport.connect': ['instance.enter', read.entered('serial console')],
  'authorizeuser': ['instance.enter', read.entered('IAP tunnel')],
  'google.cloud.resourcemanager.projects.createproject': ['account.create', read.guard('project')],
  'createproject': ['account.create', read.guard('project')],
  'compute.disks.createsnapshot': ['snapshot.create', read.snapshotOfDisk],
  'compute.snapshots.insert': ['snapshot.create', read.snapshotInserted],
  'compute.instantsnapshots.insert': ['snapshot.create', read.snapshotInserted],
  'compute.instantsnapshots.delete': ['snapshot.delete', read.changed('snapshot')],
  'compute.instantsnapshots.setiampolicy': ['snapshot.share', read.shared('snapshot')],
  'compute.snapshots.delete': ['snapshot.delete', read.changed('snapshot')],
  'compute.disks.insert': ['volume.create', read.diskInserted],
  'compute.disks.startasyncreplication': ['volume.copy', read.diskReplicated],
  'compute.disks.delete': ['volume.delete', read.changed('volume')],
  'compute.images.insert': ['image.create', read.imageInserted],
  'compute.images.delete': ['image.delete', read.changed('image')],
  'compute.machineimages.insert': ['image.create', read.machineImageInserted],
  'compute.machineimages.delete': ['image.delete', read.changed('image')],
  'compute.snapshots.setiampolicy': ['snapshot.share', read.shared('snapshot')],
  'compute.disks.setiampolicy': ['snapshot.share', read.shared('volume')],
  'compute.images.setiampolicy': ['image.share', read.shared('image')],
  'compute.machineimages.setiampolicy': ['image.share', read.shared('image')],
  'compute.instancetemplates.insert': ['template.change', read.templateInserted],
  'compute.instancegroupmanagers.insert': ['fleet.change', group],
  'compute.instancegroupmanagers.patch': ['fleet.change', group],
  'compute.instancegroupmanagers.update': ['fleet.change', group],
  'compute.instancegroupmanagers.resize': ['fleet.change', group],
  'compute.instancegroupmanagers.setinstancetemplate': ['fleet.change', group],
  'compute.instancegroupmanagers.createinstances': ['fleet.change', group],
  'compute.instancegroupmanagers.resizeadvanced': ['fleet.change', group],
  'compute.instancegroupmanagers.recreateinstances': ['fleet.change', group],
  'compute.instancegroupmanagers.applyupdatestoinstances': ['fleet.change', group],
  'compute.instancegroupmanagerresizerequests.insert': ['fleet.change', group],
  'compute.autoscalers.insert': ['fleet.change', group],
  'compute.autoscalers.patch': ['fleet.change', group],
  'compute.autoscalers.update': ['fleet.change', group],
  'compute.firewalls.insert': ['ingress.open', read.firewallSet],
  'compute.firewalls.patch': ['ingress.open', read.firewallSet],
  'compute.firewalls.update': ['ingress.open', read.firewallSet],
  'compute.firewalls.delete': ['ingress.close', read.changed('security-group')],
  'compute.networkfirewallpolicies.addrule': ['ingress.open', read.firewallSet],
  'compute.networkfirewallpolicies.patchrule': ['ingress.open', read.firewallSet],
  'compute.firewallpolicies.addrule': ['ingress.open', read.firewallSet],
  'compute.firewallpolicies.patchrule': ['ingress.open', read.firewallSet],
  'compute.subnetworks.patch': ['guardrail.disable', read.subnetworkPatched],
  'google.container.clustermanager.createcluster': ['fleet.change', made.clusterChanged],
  'google.container.clustermanager.updatecluster': ['fleet.change', made.clusterChanged],
  'google.container.clustermanager.createnodepool': ['fleet.change', made.clusterChanged],
  'google.container.clustermanager.updatenodepool': ['fleet.change', made.clusterChanged],
  'google.container.clustermanager.setnodepoolsize': ['fleet.change', made.clusterChanged],
  'google.container.clustermanager.setnodepoolautoscaling': ['fleet.change', made.clusterChanged],
  'dataflow.jobs.create': ['fleet.change', made.jobMade],
  'google.cloud.batch.batchservice.createjob': ['fleet.change', made.serviceUsed],
  'google.cloud.notebooks.notebookservice.createinstance': ['fleet.change', made.serviceUsed],
  'google.cloud.notebooks.notebookservicev2.createinstance': ['fleet.change', made.serviceUsed],
  'google.cloud.dataproc.clustercontroller.createcluster': ['fleet.change', made.dataprocChanged],
  'google.cloud.dataproc.clustercontroller.updatecluster': ['fleet.change', made.dataprocChanged],
  'setiampolicy': ['identity.grant', read.policySet],
  'insertprojectownershipinvite': ['identity.grant', read.ownerInvited],
  'google.iam.workloadidentitypools.createworkloadidentitypoolprovider': ['identity.create', read.providerMade],
  'google.iam.admin.setiampolicy': ['identity.grant', read.policySet],
  'google.iam.admin.createserviceaccount': ['identity.create', read.serviceAccountMade],
  'google.iam.admin.createserviceaccountkey': ['identity.create', read.keyMade],
  'google.iam.admin.uploadserviceaccountkey': ['identity.create', read.keyMade],
  'google.api.serviceusage.serviceusage.enableservice': ['region.enable', read.serviceEnabled],
  'google.api.serviceusage.serviceusage.createconsumeroverride': ['quota.request', read.guard('quota')],
  'google.api.cloudquotas.cloudquotas.createquotapreference': ['quota.request', read.guard('quota')],
  'google.api.cloudquotas.cloudquotas.updatequotapreference': ['quota.request', read.guard('quota')],
  'google.cloud.orgpolicy.orgpolicy.deletepolicy': ['guardrail.disable', read.guard('organisation policy')],
  'google.cloud.orgpolicy.orgpolicy.createpolicy': ['guardrail.disable', read.policyLoosened],
  'google.cloud.orgpolicy.orgpolicy.updatepolicy': ['guardrail.disable', read.policyLoosened],
  'google.logging.configservicev2.deletesink': ['guardrail.disable', read.guard('log sink')],
  'google.logging.configservicev2.updatesink': ['guardrail.disable', read.guard('log sink')],
  'google.logging.configservicev2.deletebucket': ['guardrail.disable', read.guard('log bucket')],
  'google.logging.configservicev2.createexclusion': ['guardrail.disable', read.guard('log exclusion')],
};

const METHODS: ReadonlyMap<string, GoogleMethod> = new Map(
  Object.entries(TABLE).map(([name, [kind, reader]]) => [name, { kind, read: reader }]),
);

export const googleMethod = (name: string): GoogleMethod | undefined => METHODS.get(tabled(name));

const READ = /(?:^|\.)(?:get|list|aggregatedlist|search|test\w*|GetOperation|Get\w*|List\w*)$/;

/** Why an entry with a method is none that is watched, by its name alone; undefined where it is watched. */
export function unwatchedGoogle(method: string): 'read-only' | 'not-watched' | undefined {
  const name = unversioned(method);
  if (googleMethod(name) !== undefined) return undefined;
  return READ.test(name) ? 'read-only' : 'not-watched';
}
