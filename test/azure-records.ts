/** Builders of Azure's records: one act as the three records that the activity log has of it, in each of its envelopes. */

const TENANT = '11111111-2222-4333-8444-555555555555';
const SUBSCRIPTION = '1a2b3c4d-0000-4000-8000-000000000001';
const CLAIMS = 'http://schemas.microsoft.com/identity/claims/';
const XML = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

export interface Person {
  readonly object: string;
  readonly upn?: string;
  readonly ip: string;
  readonly appid?: string;
}

const CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

export const alice: Person = {
  object: 'aaaaaaaa-0000-4000-8000-000000000001',
  upn: 'alice@example.com',
  ip: '192.0.2.10',
  appid: CLI,
};

interface Act {
  /** As Azure's own documents spell it. */
  readonly operation: string;
  /** Path below the subscription. */
  readonly on: string;
  readonly at: number;
  readonly by?: Person;
  readonly body?: unknown;
  readonly code?: string;
  /** What was refused or went wrong. */
  readonly error?: { readonly code: string; readonly message?: string };
  readonly correlation?: string;
}

type Phase = 'Start' | 'Accept' | 'Success' | 'Failure';

const PHASES: readonly (readonly [Phase, number])[] = [
  ['Start', 0],
  ['Accept', 1_300],
  ['Success', 41_000],
];
const SPOKEN = { Start: 'Started', Accept: 'Accepted', Success: 'Succeeded', Failure: 'Failed' } as const;

export const idOf = (on: string): string => `/subscriptions/${SUBSCRIPTION}/${on}`;
const isoOf = (at: number): string => new Date(at).toISOString().replace('Z', '0000Z');

const claimsOf = ({ object, upn, ip, appid }: Person): Record<string, string> => ({
  iss: `https://sts.windows.net/${TENANT}/`,
  ...(appid !== undefined && { appid }),
  ...(upn === undefined ? { idtyp: 'app' } : { idtyp: 'user', name: upn, [`${XML}upn`]: upn }),
  ipaddr: ip,
  [`${CLAIMS}objectidentifier`]: object,
  [`${CLAIMS}tenantid`]: TENANT,
});

interface Record_ {
  readonly act: Act;
  readonly phase: Phase;
  readonly at: number;
  readonly correlation: string;
}

let acts = 0;

function phasesOf(act: Act): Record_[] {
  acts += 1;
  const correlation = act.correlation ?? `c0000000-0000-4000-8000-${String(acts).padStart(12, '0')}`;
  const phases: readonly (readonly [Phase, number])[] =
    act.error === undefined
      ? PHASES
      : [
          ['Start', 0],
          ['Failure', 2_000],
        ];
  return phases.map(([phase, after]) => ({ act, phase, at: act.at + after, correlation }));
}

const propertiesOf = ({ act, phase }: Record_): Record<string, string> => ({
  ...(phase === 'Accept' && {
    statusCode: act.code ?? 'Created',
    ...(act.body !== undefined && { responseBody: JSON.stringify(act.body) }),
  }),
  ...(phase === 'Failure' && { statusMessage: JSON.stringify({ status: 'Failed', error: act.error }) }),
  entity: idOf(act.on),
});

/** As diagnostic settings write it into an Event Hub or a storage account. */
const diagnostic = (record: Record_): object => {
  const { act, phase, at, correlation } = record;
  const by = act.by ?? alice;
  return {
    time: isoOf(at),
    resourceId: idOf(act.on).toUpperCase(),
    operationName: act.operation.toUpperCase(),
    category: 'Administrative',
    resultType: phase,
    resultSignature: `${SPOKEN[phase]}.${phase === 'Accept' ? (act.code ?? 'Created') : ''}`,
    durationMs: '0',
    callerIpAddress: by.ip,
    correlationId: correlation,
    identity: { authorization: { scope: idOf(act.on), action: act.operation }, claims: claimsOf(by) },
    level: 'Information',
    properties: propertiesOf(record),
    tenantId: TENANT,
  };
};

/** As the REST API, the portal and the command line give it. */
const rest = (record: Record_): object => {
  const { act, phase, at, correlation } = record;
  const by = act.by ?? alice;
  const both = (value: string): object => ({ value, localizedValue: value });
  return {
    authorization: { scope: idOf(act.on), action: act.operation },
    caller: by.upn ?? by.object,
    claims: claimsOf(by),
    correlationId: correlation,
    eventDataId: `e${correlation.slice(1)}-${phase}`,
    category: both('Administrative'),
    eventTimestamp: isoOf(at),
    httpRequest: { clientIpAddress: by.ip, method: 'PUT' },
    operationId: `f${correlation.slice(1)}`,
    operationName: both(act.operation),
    resourceId: idOf(act.on),
    status: both(SPOKEN[phase]),
    subStatus: both(phase === 'Accept' ? (act.code ?? 'Created') : ''),
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    properties: propertiesOf(record),
  };
};

/** As a row of Log Analytics, whose `TenantId` is the workspace's. */
const row = (record: Record_): object => {
  const { act, phase, at, correlation } = record;
  const by = act.by ?? alice;
  return {
    TenantId: '99999999-0000-4000-8000-000000000000',
    TimeGenerated: isoOf(at),
    OperationNameValue: act.operation.toUpperCase(),
    OperationName: '',
    ActivityStatusValue: phase,
    ActivitySubstatusValue: phase === 'Accept' ? (act.code ?? 'Created') : '',
    CategoryValue: 'Administrative',
    Caller: by.upn ?? by.object,
    CallerIpAddress: by.ip,
    CorrelationId: correlation,
    _ResourceId: idOf(act.on).toLowerCase(),
    Properties_d: JSON.stringify(propertiesOf(record)),
    Claims_d: claimsOf(by),
    Authorization_d: JSON.stringify({ scope: idOf(act.on), action: act.operation }),
    Type: 'AzureActivity',
  };
};

const inBus = (detail: object): object => ({
  version: '0',
  source: 'launchtrail.azure',
  'detail-type': 'Azure Activity Log Record',
  account: '111122223333',
  detail,
});

/** Records of some acts, in the order of time. */
export const azureRecords = (list: readonly Act[]): object[] =>
  list
    .flatMap(phasesOf)
    .toSorted((a, b) => a.at - b.at)
    .map(diagnostic);

/** Some acts in each envelope that has all of a record, as one file or message of it. */
export function azureEnvelopes(list: readonly Act[]): Readonly<Record<string, unknown>> {
  const all = list.flatMap(phasesOf);
  return {
    'an Event Hub message': { records: all.map(diagnostic) },
    'lines of a storage account': all.map(diagnostic),
    'a page of the REST API': { value: all.toReversed().map(rest), nextLink: 'https://example.com/next' },
    'what the command line prints': all.toReversed().map(rest),
    'rows of Log Analytics': all.map(row),
    'a query of Log Analytics': {
      tables: [
        {
          name: 'PrimaryResult',
          columns: Object.keys(row(all[0] as Record_)).map((name) => ({ name })),
          rows: all.map((each) => Object.values(row(each))),
        },
      ],
    },
    'events of a bus': all.map(diagnostic).map(inBus),
  };
}

/** The body of a machine. */
export const machine = (size: string, at: number, rest: object = {}): object => ({
  location: 'westeurope',
  properties: {
    hardwareProfile: { vmSize: size },
    storageProfile: {
      imageReference: { publisher: 'Canonical', offer: 'ubuntu', sku: '22_04' },
      osDisk: { createOption: 'FromImage' },
      dataDisks: [],
    },
    provisioningState: 'Creating',
    timeCreated: new Date(at).toISOString(),
    ...rest,
  },
});

/** The body of a disk or snapshot that is made of another. */
export const copyOf = (source: string): object => ({
  location: 'westeurope',
  properties: { creationData: { createOption: 'Copy', sourceResourceId: idOf(source) } },
});

export const compute = (group: string, type: string, name: string): string =>
  `resourceGroups/${group}/providers/Microsoft.Compute/${type}/${name}`;
export const network = (group: string, rest: string): string =>
  `resourceGroups/${group}/providers/Microsoft.Network/${rest}`;
