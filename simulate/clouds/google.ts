import { randomOf } from '../random.ts';
import type { Deed, Done, Size, Teller, TellerOptions, Who, Written } from './deed.ts';

const SIZES: Readonly<Record<Size, string>> = {
  small: 'e2-small',
  usual: 'e2-standard-4',
  large: 'n2-standard-16',
  gpu: 'a2-highgpu-1g',
};

const AGENTS = {
  console: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0,gzip(gfe)',
  cli: 'google-cloud-sdk gcloud/550.0.0 command/gcloud.compute invocation-id/0 environment/None interactive/True,gzip(gfe)',
  terraform: 'google-api-go-client/0.5 Terraform/1.13.4 terraform-provider-google/7.9.0',
} as const;

/** One call before it is told in the entries that begin and end its operation. */
interface Call {
  readonly method: string;
  /** Path below the project. */
  readonly on: string;
  readonly request?: object;
  /** Further members of the payload. */
  readonly more?: object;
  /** Told in one entry, as IAM's calls are. */
  readonly single?: true;
}

/** Tells deeds as lines of a sink of Google's audit log. */
export function googleTeller({ seed, random }: TellerOptions): Teller {
  const ids = randomOf(seed, 'google');
  const project = `example-project-${ids.hex(4)}`;
  const number = String(ids.int(100_000_000_000, 999_999_999_999));
  const regions = ['europe-west1', 'europe-west4', 'us-east4', 'australia-southeast1', 'southamerica-east1'];
  const zones = new Map<string, string>();
  const zoneOf = (name: string): string => zones.get(name) ?? `${regions[0]}-b`;
  const zonal = (type: string, name: string): string => `zones/${zoneOf(name)}/${type}/${name}`;
  const url = (path: string): string => `https://www.googleapis.com/compute/v1/projects/${project}/${path}`;
  const version = (): string => random.pick(['v1', 'v1', 'v1', 'beta']);

  const emailOf = (who: Who): string =>
    who.sort === 'program'
      ? `${who.name}@${project}.iam.gserviceaccount.com`
      : who.sort === 'scaler'
        ? `${number}@cloudservices.gserviceaccount.com`
        : who.sort === 'nodes'
          ? `service-${number}@container-engine-robot.iam.gserviceaccount.com`
          : who.name;
  const agentOf = (who: Who): string =>
    who.sort === 'scaler' || who.sort === 'nodes'
      ? 'GCE Managed Instance Group for Tempest'
      : AGENTS[who.tool ?? (who.sort === 'program' ? 'terraform' : 'cli')];

  function entriesOf(at: number, by: Who, { method, on, request, more, single }: Call): Written[] {
    const operation = `operation-${at}-${random.hex(12)}0-${random.hex(8)}-${random.hex(8)}`;
    const entry = (when: number, payload: object, phase?: object): Written => ({
      at: when,
      record: {
        insertId: random.hex(12),
        logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`,
        ...(phase && { operation: { id: operation, producer: 'compute.googleapis.com', ...phase } }),
        protoPayload: {
          '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
          authenticationInfo: { principalEmail: emailOf(by) },
          methodName: method,
          requestMetadata: {
            ...(by.ip !== undefined && { callerIp: by.ip }),
            callerSuppliedUserAgent: agentOf(by),
          },
          resourceName: `projects/${project}${on === '' ? '' : `/${on}`}`,
          serviceName: single ? 'cloudresourcemanager.googleapis.com' : 'compute.googleapis.com',
          ...payload,
        },
        receiveTimestamp: new Date(when + random.int(300, 2_900)).toISOString(),
        resource: { type: single ? 'project' : 'gce_instance', labels: { project_id: project } },
        severity: 'NOTICE',
        timestamp: new Date(when).toISOString(),
      },
    });
    const type = { '@type': `type.googleapis.com/${method.replace(/^(?:v1|beta)\./, '')}` };
    if (single) return [entry(at, { request: { ...type, ...request }, ...more })];
    return [
      entry(
        at,
        { request: { ...type, ...request }, ...more, response: { name: operation, status: 'RUNNING' } },
        { first: true },
      ),
      entry(at + random.int(2, 40) * 1_000, { request: type }, { last: true }),
    ];
  }

  const insertion = (
    name: string,
    size: Size,
    { image, group, public: open, disk }: Partial<Extract<Deed, { do: 'launch' }>> = {},
  ): Call => ({
    method: `${version()}.compute.instances.insert`,
    on: zonal('instances', name),
    request: {
      name,
      machineType: `projects/${project}/zones/${zoneOf(name)}/machineTypes/${SIZES[size]}`,
      disks:
        disk !== undefined
          ? [{ boot: true, mode: 'READ_WRITE', source: url(zonal('disks', disk)) }]
          : [
              {
                boot: true,
                initializeParams: {
                  sourceImage:
                    image === undefined
                      ? 'projects/debian-cloud/global/images/debian-12-bookworm-v20260101'
                      : `projects/${project}/global/images/${image}`,
                },
              },
            ],
      networkInterfaces: [
        {
          network: url('global/networks/default'),
          ...(open && { accessConfigs: [{ name: 'External NAT', networkTier: 'PREMIUM' }] }),
        },
      ],
      ...(group !== undefined && { tags: { tags: [group] } }),
      serviceAccounts: [{ email: `${number}-compute@developer.gserviceaccount.com` }],
    },
  });

  /** What the nodes of a pool are called, but for their ends. */
  const nodesOf = (pool: string): string => `gke-main-${pool}-${number.slice(0, 8)}`;

  function callsOf({ by, deed, region }: Done): readonly (Call & { readonly after?: number })[] {
    const instance = (name: string, verb: string, rest: Partial<Call> = {}): Call => ({
      method: `${version()}.compute.instances.${verb}`,
      on: zonal('instances', name),
      ...rest,
    });
    const here = (name: string): void => {
      if (region !== undefined) zones.set(name, `${region}-b`);
    };
    switch (deed.do) {
      case 'launch':
        here(deed.machine);
        return [insertion(deed.machine, deed.size, deed)];
      case 'attach':
        return [
          instance(deed.machine, 'attachDisk', {
            request: { source: url(zonal('disks', deed.disk)), deviceName: deed.disk },
          }),
        ];
      case 'terminate':
        return [instance(deed.machine, 'delete')];
      case 'start':
      case 'stop':
        return [instance(deed.machine, deed.do)];
      case 'run':
        return [
          instance(deed.machine, 'setMetadata', {
            more: { metadata: { instanceMetadataDelta: { addedMetadataKeys: ['startup-script'] } } },
          }),
        ];
      case 'snapshot':
        return [
          {
            method: `${version()}.compute.disks.createSnapshot`,
            on: zonal('disks', deed.disk),
            request: { name: deed.snapshot },
          },
        ];
      case 'drop':
        return [{ method: 'v1.compute.snapshots.delete', on: `global/snapshots/${deed.snapshot}` }];
      case 'restore':
        here(deed.disk);
        return [
          {
            method: `${version()}.compute.disks.insert`,
            on: zonal('disks', deed.disk),
            request: { name: deed.disk, sourceSnapshot: url(`global/snapshots/${deed.snapshot}`) },
          },
        ];
      case 'image':
        return [
          {
            method: 'v1.compute.images.insert',
            on: `global/images/${deed.image}`,
            request: { name: deed.image, sourceDisk: url(zonal('disks', deed.machine)), forceCreate: true },
          },
        ];
      case 'image of copy':
        return [
          {
            method: 'v1.compute.images.insert',
            on: `global/images/${deed.image}`,
            request: { name: deed.image, sourceSnapshot: url(`global/snapshots/${deed.snapshot}`) },
          },
        ];
      case 'grant':
        return [
          {
            method: 'SetIamPolicy',
            on: '',
            single: true,
            more: {
              serviceData: {
                policyDelta: {
                  bindingDeltas: [
                    {
                      action: 'ADD',
                      role: 'roles/owner',
                      member: `${deed.to.sort === 'program' ? 'serviceAccount' : 'user'}:${emailOf(deed.to)}`,
                    },
                  ],
                },
              },
            },
          },
        ];
      case 'open':
        return [
          {
            method: `${version()}.compute.firewalls.insert`,
            on: `global/firewalls/${deed.group}-${deed.port ?? 'any'}-${random.hex(4)}`,
            request: {
              network: url('global/networks/default'),
              direction: 'INGRESS',
              alloweds: [
                deed.port === undefined
                  ? { IPProtocol: 'all' }
                  : { IPProtocol: 'tcp', ports: [String(deed.port)] },
              ],
              sourceRanges: [deed.from],
              targetTags: [deed.group],
            },
          },
        ];
      case 'pool':
        return [
          {
            method: 'google.container.v1.ClusterManager.CreateNodePool',
            on: `locations/${regions[0]}/clusters/main`,
            request: {
              parent: `projects/${project}/locations/${regions[0]}/clusters/main`,
              nodePool: {
                name: deed.pool,
                initialNodeCount: deed.count,
                config: { machineType: SIZES[deed.size] },
              },
            },
          },
        ];
      case 'scale':
        return Array.from({ length: deed.count }, () =>
          insertion(`${by.sort === 'nodes' ? nodesOf(deed.group) : deed.group}-${random.hex(4)}`, deed.size),
        );
    }
  }

  return {
    regions,
    tell: (done) =>
      callsOf(done).flatMap(({ after = 0, ...call }) => entriesOf(done.at + after, done.by, call)),
  };
}
