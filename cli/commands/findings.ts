import { Command, Option } from 'commander';
import { CLOSINGS, type Closing } from '../../core/findings/decision.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import type { ListOptions } from '../findings/run.ts';
import { POLICY_OPTION, severityArgument } from '../replay/arguments.ts';
import { FORMATS } from '../replay/formats.ts';
import type { ExportOptions } from '../triage/export.ts';
import type { DecideOptions } from '../triage/run.ts';
import type { ShowOptions } from '../triage/show.ts';

/** `launchtrail findings`: what earlier runs, or a deployment, have found, and what people decide about it. */
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
    .option('--closed', 'print what is closed, too')
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
  command
    .command('export')
    .description('write all that was decided, a line each, for replay --decisions and tune --decisions')
    .option('--state <file>', 'SQLite file written by replay --state')
    .option('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--output <file>', 'write to a file instead of standard output')
    .action(async (options: ExportOptions) => {
      process.exitCode = await (await import('../triage/export.ts')).exportDecisions(options);
    });
  addTriage(command);
  return command;
}

/** What looks at one finding, and what decides about some. */
function addTriage(command: Command): void {
  sourced(command.command('show'))
    .description('print a finding, where it stands, and everything that was decided about it')
    .argument('<id>', "a finding's id, the beginning of one, or the id of a record that stands in it")
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action(async (id: string, options: ShowOptions) => {
      process.exitCode = await (await import('../triage/show.ts')).showFinding(id, options);
    });
  sourced(command.command('ack'))
    .description('say that somebody looks at a finding')
    .argument('<id...>', IDS)
    .option('--note <text>', NOTE)
    .action(async (ids: string[], options: DecideOptions) => {
      process.exitCode = await (await import('../triage/run.ts')).decideOn(ids, 'acknowledged', options);
    });
  sourced(command.command('close'))
    .description('close a finding: what was benign or false becomes familiar, what was confirmed never does')
    .argument('<id...>', IDS)
    .addOption(new Option('--as <what>', 'what it was').choices(CLOSINGS).makeOptionMandatory())
    .requiredOption('--note <text>', NOTE)
    .option('--yes', 'do not ask')
    .action(async (ids: string[], { as, ...options }: DecideOptions & { as: Closing }) => {
      process.exitCode = await (await import('../triage/run.ts')).decideOn(ids, as, options);
    });
  sourced(command.command('reopen'))
    .description('take a decision back')
    .argument('<id...>', IDS)
    .option('--note <text>', NOTE)
    .action(async (ids: string[], options: DecideOptions) => {
      process.exitCode = await (await import('../triage/run.ts')).decideOn(ids, 'reopened', options);
    });
}

const IDS = 'ids of findings, or the beginnings of them';
const NOTE = 'why, for those who look later';

const sourced = (command: Command): Command =>
  command
    .option('--state <file>', 'SQLite file written by replay --state')
    .option('--stack <name>', 'CloudFormation stack of a deployment, with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--policy <file>', POLICY_OPTION);
