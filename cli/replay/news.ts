import type { Telling } from '../../adapters/sqlite/tellings.ts';
import { type Event, eventOf, type Told, toldOf } from '../../app/told.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { findingId } from '../../core/findings/stories.ts';
import type { Policy } from '../../core/policy/policy.ts';

/** What has become of findings since they were last told. */
export interface News {
  /** Of findings that there is something to tell of: what. By id. */
  readonly events: ReadonlyMap<string, Event>;
  /** What is to be kept once it is told: of every finding of the news, and of those that closed. */
  readonly tellings: readonly Telling[];
}

/**
 * Compares findings with what was told before, as whoever is told in AWS is told: of what is new, became more severe, grew by a
 * kind of evidence, an opening or an instance, or was opened or closed again.
 *
 * A finding that an earlier record gave another beginning, and so another id, is news only as far as what it was before did not
 * say it already.
 */
export function newsOf(
  findings: readonly FindingRecord[],
  before: ReadonlyMap<string, Pick<Telling, 'told'>>,
  policy: Policy,
): News {
  const events = new Map<string, Event>();
  const tellings: Telling[] = [];
  const open = new Map(findings.map((finding) => [finding.id, finding]));
  const holder = new Map<string, string>();
  for (const finding of findings) {
    const within = finding.members
      .map(({ activity }) => findingId(activity))
      .filter((id) => id !== finding.id);
    const told = [finding.id, ...within].flatMap((id) => before.get(id)?.told ?? []);
    for (const id of within) holder.set(id, finding.id);
    const earlier = together(told);
    const became = eventOf(earlier, finding, policy);
    const event = became === 'changed' ? undefined : became;
    if (event !== undefined) events.set(finding.id, event);
    if (event !== undefined || !before.has(finding.id))
      tellings.push({ id: finding.id, event: event ?? 'renamed', told: toldOf(finding, policy, earlier) });
  }
  for (const [id, { told }] of before) {
    if (told.status !== 'open' || open.has(id)) continue;
    const into = holder.get(id);
    const status = into === undefined ? 'withdrawn' : 'merged';
    tellings.push({ id, event: 'closed', told: { ...told, status, ...(into !== undefined && { into }) } });
  }
  return { events, tellings };
}

/** What was told of several findings that are one now, as if it had been told of one. */
function together(told: readonly Told[]): Told | undefined {
  const open = told.filter(({ status }) => status === 'open');
  const [first] = open.length > 0 ? open : told;
  if (first === undefined || open.length < 2) return first;
  const worst = open.toSorted((a, b) => rank(b) - rank(a))[0] ?? first;
  return { ...first, severity: worst.severity, held: [...new Set(open.flatMap(({ held }) => held))] };
}

const rank = ({ severity }: Told): number => SEVERITIES.indexOf(severity);
