import { isObj, type Obj } from '../read.ts';
import { structure } from '../structure.ts';

/** Names of a record's own members as CloudTrail writes them. */
const FIELDS = [
  'additionalEventData',
  'addendum',
  'apiVersion',
  'awsRegion',
  'errorCode',
  'errorMessage',
  'eventCategory',
  'eventID',
  'eventName',
  'eventSource',
  'eventTime',
  'eventType',
  'eventVersion',
  'managementEvent',
  'readOnly',
  'recipientAccountId',
  'requestID',
  'requestParameters',
  'resources',
  'responseElements',
  'serviceEventDetails',
  'sessionCredentialFromConsole',
  'sharedEventID',
  'sourceIPAddress',
  'tlsDetails',
  'userAgent',
  'userIdentity',
  'vpcEndpointId',
] as const;

const flat = (name: string): string => name.toLowerCase().replaceAll('_', '');
const SPELLING: ReadonlyMap<string, string> = new Map(FIELDS.map((name) => [name.toLowerCase(), name]));
/** Members that are objects, or lists of them, which rows hold as text. */
const STRUCTURES: ReadonlySet<string> = new Set([
  'additionalEventData',
  'addendum',
  'requestParameters',
  'resources',
  'responseElements',
  'serviceEventDetails',
  'tlsDetails',
  'userIdentity',
]);
const BOOLEANS: ReadonlySet<string> = new Set(['readOnly', 'managementEvent']);
/** Longest path, and most members of a list, that names such as `items{}` and `items.0` may make. */
const MAX_PARTS = 24;
const MAX_INDEX = 1000;
/** Names that would change what an object is. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A record out of a row of a table or search result: names in any case and with or without underscores, paths as names
 * (`userIdentity.arn`, `items{}.imageId`, `items[].imageId`, `items.0.imageId`), structures as JSON or as `{name=value}`.
 *
 * @returns undefined where the row has no name and source of an event
 */
export function asRecord(row: Obj): Obj | undefined {
  const record: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(row)) {
    const dot = written.search(/[.{[]/);
    const head = dot < 0 ? written : written.slice(0, dot);
    const name = SPELLING.get(flat(head));
    if (name === undefined || value === null || value === undefined) continue;
    if (dot < 0) record[name] = isPlain(record[name]) ? record[name] : told(name, value);
    else if (value !== '' && value !== 'null') place(record, [name, ...pathOf(written.slice(dot))], value);
  }
  return typeof record.eventName === 'string' && typeof record.eventSource === 'string' ? record : undefined;
}

const isPlain = (value: unknown): boolean => isObj(value) && Object.keys(value).length > 0;

function told(name: string, value: unknown): unknown {
  if (BOOLEANS.has(name) && typeof value === 'string') return value.toLowerCase() === 'true';
  if (!STRUCTURES.has(name)) return value;
  const found = structure(value);
  return found === '' || found === 'null' || found === '-' ? undefined : found;
}

/** `.items{}.imageId` as its steps; a step into a list is a number, or `{}` where the value names its members. */
const pathOf = (written: string): (string | number)[] =>
  written
    .replaceAll(/\{\}|\[\]/g, '.{}')
    .split('.')
    .filter((step) => step !== '')
    .map((step) => (/^\d{1,3}$/.test(step) ? Number(step) : step));

/** Puts a value at its place, making objects and lists on the way; a list of values is spread over the members of a list. */
function place(root: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  if (path.length > MAX_PARTS || path.some((step) => FORBIDDEN.has(String(step)))) return;
  const spread = path.indexOf('{}');
  if (spread >= 0 && (spread < path.length - 1 || !Array.isArray(value))) {
    const values = (Array.isArray(value) ? value : [value]).slice(0, MAX_INDEX);
    values.forEach((each, index) => {
      place(root, path.with(spread, index), each);
    });
    return;
  }
  let at: Record<string | number, unknown> | unknown[] = root;
  const steps = spread >= 0 ? path.slice(0, -1) : path;
  for (const [index, step] of steps.entries()) {
    const last = index === steps.length - 1;
    // `items.length` must not make a list longer
    if (Array.isArray(at) && typeof step !== 'number') return;
    const holder = at as Record<string | number, unknown>;
    if (last) {
      holder[step] = value;
      return;
    }
    const inner = holder[step];
    const next = typeof steps[index + 1] === 'number' ? [] : {};
    at = (typeof inner === 'object' && inner !== null ? inner : next) as typeof at;
    holder[step] = at;
  }
}

/** An object without the members that are absent or empty, as tables hold them. */
export const filled = (members: Obj): Obj =>
  Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) =>
        value !== undefined &&
        value !== null &&
        value !== '' &&
        !(isObj(value) && Object.keys(value).length === 0),
    ),
  );

/** A member by its path, whether objects stand in objects or paths are names (`{'event.original': …}`). */
export function dug(source: unknown, path: string): unknown {
  if (!isObj(source)) return undefined;
  if (source[path] !== undefined) return source[path] ?? undefined;
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const found = dug(source[path.slice(0, dot)], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
