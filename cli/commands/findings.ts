import { Command, Option } from 'commander';
import { findingsIn } from '../../app/findings-in.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { EXIT } from '../exit.ts';
import { openSource, type Source } from '../explain/source.ts';
import { differenceLines, differenceOf } from '../findings/difference.ts';
import { loadPolicy, POLICY_OPTION } from '../load-policy.ts';
import { severityArgument } from '../replay/arguments.ts';
import { FORMATS, render } from '../replay/formats.ts';
import { type Asked, outcomeOf } from '../replay/outcome.ts';
import { emptyTally } from '../replay/tally.ts';
import { wrong } from '../wrong.ts';

interface Options extends Source, Asked {
  readonly policy?: string;
}

/** `launchtrail findings list`, `diff` and `schema`: what earlier runs, or a deployment, have found. */
export function findingsCommand(): Command {
  const command = new Command('findings').description('findings of a state file or a deployment');
  const least = `lowest severity printed: ${SEVERITIES.join(', ')}`;
  command
    .command('list')
    .description('print the findings of a state file, or of a deployment')
    .option('--state <file>', 'SQLite file written by replay --state')
    .option('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--policy <file>', POLICY_OPTION)
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('table'))
    .option('--min-severity <severity>', least, severityArgument)
    .action(async (options: Options) => {
      process.exitCode = await list(options);
    });
  command
    .command('diff')
    .description('say what the last run with --state found that the one before had not')
    .requiredOption('--state <file>', 'SQLite file written by replay --state')
    .option('--policy <file>', POLICY_OPTION)
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action(
      async ({ state, policy, format }: { state: string; policy?: string; format: 'text' | 'json' }) => {
        process.exitCode = await diff(state, policy, format);
      },
    );
  command
    .command('schema')
    .description('print the JSON Schema of --format json')
    .action(async () => {
      const { findingsJsonSchema } = await import('../findings/schema.ts');
      process.stdout.write(`${JSON.stringify(findingsJsonSchema(), null, 2)}\n`);
    });
  return command;
}

async function list(options: Options): Promise<number> {
  const { state, stack } = options;
  if ((state === undefined) === (stack === undefined))
    return wrong('name the file of replay --state with --state, or a deployment with --stack');
  const loaded = await loadPolicy(options.policy);
  if (!loaded.ok) return wrong(...loaded.problems);
  const stores = await openSource(options);
  if (typeof stores === 'string') return wrong(stores);
  try {
    const findings = await findingsIn(stores.verdicts, loaded.policy);
    const { printed, hidden } = outcomeOf(findings, emptyTally(), loaded.policy, options, undefined);
    const toTerminal = process.stdout.isTTY;
    for (const text of await render(printed, loaded.policy, { format: options.format, toTerminal }))
      process.stdout.write(text);
    for (const line of hidden) process.stderr.write(`${line}\n`);
    return EXIT.done;
  } catch (error) {
    if (stack === undefined) throw error;
    return wrong((await import('../explain/deployed.ts')).awsTrouble(error, stack));
  } finally {
    stores.close();
  }
}

async function diff(state: string, file: string | undefined, format: 'text' | 'json'): Promise<number> {
  const loaded = await loadPolicy(file);
  if (!loaded.ok) return wrong(...loaded.problems);
  const stores = await openSource({ state });
  if (typeof stores === 'string') return wrong(stores);
  try {
    const [last, before] = stores.tellings?.runs(2) ?? [];
    if (last === undefined) return wrong(`state file ${state}: no run has told anything yet`);
    const told = [...(stores.tellings?.all().values() ?? [])].filter(({ run }) => run === last.number);
    const findings = await findingsIn(stores.verdicts, loaded.policy);
    const changes = differenceOf(told, findings, loaded.policy);
    process.stdout.write(
      format === 'json' ? `${JSON.stringify(changes, null, 2)}\n` : differenceLines(changes, last, before),
    );
    return EXIT.done;
  } finally {
    stores.close();
  }
}
