import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExplainKeyOptions } from '../policy/explain.ts';
import type { LogOptions, PullOptions } from '../policy/look.ts';
import type { PushOptions } from '../policy/push.ts';
import type { SettingsSource } from '../policy/source.ts';
import { POLICY_OPTION } from '../replay/arguments.ts';

/** `launchtrail policy`: a file to write and check, and versions of it that a deployment judges by. */
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
  command
    .command('lint')
    .description('say what is valid in a policy file and unwise')
    .argument('[file]', 'policy file', 'policy.yaml')
    .action(async (file: string) => {
      process.exitCode = await (await import('../policy/check.ts')).lintFile(file);
    });
  sourced(command.command('explain'))
    .description('say what a key does, what it is and where that comes from')
    .argument('<key>', 'such as rateThreshold.instances, or a section')
    .option('--policy <file>', POLICY_OPTION)
    .action(async (key: string, options: ExplainKeyOptions) => {
      process.exitCode = await (await import('../policy/explain.ts')).runExplainKey(key, options);
    });
  addVersions(command);
  return command;
}

/** What works with the versions of a deployment or a state file. */
function addVersions(command: Command): void {
  sourced(command.command('push'))
    .description('check a policy file, show what it changes, and put it in force without a deployment')
    .argument('[file]', 'policy file', 'policy.yaml')
    .requiredOption('--why <text>', 'why it changes, for those who look later')
    .option('--over <version>', 'push although this version came into force meanwhile', versionArgument)
    .option('--yes', 'do not ask')
    .action(async (file: string, options: PushOptions) => {
      process.exitCode = await (await import('../policy/push.ts')).runPush(file, options);
    });
  sourced(command.command('rollback'))
    .description('put an earlier version in force again')
    .argument('<version>', 'the version to go back to', versionArgument)
    .requiredOption('--why <text>', 'why it changes, for those who look later')
    .option('--yes', 'do not ask')
    .action(async (version: number, options: PushOptions) => {
      process.exitCode = await (await import('../policy/push.ts')).runRollback(version, options);
    });
  sourced(command.command('pull'))
    .description('write the version that is in force, or another, as the file that was pushed')
    .option('--number <version>', 'another version than the one in force', versionArgument)
    .option('--output <file>', 'file to write, or - for standard output', 'policy.yaml')
    .option('--force', 'write over a file that says something else')
    .action(async (options: PullOptions) => {
      process.exitCode = await (await import('../policy/look.ts')).runPull(options);
    });
  sourced(command.command('log'))
    .description('list the versions that have been in force: when, by whom, why')
    .option('--limit <n>', 'how many of the newest', versionArgument, 20)
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action(async (options: LogOptions) => {
      process.exitCode = await (await import('../policy/look.ts')).runLog(options);
    });
  sourced(command.command('diff'))
    .description('say what two policies judge differently, key by key')
    .argument('[a]', 'a version, `current`, a file, or `none` for the built-in defaults', 'current')
    .argument('[b]', 'the same', 'policy.yaml')
    .action(async (a: string, b: string, options: SettingsSource) => {
      process.exitCode = await (await import('../policy/look.ts')).runDiff(a, b, options);
    });
}

const sourced = (command: Command): Command =>
  command
    .option('--stack <name>', 'CloudFormation stack of a deployment, with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--state <file>', 'SQLite file of replay --state, instead of a deployment');

function versionArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}
