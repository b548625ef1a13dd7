import { randomOf } from '../random.ts';
import type { Deed, Done, Size, Teller, TellerOptions, Who, Written } from './deed.ts';

const CLAIMS = 'http://schemas.microsoft.com/identity/claims/';
const XML = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
/** Clients by which people and services call, by their `appid`. */
const CLIENTS = {
  console: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  cli: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  nodes: '7319c514-987d-4e9b-ac3d-d38c4f427f4c',
} as const;
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

const SIZES: Readonly<Record<Size, string>> = {
  small: 'Standard_B2s',
  usual: 'Standard_D4s_v5',
  large: 'Standard_D16s_v5',
  gpu: 'Standard_NC24ads_A100_v4',
};

/** One call before it is told in three records. */
interface Call {
  /** As Azure's documents spell it. */
  readonly operation: string;
  readonly on: string;
  readonly body?: object;
  /** What is written of it after `Accepted.`. */
  readonly code?: string;
  readonly category?: 'Autoscale';
}

/** Machines are made in resource groups; the first path of each is the group's. */
const place = (group: string, provider: 'Compute' | 'Network', rest: string): string =>
  `/resourceGroups/${group}/providers/Microsoft.${provider}/${rest}`;

/** Tells deeds as diagnostic settings write Azure's activity log: three records a call, the body in the second. */
export function azureTeller({ seed, random }: TellerOptions): Teller {
  const ids = randomOf(seed, 'azure');
  const [tenant, subscription] = [ids.guid(), ids.guid()];
  const under = (path: string): string => `/subscriptions/${subscription}${path}`;
  const regions = ['westeurope', 'northeurope', 'eastus2', 'australiaeast', 'brazilsouth'];
  const made = new Map<string, number>();
  const groupOf = (name: string): string => `rg-${name.split('-')[0]}`;
  const on = (type: string, name: string): string =>
    under(place(groupOf(name), 'Compute', `${type}/${name}`));
  const net = (name: string, rest: string): string => under(place(groupOf(name), 'Network', rest));
  const object = ({ name }: Who): string => randomOf(seed, 'object', name).guid();

  function claimsOf(who: Who): object {
    const client =
      who.sort === 'nodes' ? CLIENTS.nodes : who.tool === 'console' ? CLIENTS.console : CLIENTS.cli;
    const upn =
      who.sort === 'guest' ? `${who.name.replace('@', '_')}#EXT#@example.onmicrosoft.com` : who.name;
    const isPerson = who.sort === 'person' || who.sort === 'guest';
    return {
      iss: `https://sts.windows.net/${tenant}/`,
      appid: isPerson || who.sort === 'nodes' ? client : randomOf(seed, 'application', who.name).guid(),
      idtyp: isPerson ? 'user' : 'app',
      ...(isPerson && { name: who.name.split('@')[0], [`${XML}upn`]: upn }),
      ...(who.ip !== undefined && { ipaddr: who.ip }),
      [`${CLAIMS}objectidentifier`]: object(who),
      [`${CLAIMS}tenantid`]: tenant,
    };
  }

  function recordsOf(
    at: number,
    by: Who,
    { operation, on: id, body, code = 'Created', category }: Call,
  ): Written[] {
    const correlation = random.guid();
    const taken = at + random.int(200, 2_500);
    const phases = [
      ['Start', at, 'Started.', {}],
      [
        'Accept',
        taken,
        `Accepted.${code}`,
        { statusCode: code, ...(body && { responseBody: JSON.stringify(body) }) },
      ],
      ['Success', taken + random.int(5, 60) * 1_000, 'Succeeded.', { statusCode: 'OK' }],
    ] as const;
    return phases.map(([resultType, when, resultSignature, properties]) => ({
      at: when,
      record: {
        time: new Date(when).toISOString().replace('Z', '0000Z'),
        resourceId: id.toUpperCase(),
        operationName: operation.toUpperCase(),
        category: category ?? 'Administrative',
        resultType,
        resultSignature,
        durationMs: '0',
        ...(by.ip !== undefined && { callerIpAddress: by.ip }),
        correlationId: correlation,
        identity:
          by.sort === 'scaler'
            ? { claims: { [`${XML}spn`]: 'Microsoft.Insights/autoscaleSettings' } }
            : {
                authorization: { scope: id, action: operation, evidence: { role: 'Contributor' } },
                claims: claimsOf(by),
              },
        level: 'Information',
        location: 'global',
        properties: {
          ...properties,
          eventCategory: 'Administrative',
          entity: id,
          hierarchy: `${tenant}/${subscription}`,
        },
        tenantId: tenant,
      },
    }));
  }

  const vm = (deed: Extract<Deed, { do: 'launch' }>, at: number, location: string, card: string): object => ({
    name: deed.machine,
    id: on('virtualMachines', deed.machine),
    type: 'Microsoft.Compute/virtualMachines',
    location,
    tags: {},
    properties: {
      vmId: random.guid(),
      hardwareProfile: { vmSize: SIZES[deed.size] },
      provisioningState: 'Creating',
      storageProfile: {
        imageReference:
          deed.image === undefined
            ? {
                publisher: 'Canonical',
                offer: '0001-com-ubuntu-server-jammy',
                sku: '22_04-lts-gen2',
                version: 'latest',
              }
            : { id: on('images', deed.image) },
        osDisk: { createOption: 'FromImage', osType: 'Linux' },
        dataDisks:
          deed.disk === undefined
            ? []
            : [{ lun: 0, createOption: 'Attach', managedDisk: { id: on('disks', deed.disk) } }],
      },
      networkProfile: { networkInterfaces: [{ id: card }] },
      timeCreated: new Date(at).toISOString(),
    },
  });

  /** A disk or snapshot made of another. */
  const copyOf = (source: string, location: string): object => ({
    location,
    properties: {
      creationData: { createOption: 'Copy', sourceResourceId: source, sourceUniqueId: random.guid() },
      diskSizeGB: 128,
      provisioningState: 'Updating',
    },
  });

  function callsOf({
    deed,
    at,
    region = regions[0] as string,
  }: Done): readonly (Call & { readonly after?: number })[] {
    const compute = (
      type: string,
      name: string,
      rest: Omit<Call, 'operation' | 'on'> = {},
      verb = 'write',
    ): Call => ({
      operation: `Microsoft.Compute/${type}/${verb}`,
      on: on(type, name),
      ...rest,
    });
    switch (deed.do) {
      case 'launch': {
        const card = net(deed.machine, `networkInterfaces/${deed.machine}-nic`);
        made.set(deed.machine, at);
        const address = net(deed.machine, `publicIPAddresses/${deed.machine}-ip`);
        return [
          ...(deed.public
            ? [
                {
                  operation: 'Microsoft.Network/publicIPAddresses/write',
                  on: address,
                  body: { location: region },
                },
              ]
            : []),
          {
            operation: 'Microsoft.Network/networkInterfaces/write',
            on: card,
            after: 4_000,
            body: {
              location: region,
              properties: {
                ...(deed.group !== undefined && {
                  networkSecurityGroup: { id: net(deed.group, `networkSecurityGroups/${deed.group}`) },
                }),
                ipConfigurations: [
                  {
                    name: 'ipconfig1',
                    properties: {
                      privateIPAllocationMethod: 'Dynamic',
                      ...(deed.public && { publicIPAddress: { id: address } }),
                    },
                  },
                ],
              },
            },
          },
          {
            ...compute('virtualMachines', deed.machine, { body: vm(deed, at + 9_000, region, card) }),
            after: 9_000,
          },
        ];
      }
      case 'attach':
        return [
          compute('virtualMachines', deed.machine, {
            code: 'OK',
            body: vm(
              { do: 'launch', machine: deed.machine, size: 'usual', disk: deed.disk },
              made.get(deed.machine) ?? at - 90 * 86_400_000,
              region,
              net(deed.machine, `networkInterfaces/${deed.machine}-nic`),
            ),
          }),
        ];
      case 'terminate':
        return [compute('virtualMachines', deed.machine, { code: 'Accepted' }, 'delete')];
      case 'start':
        return [compute('virtualMachines', deed.machine, { code: 'Accepted' }, 'start/action')];
      case 'stop':
        return [compute('virtualMachines', deed.machine, { code: 'Accepted' }, 'deallocate/action')];
      case 'run':
        return [compute('virtualMachines', deed.machine, { code: 'Accepted' }, 'runCommand/action')];
      case 'snapshot':
        return [
          compute('snapshots', deed.snapshot, {
            code: 'Accepted',
            body: copyOf(on('disks', deed.disk), region),
          }),
        ];
      case 'drop':
        return [compute('snapshots', deed.snapshot, { code: 'Accepted' }, 'delete')];
      case 'restore':
        return [
          compute('disks', deed.disk, {
            code: 'Accepted',
            body: copyOf(on('snapshots', deed.snapshot), region),
          }),
        ];
      case 'image':
        return [
          compute('images', deed.image, {
            body: {
              location: region,
              properties: { sourceVirtualMachine: { id: on('virtualMachines', deed.machine) } },
            },
          }),
        ];
      case 'image of copy':
        return [
          compute('images', deed.image, {
            body: {
              location: region,
              properties: {
                storageProfile: {
                  osDisk: { osState: 'Specialized', snapshot: { id: on('snapshots', deed.snapshot) } },
                },
              },
            },
          }),
        ];
      case 'grant':
        return [
          {
            operation: 'Microsoft.Authorization/roleAssignments/write',
            on: under(`/providers/Microsoft.Authorization/roleAssignments/${random.guid()}`),
            body: {
              properties: {
                principalId: object(deed.to),
                principalType: deed.to.sort === 'program' ? 'ServicePrincipal' : 'User',
                roleDefinitionId: under(`/providers/Microsoft.Authorization/roleDefinitions/${OWNER}`),
                scope: under(''),
              },
            },
          },
        ];
      case 'open': {
        const group = net(deed.group, `networkSecurityGroups/${deed.group}`);
        return [
          {
            operation: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
            on: `${group}/securityRules/in-${deed.port ?? 'any'}`,
            body: {
              properties: {
                access: 'Allow',
                direction: 'Inbound',
                priority: 100,
                protocol: deed.port === undefined ? '*' : 'Tcp',
                sourceAddressPrefix: deed.from === '0.0.0.0/0' ? '*' : deed.from,
                sourcePortRange: '*',
                destinationAddressPrefix: '*',
                destinationPortRange: deed.port === undefined ? '*' : String(deed.port),
              },
            },
          },
        ];
      }
      case 'pool':
        return [
          {
            operation: 'Microsoft.ContainerService/managedClusters/agentPools/write',
            on: under(
              `/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/main/agentPools/${deed.pool}`,
            ),
            body: { properties: { count: deed.count, vmSize: SIZES[deed.size], mode: 'User' } },
          },
        ];
      case 'scale':
        return [
          {
            operation: 'Microsoft.Compute/virtualMachineScaleSets/write',
            on: on('virtualMachineScaleSets', deed.group),
            code: 'OK',
            body: { location: region, sku: { name: SIZES[deed.size], capacity: deed.count }, properties: {} },
          },
        ];
    }
  }

  return {
    regions,
    tell: (done) =>
      callsOf(done).flatMap(({ after = 0, ...call }) => recordsOf(done.at + after, done.by, call)),
  };
}
