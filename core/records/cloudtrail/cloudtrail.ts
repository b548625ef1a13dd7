import type { Activity } from '../../activity/activity.ts';
import type { Actor } from '../../activity/actor.ts';
import { clean } from '../../activity/clean.ts';
import { digest } from '../../activity/digest.ts';
import { bounded } from './bounds.ts';
import type { Call } from './call.ts';
import { eventTime } from './event-time.ts';
import { type WatchedEvent, watchedEvent } from './events.ts';
import { accountOf, actorOf } from './identity.ts';
import { launchInPlace, linksInPlace } from './names.ts';
import { inAws, originOf, serviceName } from './origin.ts';
import { errorName, outcomeOf } from './outcome.ts';
import { anyOf, at, camel, isObj, type Obj, obj, text, textOf } from './read.ts';
import { structure } from './structure.ts';

/**
 * Why a record is no activity:
 *
 * - `not-an-object`: text, number, list or null where a record should be
 * - `no-event`: no `eventSource` or `eventName`, or those of another kind of event
 * - `read-only`: a call that only looks (Describe, Get, List)
 * - `not-watched`: a call or event outside the list in cloudtrail-events.ts
 * - `no-time`: `eventTime` missing or not a time
 * - `no-account`: no account to keep its history under
 * - `own-action`: tags set or removed by one of Launchtrail's own roles
 * - `no-effect`: a watched call that changes nothing of what is watched, e.g. an image's description
 * - `unreadable`: a watched call that was carried out, of which nobody can tell what it did: its parameters are missing, cut or damaged
 */
export type SkipReason =
  | 'not-an-object'
  | 'no-event'
  | 'read-only'
  | 'not-watched'
  | 'no-time'
  | 'no-account'
  | 'own-action'
  | 'no-effect'
  | 'unreadable';

/**
 * Reasons that are no answer: something watched, or what should have been a record, could not be read. Whoever must not lose a
 * record keeps it, with the reason.
 */
export const UNREAD: ReadonlySet<SkipReason> = new Set([
  'not-an-object',
  'no-event',
  'no-time',
  'no-account',
  'unreadable',
]);

export type Normalised =
  | { readonly ok: true; readonly activity: Activity }
  | { readonly ok: false; readonly reason: SkipReason };

export interface CloudTrailOptions {
  /**
   * Roles Launchtrail itself tags with; their calls on tags are skipped. By ARN or role id (`AROA…`), or by name where the
   * account is not known: then whoever can create a role of that name can hide behind it.
   */
  readonly ownRoles?: readonly string[];
  /** ARNs of keys that Launchtrail lives by: calls that take them away are a loss of coverage, those on other keys are nothing. */
  readonly ownKeys?: readonly string[];
}

const READ_ONLY = /^(?:Describe|Get|List|Lookup|Search|Head|BatchGet)/;
/** All that a role of Launchtrail does. Whoever takes it over and launches with it is seen. */
const OWN_CALLS = /^(?:Create|Delete)Tags$/;
/** What a detail is cut to: one line of a message. */
const MAX_DETAIL = 200;

/** The longest that AWS has is half as long. */
const MAX_REGION = 32;

/** Shortest id taken for unique; CloudTrail's own have 36 characters. */
const MIN_ID = 5;

const skipped = (reason: SkipReason): Normalised => ({ ok: false, reason });

/** What a record whose event is not watched is skipped as. */
export const unwatchedReason = (name: string, readOnly: boolean): SkipReason =>
  readOnly || READ_ONLY.test(name) ? 'read-only' : 'not-watched';

/** Turns one CloudTrail record, of whatever age and after whatever pipeline, into an activity. Never throws. */
export function fromCloudTrail(
  written: unknown,
  { ownRoles = [], ownKeys = [] }: CloudTrailOptions = {},
): Normalised {
  if (!isObj(written)) return skipped('not-an-object');
  const { eventSource, eventName: name } = written;
  if (typeof eventSource !== 'string' || typeof name !== 'string') return skipped('no-event');
  // what Lambda is sent by other services has a source and a name as well
  if (eventSource.startsWith('aws:')) return skipped('no-event');
  const source = inAws(eventSource);
  const event = watchedEvent(source, name);
  if (event === undefined) {
    return skipped(unwatchedReason(name, written.readOnly === true));
  }
  const record = opened(written);
  const time = eventTime(record.eventTime);
  if (time === undefined) return skipped('no-time');
  const account = homeOf(record);
  if (account === undefined) return skipped('no-account');
  const actor = actorOf(record.userIdentity, record);
  if (OWN_CALLS.test(name) && isOwn(actor, ownRoles)) return skipped('own-action');

  const call = callOf(record, event, ownKeys);
  const effect = event.read(call);
  if (effect === undefined) return skipped(isReadable(record, call) ? 'no-effect' : 'unreadable');
  const region = text(record.awsRegion, MAX_REGION) ?? 'unknown';
  const action = `${source.replace('.amazonaws.com', '')}:${name}`;
  const error = errorOf(record) ?? (effect.error === undefined ? undefined : errorName(effect.error));
  const sharedId = textOf(record, 'sharedEventID');
  return {
    ok: true,
    activity: bounded({
      id:
        idOf(record) ??
        // same content, same id: such records are rare, and already bound to one account
        digest([action, String(time), region, account, actor.key, error ?? '', JSON.stringify(effect)]),
      at: time,
      account,
      region,
      kind: effect.kind ?? event.kind,
      action,
      actor,
      origin: originOf(record),
      outcome: error === undefined ? call.outcome : outcomeOf(error),
      ...(error !== undefined && { error }),
      links: linksInPlace(effect.links, { account, region }),
      ...(effect.launch !== undefined && { launch: launchInPlace(effect.launch, { account, region }) }),
      ...(effect.posture !== undefined && { posture: effect.posture }),
      ...(effect.plan !== undefined && { plan: launchInPlace(effect.plan, { account, region }) }),
      ...(effect.share !== undefined && { share: effect.share }),
      ...(effect.ingress !== undefined && { ingress: effect.ingress }),
      ...(effect.detail !== undefined && { detail: clean(effect.detail, MAX_DETAIL) }),
      ...(effect.tags !== undefined && { tags: effect.tags }),
      ...(sharedId !== undefined && { sharedId }),
    }),
  };
}

/**
 * The account whose log a record is from, under which its history is kept: of a call across accounts CloudTrail writes one
 * record for each of them.
 */
export const accountOfRecord = (written: Obj): string | undefined => homeOf(opened(written));

const homeOf = (record: Obj): string | undefined =>
  textOf(record, 'recipientAccountId') ?? accountOf(record.userIdentity);

/** Whether what a call asked for is there. What was refused changed nothing, and what a service reports has other members. */
const isReadable = ({ eventType, requestParameters: asked }: Obj, { outcome }: Call): boolean =>
  outcome !== 'succeeded' ||
  (eventType !== undefined && eventType !== 'AwsApiCall') ||
  (isObj(asked) && asked.omitted !== true);

function callOf(record: Obj, { requestName, responseName }: WatchedEvent, ownKeys: readonly string[]): Call {
  const error = errorOf(record);
  // A message without a code is an error all the same; some trimmed records keep only that.
  const failed = error === undefined && said(record.errorMessage) !== undefined;
  return {
    record,
    request: unwrapped(record.requestParameters, requestName),
    // What a failed call answers is not what happened, whatever a pipeline left there.
    response: error !== undefined || failed ? {} : unwrapped(record.responseElements, responseName),
    outcome: failed ? 'failed' : outcomeOf(error),
    byService: serviceName(textOf(record, 'sourceIPAddress'))?.endsWith('.amazonaws.com') === true,
    ownKeys,
  };
}

const errorOf = (record: Obj): string | undefined => {
  const code = said(record.errorCode);
  return code === undefined ? undefined : errorName(code);
};

/** What pipelines write where CloudTrail leaves an error out. */
const NO_ERROR = /^(?:success|succeeded|ok|none|null|nil|n\/a|-+)$/i;

const said = (error: unknown): string | undefined => {
  const written = text(error, 128)?.trim();
  return written === undefined || NO_ERROR.test(written) ? undefined : written;
};

/** Members that are objects, and that tables and some pipelines keep as text. */
const STRUCTURES = [
  'userIdentity',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
  'addendum',
] as const;

/** The record with such members as objects, also those of the identity. */
function opened(record: Obj): Obj {
  const session = anyOf(record.userIdentity, 'sessionContext', 'sessioncontext');
  const plain =
    STRUCTURES.every((name) => typeof record[name] !== 'string') &&
    typeof session !== 'string' &&
    typeof anyOf(session, 'sessionIssuer', 'sessionissuer') !== 'string';
  if (plain) return record;
  const texts = STRUCTURES.filter((name) => typeof record[name] === 'string');
  const open = { ...record, ...Object.fromEntries(texts.map((name) => [name, structure(record[name])])) };
  return { ...open, userIdentity: openedIdentity(open.userIdentity) };
}

function openedIdentity(identity: unknown): unknown {
  if (!isObj(identity)) return identity;
  const context = structure(anyOf(identity, 'sessionContext', 'sessioncontext'));
  if (!isObj(context)) return identity;
  const issuer = structure(anyOf(context, 'sessionIssuer', 'sessionissuer'));
  const attributes = structure(context.attributes);
  return {
    ...identity,
    sessionContext: {
      ...context,
      ...(isObj(issuer) && { sessionIssuer: issuer }),
      ...(isObj(attributes) && { attributes }),
    },
  };
}

/** Newer EC2 calls put everything into one member named after the call, and that or all of it in Pascal case. */
function unwrapped(value: unknown, wrapper: string): Obj {
  if (!isObj(value)) return {};
  const inner = value[wrapper];
  if (isObj(inner)) return obj(camel(inner));
  for (const name in value) return name < 'a' ? obj(camel(value)) : value;
  return value;
}

/**
 * The record's id. A corrected or late record (`addendum`) takes the id of the one it corrects, so that it replaces it
 * instead of happening a second time. Records without an event id (trimmed, or service events of old) fall back to the
 * request's id. An id too short to be one (masked logs write `...` for all) names nothing: different records must not
 * pass for one.
 */
const idOf = (record: Obj): string | undefined =>
  [at(record, 'addendum', 'originalEventID'), record.eventID, record.requestID]
    .map((id) => text(id))
    .find((id) => id !== undefined && id.length >= MIN_ID);

function isOwn(actor: Actor, ownRoles: readonly string[]): boolean {
  return (
    ownRoles.length > 0 &&
    ownRoles.some((own) => own === actor.arn || own === actor.key || `role/${own}` === actor.label)
  );
}
