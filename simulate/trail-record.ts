import type { Random } from './random.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The part of CloudTrail's `userIdentity` that the generator writes. */
interface UserIdentity {
  readonly type?: 'Root' | 'IAMUser' | 'AssumedRole' | 'AWSAccount' | 'AWSService';
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  readonly sessionContext?: Json;
  readonly invokedBy?: string;
  readonly inScopeOf?: Json;
}

/** Whose credentials make a call, and from where. */
export interface Caller {
  /** Account of the credentials. */
  readonly account: string;
  readonly identity: UserIdentity;
  /** Address, or DNS name of the service that calls. */
  readonly source: string;
  readonly agent: string;
  readonly console?: true;
}

/** What is asked and answered; who asks is the Caller's part. */
export interface Call {
  /** Service prefix, e.g. `ec2`. */
  readonly service: string;
  readonly name: string;
  readonly region: string;
  readonly request: Json | null;
  readonly response: Json | null;
  readonly readOnly?: true;
  readonly error?: { readonly code: string; readonly message: string };
  readonly resources?: readonly Json[];
  readonly additional?: Json;
  /** Account in which it happens, when not the caller's own. */
  readonly account?: string;
}

/** A CloudTrail record, event version 1.11; an alias, so that it passes for a plain JSON object. */
export type TrailRecord = {
  readonly eventVersion: string;
  readonly userIdentity: UserIdentity;
  /** ISO 8601 to the second. */
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Json | null;
  readonly responseElements: Json | null;
  readonly additionalEventData?: Json;
  readonly requestID?: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly Json[];
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent' | 'AwsConsoleSignIn';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly sharedEventID?: string;
  readonly serviceEventDetails?: Json;
  readonly eventCategory: 'Management';
  readonly tlsDetails?: Json;
  readonly sessionCredentialFromConsole?: 'true';
  readonly addendum?: Json;
};

const DAY = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, each) => String(each).padStart(2, '0'));
let today = { index: Number.NaN, date: '' };

/** CloudTrail's time format: UTC, to the second. Dates are kept, as most calls ask for the same one again. */
export function isoTime(at: number): string {
  const index = Math.floor(at / DAY);
  if (today.index !== index) today = { index, date: new Date(at).toISOString().slice(0, 11) };
  const seconds = Math.floor((at - index * DAY) / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${today.date}${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[seconds % 60]}Z`;
}

/** Writes down one API call. */
export function apiCall(random: Random, caller: Caller, at: number, call: Call): TrailRecord {
  const requestID = random.guid();
  const response = call.response === null ? null : withRequestId(call, call.response, requestID);
  // Filled in order and not spread together: this is where most of the generator's time would go.
  const record: { -readonly [K in keyof TrailRecord]?: TrailRecord[K] } = {
    eventVersion: '1.11',
    userIdentity: caller.identity,
    eventTime: isoTime(at),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.name,
    awsRegion: call.region,
    sourceIPAddress: caller.source,
    userAgent: caller.agent,
  };
  if (call.error !== undefined) {
    record.errorCode = call.error.code;
    record.errorMessage = call.error.message;
  }
  record.requestParameters = call.request;
  record.responseElements = call.error === undefined ? response : null;
  if (call.additional !== undefined) record.additionalEventData = call.additional;
  record.requestID = requestID;
  record.eventID = random.guid();
  record.readOnly = call.readOnly === true;
  if (call.resources !== undefined) record.resources = call.resources;
  record.eventType = call.name === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall';
  record.managementEvent = true;
  record.recipientAccountId = call.account ?? caller.account;
  record.eventCategory = 'Management';
  if (!caller.source.endsWith('.amazonaws.com')) {
    record.tlsDetails = {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${call.service}.${call.region}.amazonaws.com`,
    };
  }
  if (caller.console) record.sessionCredentialFromConsole = 'true';
  return record as TrailRecord;
}

/** EC2 repeats the request id in its answer, inside the wrapper element where the call has one. */
function withRequestId(call: Call, response: Json, requestId: string): Json {
  if (call.service !== 'ec2') return response;
  const wrapper = `${call.name}Response`;
  const inner = response[wrapper];
  return typeof inner === 'object'
    ? { [wrapper]: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', requestId, ...inner } }
    : { requestId, ...response };
}

/** Writes down something a service did on its own; EC2 leaves out the identity's type. */
export function serviceEvent(
  random: Random,
  at: number,
  event: {
    readonly service: string;
    readonly name: string;
    readonly region: string;
    /** Account that acted. */
    readonly actor: string;
    /** Account that the record is delivered to. */
    readonly recipient: string;
    readonly details: Json;
  },
): TrailRecord {
  const service = `${event.service}.amazonaws.com`;
  return {
    eventVersion: '1.11',
    userIdentity: { accountId: event.actor, invokedBy: service },
    eventTime: isoTime(at),
    eventSource: service,
    eventName: event.name,
    awsRegion: event.region,
    sourceIPAddress: service,
    userAgent: service,
    requestParameters: null,
    responseElements: null,
    eventID: random.guid(),
    readOnly: false,
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: event.recipient,
    sharedEventID: random.guid(),
    serviceEventDetails: event.details,
    eventCategory: 'Management',
  };
}

/** What EC2 tells a snapshot's owner when another account uses it. */
export const sharedSnapshotUsed = (
  random: Random,
  at: number,
  name: 'SharedSnapshotVolumeCreated' | 'SharedSnapshotCopyInitiated',
  use: { readonly region: string; readonly by: string; readonly owner: string; readonly snapshot: string },
): TrailRecord =>
  serviceEvent(random, at, {
    service: 'ec2',
    name,
    region: use.region,
    actor: use.by,
    recipient: use.owner,
    details: { snapshotId: use.snapshot },
  });

/** The same call, refused. */
export const refused = (call: Call, code: string, message: string): Call => ({
  ...call,
  response: null,
  error: { code, message },
});
