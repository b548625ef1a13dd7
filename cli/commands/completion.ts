import { Argument, Command } from 'commander';
import { bashCompletion, fishCompletion, wordsOf, zshCompletion } from '../completion.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `launchtrail completion SHELL`: the script that completes commands, options and their values. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that completes commands, options and values in a shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
  bash  source <(launchtrail completion bash)     in ~/.bashrc
  zsh   source <(launchtrail completion zsh)      in ~/.zshrc, after compinit
  fish  launchtrail completion fish | source      in ~/.config/fish/config.fish`,
    )
    .action((shell: keyof typeof SHELLS, _, command: Command) => {
      if (command.parent !== null) process.stdout.write(SHELLS[shell](wordsOf(command.parent)));
    });
}
