import { Command, Option } from 'commander';
import { brokenDatabase } from '../../adapters/sqlite/file.ts';
import { clean } from '../../core/activity/clean.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { reasonOf } from '../input/damage.ts';
import { findFiles } from '../input/find-files.ts';
import { ALWAYS } from '../input/time-range.ts';
import { loadPolicy, POLICY_OPTION } from '../load-policy.ts';
import { readyWorkers } from '../read-events.ts';
import { jobsArgument, severityArgument, timeArgument } from '../replay/arguments.ts';
import { type Console, openConsole } from '../replay/console.ts';
import { coverageLines, stillLearning } from '../replay/coverage.ts';
import { FORMATS, render } from '../replay/formats.ts';
import { onInterrupt } from '../replay/interrupt.ts';
import { openNetworks } from '../replay/networks.ts';
import { newsOf } from '../replay/news.ts';
import { nothingUnderstood } from '../replay/others.ts';
import { type Asked, outcomeOf } from '../replay/outcome.ts';
import { replay } from '../replay/replay.ts';
import { openStores } from '../replay/stores.ts';
import { emptyTally, summary } from '../replay/tally.ts';
import { openOutput, problemWriting } from '../replay/write-output.ts';
import { wrong } from '../wrong.ts';

interface Options extends Asked {
  readonly output?: string;
  readonly policy?: string;
  readonly state?: string;
  readonly all?: boolean;
  readonly learnFrom?: number;
  readonly until?: number;
  readonly jobs?: number;
  readonly asnDatabase?: string;
  readonly countryDatabase?: string;
  readonly requesterPays?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** `launchtrail replay`: what the detector would have said about CloudTrail records that lie in files. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('judge CloudTrail records from files or S3 and print the findings')
    .argument('[path...]', 'files, folders (searched through), s3://bucket/prefix, or - for standard input')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('table'))
    .option('--output <file>', 'write findings to a file instead of standard output')
    .option(
      '--min-severity <severity>',
      `lowest severity printed: ${SEVERITIES.join(', ')} (default: medium as a table or Markdown, for LOW is context for a hunt; low in the other formats)`,
      severityArgument,
    )
    .option('--policy <file>', POLICY_OPTION)
    .option(
      '--state <file>',
      'SQLite file that keeps history and findings between runs; what is new or risen since the last run is printed and counts',
    )
    .option('--all', 'print and count all findings of a --state, not the news alone')
    .option(
      '--since <time>',
      'report findings with a record at or after this date or time (UTC unless it names a zone); what is older is learnt from',
      timeArgument,
    )
    .option('--learn-from <time>', 'skip records before this date or time', timeArgument)
    .option(
      '--until <time>',
      'skip records at or after this date or time; a date means its first moment',
      timeArgument,
    )
    .option(
      '--jobs <n>',
      'threads that read while another judges (default: one per core, none for small input)',
      jobsArgument,
    )
    .option('--fail-on <severity>', 'exit with 3 if a finding is at least this severe', severityArgument)
    .option('--asn-database <file>', 'MMDB with autonomous systems (default: none)')
    .option(
      '--country-database <file>',
      'MMDB with countries, or none (default: the one that is installed beside)',
    )
    .option('--requester-pays', 'agree to pay for reading buckets that ask for it')
    .addOption(new Option('--quiet', 'print findings and what went wrong, nothing else').conflicts('verbose'))
    .option('--verbose', 'name every account and Region in the summary')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await run(paths, options);
    });
}

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

async function run(paths: string[], options: Options): Promise<number> {
  const loaded = await loadPolicy(options.policy);
  if (!loaded.ok) return wrong(...loaded.problems);
  const { policy } = loaded;
  if (paths.length === 0 && process.stdin.isTTY)
    return wrong('name files or folders, or - for standard input');
  const range = { since: options.learnFrom ?? ALWAYS.since, until: options.until ?? ALWAYS.until };
  const usage = problemWith(options);
  if (usage !== undefined) return wrong(usage);
  const problem = options.output === undefined ? undefined : await problemWriting(options.output);
  if (problem !== undefined) return wrong(problem);

  const networks = await openNetworks(options).catch((error: unknown) => reasonOf(error));
  if (typeof networks === 'string') return wrong(networks);
  const started = performance.now();
  const reading = { ...(options.jobs !== undefined && { jobs: options.jobs }), range };
  const { ready, soFar } = readyWorkers(reading);
  const found = await findFiles(paths.length === 0 ? ['-'] : paths, {
    ...(options.learnFrom !== undefined && { since: options.learnFrom }),
    ...(options.until !== undefined && { until: options.until }),
    ...(options.requesterPays !== undefined && { requesterPays: options.requesterPays }),
    soFar,
  });
  const stores = attempt(() => openStores(options.state, (line) => console.line(line)));
  if (typeof stores === 'string') return wrong(stores);
  const known = found.files.every(({ plain }) => plain);
  const console = options.quiet
    ? quietConsole()
    : await openConsole(known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0);
  const output = openOutput(options.output);
  const tally = emptyTally();
  const endWatch = onInterrupt(() => {
    console.stop();
    output.drop();
    stores.close();
    const kept = options.state === undefined ? '' : `; ${options.state} keeps what they taught`;
    return `interrupted after ${tally.judged.toLocaleString('en-GB')} records were judged, before findings were told${kept}`;
  });
  try {
    const { history, verdicts, tellings } = stores;
    const deps = { history, verdicts, policy, networks };
    const quietly = options.quiet ? { ...found, notes: [] } : found;
    const { findings } = await replay(deps, quietly, { ...reading, ready }, console, tally);
    console.stop();
    const nothing = nothingUnderstood(
      tally,
      found.files.every(({ path }) => path === '-'),
    );
    if (nothing !== undefined) return wrong(...nothing);
    const news = tellings && newsOf(findings, tellings.all(), policy);
    const outcome = outcomeOf(findings, tally, policy, options, options.all ? undefined : news);
    process.exitCode = outcome.exit; // kept when a reader such as `head` closes the pipe
    await output.write(
      await render(outcome.printed, policy, {
        format: options.format,
        toTerminal: options.output === undefined && process.stdout.isTTY,
        events: news?.events,
      }),
    );
    // told is what is out: who dies before this tells it again
    if (news !== undefined) tellings?.add(news.tellings, Date.now());
    if (options.quiet) return outcome.exit;
    const coverage = [
      ...coverageLines(tally, await stillLearning(history, tally, policy), options),
      `policy     ${clean(loaded.from, 200)}`,
    ];
    const seconds = (performance.now() - started) / 1000;
    for (const line of summary(tally, outcome.reported, { ...outcome, coverage, seconds }))
      process.stderr.write(`${line}\n`);
    return outcome.exit;
  } catch (error) {
    const broken = brokenDatabase(reasonOf(error));
    return wrong(
      broken === undefined
        ? reasonOf(error)
        : `${options.state ?? 'the folder for temporary files'}: ${broken}`,
    );
  } finally {
    endWatch();
    console.stop();
    stores.close();
  }
}

function problemWith({ since, learnFrom, until }: Options): string | undefined {
  const never = (option: string): string =>
    `${option} is not before --until: no record could lie between them`;
  if (until !== undefined && since !== undefined && since >= until) return never('--since');
  if (until !== undefined && learnFrom !== undefined && learnFrom >= until) return never('--learn-from');
  if (since !== undefined && learnFrom !== undefined && learnFrom > since)
    return '--learn-from is after --since: what is reported would not be read';
  return undefined;
}

/** Only what went wrong, and no bar. */
const quietConsole = (): Console => ({
  line: (text) => process.stderr.write(`${clean(text, 5_000)}\n`),
  progress: () => {},
  stop: () => {},
});

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return reasonOf(error);
  }
}
