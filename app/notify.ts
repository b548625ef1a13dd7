import { clean } from '../core/activity/clean.ts';
import { explain } from '../core/findings/assess.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { atLeast, SEVERITIES, type Severity } from '../core/findings/severity.ts';
import type { Policy } from '../core/policy/policy.ts';
import { alertText, subjectOf } from '../tell/message.ts';
import { type FindingEvent, statusOf, toOcsf } from '../tell/ocsf.ts';
import type { Publisher } from './ports.ts';

export interface NotifyDeps {
  /** Gets every published finding as OCSF. */
  readonly findings: Publisher;
  /** Gets plain text for people; without it nobody is mailed. */
  readonly alerts?: Publisher | undefined;
  readonly policy: Policy;
  /** Lowest severity that people are told about. */
  readonly alertsFrom?: Severity | undefined;
}

/** A finding as it was, if it was there, and as it is. */
export interface FindingChange {
  readonly before?: FindingRecord | undefined;
  readonly after: FindingRecord;
}

export type Done = { readonly ok: true } | { readonly ok: false; readonly error: Error };

/**
 * What about a change is worth publishing: undefined for everything but a finding that is new (or open again, or no
 * longer suppressed), more severe, or closed after it had been published.
 */
function eventOf({ before, after }: FindingChange, policy: Policy): FindingEvent | undefined {
  if (after.status !== 'open') return before?.status === 'open' ? 'close' : undefined;
  if (before === undefined) return 'create';
  if (before.status !== 'open') return 'update';
  const risen = SEVERITIES.indexOf(after.severity) > SEVERITIES.indexOf(before.severity);
  const heard = statusOf(before, policy) === 'suppressed' && statusOf(after, policy) === 'open';
  return risen || heard ? 'update' : undefined;
}

/**
 * Publishes what changed: OCSF to `findings`, plain text to `alerts` where people should look.
 *
 * One result per change, in order; a failed one is meant to be tried again and then carries the same ids. Changes are
 * published one after the other, so that updates of one finding leave in their order.
 */
export async function notify(
  { findings, alerts, policy, alertsFrom = 'medium' }: NotifyDeps,
  changes: readonly FindingChange[],
): Promise<Done[]> {
  const results: Done[] = [];
  for (const change of changes) {
    results.push(await attempt(() => publish(change)));
  }
  return results;

  async function publish(change: FindingChange): Promise<void> {
    const event = eventOf(change, policy);
    if (event === undefined) return;
    const record = change.after;
    const status = statusOf(record, policy);
    const attributes = attributesOf(record, status, policy);
    const ocsf = toOcsf(record, { policy, event });
    await findings.publish({
      subject: subjectOf(record, ocsf.message),
      body: JSON.stringify(ocsf),
      attributes,
    });
    if (alerts !== undefined && status === 'open' && atLeast(record.severity, alertsFrom)) {
      await alerts.publish({ ...alertText(record, policy), attributes });
    }
  }
}

/** Runs one change and keeps its failure as data, so that the others are still tried. */
export async function attempt(work: () => Promise<void>): Promise<Done> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

/**
 * What subscribers can filter on. `region`, `kind` and `signals` are JSON arrays, which SNS matches by any element;
 * Regions and kinds are those of the members that speak against the subject.
 */
function attributesOf(record: FindingRecord, status: string, policy: Policy): Record<string, string> {
  const telling = record.members.filter(({ evidence }) => evidence.length > 0);
  const members = telling.length > 0 ? telling : record.members;
  const list = (values: readonly string[]): string => JSON.stringify(unique(values).slice(0, 40));
  return {
    severity: record.severity,
    status,
    account: clean(record.account, 64),
    region: list(members.map(({ activity }) => clean(activity.region, 40))),
    kind: list(members.map(({ activity }) => activity.kind)),
    signals: list(explain(record, policy).parts.map(({ signal }) => signal)),
  };
}
