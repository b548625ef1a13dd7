/** Builders of Google's audit log: one act as the entries that begin and end its operation, in each of its envelopes. */

const PROJECT = 'example-project';

export interface Caller {
  readonly email: string;
  readonly ip?: string;
  readonly agent?: string;
}

export const bob: Caller = {
  email: 'bob@example.com',
  ip: '198.51.100.20',
  agent: 'google-cloud-sdk gcloud/550.0.0 command/gcloud.compute.instances.create environment/GCE',
};

interface Act {
  readonly method: string;
  /** Path below the project. */
  readonly on: string;
  readonly at: number;
  readonly by?: Caller;
  readonly request?: object;
  readonly more?: object;
  /** An act of IAM or the like, which is told in one entry. */
  readonly single?: true;
  readonly code?: number;
  readonly message?: string;
  /** Number of what it is on, which the first entry and a label tell. */
  readonly number?: string;
  /** It was called by that number. */
  readonly byNumber?: boolean;
}

/** Labels that the log has the number of a thing in. */
const LABELS: Readonly<Record<string, string>> = {
  instances: 'instance_id',
  disks: 'disk_id',
  images: 'image_id',
  snapshots: 'snapshot_id',
};

let acts = 0;

function entriesOf(act: Act): object[] {
  acts += 1;
  const by = act.by ?? bob;
  const id = `operation-${act.at}-${String(acts).padStart(13, '0')}-0a1b2c3d-${String(acts).padStart(8, '0')}`;
  const status = act.code === undefined ? {} : { status: { code: act.code, message: act.message ?? '' } };
  const { on, number } = act;
  const label = number === undefined ? {} : { [LABELS[on.split('/').at(-2) ?? ''] ?? 'id']: number };
  const called = act.byNumber && number !== undefined ? on.replace(/[^/]+$/, number) : on;
  const answer = number === undefined ? {} : { response: { targetId: number, targetLink: url(on) } };
  const entry = (at: number, payload: object, operation?: object): object => ({
    insertId: `i${acts}${operation === undefined ? '' : at}`,
    logName: `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2Factivity`,
    resource: { type: 'gce_instance', labels: { project_id: PROJECT, ...label } },
    severity: 'NOTICE',
    timestamp: new Date(at).toISOString(),
    ...(operation !== undefined && { operation: { id, producer: 'compute.googleapis.com', ...operation } }),
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'compute.googleapis.com',
      methodName: act.method,
      resourceName: `projects/${PROJECT}/${called}`,
      authenticationInfo: { principalEmail: by.email },
      requestMetadata: {
        ...(by.ip !== undefined && { callerIp: by.ip }),
        callerSuppliedUserAgent: by.agent ?? '',
      },
      ...payload,
    },
  });
  const request = { '@type': 'type.googleapis.com/x', ...act.request };
  if (act.single) return [entry(act.at, { request, ...answer, ...act.more, ...status })];
  return [
    entry(act.at, { request, ...answer, ...act.more }, { first: true }),
    entry(act.at + 9_000, { request: { '@type': 'type.googleapis.com/x' }, ...status }, { last: true }),
  ];
}

/** Entries of some acts, in the order of time. */
export const googleEntries = (list: readonly Act[]): object[] =>
  list.flatMap(entriesOf).toSorted((a, b) => String(at(a)).localeCompare(String(at(b))));

const at = (entry: object): unknown => ('timestamp' in entry ? entry.timestamp : '');

const encoded = (entry: object): string => Buffer.from(JSON.stringify(entry)).toString('base64');

/** An entry as a row of BigQuery: what has no fixed form is JSON in a text. */
function asRow(entry: object): object {
  const { protoPayload, timestamp, ...rest } = entry as {
    protoPayload: { request: object; '@type': string };
    timestamp: string;
  };
  const { request, '@type': _, ...payload } = protoPayload;
  return {
    ...rest,
    timestamp: timestamp.replace('T', ' ').replace('Z', ' UTC'),
    protopayload_auditlog: { ...payload, requestJson: JSON.stringify(request) },
  };
}

const inBus = (detail: object): object => ({
  version: '0',
  source: 'launchtrail.google',
  'detail-type': 'Google Cloud Audit Log Entry',
  account: '111122223333',
  detail,
});

/** Some acts in each envelope, as one file or message of it. */
export function googleEnvelopes(list: readonly Act[]): Readonly<Record<string, unknown>> {
  const all = list.flatMap(entriesOf);
  return {
    'what gcloud prints': all.toReversed(),
    'a page of entries.list': { entries: all, nextPageToken: 'x' },
    'lines of a sink': all,
    'pushes of Pub/Sub': all.map((entry) => ({
      message: { data: encoded(entry), messageId: '1', publishTime: '2026-01-01T00:00:00Z' },
      subscription: `projects/${PROJECT}/subscriptions/audit`,
    })),
    'a pull of Pub/Sub': {
      receivedMessages: all.map((entry) => ({
        ackId: 'a',
        message: { data: encoded(entry), messageId: '1' },
      })),
    },
    'events of Eventarc': all.map((data) => ({
      specversion: '1.0',
      type: 'google.cloud.audit.log.v1.written',
      source: '//cloudaudit.googleapis.com/projects/example-project/logs/activity',
      id: 'x',
      data,
    })),
    'rows of BigQuery': all.map(asRow),
    'events of a bus': all.map(inBus),
  };
}

export const zonal = (type: string, name: string): string => `zones/europe-west1-b/${type}/${name}`;
const url = (path: string): string => `https://www.googleapis.com/compute/v1/projects/${PROJECT}/${path}`;

/** What a request for a machine says. */
export const wanted = (name: string, size: string, disk: object, rest: object = {}): object => ({
  name,
  machineType: `projects/${PROJECT}/zones/europe-west1-b/machineTypes/${size}`,
  disks: [disk],
  networkInterfaces: [{ network: url('global/networks/default') }],
  ...rest,
});

export const fromImage = {
  boot: true,
  initializeParams: { sourceImage: 'projects/debian-cloud/global/images/debian-12' },
} as const;
export const attached = (disk: string): object => ({
  boot: true,
  source: url(`zones/europe-west1-b/disks/${disk}`),
});
export const snapshotNamed = (name: string): string => url(`global/snapshots/${name}`);
