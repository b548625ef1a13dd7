import ipaddr from 'ipaddr.js';
import * as v from 'valibot';
import { SIGNAL_IDS } from './weights.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const DURATION = 'expected a duration such as 90m, 24h or 10d';

/** A duration such as `90m`, `24h` or `10d`; ms inside. */
const duration = (fallback: string, pattern = /^\d{1,4}[mhd]$/) =>
  v.optional(
    v.pipe(
      v.string(DURATION),
      v.regex(pattern, DURATION),
      v.transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS]),
    ),
    fallback,
  );

const number = (from: number, to: number, message: string) =>
  v.pipe(v.number(message), v.minValue(from, message), v.maxValue(to, message));
const whole = (from: number, to: number, message: string) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(from, message), v.maxValue(to, message));

/** Quoted, because YAML would read it as a number and lose a leading zero. */
const ACCOUNT_ID = 'expected a quoted 12-digit account id, or a subscription, project or domain';
/** Of AWS; a subscription or tenant of Azure; a project of Google; the domain that its people, and Azure's guests, come from. */
const ACCOUNT =
  /^(?:\d{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z][a-z0-9-]{4,28}[a-z0-9]|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/;
const accountId = v.pipe(v.string(ACCOUNT_ID), v.regex(ACCOUNT, ACCOUNT_ID));
const isCidr = (text: string): boolean =>
  ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
const cidr = v.pipe(v.string(), v.check(isCidr, 'expected a CIDR such as 203.0.113.0/24'));
const share = number(0, 1, 'expected a number from 0 to 1');
const points = number(1, 100, 'expected points from 1 to 100');
const count = whole(1, 1_000_000, 'expected a whole number from 1');
const activeDays = whole(1, 10, 'expected a whole number from 1 to 10');
const text = v.pipe(v.string(), v.nonEmpty('expected a text that is not empty'));
const AWS_SERVICE = /^(AWS Internal|[a-z0-9.-]+\.amazonaws\.com)$/;
const callSource = v.pipe(
  v.string(),
  v.check(
    (source) => isCidr(source) || AWS_SERVICE.test(source),
    'expected a CIDR such as 203.0.113.0/24, or a service such as autoscaling.amazonaws.com',
  ),
);
/** Absent means any. An empty list would mean none, and one whose lines are commented out must not come to mean any. */
const among = <T extends v.GenericSchema<string>>(item: T) =>
  v.optional(v.pipe(v.array(item), v.minLength(1, 'expected at least one; leave the key out for any')));
const tags = v.record(v.string(), v.array(v.string()));

/** A list or section whose every line is commented out is `null` in YAML, and means the default. */
const list = <T extends v.GenericSchema>(item: T) => v.nullish(v.array(item), []);
const section = <T extends v.ObjectEntries>(entries: T) => v.nullish(v.strictObject(entries), {} as never);

/** The day that JavaScript takes a date for: of 31 February, 3 March. */
function isoDay(date: string): string | undefined {
  const at = Date.parse(date);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
}

const DATE = 'expected a date such as 2026-12-31';
const isoDate = v.pipe(
  v.string(DATE),
  v.check((date) => /^\d{4}-\d\d-\d\d$/.test(date) && isoDay(date) === date, DATE),
);
const time = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 08:30'));
const weekday = v.picklist(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const signalId = v.picklist(SIGNAL_IDS);

/** The one schema of `policy.yaml`, on the desk and in Lambda; every key has a default. */
export const PolicySchema = v.strictObject({
  organisation: section({
    /** Accounts that belong to us; sharing with any other is outside. */
    accounts: list(accountId),
    /** Accounts of vendors that data is shared with on purpose, as agentless scanners do. */
    partners: list(accountId),
    /** Organizations ids (`o-…`) or ARNs that belong to us. */
    organisations: list(v.string()),
    /** Office, VPN and data-centre addresses. */
    networks: list(cidr),
    sensitiveAccounts: list(accountId),
  }),
  /** People by the names that clouds have for them: an Entra object id, a Google e-mail, the name of an Identity Center user. */
  identities: list(v.strictObject({ person: text, ids: v.array(text) })),
  userContext: section({
    /** Days an identity or key counts as just created. */
    newIdentity: duration('7d'),
    /** Active days before absence of a habit means anything. */
    minActiveDays: v.optional(activeDays, 3),
    /** Active days before an hour of day can be unusual. */
    minActiveDaysForHours: v.optional(activeDays, 8),
  }),
  geoLocation: section({
    /** Regions allowed; empty allows all. */
    regions: list(v.string()),
    /** ISO 3166-1 alpha-2 countries calls may come from; empty allows all. */
    countries: list(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'expected a country code such as DE'))),
    /** Whether people must call from `organisation.networks`. */
    onlyFromNetworks: v.optional(v.boolean(), false),
    /** Days a Region counts as just enabled. */
    newRegion: duration('14d'),
  }),
  rateThreshold: section({
    /** Instances per window above which a burst is judged whatever the actor's habit. */
    instances: v.optional(count, 40),
    /** Regions with launches in one window. */
    regions: v.optional(count, 4),
    /** Snapshots per window. */
    snapshots: v.optional(count, 30),
    /** Refused calls per window that make a sweep. */
    refused: v.optional(count, 3),
  }),
  /** How far apart activities of one actor may lie and still be one story; never 0. */
  timeWindow: duration('24h', /^(?!0+[mhd])\d{1,4}[mhd]$/),
  /** How long data is followed from one resource to the next. */
  lineageWindow: duration('30d', /^(?!0+[mhd])\d{1,4}[mhd]$/),
  taggingPolicy: section({
    /** Tag keys every launched instance must carry. */
    required: list(v.string()),
  }),
  volumeSensitivity: section({
    /** Tag key → values (`*` for any) that make a volume sensitive. */
    tags: v.optional(tags, {}),
    volumes: list(v.string()),
  }),
  changeWindow: section({
    /** Days of the week; empty means no change window is kept. */
    days: list(weekday),
    from: v.optional(time, '00:00'),
    to: v.optional(time, '23:59'),
    /** Minutes to add to UTC for the times above. */
    utcOffset: v.optional(whole(-840, 840, 'expected whole minutes from -840 to 840'), 0),
  }),
  learning: section({
    /** How long after an account is first seen novelty alone stays LOW. */
    period: duration('10d'),
    /** How long a value stays new after it was first seen. */
    settle: duration('24h'),
    /** How long a value first seen in a MEDIUM or worse finding is not learnt. */
    quarantine: duration('7d'),
    /** The same in a CRITICAL finding, by way of a long-lived key or for the account as a whole; never shorter than `quarantine`. */
    keyQuarantine: duration('30d'),
  }),
  signals: section({
    weights: v.optional(v.record(signalId, share), {}),
    off: list(signalId),
  }),
  suppressions: list(
    v.pipe(
      v.strictObject({
        signal: v.optional(signalId),
        account: v.optional(accountId),
        /** Part of the actor's label. */
        actor: v.optional(text),
        /** Key of the one who acts, in full: nobody else has it, whatever they are called. */
        subject: v.optional(text),
        regions: among(text),
        /** Where the call came from: addresses, or the service that made it. */
        networks: among(callSource),
        /** Ids of what was used or changed. What was made has an id that nobody knew before. */
        resources: among(text),
        /** Accounts and organisations shared with, and the account of a stranger who acts. */
        peers: among(text),
        reason: text,
        owner: text,
        expires: isoDate,
      }),
      v.check(
        ({ signal, account, actor, subject }) =>
          [signal, account, actor, subject].some((part) => part !== undefined),
        'expected at least one of signal, account, actor and subject: without any, every finding would be suppressed',
      ),
    ),
  ),
  severity: v.nullish(
    v.pipe(
      v.strictObject({
        low: v.optional(points, 15),
        medium: v.optional(points, 40),
        high: v.optional(points, 70),
        critical: v.optional(points, 90),
      }),
      v.check(
        ({ low, medium, high, critical }) => low < medium && medium < high && high < critical,
        'expected low < medium < high < critical, counting the defaults of those left out (15, 40, 70, 90)',
      ),
    ),
    {},
  ),
  response: section({
    /** Lowest severity at which instances are tagged. */
    minSeverity: v.optional(v.picklist(['low', 'medium', 'high', 'critical']), 'high'),
  }),
});

/** Which policy it is. A finding names the one that it is told with, so that whoever replays it knows which to take. */
interface PolicyIdentity {
  /** The number that it was pushed under; absent of one from a file, or of the one that came with the functions. */
  readonly version?: number;
  /** SHA-256 of `canonicalPolicy`, as hexadecimal digits. */
  readonly sha256: string;
}

export type Policy = v.InferOutput<typeof PolicySchema> & { readonly identity?: PolicyIdentity };

/** What a deployment gets that sets nothing. */
// marked, so that the bundle of a function, which has a policy of its own, leaves it out
export const defaultPolicy: Policy = /* @__PURE__ */ v.parse(PolicySchema, {});
