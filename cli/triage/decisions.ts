import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { DecisionStore } from '../../app/ports.ts';
import { copyKey, placeKey } from '../../core/activity/activity.ts';
import { clean } from '../../core/activity/clean.ts';
import { type Decision, RULINGS } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { reasonOf } from '../input/damage.ts';

/** Nobody could decide about a finding before. */
const FIRST = Date.UTC(2026, 0, 1);
/** Clocks differ, but not by more, ms. */
const AHEAD = 7 * 86_400_000;

/** All that was ever decided, oldest first. */
export async function decisionsIn(store: Pick<DecisionStore, 'within'>): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for await (const decision of store.within({ from: FIRST, to: Date.now() + AHEAD }))
    decisions.push(decision);
  return decisions;
}

/** A decision as a line of a file that `readDecisions` takes. */
export const decisionLine = (decision: Decision): string => `${JSON.stringify(decision)}\n`;

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.transform((written) => clean(written, most)),
  );
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const DecisionSchema: v.GenericSchema<unknown, Decision> = v.object({
  id: v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)),
  at: time,
  as: v.picklist(RULINGS),
  finding: text(200),
  severity: v.picklist(SEVERITIES),
  records: v.pipe(
    v.array(v.object({ account: v.string(), subject: v.string(), at: time, id: v.string() })),
    v.nonEmpty(),
  ),
  // that AWS has said who it was is left out: whoever writes a file can write that, too
  by: v.object({ name: text(200) }),
  note: v.exactOptional(text(500)),
  policy: v.exactOptional(
    v.object({ version: v.exactOptional(v.number()), sha256: v.exactOptional(text(64)) }),
  ),
});

export type ReadDecisions =
  | { readonly ok: true; readonly decisions: readonly Decision[] }
  /** One line for each thing that is wrong, with its place. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads decisions from the lines that `launchtrail findings export` writes. */
export function readDecisions(name: string, content: string): ReadDecisions {
  const problems: string[] = [];
  const decisions: Decision[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = decisionIn(line);
    if (typeof read === 'string') problems.push(`${name}:${index + 1}: ${read}`);
    else decisions.push(read);
  }
  if (problems.length > 0) return { ok: false, problems };
  if (decisions.length > 0) return { ok: true, decisions };
  return { ok: false, problems: [`${name}: it holds no decision; launchtrail findings export writes them`] };
}

function decisionIn(line: string): Decision | string {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  const { issues, output, success } = v.safeParse(DecisionSchema, content);
  if (success) return output;
  const [{ message, path }] = issues;
  const key = path?.map((step) => String(step.key)).join('.') ?? '';
  return `is no decision as launchtrail findings export writes it: ${key === '' ? '' : `${clean(key, 60)}: `}${clean(message, 200)}`;
}

/** The same of a file by its name. */
export async function decisionsInFile(file: string): Promise<ReadDecisions> {
  try {
    return readDecisions(clean(file, 200), await readFile(file, 'utf8'));
  } catch (error) {
    return { ok: false, problems: [`${clean(file, 200)}: ${reasonOf(error)}`] };
  }
}

/** The decisions that an option names; none where it is not given. */
export const decisionsAsked = async (file: string | undefined): Promise<ReadDecisions> =>
  file === undefined ? { ok: true, decisions: [] } : decisionsInFile(file);

/** Decisions that are about none of some findings. */
export function unmatchedBy(
  findings: readonly FindingRecord[],
  decisions: readonly Decision[],
): readonly Decision[] {
  const there = new Set(findings.flatMap(({ members }) => members.map(({ activity }) => copyKey(activity))));
  return decisions.filter(({ records }) => !records.some((record) => there.has(placeKey(record))));
}
