import { Command, Option } from 'commander';
import type { RedriveOptions } from '../redrive/run.ts';

/** `launchtrail redrive`: records that could not be judged go back to where they are judged. */
export function redriveCommand(): Command {
  return new Command('redrive')
    .description('list by reason the records that ended in dead-letter queues, and send them back')
    .requiredOption('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option(
      '--member <account/region...>',
      'also what could not be sent from these Regions of member accounts, such as 444455556666/eu-west-1',
    )
    .option('--send', 'send back what would not fail again, and delete it here once the queue has it')
    .option('--reason <name...>', 'with --send: send these, whether they would fail again or not')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', HELP)
    .action(async (options: RedriveOptions) => {
      process.exitCode = await (await import('../redrive/run.ts')).runRedrive(options);
    });
}

const HELP = `
Why a record could not be judged is found out by reading it once more with this version, so use the one that is deployed.
Messages are hidden from others for ten minutes while they are looked at. Interrupted, it is begun anew: what was sent is
gone from here, and what is judged twice changes nothing.

Exit: 0 done, 1 wrong usage, 2 something could not be sent or deleted.`;
