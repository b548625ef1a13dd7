import { Command, Option } from 'commander';
import type { AccessOptions } from '../access/run.ts';

/** `launchtrail access`: who can launch, and what else leads there. */
export function accessCommand(): Command {
  const command = new Command('access')
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
    .option(
      '--remedy',
      'with --state: what takes away each way that nobody used, and what gives it back; changes nothing',
    )
    .option(
      '--check-with-aws <n>',
      "put this many requests, drawn at random, to AWS's own simulator with your credentials, and name where it says otherwise",
    )
    .addOption(
      new Option('--format <format>', 'how to write it').choices(['table', 'json', 'html']).default('table'),
    )
    .action(async (files: string[], options: AccessOptions) => {
      process.exitCode = await (await import('../access/run.ts')).tellAccess(files, options);
    });
  command
    .command('ask')
    .description('answer what SimulateCustomPolicy takes, one JSON object a line, without AWS')
    .argument('[file]', 'the input or inputs; standard input without it', '-')
    .action(async (file: string) => {
      process.exitCode = await (await import('../access/ask.ts')).tellAnswers(file);
    });
  return command;
}
