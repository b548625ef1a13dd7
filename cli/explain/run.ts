import { writeFile } from 'node:fs/promises';
import type { DecisionStore } from '../../app/ports.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { mermaid } from '../../tell/mermaid.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { findFiles } from '../input/find-files.ts';
import { loadPolicyOf } from '../load-policy.ts';
import { openConsole } from '../replay/console.ts';
import { deciding } from '../replay/decided.ts';
import { openNetworks } from '../replay/networks.ts';
import { replay } from '../replay/replay.ts';
import type { Stores } from '../replay/stores.ts';
import { problemWriting } from '../replay/write-output.ts';
import { decisionsAsked } from '../triage/decisions.ts';
import { wrong } from '../wrong.ts';
import { findFinding } from './find.ts';
import { gather } from './gather.ts';
import { openSource } from './source.ts';
import { svg } from './svg.ts';
import { tell } from './telling.ts';
import { text } from './text.ts';

export interface ExplainOptions {
  readonly state?: string;
  readonly stack?: string;
  readonly region?: string;
  readonly policy?: string;
  readonly decisions?: string;
  readonly graph?: string;
  readonly format: 'text' | 'json';
  readonly jobs: number;
  readonly asnDatabase?: string;
  readonly countryDatabase?: string;
}

const DEFAULT_WIDTH = 120;

/** Tells what is asked for; gives the exit code. */
export async function runExplain(
  id: string,
  paths: readonly string[],
  options: ExplainOptions,
): Promise<number> {
  const { state, stack } = options;
  const sources = [state, stack, paths[0]].filter((source) => source !== undefined);
  if (sources.length > 1)
    return wrong('give either --state, --stack or paths to replay, not several of them');
  if (sources.length === 0) {
    return wrong(
      'name the file of replay --state with --state, a deployment with --stack, or the records themselves: launchtrail explain ID path…',
    );
  }
  const unwritable = options.graph === undefined ? undefined : await problemWriting(options.graph);
  if (unwritable !== undefined) return wrong(unwritable);

  const decided = await decisionsAsked(options.decisions);
  if (!decided.ok) return wrong(...decided.problems);
  const opened = await openSource(options);
  if (typeof opened === 'string') return wrong(opened);
  try {
    const policy = await loadPolicyOf(options.policy, opened);
    if (!policy.ok) return wrong(...policy.problems);
    if (paths.length === 0) return await explain(opened, id, policy.policy, options);
    const judged = await judge(opened, paths, policy.policy, decided.decisions, options);
    if (typeof judged === 'string') return wrong(judged);
    const { damaged, decisions } = judged;
    const exit = await explain({ ...opened, decisions }, id, policy.policy, options);
    return exit === EXIT.done && damaged ? EXIT.damaged : exit;
  } catch (error) {
    if (stack === undefined) throw error;
    return wrong((await import('../redrive/stack.ts')).awsTrouble(error, stack));
  } finally {
    opened.close();
  }
}

/** Replays the records; what was decided about them and whether some were damaged, or why nothing could be read. */
async function judge(
  { history, verdicts }: Stores,
  paths: readonly string[],
  policy: Policy,
  decisions: readonly Decision[],
  options: ExplainOptions,
): Promise<{ damaged: boolean; decisions: DecisionStore } | string> {
  const networks = await openNetworks(options).catch((error: unknown) => reasonOf(error));
  if (typeof networks === 'string') return networks;
  const found = await findFiles(paths);
  const known = found.files.every(({ plain }) => plain);
  const console = await openConsole(known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0);
  try {
    const deps = await deciding({ history, verdicts, policy, networks }, decisions);
    const { tally } = await replay(deps, found, {}, console);
    if (tally.read === 0) {
      return tally.damaged > 0
        ? 'nothing could be read'
        : 'no .json, .jsonl or .ndjson files with records found';
    }
    return { damaged: tally.damaged + tally.failed > 0, decisions: deps.decisions };
  } finally {
    console.stop();
  }
}

async function explain(stores: Stores, id: string, policy: Policy, options: ExplainOptions): Promise<number> {
  const answer = await findFinding(stores, id, policy);
  if (!answer.ok) return wrong(...answer.lines);
  const around = await gather(stores.history, answer.record, policy);
  const { telling, graph } = tell(answer.record, around, policy, answer.notes);
  if (options.graph !== undefined) {
    const title = `${telling.severity.toUpperCase()} ${telling.score.toFixed(1)}: ${telling.title}`;
    await writeFile(
      options.graph,
      options.graph.endsWith('.svg') ? svg(graph, telling) : mermaid(graph, title),
    );
  }
  const width = process.stdout.isTTY ? Math.max(60, Math.min(160, process.stdout.columns)) : DEFAULT_WIDTH;
  process.stdout.write(
    options.format === 'json' ? `${JSON.stringify(telling, null, 2)}\n` : text(telling, width),
  );
  return EXIT.done;
}
