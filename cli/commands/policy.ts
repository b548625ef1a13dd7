import { Command } from 'commander';

/** `launchtrail policy init`, `check` and `schema`. */
export function policyCommand(): Command {
  const command = new Command('policy').description('work with policy.yaml');
  command
    .command('check')
    .description('say what is wrong with a policy file, with line and column')
    .argument('[file]', 'policy file', 'policy.yaml')
    .action(async (file: string) => {
      process.exitCode = await (await import('../policy/check.ts')).checkPolicy(file);
    });
  command
    .command('init')
    .description(
      'write a first policy from records: which accounts are yours, what else was seen to decide upon',
    )
    .argument('<path...>', 'files, folders or s3://bucket/prefix with records, as for replay')
    .option(
      '--output <file>',
      'file to write, which must not be there, or - for standard output',
      'policy.yaml',
    )
    .action(async (paths: string[], { output }: { output: string }) => {
      process.exitCode = await (await import('../policy/init.ts')).initPolicy(paths, output);
    });
  command
    .command('schema')
    .description('print the JSON Schema of policy.yaml, for editors')
    .action(async () => {
      const { policyJsonSchema } = await import('../policy/check.ts');
      process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
    });
  return command;
}
