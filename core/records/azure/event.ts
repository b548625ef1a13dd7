import type { Phase } from '../../activity/activity.ts';
import { at, get, isObj, type Obj, obj, text } from '../cloudtrail/read.ts';
import { structure } from '../cloudtrail/structure.ts';

/** One record of the activity log, whatever it came in, under one set of names. */
export interface AzureEvent {
  readonly time: unknown;
  /** Lower-cased, e.g. `microsoft.compute/virtualmachines/write`. */
  readonly operation: string;
  /** Lower-cased: Azure's ids are one whatever their case, and each envelope writes another. */
  readonly resourceId: string;
  readonly category: string;
  /** How far it had come; undefined where the record is of no act. */
  readonly phase: Phase | undefined;
  readonly failed: boolean;
  /** What the status says beside that, e.g. `Created`, `Forbidden`. */
  readonly detail: string;
  readonly correlation: string | undefined;
  /** Names the record where it has no correlation. */
  readonly own: string | undefined;
  readonly caller: string | undefined;
  readonly address: string | undefined;
  readonly claims: Obj;
  readonly authorization: Obj;
  readonly tenant: string | undefined;
  readonly properties: Obj;
}

/** Longest id that is kept, bytes: Azure's own limit for the names within it is less. */
const MAX_ID = 512;

const STARTS: ReadonlySet<string> = new Set(['start', 'started', 'begin', 'beginrequest']);
const ACCEPTS: ReadonlySet<string> = new Set(['accept', 'accepted']);
const ENDS: ReadonlySet<string> = new Set(['success', 'succeeded']);
const FAILS: ReadonlySet<string> = new Set([
  'failure',
  'failed',
  'cancel',
  'canceled',
  'cancelled',
  'denied',
]);

/**
 * Reads a record in any of the forms that Azure gives the activity log: the REST API, the portal and the command line; diagnostic
 * settings (Event Hub, storage); rows of Log Analytics; Event Grid and CloudEvents. Undefined for anything else.
 */
export function azureEvent(record: Obj): AzureEvent | undefined {
  if (isObj(record.data) && GRID.test(textOf(record, 'eventType', 'type')))
    return fromGrid(record, record.data);
  if (record.OperationNameValue !== undefined) return fromRow(record);
  const operation = saidIn(record.operationName);
  if (operation === '' || !isActivityLog(record)) return undefined;
  return record.eventTimestamp !== undefined
    ? fromRest(record, operation)
    : fromDiagnostics(record, operation);
}

const GRID = /^Microsoft\.Resources\.Resource/;

/** Other logs of Azure have an `operationName`, too; these members only the activity log has together. */
const isActivityLog = (record: Obj): boolean =>
  (record.resourceId ?? record.resourceUri) !== undefined &&
  (record.eventTimestamp !== undefined || (record.time !== undefined && record.resultType !== undefined));

function fromRest(record: Obj, operation: string): AzureEvent {
  const claims = opened(record.claims);
  return {
    time: record.eventTimestamp,
    operation: operation.toLowerCase(),
    resourceId: idOf(record.resourceId ?? record.resourceUri),
    category: saidIn(record.category),
    ...statusOf(saidIn(record.status), saidIn(record.subStatus)),
    correlation: text(record.correlationId),
    own: text(record.eventDataId) ?? text(record.id, MAX_ID),
    caller: text(record.caller),
    address: text(at(record, 'httpRequest', 'clientIpAddress')) ?? text(claims.ipaddr),
    claims,
    authorization: opened(record.authorization),
    tenant: text(record.tenantId) ?? text(claims[TENANT]),
    properties: opened(record.properties),
  };
}

function fromDiagnostics(record: Obj, operation: string): AzureEvent {
  const identity = opened(record.identity);
  const claims = opened(identity.claims);
  const [, signature = ''] = /^[^.]*\.?(.*)$/.exec(textOf(record, 'resultSignature')) ?? [];
  const code = textOf(record, 'resultSignature');
  return {
    time: record.time,
    operation: operation.toLowerCase(),
    resourceId: idOf(record.resourceId),
    category: textOf(record, 'category'),
    ...statusOf(textOf(record, 'resultType'), /^\d{3}$/.test(code) ? code : signature),
    correlation: text(record.correlationId),
    own: undefined,
    caller: undefined,
    address: withoutPort(text(record.callerIpAddress)) ?? text(claims.ipaddr),
    claims,
    authorization: opened(identity.authorization),
    tenant: text(record.tenantId) ?? text(claims[TENANT]),
    properties: opened(record.properties),
  };
}

/** `TenantId` of a row is the workspace's. */
function fromRow(record: Obj): AzureEvent {
  const claims = opened(record.Claims_d ?? record.Claims);
  return {
    time: record.TimeGenerated,
    operation: textOf(record, 'OperationNameValue').toLowerCase(),
    resourceId: idOf(
      record._ResourceId ||
        record.ResourceId ||
        at(opened(record.Properties_d ?? record.Properties), 'entity'),
    ),
    category: textOf(record, 'CategoryValue'),
    ...statusOf(textOf(record, 'ActivityStatusValue'), textOf(record, 'ActivitySubstatusValue')),
    correlation: text(record.CorrelationId),
    own: text(record.EventDataId),
    caller: text(record.Caller),
    address: withoutPort(text(record.CallerIpAddress)) ?? text(claims.ipaddr),
    claims,
    authorization: opened(record.Authorization_d ?? record.Authorization),
    tenant: text(claims[TENANT]),
    properties: opened(record.Properties_d ?? record.Properties),
  };
}

/** Event Grid tells only of the end, and no body. */
function fromGrid(record: Obj, data: Obj): AzureEvent {
  const claims = opened(data.claims);
  return {
    time: record.eventTime ?? record.time,
    operation: textOf(data, 'operationName').toLowerCase(),
    resourceId: idOf(data.resourceUri ?? record.subject),
    category: 'Administrative',
    ...statusOf(textOf(data, 'status') || endIn(textOf(record, 'eventType', 'type')), ''),
    correlation: text(data.correlationId),
    own: text(record.id),
    caller: undefined,
    address: text(at(data, 'httpRequest', 'clientIpAddress')) ?? text(claims.ipaddr),
    claims,
    authorization: opened(data.authorization),
    tenant: text(data.tenantId) ?? text(claims[TENANT]),
    properties: {},
  };
}

const endIn = (type: string): string => /(Success|Failure|Cancel)$/.exec(type)?.[1] ?? '';

/** Claim that names the directory. */
const TENANT = 'http://schemas.microsoft.com/identity/claims/tenantid';

function statusOf(status: string, detail: string): Pick<AzureEvent, 'phase' | 'failed' | 'detail'> {
  const said = status.toLowerCase();
  const failed = FAILS.has(said);
  return { phase: phaseOf(said, failed), failed, detail };
}

function phaseOf(status: string, failed: boolean): Phase | undefined {
  if (STARTS.has(status)) return 'begun';
  if (ACCEPTS.has(status)) return 'accepted';
  return failed || ENDS.has(status) ? 'ended' : undefined;
}

const saidIn = (member: unknown): string => text(isObj(member) ? member.value : member, MAX_ID) ?? '';

const textOf = (record: Obj, ...names: readonly string[]): string => {
  for (const name of names) {
    const found = text(get(record, name), MAX_ID);
    if (found !== undefined) return found;
  }
  return '';
};

/** An object that may be written as JSON in a text. */
const opened = (member: unknown): Obj => obj(typeof member === 'string' ? structure(member) : member);

/** Ids as keys: one case, and no slash at the end. */
export const idOf = (id: unknown): string => (text(id, MAX_ID) ?? '').toLowerCase().replace(/\/+$/, '');

/** `198.51.100.7:443` without the port; of IPv6 an address in brackets. */
const withoutPort = (address: string | undefined): string | undefined =>
  address === undefined
    ? undefined
    : (/^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ??
      /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ??
      address);
