import { memoryDecisions } from '../../adapters/memory/decisions.ts';
import { brokenDatabase } from '../../adapters/sqlite/file.ts';
import { clean } from '../../core/activity/clean.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { reasonOf } from '../input/damage.ts';
import { loadPolicy, loadPolicyOf } from '../load-policy.ts';
import { decisionsAsked, unmatchedBy } from '../triage/decisions.ts';
import { wrong } from '../wrong.ts';
import { type Console, openConsole } from './console.ts';
import { coverageLines, stillLearning } from './coverage.ts';
import { takeOver } from './decided.ts';
import { render } from './formats.ts';
import { onInterrupt } from './interrupt.ts';
import { newsOf } from './news.ts';
import { nothingUnderstood } from './others.ts';
import { type Asked, outcomeOf } from './outcome.ts';
import { accountLines } from './own-accounts.ts';
import { type InputOptions, prepare } from './prepare.ts';
import { replay } from './replay.ts';
import { openStores } from './stores.ts';
import { allUnread, emptyTally, summary } from './tally.ts';
import { openOutput, problemWriting } from './write-output.ts';

export interface ReplayOptions extends Asked, InputOptions {
  readonly output?: string;
  readonly details?: boolean;
  readonly state?: string;
  readonly decisions?: string;
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Judges the records and prints what is to be told; gives the exit code. */
export async function runReplay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const checked = await loadPolicy(options.policy);
  if (!checked.ok) return wrong(...checked.problems);
  const problem = options.output === undefined ? undefined : await problemWriting(options.output);
  if (problem !== undefined) return wrong(problem);

  const decided = await decisionsAsked(options.decisions);
  if (!decided.ok) return wrong(...decided.problems);

  const started = performance.now();
  const prepared = await prepare(paths, options);
  if (typeof prepared === 'string') return wrong(prepared);
  const { found, networks } = prepared;
  const stores = attempt(() => openStores(options.state, (line) => console.line(line)));
  if (typeof stores === 'string') return wrong(stores);
  const loaded = stores.settings === undefined ? checked : await loadPolicyOf(options.policy, stores);
  if (!loaded.ok) {
    stores.close();
    return wrong(...loaded.problems);
  }
  const { policy } = loaded;
  const console = options.quiet ? quietConsole() : await openConsole(prepared.size);
  const output = openOutput(options.output);
  const tally = emptyTally();
  const endWatch = onInterrupt(() => {
    console.stop();
    output.drop();
    stores.close();
    const kept = options.state === undefined ? '' : `; ${options.state} keeps what they taught`;
    return `interrupted after ${tally.judged.toLocaleString('en-GB')} records were judged, before findings were told${kept}`;
  });
  try {
    const { history, verdicts, tellings } = stores;
    const decisions = stores.decisions ?? memoryDecisions();
    const deps = { history, verdicts, policy, networks, decisions };
    await takeOver(deps, decided.decisions);
    const quietly = options.quiet ? { ...found, notes: [] } : found;
    const { findings } = await replay(deps, quietly, prepared.options, console, { tally });
    console.stop();
    const nothing =
      nothingUnderstood(
        tally,
        found.files.every(({ path }) => path === '-'),
      ) ?? allUnread(tally);
    if (nothing !== undefined) return wrong(...nothing);
    const news = tellings && newsOf(findings, tellings.all(), policy);
    const outcome = outcomeOf(findings, tally, policy, options, options.all ? undefined : news);
    process.exitCode = outcome.exit; // kept when a reader such as `head` closes the pipe
    await output.write(
      await render(outcome.printed, policy, {
        format: options.format,
        ...(options.details !== undefined && { details: options.details }),
        toTerminal: options.output === undefined && process.stdout.isTTY,
        events: news?.events,
      }),
    );
    // told is what is out: who dies before this tells it again
    if (news !== undefined) tellings?.add(news.tellings, Date.now());
    if (options.quiet) return outcome.exit;
    const coverage = [
      ...coverageLines(tally, await stillLearning(history, tally, policy), options),
      ...accountLines(new Set(tally.accounts.keys()), findings, policy).map(
        (line, index) => `${index === 0 ? 'ours      ' : '          '} ${line}`,
      ),
      `policy     ${clean(loaded.from, 200)}`,
      ...decidedLines(decided.decisions, findings),
    ];
    const seconds = (performance.now() - started) / 1000;
    for (const line of summary(tally, outcome.reported, { ...outcome, coverage, seconds }))
      process.stderr.write(`${line}\n`);
    return outcome.exit;
  } catch (error) {
    const broken = brokenDatabase(reasonOf(error));
    return wrong(
      broken === undefined
        ? reasonOf(error)
        : `${options.state ?? 'the folder for temporary files'}: ${broken}`,
    );
  } finally {
    endWatch();
    console.stop();
    stores.close();
  }
}

/** How many decisions were taken, and how many of them are about what was not found. */
function decidedLines(decisions: readonly Decision[], findings: readonly FindingRecord[]): string[] {
  if (decisions.length === 0) return [];
  const left = unmatchedBy(findings, decisions).length;
  return [
    `decisions  ${decisions.length} read${left === 0 ? '' : `; ${left} about no finding of these records`}`,
  ];
}

/** Only what went wrong, and no bar. */
const quietConsole = (): Console => ({
  line: (text) => process.stderr.write(`${clean(text, 5_000)}\n`),
  progress: () => {},
  stop: () => {},
});

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return reasonOf(error);
  }
}
