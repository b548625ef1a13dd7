import * as v from 'valibot';
import { SIGNAL_IDS, type SignalId, WEIGHTS } from './signals/weights.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration such as `90m`, `24h` or `10d`; ms inside. */
const duration = (fallback: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}[mhd]$/, 'expected a duration such as 90m, 24h or 10d'),
      v.transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS]),
    ),
    fallback,
  );

const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, 'expected a quoted 12-digit account id'));
const cidr = v.pipe(
  v.string(),
  v.check(
    (text) =>
      v.is(v.union([v.pipe(v.string(), v.ipv4()), v.pipe(v.string(), v.ipv6())]), text.split('/')[0]) &&
      /\/\d{1,3}$/.test(text),
    'expected a CIDR such as 203.0.113.0/24',
  ),
);
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item), []);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const points = v.pipe(v.number(), v.minValue(1), v.maxValue(100));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const tags = v.record(v.string(), v.array(v.string()));
const section = <T extends v.ObjectEntries>(entries: T) => v.optional(v.strictObject(entries), {} as never);

const isoDate = v.pipe(v.string(), v.isoDate('expected a date such as 2026-12-31'));
const time = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 08:30'));
const weekday = v.picklist(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const signalId = v.picklist(SIGNAL_IDS);

/** The one schema of `policy.yaml`, on the desk and in Lambda; every key has a default. */
export const PolicySchema = v.strictObject({
  organisation: section({
    /** Accounts that belong to us; sharing with any other is outside. */
    accounts: list(accountId),
    /** Organizations ids (`o-…`) or ARNs that belong to us. */
    organisations: list(v.string()),
    /** Office, VPN and data-centre addresses. */
    networks: list(cidr),
    sensitiveAccounts: list(accountId),
  }),
  userContext: section({
    /** Days an identity or key counts as just created. */
    newIdentity: duration('7d'),
    /** Active days before absence of a habit means anything. */
    minActiveDays: v.optional(v.pipe(count, v.maxValue(10)), 3),
    /** Active days before an hour of day can be unusual. */
    minActiveDaysForHours: v.optional(v.pipe(count, v.maxValue(10)), 8),
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
  timeWindow: duration('24h'),
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
    utcOffset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-840), v.maxValue(840)), 0),
  }),
  learning: section({
    /** How long after an account is first seen novelty alone stays LOW. */
    period: duration('10d'),
    /** How long a value stays new after it was first seen. */
    settle: duration('24h'),
    /** How long a value first seen in a MEDIUM or worse finding is not learnt. */
    quarantine: duration('30d'),
  }),
  signals: section({
    weights: v.optional(v.record(signalId, share), {}),
    off: list(signalId),
  }),
  suppressions: list(
    v.strictObject({
      signal: v.optional(signalId),
      account: v.optional(accountId),
      /** Part of the actor's label. */
      actor: v.optional(v.string()),
      reason: v.pipe(v.string(), v.minLength(1)),
      owner: v.pipe(v.string(), v.minLength(1)),
      expires: isoDate,
    }),
  ),
  severity: section({
    low: v.optional(points, 15),
    medium: v.optional(points, 40),
    high: v.optional(points, 70),
    critical: v.optional(points, 90),
  }),
  response: section({
    /** Lowest severity at which instances are tagged. */
    minSeverity: v.optional(v.picklist(['low', 'medium', 'high', 'critical']), 'high'),
  }),
});

export type Policy = v.InferOutput<typeof PolicySchema>;

/** What a deployment gets that sets nothing. */
export const defaultPolicy: Policy = v.parse(PolicySchema, {});

/** Weight of a signal, 0..1: the policy's, else the built-in; 0 where the policy turns it off. */
export function weightOf(policy: Policy, signal: SignalId): number {
  if (policy.signals.off.includes(signal)) return 0;
  return policy.signals.weights[signal] ?? WEIGHTS[signal];
}

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Severity of a score, or undefined below LOW. */
export function severityOf(policy: Policy, score: number): Severity | undefined {
  return SEVERITIES.findLast((severity) => score >= policy.severity[severity]);
}
