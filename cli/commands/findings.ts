import { Command, Option } from 'commander';
import { SEVERITIES } from '../../core/findings/severity.ts';
import type { ListOptions } from '../findings/run.ts';
import { POLICY_OPTION, severityArgument } from '../replay/arguments.ts';
import { FORMATS } from '../replay/formats.ts';

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
    .action(async (options: ListOptions) => {
      process.exitCode = await (await import('../findings/run.ts')).listFindings(options);
    });
  command
    .command('diff')
    .description('say what the last run with --state found that the one before had not')
    .requiredOption('--state <file>', 'SQLite file written by replay --state')
    .option('--policy <file>', POLICY_OPTION)
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action(
      async ({ state, policy, format }: { state: string; policy?: string; format: 'text' | 'json' }) => {
        process.exitCode = await (await import('../findings/run.ts')).diffFindings(state, policy, format);
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
