import type { Triage } from '../core/findings/decision.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { shown } from './shown.ts';

/** Whether nothing is left to do about a finding: later records or a person have said so. */
export const isOver = ({ status, triage }: FindingRecord): boolean =>
  status !== 'open' || triage?.state === 'closed';

/** The severity of a finding, or that it is over. */
export const stateOf = (record: FindingRecord): string =>
  isOver(record) ? 'CLOSED' : record.severity.toUpperCase();

/** The same as `triageLine` where there is something to say, beginning with a capital. */
export const triageNote = ({ triage }: FindingRecord): string[] => {
  if (triage === undefined) return [];
  const line = triageLine(triage);
  return [`${line.slice(0, 1).toUpperCase()}${line.slice(1)}${/[.!?…]$/.test(line) ? '' : '.'}`];
};

/** Where a finding stands, as one line: `closed as benign by ann: the load test`. */
export function triageLine(triage: Triage | undefined): string {
  if (triage === undefined) return 'open: nobody has decided about it yet';
  const { state, as, by, note } = triage;
  const who = by === undefined ? '' : ` by ${shown(by, 200)}`;
  const why = note === undefined ? '' : `: ${shown(note, 500)}`;
  if (state === 'closed') return `closed as ${as}${who}${why}`;
  if (state === 'acknowledged') return `acknowledged${who}${why}`;
  const reasons = reopenedBy(triage);
  if (reasons === undefined) return `reopened${who}${why}`;
  return `reopened, ${reasons} since it was ${as === undefined ? 'acknowledged' : `closed as ${as}`}${who}${why}`;
}

/** Why a finding that was decided about is open again, where nobody has said so. */
function reopenedBy({ since, risen }: Triage): string | undefined {
  const more = since === 0 ? [] : [`${since} ${since === 1 ? 'record' : 'records'} more`];
  const reasons = [...more, ...(risen ? ['more severe'] : [])];
  return reasons.length === 0 ? undefined : reasons.join(' and ');
}
