import { RULINGS, type Ruling } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';

/** What a person decided about a finding, by its id or by the records that it held then. */
export interface Decision {
  readonly as: Ruling;
  readonly finding?: string;
  /** eventIDs. */
  readonly records?: readonly string[];
  /** When, ms; of several about one record the last counts, where they do not say when the one that comes last. */
  readonly at?: number;
}

export type ReadDecisions =
  | { readonly ok: true; readonly decisions: readonly Decision[] }
  /** One line for each thing that is wrong, with its place. */
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads decisions from JSON lines such as `{"as":"benign","finding":"lt-…"}` or `{"as":"confirmed","records":["…"]}`. A record may be
 * an object with an `id`; other keys are passed over.
 */
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
  const { as, finding, records, at } = Object(content) as Readonly<Record<string, unknown>>;
  const ruling = RULINGS.find((each) => each === as);
  if (ruling === undefined) return `"as" must be one of ${RULINGS.join(', ')}`;
  const ids = idsIn(records);
  if (typeof finding !== 'string' && ids === undefined)
    return 'names neither a "finding" nor a list of "records"';
  return {
    as: ruling,
    ...(typeof finding === 'string' && { finding }),
    ...(ids !== undefined && { records: ids }),
    ...(typeof at === 'number' && { at }),
  };
}

function idsIn(records: unknown): string[] | undefined {
  if (!Array.isArray(records)) return undefined;
  const ids = records.map((each: unknown) => (typeof each === 'string' ? each : Object(each).id));
  return ids.every((id) => typeof id === 'string') ? ids : undefined;
}

/** What was decided about findings as they are now, by their ids and by the records that they hold. */
export interface Decided {
  readonly needless: readonly FindingRecord[];
  readonly confirmed: readonly FindingRecord[];
  /** Decisions that are about none of the findings. */
  readonly unmatched: number;
}

/** A finding that holds something confirmed is confirmed, whatever else it holds. */
export function decidedOf(findings: readonly FindingRecord[], decisions: readonly Decision[]): Decided {
  const last = new Map<string, Ruling>();
  // sorting keeps the order of those that do not say when
  for (const decision of decisions.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0)))
    for (const name of namesIn(decision)) last.set(name, decision.as);
  const namesOf = ({ id, members }: FindingRecord): string[] => [
    id,
    ...members.map(({ activity }) => activity.id),
  ];
  const isRuled = (finding: FindingRecord, ...rulings: readonly Ruling[]): boolean =>
    namesOf(finding).some((name) => rulings.some((ruling) => last.get(name) === ruling));
  const confirmed = findings.filter((finding) => isRuled(finding, 'confirmed'));
  const needless = findings.filter(
    (finding) => !isRuled(finding, 'confirmed') && isRuled(finding, 'benign', 'false'),
  );
  const there = new Set(findings.flatMap(namesOf));
  const unmatched = decisions.filter((decision) => !namesIn(decision).some((name) => there.has(name)));
  return { needless, confirmed, unmatched: unmatched.length };
}

const namesIn = ({ finding, records = [] }: Decision): string[] => [
  ...(finding === undefined ? [] : [finding]),
  ...records,
];
