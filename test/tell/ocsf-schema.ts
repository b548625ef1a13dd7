/**
 * What OCSF 1.8.0 asks of a Detection Finding (class 2004) with the profile cloud: for every object we write, its fields,
 * their types, which are required, the numbers allowed, and the groups of which one must be there. Read off the published
 * schema (ocsf/ocsf-schema 1.8.0: events/findings, objects, dictionary), for the fields Launchtrail fills and those that
 * are required; any other field is an error here, so that a misspelt name cannot pass.
 */
interface Field {
  readonly type: 'string' | 'integer' | 'time' | 'boolean' | 'ip' | 'json' | ObjectName;
  readonly array?: true;
  readonly required?: true;
  readonly values?: readonly (string | number)[];
}

interface Shape {
  readonly fields: Readonly<Record<string, Field>>;
  readonly oneOf?: readonly string[];
}

type ObjectName = keyof typeof NAMES;
const NAMES = {
  finding: 0,
  metadata: 0,
  product: 0,
  cloud: 0,
  account: 0,
  finding_info: 0,
  analytic: 0,
  attack: 0,
  technique: 0,
  named: 0,
  related_event: 0,
  trait: 0,
  evidence: 0,
  actor: 0,
  user: 0,
  session: 0,
  api: 0,
  response: 0,
  endpoint: 0,
  autonomous_system: 0,
  location: 0,
  resource: 0,
  observable: 0,
  remediation: 0,
} as const;

const text: Field = { type: 'string' };
const texts: Field = { type: 'string', array: true };
const number: Field = { type: 'integer' };
const time: Field = { type: 'time' };
const must = (field: Field): Field => ({ ...field, required: true });
const an = (type: ObjectName): Field => ({ type });
const many = (type: ObjectName): Field => ({ type, array: true });
const oneOf = (...values: (string | number)[]): Field => ({
  type: typeof values[0] === 'number' ? 'integer' : 'string',
  values,
});

const SHAPES: Readonly<Record<ObjectName, Shape>> = {
  finding: {
    fields: {
      activity_id: must(oneOf(0, 1, 2, 3, 99)),
      activity_name: text,
      category_uid: must(oneOf(2)),
      category_name: text,
      class_uid: must(oneOf(2004)),
      class_name: text,
      type_uid: must(oneOf(200400, 200401, 200402, 200403, 200499)),
      type_name: text,
      time: must(time),
      start_time: time,
      end_time: time,
      severity_id: must(oneOf(0, 1, 2, 3, 4, 5, 6, 99)),
      severity: text,
      risk_score: number,
      confidence_id: oneOf(0, 1, 2, 3, 99),
      confidence: text,
      is_alert: { type: 'boolean' },
      status_id: oneOf(0, 1, 2, 3, 4, 5, 6, 99),
      status: text,
      status_detail: text,
      comment: text,
      verdict: text,
      verdict_id: oneOf(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99),
      message: text,
      metadata: must(an('metadata')),
      cloud: must(an('cloud')),
      finding_info: must(an('finding_info')),
      evidences: many('evidence'),
      observables: many('observable'),
      resources: many('resource'),
      remediation: an('remediation'),
      unmapped: { type: 'json' },
    },
  },
  metadata: {
    fields: {
      product: must(an('product')),
      version: must(text),
      uid: text,
      profiles: texts,
      log_name: text,
      is_truncated: { type: 'boolean' },
    },
  },
  product: { fields: { name: text, vendor_name: text, version: text, uid: text }, oneOf: ['name', 'uid'] },
  cloud: { fields: { provider: must(text), account: an('account'), region: text, cloud_partition: text } },
  account: {
    fields: {
      uid: text,
      name: text,
      type: text,
      type_id: oneOf(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99),
    },
    oneOf: ['name', 'uid'],
  },
  finding_info: {
    fields: {
      uid: must(text),
      title: text,
      desc: text,
      types: texts,
      created_time: time,
      modified_time: time,
      first_seen_time: time,
      last_seen_time: time,
      analytic: an('analytic'),
      related_analytics: many('analytic'),
      attacks: many('attack'),
      related_events: many('related_event'),
      related_events_count: number,
    },
  },
  analytic: {
    fields: {
      type_id: must(oneOf(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99)),
      type: text,
      name: text,
      uid: text,
      desc: text,
      category: text,
      version: text,
    },
    oneOf: ['name', 'uid'],
  },
  attack: {
    fields: {
      technique: an('technique'),
      sub_technique: an('technique'),
      tactic: an('named'),
      version: text,
    },
    oneOf: ['tactic', 'technique', 'sub_technique'],
  },
  technique: { fields: { name: text, uid: text, src_url: text }, oneOf: ['name', 'uid'] },
  named: { fields: { name: text, uid: text }, oneOf: ['name', 'uid'] },
  related_event: {
    fields: {
      uid: must(text),
      type: text,
      created_time: time,
      status: text,
      title: text,
      attacks: many('attack'),
      traits: many('trait'),
    },
  },
  trait: { fields: { name: text, category: text, uid: text }, oneOf: ['name', 'uid'] },
  evidence: {
    fields: {
      uid: text,
      name: text,
      actor: an('actor'),
      api: an('api'),
      src_endpoint: an('endpoint'),
      resources: many('resource'),
      data: { type: 'json' },
    },
    oneOf: ['actor', 'api', 'data', 'src_endpoint'],
  },
  actor: {
    fields: { user: an('user'), session: an('session'), invoked_by: text },
    oneOf: ['user', 'session', 'invoked_by'],
  },
  user: {
    fields: {
      name: text,
      uid: text,
      uid_alt: text,
      type: text,
      type_id: oneOf(0, 1, 2, 3, 4, 99),
      account: an('account'),
    },
    oneOf: ['account', 'name', 'uid'],
  },
  session: { fields: { credential_uid: text, is_mfa: { type: 'boolean' }, issuer: text } },
  api: { fields: { operation: must(text), service: an('named'), response: an('response') } },
  response: { fields: { error: text } },
  endpoint: {
    fields: {
      ip: { type: 'ip' },
      svc_name: text,
      instance_uid: text,
      autonomous_system: an('autonomous_system'),
      location: an('location'),
    },
    oneOf: ['ip', 'svc_name', 'instance_uid'],
  },
  autonomous_system: { fields: { number, name: text }, oneOf: ['number', 'name'] },
  location: { fields: { country: text }, oneOf: ['country'] },
  resource: {
    fields: {
      uid: text,
      uid_alt: text,
      name: text,
      type: text,
      role_id: oneOf(0, 1, 2, 3, 4, 99),
      role: text,
      region: text,
      cloud_partition: text,
      owner: an('user'),
    },
    oneOf: ['name', 'uid'],
  },
  observable: {
    fields: {
      type_id: must({ type: 'integer', values: [2, 10, 14, 19, 31, 35] }),
      type: text,
      name: text,
      value: text,
    },
  },
  remediation: { fields: { desc: must(text), references: texts } },
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Everything in which a value differs from the class, each with its path; empty when it conforms. */
export function ocsfErrors(value: unknown, name: ObjectName = 'finding', path = '$'): string[] {
  const { fields, oneOf: group = [] } = SHAPES[name];
  if (!isObject(value)) return [`${path}: not an object`];
  return [
    ...Object.entries(fields)
      .filter(([field, { required }]) => required && value[field] === undefined)
      .map(([field]) => `${path}.${field}: required`),
    ...(group.length > 0 && !group.some((field) => value[field] !== undefined)
      ? [`${path}: needs one of ${group.join(', ')}`]
      : []),
    ...Object.entries(value).flatMap(([key, each]) => {
      const field = fields[key];
      if (field === undefined) return [`${path}.${key}: no such field`];
      if (field.array !== true) return fieldErrors(each, field, `${path}.${key}`);
      return Array.isArray(each)
        ? each.flatMap((item, index) => fieldErrors(item, field, `${path}.${key}[${index}]`))
        : [`${path}.${key}: not a list`];
    }),
  ];
}

function fieldErrors(value: unknown, { type, values }: Field, path: string): string[] {
  if (values !== undefined && !values.some((allowed) => allowed === value))
    return [`${path}: ${value} not allowed`];
  switch (type) {
    case 'string':
      return typeof value === 'string' && value !== '' ? [] : [`${path}: not a text`];
    case 'integer':
      return Number.isInteger(value) ? [] : [`${path}: not an integer`];
    case 'time':
      return Number.isInteger(value) && Number(value) > 1e12 ? [] : [`${path}: not a time in ms`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: not a boolean`];
    case 'ip':
      return typeof value === 'string' && /^[0-9a-fA-F.:]{2,40}$/.test(value)
        ? []
        : [`${path}: not an address`];
    case 'json':
      return [];
    default:
      return ocsfErrors(value, type, path);
  }
}
