import { Command, Option } from 'commander';
import type { RepublishOptions } from '../redrive/republish.ts';
import { timeArgument } from '../replay/arguments.ts';

/** `launchtrail republish`: changes of findings that were not told are told. */
export function republishCommand(): Command {
  return new Command('republish')
    .description('list by reason the changes of findings that could not be told, and have them told')
    .requiredOption('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--send', 'hand them to the functions that tell them, and delete what these confirm')
    .option('--reason <name...>', 'with --send: these alone')
    .addOption(
      new Option('--all', 'hand over every verdict there is: whatever has not been told is told').conflicts(
        'send',
      ),
    )
    .option(
      '--since <time>',
      'with --all: verdicts on what happened at or after this date or time',
      timeArgument,
    )
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', HELP)
    .action(async (options: RepublishOptions) => {
      process.exitCode = await (await import('../redrive/republish.ts')).runRepublish(options);
    });
}

const HELP = `
A stream keeps changes for a day. After that --all is the way: it costs a read of the table of the findings. Nothing is told
twice, since what has been told is marked; so whoever is interrupted begins anew.

Exit: 0 done, 1 wrong usage, 2 something could not be told.`;
