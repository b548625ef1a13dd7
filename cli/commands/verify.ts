import { Command } from 'commander';
import type { VerifyOptions } from '../verify/run.ts';

/** `launchtrail verify`: whether a launch would be told. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'follow a harmless launch and a test finding through a deployment, and say which link is broken',
    )
    .requiredOption('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--wait <seconds>', 'how long each link may take', '300')
    .option('--no-launch', 'make no dry-run launch, and so leave CloudTrail and EventBridge out')
    .addHelpText('after', HELP)
    .action(async (options: VerifyOptions) => {
      process.exitCode = await (await import('../verify/run.ts')).runVerify(options);
    });
}

const HELP = `
The launch is a dry run of one t4g.nano: nothing is started, and whether you may start one does not matter. The test finding is
LOW, says that it is a test, and goes to the findings topic alone.

Exit: 0 every link holds, 1 wrong usage, 2 a link is broken.`;
