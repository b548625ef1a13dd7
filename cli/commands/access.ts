import { Command, Option } from 'commander';
import type { AccessOptions } from '../access/tell.ts';

/** `launchtrail access`: who can launch, and what else leads there. */
export function accessCommand(): Command {
  return new Command('access')
    .description(
      'say who can launch instances, share snapshots or grant itself that, and through which statement',
    )
    .argument(
      '<file...>',
      'what `aws iam get-account-authorization-details` wrote, of one or several accounts',
    )
    .option(
      '--organisation <file>',
      'the SCPs over each account, as docs/access.md says; without it verdicts are before SCPs',
    )
    .addOption(new Option('--format <format>', 'how to write it').choices(['table', 'json']).default('table'))
    .action(async (files: string[], options: AccessOptions) => {
      process.exitCode = await (await import('../access/tell.ts')).tellAccess(files, options);
    });
}
