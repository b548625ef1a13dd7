import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Cloud } from '../../core/records/cloud.ts';
import { cloudAccount } from '../../simulate/clouds/account.ts';
import { type Random, randomOf } from '../../simulate/random.ts';

/** Days of life in one account, and lines of one file: what an hour of a busy tenant's export holds. */
const DAYS = 30;
const LINES = 5_000;

/** What else such a log is full of: lines that nobody watches, of each sort as many. */
const NOISE: Readonly<Record<Exclude<Cloud, 'aws'>, (random: Random, at: number) => object>> = {
  azure: (random, at) => {
    const operation = random.pick([
      'MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION',
      'MICROSOFT.WEB/SITES/CONFIG/WRITE',
      'MICROSOFT.KEYVAULT/VAULTS/SECRETS/WRITE',
      'MICROSOFT.SQL/SERVERS/DATABASES/WRITE',
      'MICROSOFT.AUTHORIZATION/POLICIES/AUDIT/ACTION',
      'MICROSOFT.RESOURCEHEALTH/HEALTHEVENT/ACTIVATED/ACTION',
    ]);
    const [provider = '', type = ''] = operation.split('/');
    const name = `APP-${random.int(1, 400)}`;
    const resource = `/SUBSCRIPTIONS/${random.guid()}/RESOURCEGROUPS/RG-${random.int(1, 60)}/PROVIDERS/${provider}/${type}/${name}`;
    return {
      time: new Date(at).toISOString(),
      resourceId: resource.toUpperCase(),
      operationName: operation,
      category: provider === 'MICROSOFT.RESOURCEHEALTH' ? 'ResourceHealth' : 'Administrative',
      resultType: random.pick(['Start', 'Success']),
      resultSignature: 'Succeeded.OK',
      durationMs: String(random.int(0, 900)),
      callerIpAddress: `198.51.100.${random.int(1, 250)}`,
      correlationId: random.guid(),
      identity: {
        authorization: {
          scope: resource.toLowerCase(),
          action: operation,
          evidence: {
            role: 'Contributor',
            roleAssignmentScope: '/subscriptions',
            principalType: 'ServicePrincipal',
          },
        },
        claims: {
          aud: 'https://management.core.windows.net/',
          appid: random.guid(),
          'http://schemas.microsoft.com/identity/claims/objectidentifier': random.guid(),
        },
      },
      level: 'Information',
      location: 'global',
      properties: {
        statusCode: 'OK',
        serviceRequestId: random.hex(32),
        eventCategory: 'Administrative',
        entity: resource.toLowerCase(),
      },
    };
  },
  google: (random, at) => {
    const [service, method, log] = random.pick([
      ['storage.googleapis.com', 'storage.objects.get', 'data_access'],
      ['storage.googleapis.com', 'storage.objects.list', 'data_access'],
      ['bigquery.googleapis.com', 'google.cloud.bigquery.v2.JobService.InsertJob', 'data_access'],
      ['k8s.io', 'io.k8s.core.v1.pods.create', 'activity'],
      ['k8s.io', 'io.k8s.coordination.v1.leases.update', 'activity'],
      ['compute.googleapis.com', 'v1.compute.instances.list', 'data_access'],
    ] as const);
    const project = `example-project-${random.int(1000, 1040)}`;
    return {
      insertId: random.hex(12),
      logName: `projects/${project}/logs/cloudaudit.googleapis.com%2F${log}`,
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        authenticationInfo: { principalEmail: `app-${random.int(1, 80)}@${project}.iam.gserviceaccount.com` },
        authorizationInfo: [
          { granted: true, permission: method, resource: `projects/${project}`, resourceAttributes: {} },
        ],
        methodName: method,
        requestMetadata: {
          callerIp: `198.51.100.${random.int(1, 250)}`,
          callerSuppliedUserAgent: 'google-api-go-client/0.5 gcloud-golang/1.2',
          requestAttributes: { time: new Date(at).toISOString(), auth: {} },
          destinationAttributes: {},
        },
        resourceName: `projects/_/buckets/${project}-data/objects/part-${random.hex(16)}`,
        serviceName: service,
        status: {},
      },
      receiveTimestamp: new Date(at + 900).toISOString(),
      resource: { type: 'gcs_bucket', labels: { project_id: project, location: 'europe-west1' } },
      severity: 'INFO',
      timestamp: new Date(at).toISOString(),
    };
  },
};

/**
 * Writes lines of a cloud's log in gzip files: ordinary life of accounts, and between its records some that nobody watches.
 *
 * @param noise lines that nobody watches for each one that somebody does
 * @param most bytes to write at least, inflated
 */
export async function writeCloudLogs(
  folder: string,
  cloud: Exclude<Cloud, 'aws'>,
  { noise, most }: { noise: number; most: number },
): Promise<void> {
  let bytes = 0;
  for (let seed = 1; bytes < most; seed += 1) {
    const into = join(folder, String(seed));
    await mkdir(into, { recursive: true });
    const random = randomOf(seed, 'noise');
    let lines: string[] = [];
    let file = 0;
    const close = async (): Promise<void> => {
      const text = `${lines.join('\n')}\n`;
      lines = [];
      bytes += text.length;
      await writeFile(join(into, `${file++}.json.gz`), gzipSync(text));
    };
    for (const { at, record } of cloudAccount({ cloud, seed, stories: [], days: DAYS }).deliveries) {
      lines.push(JSON.stringify(record));
      for (let each = 0; each < noise; each += 1) lines.push(JSON.stringify(NOISE[cloud](random, at + each)));
      if (lines.length >= LINES) await close();
      if (bytes >= most) return;
    }
    await close();
  }
}
