import type { Phase } from '../../activity/activity.ts';
import { flag, get, isObj, items, type Obj, obj, text } from '../cloudtrail/read.ts';
import { structure } from '../cloudtrail/structure.ts';
import { unversioned } from './version.ts';

/** One entry of an audit log, whatever it came in, under one set of names. */
export interface GoogleEntry {
  readonly time: unknown;
  /** Project, folder or organisation by the name of the log: labels have its number at times. */
  readonly account: string | undefined;
  /** `activity`, `data_access`, `system_event` or `policy`. */
  readonly log: string;
  /** Without the version of the interface: `compute.instances.insert`. */
  readonly method: string;
  /** Without a leading slash and the service's host, with the project by its id. */
  readonly resource: string;
  /** The same by its number, where it was called so and the answer says its name. */
  readonly called: string | undefined;
  readonly operation: string | undefined;
  /** Whether the entry begins its operation, ends it, or both. */
  readonly first: boolean;
  readonly last: boolean;
  readonly insertId: string | undefined;
  readonly payload: Obj;
  readonly request: Obj;
  readonly response: Obj;
  readonly metadata: Obj;
  /** What the log says of the thing acted on: ids and names, and where it is. */
  readonly labels: Obj;
}

const MAX_NAME = 512;

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** An entry of a log, in the form of the interface, of a sink, or of a table of BigQuery; undefined for anything else. */
export function googleEntry(record: Obj): GoogleEntry | undefined {
  const payload = payloadOf(record);
  if (payload === undefined) return undefined;
  const [inName, log] = logOf(text(record.logName ?? record.logname, MAX_NAME) ?? '');
  const operation = obj(record.operation);
  const labels = obj(obj(record.resource).labels);
  // the log's name has the id, and now and then the number, for which a label may have the id
  const labelled = text(labels.project_id);
  const account =
    inName === undefined || (isNumber(inName) && labelled && !isNumber(labelled)) ? labelled : inName;
  const response = opened(payload, 'response');
  const method = text(get(payload, 'methodName') ?? get(payload, 'methodname'), MAX_NAME) ?? '';
  return {
    time: record.timestamp,
    account,
    log,
    method: unversioned(method),
    ...resourceOf(payload, response, account),
    operation: text(operation.id),
    first: flag(operation.first),
    last: flag(operation.last),
    insertId: text(record.insertId ?? record.insertid),
    payload,
    request: opened(payload, 'request'),
    response,
    metadata: opened(payload, 'metadata'),
    labels,
  };
}

/** What was acted on. A request may give its number in place of its name; the answer then says the name. */
function resourceOf(
  payload: Obj,
  response: Obj,
  account: string | undefined,
): Pick<GoogleEntry, 'resource' | 'called'> {
  const asked = canonical(text(payload.resourceName, MAX_NAME) ?? '', account);
  const [, path] = /^(.*\/)\d+$/.exec(asked) ?? [];
  if (path === undefined && asked !== '') return { resource: asked, called: undefined };
  const target = canonical(text(response.targetLink, MAX_NAME) ?? '', account);
  if (path === undefined) return { resource: target, called: undefined };
  const isNamed = target.startsWith(path) && /^[^/]*[^/\d][^/]*$/.test(target.slice(path.length));
  return isNamed ? { resource: target, called: asked } : { resource: asked, called: undefined };
}

/** The audit log's part of an entry. Tables of BigQuery name it `protopayload_auditlog`, some pipelines in lower case. */
function payloadOf(record: Obj): Obj | undefined {
  const payload = record.protoPayload ?? record.protopayload_auditlog ?? record.protopayload;
  if (!isObj(payload)) return undefined;
  const named = payload.methodName ?? payload.methodname;
  return typeof named === 'string' ? payload : undefined;
}

/** A member of the payload; BigQuery keeps it as JSON in a text. */
const opened = (payload: Obj, name: string): Obj =>
  obj(payload[name] ?? structure(payload[`${name}Json`] ?? payload[`${name}json`]));

/** `projects/P/logs/cloudaudit.googleapis.com%2Factivity`, also without `logs/`. */
function logOf(name: string): [account: string | undefined, log: string] {
  const [, account] = /^(?:projects|folders|organizations|billingAccounts)\/([^/]+)\//.exec(name) ?? [];
  const [, log = ''] = /cloudaudit\.googleapis\.com(?:%2F|\/|_)(\w+)$/i.exec(name) ?? [];
  return [account, log];
}

/**
 * A resource's name as a key: without host, interface and version, `zones/-` and slashes at its ends, and with the project by its id
 * where only its number stands.
 */
export function canonical(name: string, account: string | undefined): string {
  const path = name
    .replace(/^https?:\/\/[^/]+\/(?:compute\/)?(?:v\d+|beta|alpha)\//, '')
    .replace(/^\/\/[^/]+\//, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/(^|\/)zones\/-\//, '$1global/');
  return account === undefined || isNumber(account)
    ? path
    : path.replace(/^projects\/\d+(?=\/|$)/, `projects/${account}`);
}

/** How far an act had come. One that has no operation is told in one record, and so is one that begins and ends at once. */
export function phaseOf({ operation, first, last }: GoogleEntry): Phase | undefined {
  if (operation === undefined || first === last) return undefined;
  return first ? 'accepted' : 'ended';
}

/** Region of the resource: of its zone, or as its name, label or place says; `global` for what has none, or is in several. */
export function regionOf({ resource, payload, labels }: GoogleEntry): string {
  const [, place] =
    /\/zones\/([a-z0-9-]+)/.exec(`/${resource}`) ??
    /\/(?:regions|locations)\/([a-z0-9-]+)/.exec(`/${resource}`) ??
    [];
  const said =
    place ?? text(labels.zone) ?? text(items(get(payload.resourceLocation, 'currentLocations'))[0]);
  const region = said?.replace(/-(?:ai\d)?[a-z]$/, '');
  // `us` and `eu` are several
  return region !== undefined && /\d$/.test(region) ? region : 'global';
}
