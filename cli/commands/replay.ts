import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast, SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { findFiles } from '../input/find-files.ts';
import { ALWAYS } from '../input/time-range.ts';
import { loadPolicy } from '../load-policy.ts';
import { readyWorkers } from '../read-events.ts';
import { jobsArgument, severityArgument, timeArgument } from '../replay/arguments.ts';
import { openConsole } from '../replay/console.ts';
import { openNetworks } from '../replay/networks.ts';
import { foreignOf, nothingUnderstood } from '../replay/others.ts';
import { FORMATS, type Format, jsonArray, ocsfLines, sorted } from '../replay/render.ts';
import { replay } from '../replay/replay.ts';
import { openStores } from '../replay/stores.ts';
import { summary, type Tally } from '../replay/tally.ts';

interface Options {
  readonly format: Format;
  readonly output?: string;
  readonly details?: boolean;
  readonly minSeverity?: Severity;
  readonly policy?: string;
  readonly state?: string;
  readonly since?: number;
  readonly until?: number;
  readonly jobs?: number;
  readonly failOn?: Severity;
  readonly asnDatabase?: string;
  readonly countryDatabase?: string;
  readonly requesterPays?: boolean;
}

/** `launchtrail replay`: what the detector would have said about CloudTrail records that lie in files. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('judge CloudTrail records from files or S3 and print the findings')
    .argument('[path...]', 'files, folders (searched through), s3://bucket/prefix, or - for standard input')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('table'))
    .option('--output <file>', 'write findings to a file instead of standard output')
    .option('--details', 'print under each finding of the table its reasons and its id')
    .option(
      '--min-severity <severity>',
      `lowest severity printed: ${SEVERITIES.join(', ')} (default: medium as a table, for LOW is context for a hunt; low in the other formats)`,
      severityArgument,
    )
    .option('--policy <file>', 'policy file (default: built-in defaults)')
    .option(
      '--state <file>',
      'SQLite file that keeps history and findings between runs; all its findings are printed',
    )
    .option(
      '--since <time>',
      'skip records before this date or time (UTC unless it names a zone)',
      timeArgument,
    )
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
    .option('--country-database <file>', 'MMDB with countries, or none (default: the one bundled)')
    .option('--requester-pays', 'agree to pay for reading buckets that ask for it')
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
environment; it needs s3:ListBucket, s3:GetObject and, where SSE-KMS is used, kms:Decrypt. With --since and --until
objects that CloudTrail delivered before, or more than a day after, are not fetched.

Exit: 0 done, 1 wrong usage or no record understood, 2 some input damaged or not understood, 3 --fail-on reached.`;

async function run(paths: string[], options: Options): Promise<number> {
  const policy = await loadPolicy(options.policy);
  if (!policy.ok) return wrong(...policy.problems);
  if (paths.length === 0 && process.stdin.isTTY)
    return wrong('name files or folders, or - for standard input');
  const { since = ALWAYS.since, until = ALWAYS.until, jobs } = options;
  if (since >= until) return wrong('--since is not before --until: no record could lie between them');
  const problem = options.output === undefined ? undefined : await unwritable(options.output);
  if (problem !== undefined) return wrong(problem);

  const networks = await openNetworks(options).catch((error: unknown) => reasonOf(error));
  if (typeof networks === 'string') return wrong(networks);
  const started = performance.now();
  const reading = { ...(jobs !== undefined && { jobs }), range: { since, until } };
  const { ready, soFar } = readyWorkers(reading);
  const found = await findFiles(paths.length === 0 ? ['-'] : paths, { ...options, soFar });
  const stores = attempt(() => openStores(options.state, (line) => console.line(line)));
  if (typeof stores === 'string') return wrong(stores);
  const known = found.files.every(({ plain }) => plain);
  const console = await openConsole(known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0);
  try {
    const { history, verdicts } = stores;
    const deps = { history, verdicts, policy: policy.policy, networks };
    const { tally, findings } = await replay(deps, found, { ...reading, ready }, console);
    console.stop();
    const nothing = nothingUnderstood(
      tally,
      found.files.every(({ path }) => path === '-'),
    );
    if (nothing !== undefined) return wrong(...nothing);
    const outcome = judgeOutcome(findings, tally, policy.policy, options);
    process.exitCode = outcome.exit; // kept when a reader such as `head` closes the pipe
    await print(await render(outcome.printed, policy.policy, options), options.output);
    const seconds = (performance.now() - started) / 1000;
    for (const line of summary(tally, findings, { ...outcome, seconds })) process.stderr.write(`${line}\n`);
    return outcome.exit;
  } finally {
    console.stop();
    stores.close();
  }
}

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return reasonOf(error);
  }
}

function wrong(...lines: string[]): number {
  for (const line of lines) process.stderr.write(`launchtrail: ${line}\n`);
  return EXIT.wrong;
}

/** What is printed, what is only counted, and the exit code. */
function judgeOutcome(
  findings: readonly FindingRecord[],
  tally: Tally,
  policy: Policy,
  { format, minSeverity = format === 'table' ? 'medium' : 'low', failOn }: Options,
) {
  const loud = findings.filter((finding) => suppressedBy(finding, policy).length === 0);
  // people see what they must act on; machines see the suppressed ones too, marked as such
  const offered = format === 'table' ? loud : findings;
  const printed = sorted(offered.filter(({ severity }) => atLeast(severity, minSeverity)));
  const below = offered.length - printed.length;
  const reached = failOn !== undefined && loud.some(({ severity }) => atLeast(severity, failOn));
  const damaged = tally.damaged + tally.failed + foreignOf(tally) > 0;
  return {
    printed,
    suppressed: findings.length - loud.length,
    hidden:
      below > 0 ? `${below} below ${minSeverity} not printed; --min-severity low prints all` : undefined,
    exit: reached ? EXIT.failOn : damaged ? EXIT.damaged : EXIT.done,
  };
}

async function render(
  findings: readonly FindingRecord[],
  policy: Policy,
  { format, output, details = false }: Options,
): Promise<Iterable<string>> {
  if (format === 'ocsf') return ocsfLines(findings, policy);
  if (format === 'json') return jsonArray(findings, policy);
  const toTerminal = output === undefined && process.stdout.isTTY;
  // measuring the width of text takes a fifth of the time of a short run to load
  const { table } = await import('../replay/table.ts');
  const text = table(findings, policy, {
    width: toTerminal ? process.stdout.columns : 120,
    colours: toTerminal && process.stdout.hasColors(),
    details,
  });
  return [text];
}

/** Says before a long run, not after it, that the output cannot be written. */
async function unwritable(path: string): Promise<string | undefined> {
  try {
    await (await open(path, 'a')).close();
    return undefined;
  } catch (error) {
    return `cannot write ${path}: ${reasonOf(error)}`;
  }
}

async function print(texts: Iterable<string>, output: string | undefined): Promise<void> {
  if (output !== undefined) return await pipeline(texts, createWriteStream(output));
  for (const text of texts) {
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}
