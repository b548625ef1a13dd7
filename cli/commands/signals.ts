import { Command } from 'commander';
import { POLICY_OPTION } from '../replay/arguments.ts';

/** `launchtrail signals`: what is asked of every activity, and why. */
export function signalsCommand(): Command {
  return new Command('signals')
    .description(
      'list the signals with their weights, or say of one what it asks, why, and when it is silent',
    )
    .argument('[id]', 'a signal')
    .option('--policy <file>', POLICY_OPTION)
    .action(async (id: string | undefined, { policy }: { policy?: string }) => {
      process.exitCode = await (await import('../signals.ts')).tellSignals(id, policy);
    });
}
