import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Policy } from '../../core/policy/policy.ts';
import { mermaid } from '../../tell/mermaid.ts';
import { EXIT } from '../exit.ts';
import { findFinding } from '../explain/find.ts';
import { gather } from '../explain/gather.ts';
import { openSource } from '../explain/source.ts';
import { svg } from '../explain/svg.ts';
import { tell } from '../explain/telling.ts';
import { text } from '../explain/text.ts';
import { reasonOf } from '../input/damage.ts';
import { findFiles } from '../input/find-files.ts';
import { loadPolicy, POLICY_OPTION } from '../load-policy.ts';
import { jobsArgument } from '../replay/arguments.ts';
import { openConsole } from '../replay/console.ts';
import { openNetworks } from '../replay/networks.ts';
import { replay } from '../replay/replay.ts';
import type { Stores } from '../replay/stores.ts';
import { problemWriting } from '../replay/write-output.ts';
import { wrong } from '../wrong.ts';

interface Options {
  readonly state?: string;
  readonly stack?: string;
  readonly region?: string;
  readonly policy?: string;
  readonly graph?: string;
  readonly format: 'text' | 'json';
  readonly jobs: number;
  readonly asnDatabase?: string;
  readonly countryDatabase?: string;
}

const DEFAULT_WIDTH = 120;

/** `launchtrail explain`: one finding told in full, with the way its data went. */
export function explainCommand(): Command {
  return new Command('explain')
    .description(
      'tell one finding in full: who did what in which order, why it counts, where the data came from',
    )
    .argument(
      '<what>',
      'a finding (or the unique beginning of its id), the eventID of a record in it, a resource it touches, or who acts in it',
    )
    .argument('[path...]', 'without --state and --stack: the records to replay first, as for replay')
    .option('--state <file>', 'SQLite file written by replay --state')
    .option('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--policy <file>', `${POLICY_OPTION}; name the one the records were judged with`)
    .option('--graph <file>', 'also draw the lineage: .svg a picture, .mmd Mermaid text', graphArgument)
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--jobs <n>', 'files read and inflated ahead while one thread judges', jobsArgument, 2)
    .option('--asn-database <file>', 'MMDB with autonomous systems, for a replay (default: none)')
    .option(
      '--country-database <file>',
      'MMDB with countries, for a replay, or none (default: the one bundled)',
    )
    .addHelpText('after', HELP)
    .action(async (id: string, paths: string[], options: Options) => {
      process.exitCode = await run(id, paths, options);
    });
}

const HELP = `
Exit: 0 told, 1 wrong usage or no such finding, 2 told, but some input was damaged.`;

function graphArgument(file: string): string {
  if (!['.svg', '.mmd'].includes(extname(file)))
    throw new InvalidArgumentError('Expected a file that ends in .svg or .mmd.');
  return file;
}

async function run(id: string, paths: readonly string[], options: Options): Promise<number> {
  const { state, stack } = options;
  const sources = [state, stack, paths[0]].filter((source) => source !== undefined);
  if (sources.length > 1)
    return wrong('give either --state, --stack or paths to replay, not several of them');
  if (sources.length === 0) {
    return wrong(
      'name the file of replay --state with --state, a deployment with --stack, or the records themselves: launchtrail explain ID path…',
    );
  }
  const policy = await loadPolicy(options.policy);
  if (!policy.ok) return wrong(...policy.problems);
  const unwritable = options.graph === undefined ? undefined : await problemWriting(options.graph);
  if (unwritable !== undefined) return wrong(unwritable);

  const opened = await openSource(options);
  if (typeof opened === 'string') return wrong(opened);
  try {
    const damaged = paths.length > 0 && (await judge(opened, paths, policy.policy, options));
    if (typeof damaged === 'string') return wrong(damaged);
    const exit = await explain(opened, id, policy.policy, options);
    return exit === EXIT.done && damaged ? EXIT.damaged : exit;
  } catch (error) {
    if (stack === undefined) throw error;
    return wrong((await import('../explain/deployed.ts')).awsTrouble(error, stack));
  } finally {
    opened.close();
  }
}

/** Replays the records; whether some were damaged, or why nothing could be read. */
async function judge(
  { history, verdicts }: Stores,
  paths: readonly string[],
  policy: Policy,
  options: Options,
): Promise<boolean | string> {
  const networks = await openNetworks(options).catch((error: unknown) => reasonOf(error));
  if (typeof networks === 'string') return networks;
  const found = await findFiles(paths);
  const known = found.files.every(({ plain }) => plain);
  const console = await openConsole(known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0);
  try {
    const { tally } = await replay({ history, verdicts, policy, networks }, found, {}, console);
    if (tally.read === 0) {
      return tally.damaged > 0
        ? 'nothing could be read'
        : 'no .json, .jsonl or .ndjson files with records found';
    }
    return tally.damaged + tally.failed > 0;
  } finally {
    console.stop();
  }
}

async function explain(stores: Stores, id: string, policy: Policy, options: Options): Promise<number> {
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
