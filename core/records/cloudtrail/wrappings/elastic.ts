import { isObj, type Obj } from '../read.ts';
import { structure } from '../structure.ts';
import { dug, filled } from './row.ts';
import { inside, type Wrapping } from './wrapping.ts';

/**
 * Exports of Elasticsearch: search results (`hits.hits`), single hits (`_source`), and documents of Filebeat and the AWS
 * integration. The record as it came (`event.original`, `message`) comes before what the pipeline made of it.
 */
export const elastic: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (isObj(value.hits) && Array.isArray(value.hits.hits)) {
    return { parts: value.hits.hits.map((hit, index) => ({ path: ['hits', 'hits', index], value: hit })) };
  }
  if (isObj(value._source)) return inside(value, '_source');
  const original = dug(value, 'event.original');
  if (isJson(original)) return { parts: [{ path: ['event', 'original'], value: original }] };
  if ('@timestamp' in value && isJson(value.message)) return inside(value, 'message');
  const name = dug(value, 'event.action');
  const source = dug(value, 'event.provider');
  const isTrail =
    isObj(dug(value, 'aws.cloudtrail')) ||
    Object.keys(value).some((key) => key.startsWith('aws.cloudtrail.'));
  if (!isTrail || typeof name !== 'string' || typeof source !== 'string') return undefined;
  return { record: recordOf(value, name, source) };
};

const isJson = (value: unknown): boolean => typeof value === 'string' && /^\s*\{/.test(value);

/** A document by the Elastic Common Schema and the fields of its AWS module. */
function recordOf(value: Obj, eventName: string, eventSource: string): Obj {
  const trail = (path: string): unknown => dug(value, `aws.cloudtrail.${path}`);
  const identity = (path: string): unknown => trail(`user_identity.${path}`);
  const issuer = (path: string): unknown => identity(`session_context.session_issuer.${path}`);
  return filled({
    eventVersion: trail('event_version'),
    eventName,
    eventSource,
    eventTime: dug(value, '@timestamp'),
    eventID: dug(value, 'event.id'),
    eventType: trail('event_type'),
    eventCategory: trail('event_category'),
    requestID: trail('request_id'),
    awsRegion: dug(value, 'cloud.region'),
    sourceIPAddress: dug(value, 'source.address') ?? dug(value, 'source.ip'),
    userAgent: dug(value, 'user_agent.original'),
    errorCode: trail('error_code'),
    errorMessage: trail('error_message'),
    readOnly: trail('read_only'),
    recipientAccountId: trail('recipient_account_id'),
    sharedEventID: trail('shared_event_id'),
    vpcEndpointId: trail('vpc_endpoint_id'),
    requestParameters: trail('flattened.request_parameters') ?? structure(trail('request_parameters')),
    responseElements: trail('flattened.response_elements') ?? structure(trail('response_elements')),
    userIdentity: filled({
      type: identity('type'),
      principalId: dug(value, 'user.id'),
      arn: identity('arn'),
      accountId: identity('account_id') ?? dug(value, 'cloud.account.id'),
      accessKeyId: identity('access_key_id'),
      userName: dug(value, 'user.name'),
      invokedBy: identity('invoked_by'),
      sessionContext: filled({
        attributes: filled({
          mfaAuthenticated: identity('session_context.mfa_authenticated'),
          creationDate: identity('session_context.creation_date'),
        }),
        sessionIssuer: filled({
          type: issuer('type'),
          principalId: issuer('principal_id'),
          arn: issuer('arn'),
          accountId: issuer('account_id'),
          userName: issuer('user_name'),
        }),
      }),
    }),
  });
}
