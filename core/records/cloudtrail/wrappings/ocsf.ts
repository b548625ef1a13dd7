import { at, isObj, type Obj } from '../read.ts';
import { structure } from '../structure.ts';
import { asRecord, filled } from './row.ts';
import type { Wrapping } from './wrapping.ts';

/** OCSF's class of API Activity. */
const API_ACTIVITY = 6003;

/**
 * CloudTrail as Security Lake stores it: OCSF 1.x API Activity, and 1.0.0-rc.2, which keeps parameters as paths in `unmapped`.
 * Where `raw_data` holds the record, that is taken.
 */
export const ocsf: Wrapping = (written) => {
  if (!isObj(written) || written.class_uid === undefined) return undefined;
  const value = opened(written);
  if (!isObj(value.metadata)) return undefined;
  const raw = structure(value.raw_data);
  if (isObj(raw) && typeof raw.eventName === 'string') return { parts: [{ path: ['raw_data'], value: raw }] };
  if (at(value, 'metadata', 'product', 'name') !== 'CloudTrail') return undefined;
  const eventName = at(value, 'api', 'operation');
  const eventSource = at(value, 'api', 'service', 'name');
  if (typeof eventName !== 'string' || typeof eventSource !== 'string') {
    return Number(value.class_uid) === API_ACTIVITY ? undefined : { aside: 'OCSF events of other classes' };
  }
  return { record: recordOf(value, eventName, eventSource) };
};

/** Members that are objects, and text in a table. */
const STRUCTURES = ['metadata', 'api', 'actor', 'cloud', 'src_endpoint', 'http_request', 'unmapped'] as const;

const opened = (value: Obj): Obj => ({
  ...value,
  ...Object.fromEntries(STRUCTURES.map((name) => [name, structure(value[name])])),
});

function recordOf(value: Obj, eventName: string, eventSource: string): Obj {
  const { unmapped } = value;
  const rest = asRecord({ ...(isObj(unmapped) ? unmapped : {}), eventName, eventSource });
  const api = (...path: string[]): unknown => at(value, 'api', ...path);
  return filled({
    ...rest,
    eventVersion: at(value, 'metadata', 'product', 'version'),
    eventType: at(value, 'metadata', 'event_code') ?? rest?.eventType,
    eventID: at(value, 'metadata', 'uid') ?? rest?.eventID,
    eventTime: value.time ?? value.time_dt,
    awsRegion: at(value, 'cloud', 'region'),
    recipientAccountId: rest?.recipientAccountId ?? at(value, 'cloud', 'account', 'uid'),
    sourceIPAddress: at(value, 'src_endpoint', 'ip') ?? at(value, 'src_endpoint', 'domain'),
    vpcEndpointId: rest?.vpcEndpointId ?? at(value, 'src_endpoint', 'uid'),
    userAgent: at(value, 'http_request', 'user_agent'),
    requestID: api('request', 'uid'),
    requestParameters: structure(api('request', 'data')) ?? rest?.requestParameters,
    responseElements: structure(api('response', 'data')) ?? rest?.responseElements,
    errorCode: api('response', 'error'),
    errorMessage: api('response', 'error_message') ?? api('response', 'message'),
    userIdentity: filled({ ...(isObj(rest?.userIdentity) ? rest.userIdentity : {}), ...identityOf(value) }),
  });
}

/** The user's `uid` is the principal's id in some versions of the mapping and the ARN in others; the ARN shows which. */
function identityOf(value: Obj): Obj {
  const user = (...path: string[]): unknown => at(value, 'actor', 'user', ...path);
  const session = (...path: string[]): unknown => at(value, 'actor', 'session', ...path);
  const ids = [user('uid'), user('uuid'), user('uid_alt')].filter(
    (id) => typeof id === 'string' && id !== '',
  );
  const principal = ids.find((id) => !isArn(id));
  const type = user('type');
  const known = typeof type === 'string' && type !== 'Unknown' && type !== 'Other';
  return filled({
    type: known ? type : undefined,
    principalId: principal,
    arn: ids.find(isArn),
    accountId: user('account', 'uid') ?? user('account_uid'),
    accessKeyId: user('credential_uid'),
    userName: user('name'),
    invokedBy: at(value, 'actor', 'invoked_by'),
    sessionContext: filled({
      attributes: filled({
        mfaAuthenticated: session('is_mfa') ?? session('mfa'),
        creationDate: session('created_time_dt') ?? session('created_time'),
      }),
      sessionIssuer: issuerOf(session('issuer'), principal),
    }),
  });
}

/** Of the role behind a session only the ARN is kept; its id is the first part of the session's. */
function issuerOf(arn: unknown, principal: unknown): Obj {
  if (!isArn(arn)) return {};
  const [, , , , accountId, resource = ''] = String(arn).split(':');
  return filled({
    type: resource.startsWith('role/') ? 'Role' : undefined,
    arn,
    accountId,
    principalId: typeof principal === 'string' ? principal.split(':')[0] : undefined,
    userName: resource.split('/').at(-1),
  });
}

const isArn = (value: unknown): boolean => typeof value === 'string' && value.startsWith('arn:');
