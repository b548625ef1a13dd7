import type { Kind } from '../../activity/kinds.ts';
import * as made from './automations.ts';
import type { AzureReader } from './call.ts';
import * as copy from './copies.ts';
import * as read from './readers.ts';

/** What an operation is to us, and what its record must hold to say what it did. */
export interface AzureOperation {
  readonly kind: Kind;
  readonly read: AzureReader;
  /** Without a body it is not known what was done. */
  readonly needsBody: boolean;
}

type Row = readonly [kind: Kind, read: AzureReader, body?: 'body'];

const machine = read.changed('instance');

/** Every operation that is watched, in lower case. Source: captured records and Azure's list of resource provider operations. */
// biome-ignore format: one line an operation
const TABLE: Readonly<Record<string, Row>> = {
  'microsoft.compute/virtualmachines/write': ['instance.launch', read.machineWritten, 'body'],
  'microsoft.compute/virtualmachines/start/action': ['instance.start', machine],
  'microsoft.compute/virtualmachines/poweroff/action': ['instance.stop', machine],
  'microsoft.compute/virtualmachines/deallocate/action': ['instance.stop', machine],
  'microsoft.compute/virtualmachines/delete': ['instance.terminate', machine],
  'microsoft.compute/virtualmachines/reimage/action': ['instance.modify', machine],
  'microsoft.compute/virtualmachines/redeploy/action': ['instance.modify', machine],
  'microsoft.compute/virtualmachines/attachdetachdatadisks/action': ['volume.attach', read.disksAttached, 'body'],
  'microsoft.compute/virtualmachinescalesets/write': ['fleet.change', made.scaleSetWritten, 'body'],
  'microsoft.compute/virtualmachinescalesets/scale/action': ['fleet.change', made.scaleSetWritten, 'body'],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/write': ['instance.modify', machine],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/delete': ['instance.terminate', machine],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/start/action': ['instance.start', machine],
  'microsoft.insights/autoscalesettings/scaleup/action': ['fleet.change', made.scaled],
  'microsoft.insights/autoscalesettings/write': ['fleet.change', made.autoscaleWritten, 'body'],
  'microsoft.batch/batchaccounts/pools/write': ['fleet.change', made.computeWritten, 'body'],
  'microsoft.machinelearningservices/workspaces/computes/write': ['fleet.change', made.computeWritten, 'body'],
  'microsoft.containerservice/managedclusters/write': ['fleet.change', made.nodePoolWritten, 'body'],
  'microsoft.containerservice/managedclusters/agentpools/write': ['fleet.change', made.nodePoolWritten, 'body'],
  'microsoft.compute/disks/write': ['volume.create', copy.diskWritten, 'body'],
  'microsoft.compute/disks/delete': ['volume.delete', read.changed('volume')],
  'microsoft.compute/snapshots/write': ['snapshot.create', copy.snapshotWritten, 'body'],
  'microsoft.compute/snapshots/delete': ['snapshot.delete', read.changed('snapshot')],
  'microsoft.compute/disks/begingetaccess/action': ['snapshot.link', copy.linked],
  'microsoft.compute/snapshots/begingetaccess/action': ['snapshot.link', copy.linked],
  'microsoft.compute/restorepointcollections/restorepoints/retrievesasuris/action': ['snapshot.link', copy.linked],
  'microsoft.compute/restorepointcollections/restorepoints/diskrestorepoints/begingetaccess/action': ['snapshot.link', copy.linked],
  'microsoft.compute/virtualmachines/runcommand/action': ['instance.run', read.machineOf('run command')],
  'microsoft.compute/virtualmachines/runcommands/write': ['instance.run', read.machineOf('run command')],
  'microsoft.compute/virtualmachines/extensions/write': ['instance.run', read.machineOf('extension')],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/runcommand/action': ['instance.run', read.machineOf('run command')],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/runcommands/write': ['instance.run', read.machineOf('run command')],
  'microsoft.compute/virtualmachinescalesets/virtualmachines/extensions/write': ['instance.run', read.machineOf('extension')],
  'microsoft.compute/virtualmachines/retrievebootdiagnosticsdata/action': ['instance.enter', read.machineOf('boot diagnostics')],
  'microsoft.serialconsole/serialports/connect/action': ['instance.enter', read.machineOf('serial console')],
  'microsoft.network/bastionhosts/createshareablelinks/action': ['instance.enter', read.machinesIn('vms', 'shareable link of a bastion')],
  'microsoft.security/locations/jitnetworkaccesspolicies/initiate/action': ['instance.enter', read.machinesIn('virtualMachines', 'just-in-time access')],
  'microsoft.subscription/aliases/write': ['account.create', read.guard('subscription')],
  'microsoft.compute/restorepointcollections/restorepoints/write': ['snapshot.create', copy.restorePointWritten, 'body'],
  'microsoft.compute/restorepointcollections/restorepoints/delete': ['snapshot.delete', read.changed('snapshot')],
  'microsoft.compute/images/write': ['image.create', copy.imageWritten, 'body'],
  'microsoft.compute/images/delete': ['image.delete', read.changed('image')],
  'microsoft.compute/galleries/images/versions/write': ['image.create', copy.galleryVersionWritten, 'body'],
  'microsoft.compute/galleries/share/action': ['image.share', copy.galleryShared, 'body'],
  'microsoft.compute/galleries/images/versions/delete': ['image.delete', read.changed('image')],
  'microsoft.compute/sshpublickeys/write': ['key-pair.create', read.keyMade],
  'microsoft.compute/sshpublickeys/generatekeypair/action': ['key-pair.create', read.keyMade],
  'microsoft.network/networksecuritygroups/securityrules/write': ['ingress.open', read.ruleWritten, 'body'],
  'microsoft.network/networksecuritygroups/securityrules/delete': ['ingress.close', read.ruleDeleted],
  'microsoft.network/networksecuritygroups/write': ['ingress.open', read.groupWritten, 'body'],
  'microsoft.network/networksecuritygroups/delete': ['ingress.close', read.changed('security-group')],
  'microsoft.network/networkinterfaces/write': ['instance.modify', read.interfaceWritten, 'body'],
  'microsoft.managedidentity/userassignedidentities/write': ['identity.create', read.identityMade],
  'microsoft.authorization/roleassignments/write': ['identity.grant', copy.roleAssigned, 'body'],
  'microsoft.managedservices/registrationassignments/write': ['identity.grant', read.plainly('delegated to another directory')],
  'microsoft.authorization/elevateaccess/action': ['identity.grant', read.plainly('User Access Administrator of the whole directory')],
  'microsoft.authorization/locks/delete': ['guardrail.disable', read.guard('lock')],
  'microsoft.authorization/policyassignments/delete': ['guardrail.disable', read.guard('policy assignment')],
  'microsoft.authorization/policyexemptions/write': ['guardrail.disable', read.guard('policy exemption')],
  'microsoft.insights/diagnosticsettings/delete': ['guardrail.disable', read.guard('diagnostic setting')],
  'microsoft.insights/logprofiles/delete': ['guardrail.disable', read.guard('log profile')],
  'microsoft.insights/activitylogalerts/delete': ['guardrail.disable', read.guard('alert')],
  'microsoft.network/networkwatchers/flowlogs/delete': ['guardrail.disable', read.guard('flow log')],
  'microsoft.operationalinsights/workspaces/delete': ['guardrail.disable', read.guard('log workspace')],
  'microsoft.insights/actiongroups/delete': ['guardrail.disable', read.guard('action group')],
  'microsoft.security/pricings/write': ['guardrail.disable', read.guard('Defender plan')],
  'microsoft.resources/subscriptions/resourcegroups/write': ['region.enable', read.groupOfResources, 'body'],
  'microsoft.capacity/resourceproviders/locations/servicelimits/write': ['quota.request', read.guard('quota')],
  'microsoft.quota/quotas/write': ['quota.request', read.guard('quota')],
  'microsoft.support/supporttickets/write': ['quota.request', read.guard('support ticket')],
};

const OPERATIONS: ReadonlyMap<string, AzureOperation> = new Map(
  Object.entries(TABLE).map(([name, [kind, reader, body]]) => [
    name,
    { kind, read: reader, needsBody: body !== undefined },
  ]),
);

export const azureOperation = (name: string): AzureOperation | undefined => OPERATIONS.get(name);

/** Why a record with an operation is none that is watched, by its name alone; undefined where it is watched. */
export function unwatchedAzure(name: string): 'read-only' | 'not-watched' | undefined {
  const operation = name.toLowerCase();
  if (OPERATIONS.has(operation)) return undefined;
  return operation.endsWith('/read') ? 'read-only' : 'not-watched';
}
