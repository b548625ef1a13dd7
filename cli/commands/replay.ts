import { Command, Option } from 'commander';
import { SEVERITIES } from '../../core/findings/severity.ts';
import type { DistributedOptions } from '../distributed/run.ts';
import { severityArgument } from '../replay/arguments.ts';
import { FORMATS } from '../replay/formats.ts';
import type { ReplayOptions } from '../replay/run.ts';
import { DECISIONS, PATHS, withInputOptions } from './input-options.ts';

/** `launchtrail replay`: what the detector would have said about CloudTrail records that lie in files. */
export function replayCommand(): Command {
  return withInputOptions(
    new Command('replay')
      .description('judge CloudTrail records from files or S3 and print the findings')
      .argument('[path...]', PATHS)
      .addOption(
        new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('table'),
      )
      .option('--output <file>', 'write findings to a file instead of standard output')
      .option('--details', 'print under each finding of the table its reasons and its id')
      .option(
        '--min-severity <severity>',
        `lowest severity printed: ${SEVERITIES.join(', ')} (default: medium as a table or Markdown, for LOW is context for a hunt; low in the other formats)`,
        severityArgument,
      )
      .option(
        '--state <file>',
        'SQLite file that keeps history and findings between runs; what is new or risen since the last run is printed and counts',
      )
      .option(DECISIONS[0], `${DECISIONS[1]}; a --state keeps it, too`)
      .option('--all', 'print and count all findings of a --state, not the news alone')
      .option(
        '--stack <name>',
        'with --distributed: CloudFormation stack of a deployment that has its state machine',
      )
      .option(
        '--region <region>',
        'with --distributed: Region of the stack (default: that of your AWS settings)',
      )
      .option(
        '--run <name>',
        'with --distributed: name of the run (default: the same for the same question)',
      ),
  )
    .addOption(
      new Option(
        '--distributed',
        'have the state machine of a deployment (-c seedFrom=BUCKET) read and judge a whole trail in S3, by the policy of the stack',
      ).conflicts([
        'policy',
        'state',
        'decisions',
        'all',
        'compare',
        'cloud',
        'jobs',
        'asnDatabase',
        'countryDatabase',
        'requesterPays',
        'verbose',
      ]),
    )
    .addOption(
      new Option(
        '--compare <policy>',
        'judge by two policies, this one and the one named next (--compare A B PATH), and print what people would hear otherwise',
      ).conflicts(['policy', 'state', 'details', 'all', 'since', 'quiet', 'verbose']),
    )
    .addOption(new Option('--quiet', 'print findings and what went wrong, nothing else').conflicts('verbose'))
    .option('--verbose', 'name every account and Region in the summary')
    .addHelpText('after', HELP)
    .action(async (paths: string[], { compare, distributed, ...options }: Options) => {
      process.exitCode = distributed
        ? await (await import('../distributed/run.ts')).runDistributed(paths, options)
        : compare === undefined
          ? await (await import('../replay/run.ts')).runReplay(paths, options)
          : await (await import('../compare/run.ts')).runCompare(compare, paths, options);
    });
}

type Options = ReplayOptions &
  DistributedOptions & { readonly compare?: string; readonly distributed?: true };

const HELP = `
Reads CloudTrail records as files hold them and as others hand them on: CloudTrail files, arrays, JSON lines, EventBridge,
SNS, SQS, Kinesis, Firehose, CloudWatch Logs (subscriptions, filter-log-events, Insights, exports), lookup-events, Athena
and CloudTrail Lake (JSON, CSV, Parquet), Security Lake (OCSF), and exports of Elastic, Splunk, Sentinel, Datadog and Wazuh.
Files may be JSON, JSON lines, CSV, Parquet or log lines, in gzip or ZIP. In folders those named .json, .jsonl, .ndjson,
.csv (each also .gz), .parquet, .zip, or as CloudWatch Logs and Firehose name theirs are read; one named outright is
looked into whatever its name. What is no CloudTrail event is counted and named.

s3://bucket/prefix reads every object whose key begins with prefix, with the AWS credentials and Region of your
environment; it needs s3:ListBucket, s3:GetObject and, where SSE-KMS is used, kms:Decrypt. With --learn-from and --until
objects that CloudTrail delivered before, or more than a day after, are not fetched.

Exit: 0 done, 1 wrong usage or no record understood, 2 some input damaged or not understood, 3 --fail-on reached.`;
