import { clean } from '../core/activity/clean.ts';
import { explain } from '../core/findings/assess.ts';
import type { Closing } from '../core/findings/decision.ts';
import { type FindingRecord, inStory } from '../core/findings/finding.ts';
import type { Severity } from '../core/findings/severity.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { SignalId } from '../core/policy/weights.ts';
import { signals } from '../core/signals/index.ts';
import type { AccountNaming } from './account-naming.ts';
import { attackUrl, techniquesOf } from './attack.ts';
import { partitionOf } from './aws-ids.ts';
import { findingTypeOf, firstSteps, runbookOf } from './finding-type.ts';
import { headline } from './headline.ts';
import { historyBehind } from './history-behind.ts';
import { accountOf, attackOf, evidenceOf, observablesOf, relatedOf, resourcesOf } from './ocsf-evidence.ts';
import type { OcsfFinding } from './ocsf-types.ts';
import { PRODUCT } from './product.ts';
import { MAX_ACCOUNT_NAME, shown } from './shown.ts';
import { suppressedBy } from './suppression.ts';
import { isOver, triageNote } from './triage.ts';

/** What happened to the finding that is being told. */
export type FindingEvent = 'create' | 'update' | 'close';

/**
 * Largest finding as UTF-8 JSON, bytes. SNS takes 262,144 with attributes, Security Hub 240 kB; the smaller one rules.
 */
export const MAX_FINDING_BYTES = 240_000;

const EVENTS = {
  create: { activity_id: 1, activity_name: 'Create', type_uid: 200401 },
  update: { activity_id: 2, activity_name: 'Update', type_uid: 200402 },
  close: { activity_id: 3, activity_name: 'Close', type_uid: 200403 },
} as const;

const SEVERITY = {
  low: { severity_id: 2, severity: 'Low' },
  medium: { severity_id: 3, severity: 'Medium' },
  high: { severity_id: 4, severity: 'High' },
  critical: { severity_id: 5, severity: 'Critical' },
} as const satisfies Record<Severity, Pick<OcsfFinding, 'severity_id' | 'severity'>>;

/** A finding that ends wakes nobody, however severe it was. */
const CLOSED = { severity_id: 1, severity: 'Informational' } as const;

const STATUS = {
  open: { status_id: 1, status: 'New' },
  acknowledged: { status_id: 2, status: 'In Progress' },
  suppressed: { status_id: 3, status: 'Suppressed' },
  closed: { status_id: 4, status: 'Resolved' },
  withdrawn: { status_id: 4, status: 'Resolved' },
  merged: { status_id: 5, status: 'Archived' },
} as const;

/** How much of a finding is written; tried in order until it fits. Related events keep their ids to the last. */
const LIMITS = [
  { evidences: 50, resources: 500, observables: 500, full: true },
  { evidences: 50, resources: 200, observables: 200, full: false },
  { evidences: 25, resources: 100, observables: 100, full: false },
  { evidences: 10, resources: 50, observables: 50, full: false },
  { evidences: 3, resources: 10, observables: 20, full: false },
] as const;

/** What somebody has found out, as the profile `incident` says it. */
const VERDICT = {
  false: { verdict_id: 1, verdict: 'False Positive' },
  confirmed: { verdict_id: 2, verdict: 'True Positive' },
  benign: { verdict_id: 5, verdict: 'Benign' },
  test: { verdict_id: 6, verdict: 'Test' },
} as const satisfies Record<Closing, object>;

/**
 * What a finding is for those who filter on it: one of the record's own states, closed or acknowledged by a person, or suppressed by
 * the policy. One that was closed and has been reopened is open.
 */
export function statusOf(record: FindingRecord, policy: Policy): keyof typeof STATUS {
  if (record.status !== 'open') return record.status;
  if (record.triage?.state === 'closed') return 'closed';
  if (suppressedBy(record, policy).length > 0) return 'suppressed';
  return record.triage?.state === 'acknowledged' ? 'acknowledged' : 'open';
}

/** Whether there is still something to do about a finding of that status. */
export const isStanding = (status: keyof typeof STATUS): boolean =>
  status === 'open' || status === 'acknowledged';

/** Accounts of whose history is told how far it reaches back. */
const MAX_HISTORIES = 20;

/** What each signal asks. */
const DESCRIPTIONS: ReadonlyMap<SignalId, string> = new Map(
  signals.map(({ id, description }) => [id, description]),
);

/** Text with a full stop, where it has none. */
const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** Region of the strongest member: where to look first. */
const mainRegion = ({ members }: FindingRecord): string =>
  clean(members[0]?.activity.region ?? '', 40) || 'unknown';

function statusDetail(
  record: FindingRecord,
  suppressions: readonly { reason: string }[],
): string | undefined {
  if (record.status === 'merged') return `Now part of finding ${clean(record.into ?? 'unknown', 128)}`;
  if (record.status === 'withdrawn') return 'Records that arrived later explain it';
  const [first] = suppressions;
  if (first !== undefined && record.triage?.state !== 'closed')
    return `Suppressed by policy: ${clean(first.reason, 200)}`;
  return triageNote(record)[0];
}

/**
 * One OCSF 1.8.0 Detection Finding (class 2004, profile cloud) of a finding.
 *
 * Everything comes from the record and the policy, never from a clock, so that replay and Lambda write the same bytes:
 * a finding is created at the time of its first member and modified at that of its last, or of what was decided about it, and `time`
 * is the one or the other. The account's name and the address of docs/ alone are given by who tells. At most `MAX_FINDING_BYTES` long as JSON: evidence beyond is left out and counted in
 * `unmapped.cut`, every linked record keeps its id.
 */
export function toOcsf(
  record: FindingRecord,
  {
    policy,
    event = isOver(record) ? 'close' : 'create',
    accountName,
    unit,
    docs,
  }: { policy: Policy; event?: FindingEvent; docs?: string | undefined } & AccountNaming,
): OcsfFinding {
  const given = { accountName: shown(accountName, MAX_ACCOUNT_NAME), unit, docs };
  const facts = { ...gather(record, policy, event), ...given };
  let finding = build(facts, LIMITS[0]);
  for (const limits of LIMITS.slice(1)) {
    if (bytesOf(finding) <= MAX_FINDING_BYTES) break;
    finding = build(facts, limits);
  }
  return finding;
}

const bytesOf = (finding: OcsfFinding): number =>
  new TextEncoder().encode(JSON.stringify(finding)).byteLength;

function gather(record: FindingRecord, policy: Policy, event: FindingEvent) {
  const { parts, capped } = explain(record, policy);
  const type = findingTypeOf(record, parts);
  const told = inStory(record);
  const resources = resourcesOf(told);
  return {
    record,
    policy,
    event,
    parts,
    type,
    learning: capped || record.members.some(({ learning }) => learning === true),
    status: statusOf(record, policy),
    triage: record.triage,
    history: historyBehind(record)
      .slice(0, MAX_HISTORIES)
      .map((each) => ({ ...each, account: clean(each.account, 64) })),
    suppressions: record.status === 'open' ? suppressedBy(record, policy) : [],
    title: headline(record, type),
    resources,
    observables: observablesOf(record.members, resources),
    telling: record.members.filter(({ evidence }) => evidence.length > 0),
    inOrder: told,
  };
}

/** Which policy a finding is told with, and by which others its members were judged. */
function policyIn({ members }: FindingRecord, { identity }: Policy): Pick<OcsfFinding['unmapped'], 'policy'> {
  if (identity === undefined) return {};
  const { sha256, version } = identity;
  const versions = new Set(members.map(({ policy = 0 }) => policy));
  versions.delete(version ?? 0);
  const others = [...versions].sort((a, b) => a - b).map(String);
  return {
    policy: {
      uid: sha256,
      ...(version !== undefined && { version: String(version) }),
      ...(others.length > 0 && { others }),
    },
  };
}

function build(
  facts: ReturnType<typeof gather> & { accountName: string; docs: string | undefined } & AccountNaming,
  limits: (typeof LIMITS)[number],
): OcsfFinding {
  const { record, event, parts, type, learning, suppressions, title, resources, observables, telling } =
    facts;
  const id = clean(record.id, 128) || 'unknown';
  const techniques = techniquesOf(record);
  const region = mainRegion(record);
  const { status, triage } = facts;
  const modified = Math.max(record.last, triage?.at ?? 0);
  const detail = statusDetail(record, suppressions);
  const cut = Object.fromEntries(
    Object.entries({
      evidences: telling.length - limits.evidences,
      resources: resources.length - limits.resources,
      observables: observables.length - limits.observables,
      titles: limits.full ? 0 : record.members.length,
    }).filter(([, count]) => count > 0),
  );
  const isCut = Object.keys(cut).length > 0;
  return {
    ...EVENTS[event],
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_name: `Detection Finding: ${EVENTS[event].activity_name}`,
    time: event === 'create' ? record.start : modified,
    start_time: record.start,
    end_time: record.last,
    ...(record.status === 'open' ? SEVERITY[record.severity] : CLOSED),
    risk_score: Math.round(record.score),
    ...(learning && { confidence_id: 1, confidence: 'Low' }),
    is_alert: isStanding(status) && record.severity !== 'low',
    ...STATUS[status],
    ...(detail !== undefined && { status_detail: detail }),
    ...(triage?.note !== undefined && { comment: shown(triage.note, 500) }),
    ...(status === 'closed' && triage?.as !== undefined && VERDICT[triage.as]),
    message: title,
    metadata: {
      version: '1.8.0',
      uid: [
        id,
        EVENTS[event].activity_id,
        record.last,
        Math.round(record.score * 10),
        record.members.length,
        ...(triage === undefined ? [] : [triage.state, triage.decision]),
      ].join('.'),
      profiles: status === 'closed' ? ['cloud', 'incident'] : ['cloud'],
      product: { name: PRODUCT.name, vendor_name: PRODUCT.vendor, version: PRODUCT.version },
      log_name: 'CloudTrail',
      ...(isCut && { is_truncated: true }),
    },
    cloud: {
      provider: 'AWS',
      account: {
        ...accountOf(record.account),
        ...(facts.accountName !== '' && { name: facts.accountName }),
      },
      ...(facts.unit && {
        org: { ou_uid: clean(facts.unit.id, 64), ou_name: shown(facts.unit.name, MAX_ACCOUNT_NAME) },
      }),
      region,
      cloud_partition: partitionOf(region),
    },
    finding_info: {
      uid: id,
      title,
      desc: clean([title, ...parts.map(({ reason }) => shown(reason, 400))].map(sentence).join(' '), 2000),
      types: [type],
      created_time: record.start,
      modified_time: modified,
      first_seen_time: record.start,
      last_seen_time: record.last,
      analytic: {
        name: `${PRODUCT.name} behavioural score`,
        uid: 'launchtrail-score',
        type: 'Behavioral',
        type_id: 2,
        version: PRODUCT.version,
      },
      related_analytics: parts.map(({ signal, family }) => ({
        name: signal,
        uid: signal,
        desc: DESCRIPTIONS.get(signal) ?? signal,
        category: family,
        type: 'Behavioral',
        type_id: 2,
        version: PRODUCT.version,
      })),
      attacks: techniques.map(attackOf),
      related_events: facts.inOrder.map((member) => relatedOf(member, limits.full)),
      related_events_count: inStory(record).length,
    },
    evidences: telling.slice(0, limits.evidences).map(evidenceOf),
    observables: observables.slice(0, limits.observables),
    resources: resources.slice(0, limits.resources),
    remediation: {
      desc: `${firstSteps(record, type).join(' ')} More: ${runbookOf(type, facts.docs)}.`,
      references: [
        ...(facts.docs === undefined ? [] : [runbookOf(type, facts.docs)]),
        ...techniques.map(({ technique, sub }) => attackUrl((sub ?? technique).uid)),
      ],
    },
    unmapped: {
      parts: parts.map(({ signal, family, points, reason, times }) => ({
        signal,
        family,
        points,
        reason: clean(reason, 400),
        times,
      })),
      score: record.score,
      learning,
      ...(facts.history.length > 0 && { history: facts.history }),
      ...(isCut && { cut }),
      ...(record.truncated && { more_activities: true }),
      ...(record.into !== undefined && { into: clean(record.into, 128) }),
      ...policyIn(record, facts.policy),
      ...(suppressions.length > 0 && {
        suppressions: suppressions.slice(0, 5).map(({ reason, owner, expires }) => ({
          reason: clean(reason, 200),
          owner: clean(owner, 100),
          expires,
        })),
      }),
    },
  };
}
