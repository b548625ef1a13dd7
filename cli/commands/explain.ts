import { extname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExplainOptions } from '../explain/run.ts';
import { jobsArgument, POLICY_OPTION } from '../replay/arguments.ts';
import { DECISIONS } from './input-options.ts';

/** `launchtrail explain`: one finding told in full, with the way its data went. */
export function explainCommand(): Command {
  return new Command('explain')
    .description(
      'tell one finding in full: who did what in which order, why it counts, where the data came from',
    )
    .argument(
      '<what>',
      'a finding (or the unique beginning of its id), the eventID of a record in it, a resource it touches, or who acts in it',
    )
    .argument('[path...]', 'without --state and --stack: the records to replay first, as for replay')
    .option('--state <file>', 'SQLite file written by replay --state')
    .option('--stack <name>', 'CloudFormation stack of a deployment, read with your AWS credentials')
    .option('--region <region>', 'Region of the stack (default: that of your AWS settings)')
    .option('--policy <file>', `${POLICY_OPTION}; name the one the records were judged with`)
    .addOption(new Option(...DECISIONS).conflicts(['state', 'stack']))
    .option('--graph <file>', 'also draw the lineage: .svg a picture, .mmd Mermaid text', graphArgument)
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--jobs <n>', 'files read and inflated ahead while one thread judges', jobsArgument, 2)
    .option('--asn-database <file>', 'MMDB with autonomous systems, for a replay (default: none)')
    .option(
      '--country-database <file>',
      'MMDB with countries, for a replay, or none (default: the one bundled)',
    )
    .addHelpText('after', HELP)
    .action(async (id: string, paths: string[], options: ExplainOptions) => {
      process.exitCode = await (await import('../explain/run.ts')).runExplain(id, paths, options);
    });
}

const HELP = `
Exit: 0 told, 1 wrong usage or no such finding, 2 told, but some input was damaged.`;

function graphArgument(file: string): string {
  if (!['.svg', '.mmd'].includes(extname(file)))
    throw new InvalidArgumentError('Expected a file that ends in .svg or .mmd.');
  return file;
}
