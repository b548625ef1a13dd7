import { Command } from 'commander';
import { jobsArgument, POLICY_OPTION, timeArgument } from '../replay/arguments.ts';
import type { SeedOptions } from '../seed/run.ts';

/** `launchtrail seed`: history before the first alert. */
export function seedCommand(): Command {
  return new Command('seed')
    .description(
      'give a deployment the history that CloudTrail files or CloudTrail itself hold, and tell nobody of it',
    )
    .argument('[path...]', 'files, folders (searched through), s3://bucket/prefix, as for replay')
    .option(
      '--lookup-events [region...]',
      'instead of files, what CloudTrail keeps of these Regions for 90 days (default: of the Region of the stack)',
    )
    .requiredOption(
      '--stack <name>',
      'CloudFormation stack of a deployment, written to with your AWS credentials',
    )
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .requiredOption(
      '--until <time>',
      'when the deployment began to hear of these accounts: what happened before is history',
      timeArgument,
    )
    .option('--learn-from <time>', 'skip records before this date or time', timeArgument)
    .option('--account <id...>', 'records of these accounts alone, which joined later (default: of all)')
    .option('--policy <file>', `${POLICY_OPTION}; name the one the stack has`)
    .option('--jobs <n>', 'threads that read while another judges', jobsArgument)
    .option('--country-database <file>', 'MMDB with countries, or none (default: the one bundled)')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: SeedOptions) => {
      process.exitCode = await (await import('../seed/run.ts')).runSeed(paths, options);
    });
}

const HELP = `
--lookup-events reads the account of your credentials, a hundred records a second in each Region at most. What changes users
and roles is kept in us-east-1.

Interrupted, it is begun anew: what is there already is judged again, which changes nothing. Live records may arrive meanwhile.

Exit: 0 done, 1 wrong usage or no record found, 2 some input damaged or not judged.`;
