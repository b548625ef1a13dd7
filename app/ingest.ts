import type { PushingCloud } from '../core/records/cloud-events.ts';
import type { NoteStore, Place } from './ports.ts';

/** A request as HTTP has it: names of headers in lower case, the body as it came. */
export interface PushRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Why a request is not taken; the words of the metric and of the log. */
export type Refusal =
  | 'unknown path'
  | 'unknown method'
  | 'too large'
  | 'unsigned'
  | 'forged'
  | 'stale'
  | 'not for us'
  | 'of a stranger'
  | 'unreadable'
  | 'repeated'
  | 'not now';

/** What is answered: the status and body of HTTP, how many records were handed on, and why none were. */
export interface PushAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly records: number;
  readonly refused?: Refusal;
  /** What the bus said where it did not take them. */
  readonly error?: string;
}

/** What a token turned out to be. `not now`: the keys to check it with could not be had. */
export type TokenVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: Extract<Refusal, 'forged' | 'stale' | 'not for us' | 'of a stranger' | 'not now'>;
    };

/** Tells whether a token was made for us by whom we expect. */
export type TokenCheck = (token: string) => Promise<TokenVerdict>;

/** Puts records of a cloud on the bus; throws where the bus did not take all of them. */
export type CloudBus = (cloud: PushingCloud, records: readonly object[]) => Promise<void>;

interface IngestDeps {
  /** By the clouds that may push; a path of another is unknown. */
  readonly checks: Readonly<Partial<Record<PushingCloud, TokenCheck>>>;
  readonly bus: CloudBus;
  /** What was taken, so that it is not taken twice. */
  readonly taken: NoteStore<{ readonly at: number }>;
  /** A cryptographic digest in hexadecimal: part of what is digested an intruder has chosen. */
  readonly digest: (text: string) => string;
  readonly now: () => number;
}

/**
 * Characters of a body. Event Grid sends at most 1 MB, Cloud Logging cuts an entry at 256 kB; a third more is base64. The bus takes
 * less than 1 MB for one record.
 */
const MAX_BODY = 1_500_000;
const MAX_RECORD = 1_000_000;

const STATUS: Readonly<Record<Refusal, number>> = {
  'unknown path': 404,
  'unknown method': 405,
  'too large': 413,
  unsigned: 401,
  forged: 401,
  stale: 401,
  'not for us': 401,
  'of a stranger': 403,
  unreadable: 400,
  // whoever sent it is to stop sending it: it is here
  repeated: 200,
  // Azure and Google send again what is answered so
  'not now': 503,
};

const refuse = (refused: Refusal): PushAnswer => ({ status: STATUS[refused], records: 0, refused });

/**
 * Takes what a cloud pushes: checks who sent it, takes it apart, and hands each record to the bus. Only then is it noted as taken:
 * what fails before is sent again by the cloud, and a record that comes twice changes nothing.
 */
export async function ingest(deps: IngestDeps, request: PushRequest): Promise<PushAnswer> {
  const cloud = cloudOf(request.path);
  const check = cloud && deps.checks[cloud];
  if (cloud === undefined || check === undefined) return refuse('unknown path');
  if (cloud === 'azure' && request.method === 'OPTIONS') return consent(request);
  if (request.method !== 'POST') return refuse('unknown method');
  if (request.body.length > MAX_BODY) return refuse('too large');
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return refuse('unsigned');
  const verdict = await check(token);
  if (!verdict.ok) return refuse(verdict.reason);
  const pushed = PUSHED[cloud](request);
  if (pushed === undefined) return refuse('unreadable');
  if ('validationCode' in pushed) return validated(pushed.validationCode);
  if (pushed.records.some((record) => Buffer.byteLength(JSON.stringify(record)) > MAX_RECORD))
    return refuse('too large');
  const place = placeOf(cloud, deps.digest(JSON.stringify(pushed.records)));
  if ((await deps.taken.read(place)) !== undefined) return refuse('repeated');
  try {
    await deps.bus(cloud, pushed.records);
  } catch (error) {
    return { ...refuse('not now'), error: String(error) };
  }
  // where this fails, the next delivery hands the same records on once more
  await deps.taken.write(place, { at: deps.now() }, 0);
  return { status: 200, records: pushed.records.length };
}

const cloudOf = (path: string): PushingCloud | undefined =>
  (['azure', 'google'] as const).find((cloud) => path === `/${cloud}` || path === `/${cloud}/`);

/** Event Grid asks before it sends CloudEvents whether it may; whoever asks is named in no token, and is told nothing else. */
function consent({ headers }: PushRequest): PushAnswer {
  if (headers['webhook-request-origin'] !== EVENT_GRID) return refuse('of a stranger');
  return { status: 200, headers: { 'webhook-allowed-origin': EVENT_GRID }, records: 0 };
}
const EVENT_GRID = 'eventgrid.azure.net';

/** Event Grid takes 200 alone for an answer, with the code that it sent. */
const validated = (validationResponse: string): PushAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ validationResponse }),
  records: 0,
});

/** The content alone tells a repeated delivery: a cloud counts its attempts beside it. */
function placeOf(cloud: PushingCloud, digest: string): Place {
  // 256 partitions, so that no cloud can be too busy for one
  return { account: '~', subject: `pushed ${cloud} ${digest.slice(0, 2)}`, at: 0, id: digest };
}

type Pushed = { readonly records: readonly object[] } | { readonly validationCode: string };

const PUSHED: Readonly<Record<PushingCloud, (request: PushRequest) => Pushed | undefined>> = {
  /** Event Grid sends a list of its events or one CloudEvent; a forwarder of an Event Hub `{"records": […]}`. */
  azure({ headers, body }) {
    const content = jsonOf(body);
    const records = objectsIn(isObject(content) && 'records' in content ? content.records : content);
    if (records === undefined) return undefined;
    if (headers['aeg-event-type'] !== 'SubscriptionValidation') return { records };
    const code: unknown = Object(Object(records[0]).data).validationCode;
    return typeof code === 'string' ? { validationCode: code } : undefined;
  },

  /** Pub/Sub sends a log entry in a message of its own, in base64; or, unwrapped, the entry itself. */
  google({ body }) {
    const content = jsonOf(body);
    const data: unknown = isObject(content) ? Object(content.message).data : undefined;
    const entry = typeof data === 'string' ? jsonOf(Buffer.from(data, 'base64').toString('utf8')) : content;
    const records = objectsIn(entry);
    return records && { records };
  },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One object or a list of them; undefined for anything else, or for none. */
function objectsIn(value: unknown): readonly object[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every(isObject) ? list : undefined;
}
