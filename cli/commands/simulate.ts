import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { CLOUDS, type Cloud } from '../../core/records/cloud.ts';
import { ATTACK_NAMES, type AttackName, isAttackName } from '../../simulate/attacks/catalogue.ts';
import { cloudAccount } from '../../simulate/clouds/account.ts';
import { isStoryName, STORY_NAMES, type StoryName } from '../../simulate/clouds/stories.ts';
import { DEFECTS, type Defect } from '../../simulate/defects.ts';
import { DEFAULTS, type Organisation, organisation } from '../../simulate/organisation.ts';
import { newFolder, writeLines, writeLinesFile, writeTrail } from '../../simulate/write-files.ts';
import { EXIT } from '../exit.ts';

interface Options {
  readonly seed: number;
  readonly days: number;
  readonly accounts: number;
  readonly start: string;
  readonly attacks: readonly (AttackName | StoryName)[];
  readonly cloud: Cloud;
  readonly defects: readonly Defect[];
  readonly noise: number;
  readonly out: string;
  readonly format: 'gz' | 'jsonl';
  readonly labels?: string;
}

/** `launchtrail simulate`: CloudTrail records of an organisation that does not exist, to try things out on. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('write CloudTrail records of a generated organisation, with attacks and their labels')
    .option('--seed <n>', 'the same seed gives the same bytes', whole(0, 2 ** 32 - 1), 1)
    .option('--days <n>', 'days of history', whole(1, 3660), DEFAULTS.days)
    .option('--accounts <n>', 'accounts of the organisation', whole(1, 10_000), DEFAULTS.accounts)
    .option('--start <date>', 'first day', dateArgument, DEFAULTS.start)
    .addOption(
      new Option('--attacks <names>', `all, none, or names with commas: ${ATTACK_NAMES.join(', ')}`)
        .argParser(attacksArgument)
        .default(ALL_ATTACKS, 'all'),
    )
    .addOption(
      new Option(
        '--cloud <cloud>',
        `whose records; of azure and google one account, told by --attacks ${STORY_NAMES.join(', ')}`,
      )
        .choices(CLOUDS)
        .default('aws'),
    )
    .addOption(
      new Option('--defects <names>', `all, none, or names with commas: ${DEFECTS.join(', ')}`)
        .argParser(defectsArgument)
        .default([], 'none'),
    )
    .option('--noise <n>', 'calls nobody watches for each one somebody might', ratio, DEFAULTS.noise)
    .requiredOption('--out <folder>', 'a new folder, or - for JSON lines on standard output')
    .addOption(
      new Option('--format <format>', 'gz: files as CloudTrail delivers them; jsonl: one file, records.jsonl')
        .choices(['gz', 'jsonl'])
        .default('gz', 'gz, or jsonl on standard output'),
    )
    .option('--labels <file>', 'where the labels go (default: labels.json in the folder; nowhere with -)')
    .action(async (options: Options, command: Command) => {
      if (
        options.out === '-' &&
        command.getOptionValueSource('format') === 'cli' &&
        options.format === 'gz'
      ) {
        command.error(
          'error: --format gz writes many files and cannot go to standard output; use --format jsonl',
        );
      }
      refuseWrong(command, options);
      process.exitCode = await run(options);
    });
}

const ALL_ATTACKS = [...ATTACK_NAMES, ...STORY_NAMES];

/** What only an organisation of AWS has. */
const OF_AWS = ['accounts', 'start', 'defects', 'noise'] as const;

function refuseWrong(command: Command, { cloud, format, attacks }: Options): void {
  const strange = attacks.filter((name) => (cloud === 'aws' ? !isAttackName(name) : !isStoryName(name)));
  if (strange.length > 0 && attacks.length < ALL_ATTACKS.length)
    command.error(`error: --attacks ${strange.join(',')} is not told with --cloud ${cloud}`);
  if (cloud === 'aws') return;
  for (const name of OF_AWS)
    if (command.getOptionValueSource(name) === 'cli')
      command.error(`error: --${name} is for --cloud aws; ${cloud} is told in one account of its own`);
  if (command.getOptionValueSource('format') === 'cli' && format === 'gz')
    command.error(`error: --format gz is for --cloud aws; records of ${cloud} are lines of one file`);
}

async function run({ out, format, labels: labelsFile, ...options }: Options): Promise<number> {
  const made = madeFor(options);
  const toStdout = out === '-';
  if (!toStdout) await newFolder(out);
  const labels = labelsFile ?? (toStdout ? undefined : join(out, 'labels.json'));
  if (labels !== undefined) await writeFile(labels, `${JSON.stringify(made.labels, null, 2)}\n`);
  const started = performance.now();
  const written = await write();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const attacks = `${made.labels.length} ${made.labels.length === 1 ? 'attack' : 'attacks'}`;
  process.stderr.write(
    `${written.records} records in ${written.files}, ${attacks}${labels === undefined ? '' : ` (${labels})`}, ${seconds} s\n`,
  );
  return EXIT.done;

  async function write(): Promise<{ records: number; files: string }> {
    if (toStdout)
      return { records: await writeLines(process.stdout, made.records()), files: 'standard output' };
    if (format === 'gz' && made.deliveries !== undefined) {
      const { files, records } = writeTrail(out, options.seed, made.deliveries());
      return { records, files: `${files} files` };
    }
    return { records: await writeLinesFile(join(out, 'records.jsonl'), made.records()), files: '1 file' };
  }
}

/** What is written: records and labels, and of AWS how the records arrive. */
interface Made {
  readonly labels: readonly object[];
  readonly records: () => Iterable<object>;
  readonly deliveries?: Organisation['deliveries'];
}

/** An organisation of AWS, or an account of another cloud. */
function madeFor({ cloud, attacks, ...options }: Omit<Options, 'out' | 'format' | 'labels'>): Made {
  if (cloud === 'aws') return organisation({ ...options, attacks: attacks.filter(isAttackName) });
  const { deliveries, labels } = cloudAccount({ ...options, cloud, stories: attacks.filter(isStoryName) });
  return { labels, records: () => deliveries.map(({ record }) => record) };
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < from || value > to) {
      throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`);
    }
    return value;
  };
}

function ratio(text: string): number {
  const value = Number(text);
  if (!/^\d{1,3}(\.\d+)?$/.test(text) || value > 200) {
    throw new InvalidArgumentError('Expected a number from 0 to 200, e.g. 4.');
  }
  return value;
}

function dateArgument(text: string): string {
  const at = Date.parse(`${text}T00:00:00Z`);
  if (
    !/^20\d\d-\d\d-\d\d$/.test(text) ||
    Number.isNaN(at) ||
    new Date(at).toISOString().slice(0, 10) !== text
  ) {
    throw new InvalidArgumentError('Expected a date of this century such as 2026-09-07.');
  }
  return text;
}

const attacksArgument = (text: string): readonly (AttackName | StoryName)[] =>
  names(text, ALL_ATTACKS).filter((name) => isAttackName(name) || isStoryName(name));
const defectsArgument = (text: string): readonly Defect[] =>
  names(text, DEFECTS).flatMap((name) => DEFECTS.find((defect) => defect === name) ?? []);

/** `all`, `none` or a list of known names; a misspelt one gets the nearest right word. */
function names(text: string, known: readonly string[]): readonly string[] {
  if (text === 'all') return known;
  if (text === 'none') return [];
  const asked = text.split(',').map((name) => name.trim());
  for (const name of asked) {
    if (known.includes(name)) continue;
    const near = closest(name, [...known]);
    const hint = distance(name, near) <= 4 ? ` Did you mean ${near}?` : '';
    throw new InvalidArgumentError(
      `Unknown name ${JSON.stringify(name)}.${hint} Known: all, none, ${known.join(', ')}.`,
    );
  }
  return [...new Set(asked)];
}
