import { Command, Option } from 'commander';
import { jobsArgument, POLICY_OPTION } from '../replay/arguments.ts';
import type { TuneOptions } from '../tune/run.ts';

/** `launchtrail tune`: what of the policy would have spared the findings that were closed as expected. */
export function tuneCommand(): Command {
  return new Command('tune')
    .description(
      'propose the narrowest changes of the policy by which needless findings are not heard of; changes nothing',
    )
    .argument('<path...>', 'files, folders (searched through), s3://bucket/prefix, as for replay')
    .option('--decisions <file>', 'how findings were closed, as findings export writes it')
    .option('--state <file>', 'state file with what findings close has decided')
    .option('--stack <name>', 'CloudFormation stack with what findings close has decided')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--policy <file>', POLICY_OPTION)
    .option('--owner <name>', 'who answers for exceptions', 'WHO ANSWERS FOR IT?')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--jobs <n>', 'threads that read while another judges', jobsArgument)
    .option('--asn-database <file>', 'MMDB with autonomous systems (default: none)')
    .option('--country-database <file>', 'MMDB with countries, or none (default: the one bundled)')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: TuneOptions) => {
      process.exitCode = await (await import('../tune/run.ts')).runTune(paths, options);
    });
}

const HELP = `
Decisions are benign (expected), false (we were wrong), test or confirmed. A change is proposed where it silences at least two
findings that were closed as benign or false, leaves each confirmed one and each of the simulated attacks as severe as it
was, and makes nothing else heard.

Exit: 0 done, whether something is proposed or not, 1 wrong usage, 2 some input was damaged.`;
