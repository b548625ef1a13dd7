import { Command, Option } from 'commander';
import { ATTACK_NAMES, type AttackName } from '../../simulate/attacks/catalogue.ts';

interface Options {
  readonly attack: AttackName;
  readonly seed: string;
}

/** `launchtrail demo`: two generated weeks with one attack in them, judged before your eyes. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'generate two weeks of a small organisation with one attack, judge them, and explain the finding',
    )
    .addOption(new Option('--attack <name>', 'attack to hide').choices(ATTACK_NAMES).default('gpu-miner'))
    .addOption(
      new Option('--seed <n>', 'another organisation').choices(['1', '2', '3', '4', '5']).default('1'),
    )
    .action(async ({ attack, seed }: Options) => {
      process.exitCode = await (await import('../demo/run.ts')).runDemo(attack, Number(seed));
    });
}
