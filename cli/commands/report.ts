import { Command, Option } from 'commander';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { severityArgument } from '../replay/arguments.ts';
import type { ReportOptions } from '../report/run.ts';
import { DECISIONS, PATHS, withInputOptions } from './input-options.ts';

/** `launchtrail report`: the findings as one page to look at, to send and to print. */
export function reportCommand(): Command {
  return withInputOptions(
    new Command('report')
      .description('write the findings as one HTML page that asks for nothing from anywhere')
      .argument('[path...]', PATHS)
      .option('--state <file>', 'in place of paths: SQLite file written by replay --state')
      .addOption(new Option(...DECISIONS).conflicts('state'))
      .requiredOption('--output <file>', 'the page, e.g. report.html')
      .option(
        '--min-severity <severity>',
        `lowest severity in it: ${SEVERITIES.join(', ')} (default: low)`,
        severityArgument,
      )
      .option('--full', 'keep all details, also where the page gets larger than 8 MB'),
  )
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: ReportOptions) => {
      const argv = ['report', ...process.argv.slice(3)];
      process.exitCode = await (await import('../report/run.ts')).runReport(paths, options, argv);
    });
}

const HELP = `
Exit: 0 done, 1 wrong usage or no record understood, 2 some input damaged or not understood, 3 --fail-on reached.`;
