import { isObj, type Obj } from './read.ts';

/** Whether an object has all of these members. */
const has =
  (...names: readonly string[]) =>
  (value: Obj) =>
    names.every((name) => name in value);
/** Whether it has any. */
const hasAny =
  (...names: readonly string[]) =>
  (value: Obj) =>
    names.some((name) => name in value);

/** Logs that are often taken for a trail, by members that only they have. */
const OBJECTS: readonly (readonly [name: string, test: (value: Obj) => boolean])[] = [
  ['VPC flow logs', (value) => has('srcaddr', 'dstaddr')(value) && !('query_name' in value)],
  ['Route 53 resolver query logs', has('query_name', 'query_type')],
  ['AWS WAF logs', hasAny('webaclId')],
  [
    'AWS Config items',
    hasAny(
      'configurationItemStatus',
      'configurationItemCaptureTime',
      'configurationItem',
      'configSnapshotId',
    ),
  ],
  ['Security Hub findings', (value) => has('SchemaVersion', 'ProductArn')(value)],
  ['GuardDuty findings', isGuardDuty],
  ['Google Cloud audit logs', hasAny('protoPayload')],
  ['Okta system log', has('eventType', 'actor', 'published')],
  [
    'Azure activity logs',
    (value) =>
      hasAny('operationName', 'OperationName', 'OperationNameValue')(value) &&
      hasAny(
        'resourceId',
        'ResourceId',
        '_ResourceId',
        'subscriptionId',
        'SubscriptionId',
        'tenantId',
        'TenantId',
        'caller',
        'Caller',
      )(value),
  ],
  [
    'Kubernetes audit logs',
    (value) => typeof value.apiVersion === 'string' && value.apiVersion.startsWith('audit.k8s.io'),
  ],
  ['events of EC2 states', has('instance-id', 'state')],
  [
    'the console’s event history as CSV, which leaves the parameters out (download it as JSON)',
    has('Event name', 'Event time'),
  ],
];

const TEXTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    'VPC flow logs',
    /^(?:\d+ (?:\d{12}|unknown|-) eni-|(?:version |account-id |interface-id )[\w -]*(?:srcaddr|action|log-status))/,
  ],
  [
    'load balancer access logs',
    /^(?:(?:https?|h2|grpcs?|wss?|tls) \d{4}-\d\d-\d\dT\S+ |\d{4}-\d\d-\d\dT\S+ [\w-]+ [\d.]+:\d+ )/,
  ],
  ['S3 access logs', /^[0-9a-f]{64} \S+ \[\d\d\/\w{3}\/\d{4}:/],
  ['CloudFront access logs', /^#(?:Version|Fields): /],
  ['web server access logs', /^\S+ \S+ \S+ \[\d\d\/\w{3}\/\d{4}:/],
];

function isGuardDuty(value: Obj): boolean {
  const service = value.service ?? value.Service;
  return isObj(service) && (service.serviceName === 'guardduty' || service.ServiceName === 'guardduty');
}

/** What something that is no record looks like, for people; undefined where nothing is known of it. */
export function looksLike(value: unknown): string | undefined {
  if (typeof value === 'string') return TEXTS.find(([, pattern]) => pattern.test(value))?.[0];
  if (!isObj(value)) return undefined;
  const known = OBJECTS.find(([, test]) => test(value))?.[0];
  if (known !== undefined) return known;
  if (typeof value.class_uid === 'number' && isObj(value.metadata)) return 'OCSF events of other products';
  const { eventSource } = value;
  return typeof eventSource === 'string' && eventSource.startsWith('aws:')
    ? `what Lambda gets of ${SERVICES.find((name) => eventSource === `aws:${name}`) ?? 'another service'}`
    : undefined;
}

/** Sources of Lambda events that are named; any other text is the sender's. */
const SERVICES: readonly string[] = ['dynamodb', 's3', 'sqs', 'ses', 'kinesis', 'codecommit', 'iot'];
