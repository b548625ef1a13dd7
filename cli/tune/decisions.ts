import type { FindingRecord } from '../../core/findings/finding.ts';

/** How a finding was closed. */
const CLOSED_AS = ['benign', 'false', 'test', 'confirmed'] as const;
type ClosedAs = (typeof CLOSED_AS)[number];

/** What a person decided about a finding, by its id or by the records that it held then. */
export interface Decision {
  readonly as: ClosedAs;
  readonly finding?: string;
  /** eventIDs. */
  readonly records?: readonly string[];
}

export type ReadDecisions =
  | { readonly ok: true; readonly decisions: readonly Decision[] }
  /** One line for each thing that is wrong, with its place. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads decisions from JSON lines such as `{"as":"benign","finding":"lt-…"}` or `{"as":"confirmed","records":["…"]}`. */
export function readDecisions(name: string, text: string): ReadDecisions {
  const problems: string[] = [];
  const decisions: Decision[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = decisionIn(line);
    if (typeof read === 'string') problems.push(`${name}:${index + 1}: ${read}`);
    else decisions.push(read);
  }
  if (problems.length > 0) return { ok: false, problems };
  if (decisions.length === 0)
    return { ok: false, problems: [`${name}: it holds no decision, so nothing is known to be needless`] };
  return { ok: true, decisions };
}

function decisionIn(line: string): Decision | string {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  const { as, finding, records } = Object(content) as Readonly<Record<string, unknown>>;
  const closedAs = CLOSED_AS.find((each) => each === as);
  if (closedAs === undefined) return `"as" must be one of ${CLOSED_AS.join(', ')}`;
  if (typeof finding === 'string') return { as: closedAs, finding };
  const isList = Array.isArray(records) && records.every((each) => typeof each === 'string');
  return isList ? { as: closedAs, records } : 'names neither a "finding" nor a list of "records"';
}

/**
 * What was decided about findings as they are now: about their id, or about one of their records. One that holds something confirmed is
 * confirmed, whatever else it holds.
 */
export function decidedOf(
  findings: readonly FindingRecord[],
  decisions: readonly Decision[],
): {
  readonly needless: readonly FindingRecord[];
  readonly confirmed: readonly FindingRecord[];
  /** Decisions that are about none of the findings. */
  readonly unmatched: number;
} {
  const namedAs = (wanted: readonly ClosedAs[]): ReadonlySet<string> =>
    new Set(
      decisions
        .filter(({ as }) => wanted.includes(as))
        .flatMap(({ finding, records = [] }) => [...(finding === undefined ? [] : [finding]), ...records]),
    );
  const [expected, real] = [namedAs(['benign', 'false']), namedAs(['confirmed'])];
  const isAmong = ({ id, members }: FindingRecord, names: ReadonlySet<string>): boolean =>
    names.has(id) || members.some(({ activity }) => names.has(activity.id));
  const confirmed = findings.filter((finding) => isAmong(finding, real));
  const needless = findings.filter((finding) => !confirmed.includes(finding) && isAmong(finding, expected));
  const names = new Set(
    findings.flatMap(({ id, members }) => [id, ...members.map(({ activity }) => activity.id)]),
  );
  const unmatched = decisions.filter(
    ({ finding = '', records = [] }) => ![finding, ...records].some((name) => names.has(name)),
  );
  return { needless, confirmed, unmatched: unmatched.length };
}
