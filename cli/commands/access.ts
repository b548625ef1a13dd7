import { Command, Option } from 'commander';
import type { AccessOptions } from '../access/run.ts';

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
    .option(
      '--state <file>',
      'SQLite file written by replay --state: says of those who are able when they last launched',
    )
    .option('--output <file>', 'where to write it, instead of standard output')
    .addOption(
      new Option('--format <format>', 'how to write it').choices(['table', 'json', 'html']).default('table'),
    )
    .action(async (files: string[], options: AccessOptions) => {
      process.exitCode = await (await import('../access/run.ts')).tellAccess(files, options);
    });
}
