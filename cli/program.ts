import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { EXIT } from './exit.ts';
import { reasonOf } from './input/damage.ts';

/** Each command loads only what it needs: together they take longer to load than a short replay takes. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['replay', async () => (await import('./commands/replay.ts')).replayCommand()],
  ['simulate', async () => (await import('./commands/simulate.ts')).simulateCommand()],
  ['demo', async () => (await import('./commands/demo.ts')).demoCommand()],
  ['report', async () => (await import('./commands/report.ts')).reportCommand()],
  ['explain', async () => (await import('./commands/explain.ts')).explainCommand()],
  ['access', async () => (await import('./commands/access.ts')).accessCommand()],
  ['findings', async () => (await import('./commands/findings.ts')).findingsCommand()],
  ['redrive', async () => (await import('./commands/redrive.ts')).redriveCommand()],
  ['republish', async () => (await import('./commands/republish.ts')).republishCommand()],
  ['seed', async () => (await import('./commands/seed.ts')).seedCommand()],
  ['verify', async () => (await import('./commands/verify.ts')).verifyCommand()],
  ['signals', async () => (await import('./commands/signals.ts')).signalsCommand()],
  ['tune', async () => (await import('./commands/tune.ts')).tuneCommand()],
  ['policy', async () => (await import('./commands/policy.ts')).policyCommand()],
  ['version', async () => (await import('./commands/version.ts')).versionCommand()],
  ['completion', async () => (await import('./commands/completion.ts')).completionCommand()],
]);

/** Runs the command line; what goes wrong in the world becomes one line and exit code 1, never a stack trace. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  quietOnClosedPipe();
  const program = new Command('launchtrail')
    .description('finds MITRE ATT&CK T1578.002 (Create Cloud Instance) in AWS CloudTrail records')
    .version(packageJson.version)
    .configureHelp({ sortSubcommands: true })
    .showHelpAfterError('(launchtrail --help lists commands and options)');
  // completion is about all of them
  const named = argv[2] === 'completion' ? undefined : COMMANDS.get(argv[2] ?? '');
  for (const load of named === undefined ? COMMANDS.values() : [named]) program.addCommand(await load());
  for (const command of program.commands) inherit(command, program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.stderr.write(`launchtrail: ${reasonOf(error)}\n`);
    process.exitCode = EXIT.wrong;
  }
}

/** Gives sub-commands, which are made in files of their own, the settings of the program. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

/** A reader such as `head` that has seen enough is no error: the run ends with the code it would have had. */
function quietOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
