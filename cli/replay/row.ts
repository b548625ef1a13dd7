import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { type FindingType, findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { statusOf } from '../../tell/ocsf.ts';

/** A finding as one line of a list; everything from a record is cleaned. */
export interface Row {
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  readonly status: string;
  /** What it is about, a section of docs/runbook.md. */
  readonly type: FindingType;
  /** ISO 8601, UTC. */
  readonly first: string;
  readonly last: string;
  readonly account: string;
  readonly regions: readonly string[];
  readonly who: string;
  readonly what: string;
  /** The strongest first. */
  readonly signals: readonly SignalId[];
  /** Ids of the records. */
  readonly events: readonly string[];
}

/** Ids of records that a line names; the rest stands in the finding. */
const MOST_EVENTS = 50;

export function rowOf(finding: FindingRecord, policy: Policy): Row {
  const { parts } = explain(finding, policy);
  const type = findingTypeOf(finding, parts);
  const actor = finding.members[0]?.activity.actor;
  return {
    id: clean(finding.id, 80),
    severity: finding.severity,
    score: finding.score,
    status: statusOf(finding, policy),
    type,
    first: new Date(finding.start).toISOString(),
    last: new Date(finding.last).toISOString(),
    account: clean(finding.account, 20),
    regions: [...new Set(finding.members.map(({ activity }) => clean(activity.region, 30)))].sort(),
    who: clean(actor === undefined ? finding.subject : subjectLabel(actor), 120),
    what: clean(headline(finding, type), 400),
    signals: parts.map(({ signal }) => signal),
    events: finding.members.slice(0, MOST_EVENTS).map(({ activity }) => clean(activity.id, 80)),
  };
}
