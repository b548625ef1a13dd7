import { findingsIn } from '../../app/findings-in.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain } from '../../core/findings/assess.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { shellWord } from '../../tell/aws-ids.ts';
import type { Details, Entry } from '../../tell/html/model.ts';
import { shown } from '../../tell/shown.ts';
import { openSource } from '../explain/source.ts';
import { reasonOf } from '../input/damage.ts';
import { loadPolicyOf } from '../load-policy.ts';
import { type Console, openConsole } from '../replay/console.ts';
import { type Learning, stillLearning } from '../replay/coverage.ts';
import { deciding } from '../replay/decided.ts';
import { onInterrupt } from '../replay/interrupt.ts';
import { nothingUnderstood } from '../replay/others.ts';
import { outcomeOf } from '../replay/outcome.ts';
import { type InputOptions, prepare } from '../replay/prepare.ts';
import { replay } from '../replay/replay.ts';
import { rowOf } from '../replay/row.ts';
import type { Stores } from '../replay/stores.ts';
import { emptyTally, type Tally } from '../replay/tally.ts';
import { openOutput, problemWriting } from '../replay/write-output.ts';
import { decisionsAsked } from '../triage/decisions.ts';
import { wrong } from '../wrong.ts';
import { actorsOf } from './actors.ts';
import { detailsOf } from './details.ts';
import { pageScript } from './script.ts';
import { readingOf, summaryOf } from './summary.ts';
import { pageOf } from './write.ts';

export interface ReportOptions extends InputOptions {
  readonly output: string;
  readonly state?: string;
  readonly decisions?: string;
  readonly minSeverity?: Severity;
  readonly failOn?: Severity;
  readonly full?: boolean;
}

/** Judges the records, or reads what was found before, and writes the page; gives the exit code. */
export async function runReport(
  paths: readonly string[],
  options: ReportOptions,
  argv: readonly string[],
): Promise<number> {
  const { state, output, full = false } = options;
  if (state !== undefined && paths.length > 0)
    return wrong(
      'give either paths or --state, not both; launchtrail replay PATH --state FILE adds records to a state',
    );
  const problem = await problemWriting(output);
  if (problem !== undefined) return wrong(problem);
  const decided = await decisionsAsked(options.decisions);
  if (!decided.ok) return wrong(...decided.problems);
  const started = performance.now();
  const stores = await openSource(options);
  if (typeof stores === 'string') return wrong(stores);
  const loaded = await loadPolicyOf(options.policy, stores);
  if (!loaded.ok) {
    stores.close();
    return wrong(...loaded.problems);
  }
  const { policy } = loaded;
  const file = openOutput(output);
  const endWatch = onInterrupt(() => {
    file.drop();
    stores.close();
    return 'interrupted before the page was written';
  });
  try {
    const read =
      state === undefined
        ? await judge(stores, paths, policy, decided.decisions, options)
        : await stored(stores, policy);
    if (Array.isArray(read)) return wrong(...read);
    const asked = { ...options, format: 'json' as const, minSeverity: options.minSeverity ?? 'low' };
    const { printed, hidden, exit } = outcomeOf(read.findings, read.tally, policy, asked, undefined);
    const place = state === undefined ? pathWords(paths) : `--state ${shellWord(clean(state, 300))}`;
    const { actors, places } = await actorsOf(stores.history, printed);
    const details: Details[] = [];
    for (const finding of printed) details.push(await detailsOf(stores.history, finding, policy, place));
    const seconds = (performance.now() - started) / 1000;
    const summary = summaryOf(printed, {
      policy,
      policyFrom: loaded.from,
      paths: state === undefined ? (paths.length === 0 ? ['standard input'] : paths) : [state],
      source: state === undefined ? '--state FILE' : place,
      argv,
      now: Date.now(),
      ...(state === undefined && { reading: readingOf(read.tally, { ...read, seconds }) }),
    });
    const entries = printed.map((finding) => entryOf(finding, policy, places));
    const { text, bare } = pageOf({ summary, entries, actors, details }, await pageScript(), { full });
    await file.write([text]);
    const lines = [
      `${clean(output, 300)}: ${grouped(printed.length)} finding${printed.length === 1 ? '' : 's'}, ${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB`,
      ...(bare > 0
        ? [
            `details of the ${grouped(bare)} least severe are left out to keep it below 8 MB; --full keeps all`,
          ]
        : []),
      ...hidden,
    ];
    for (const line of lines) process.stderr.write(`${line}\n`);
    return exit;
  } catch (error) {
    return wrong(reasonOf(error));
  } finally {
    endWatch();
    stores.close();
  }
}

const grouped = (count: number): string => count.toLocaleString('en-GB');

interface Read {
  readonly findings: readonly FindingRecord[];
  readonly tally: Tally;
  readonly problems: readonly string[];
  readonly learning: readonly Learning[];
}

/** Replays the records; why not, where nothing could be judged. */
async function judge(
  { history, verdicts }: Stores,
  paths: readonly string[],
  policy: Policy,
  known: readonly Decision[],
  options: ReportOptions,
): Promise<Read | string[]> {
  const prepared = await prepare(paths, options);
  if (typeof prepared === 'string') return [prepared];
  const { found, networks } = prepared;
  const console = await openConsole(prepared.size);
  const problems: string[] = [];
  const heard: Console = {
    ...console,
    line(text) {
      problems.push(text);
      console.line(text);
    },
  };
  try {
    const deps = await deciding({ history, verdicts, policy, networks }, known);
    const { tally, findings } = await replay(deps, found, prepared.options, heard);
    const nothing = nothingUnderstood(
      tally,
      found.files.every(({ path }) => path === '-'),
    );
    if (nothing !== undefined) return nothing;
    return { findings, tally, problems, learning: await stillLearning(history, tally, policy) };
  } finally {
    console.stop();
  }
}

const stored = async ({ verdicts, decisions }: Stores, policy: Policy): Promise<Read> => ({
  findings: await findingsIn(verdicts, policy, decisions),
  tally: emptyTally(),
  problems: [],
  learning: [],
});

const pathWords = (paths: readonly string[]): string =>
  paths.length === 0 ? 'PATH' : paths.map((path) => shellWord(clean(path, 300))).join(' ');

function entryOf(finding: FindingRecord, policy: Policy, places: ReadonlyMap<string, number>): Entry {
  const { events: _, ...row } = rowOf(finding, policy);
  const { parts } = explain(finding, policy);
  const actor = places.get(finding.id);
  return {
    ...row,
    what: shown(row.what, 400),
    who: shown(row.who, 120),
    families: [...new Set(parts.map(({ family }) => family))],
    records: finding.members.length,
    ...(actor !== undefined && { actor }),
  };
}
