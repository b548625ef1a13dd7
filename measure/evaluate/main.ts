import { readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { MAKES } from '../../simulate/makes/catalogue.ts';
import { runStories, storyShortfalls, storyTable } from './clouds.ts';
import { asExpected, type Figures, figuresOf, isNeedless } from './measure.ts';
import { organisationShortfalls, organisationTable, together } from './organisation-tables.ts';
import { organisationOfMake, organisationsIn } from './organisations.ts';
import type { SeedResult } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';
import { type OrganisationScore, scoreOf, sumsOf } from './score.ts';
import { scoresSection, sectionOf, withSection } from './section.ts';
import {
  HELD_APART_MAKE_SEEDS,
  HELD_APART_SEEDS,
  HELD_APART_STORY_SEEDS,
  MAKE_SEEDS,
  SIZE,
  TUNING_SEEDS,
} from './seeds.ts';
import { attackTable, plain, routineTable, summaryTable } from './tables.ts';
import { scoreTuning, TUNED_SEEDS, type TuningScore, tuningTable } from './tuning.ts';

const PAGE = new URL('../../docs/evaluation.md', import.meta.url);

interface Options {
  readonly seeds: readonly number[];
  readonly heldApart?: true;
  readonly organisations?: string;
  readonly makes?: true;
  readonly clouds?: true;
  readonly tuning?: true;
  readonly accounts: number;
  readonly days: number;
  readonly json?: true;
  readonly write?: true;
}

const program = new Command('evaluate')
  .description('measures the detector against generated organisations whose attacks are known')
  .option('--seeds <numbers>', 'organisations to generate, with commas', seedsArgument, TUNING_SEEDS)
  .option('--held-apart', 'run the seeds that nothing was tuned on; prints sums only')
  .option(
    '--organisations <folder>',
    'score organisations by other hands: a folder each with records, policy and labels',
  )
  .option('--makes', "score the generator's organisations of other makes")
  .option('--clouds', 'score stories that are told in the logs of AWS, Azure and Google')
  .option('--tuning', 'score what `launchtrail tune` proposes for a month, in that month and in the next')
  .option('--accounts <n>', 'accounts of each organisation', whole, SIZE.accounts)
  .option('--days <n>', 'days of history, the first ten for learning', whole, SIZE.days)
  .option('--json', 'print the results as JSON')
  .option('--write', 'write the figures into docs/evaluation.md')
  .parse();
const options = program.opts<Options>();
const seeds = options.heldApart ? HELD_APART_SEEDS : options.seeds;
if (options.write && !options.heldApart && !options.tuning && options.organisations === undefined) {
  program.error(
    'error: --write needs --held-apart: the page tells what seeds show that nothing was tuned on',
  );
}

if (options.organisations !== undefined) await scoreGiven(options.organisations);
else if (options.makes) await scoreMakes();
else if (options.clouds) await scoreClouds();
else if (options.tuning) await scoreTunings();
else await measureSeeds();

/** Organisations by other hands, each by itself. */
async function scoreGiven(folder: string): Promise<void> {
  const scores: OrganisationScore[] = [];
  for (const organisation of await organisationsIn(folder)) {
    scores.push(await scoreOf(organisation));
    process.stderr.write(`${organisation.name} done\n`);
  }
  tell('organisations', '--organisations DIR', scores, scores);
}

/** The generator's other makes: of seeds held apart only the sums of each make. */
async function scoreMakes(): Promise<void> {
  const scores: OrganisationScore[] = [];
  const details: OrganisationScore[] = [];
  for (const make of MAKES) {
    const own: OrganisationScore[] = [];
    for (const seed of options.heldApart ? HELD_APART_MAKE_SEEDS : MAKE_SEEDS)
      own.push(await scoreOf(organisationOfMake(make, seed)));
    scores.push(together(make.name, own));
    details.push(...own);
    process.stderr.write(`${make.name} done\n`);
  }
  tell('makes', '--makes --held-apart', scores, options.heldApart ? [] : details);
}

/** Stories in three clouds: of seeds held apart only the sums. */
async function scoreClouds(): Promise<void> {
  const results = await runStories(options.heldApart ? HELD_APART_STORY_SEEDS : options.seeds);
  const table = storyTable(results);
  print(options.json ? JSON.stringify(results, undefined, 2) : plain(table));
  if (!options.json && !options.heldApart) print(`\n${storyShortfalls(results).join('\n')}`);
  if (options.write) write('clouds', scoresSection('clouds', '--clouds --held-apart', table));
}

/** What a proposal of `tune` would have spared, and cost. */
async function scoreTunings(): Promise<void> {
  const scores: TuningScore[] = [];
  for (const seed of TUNED_SEEDS) {
    scores.push(await scoreTuning(seed));
    process.stderr.write(`seed ${seed} done\n`);
  }
  const table = tuningTable(scores);
  print(options.json ? JSON.stringify(scores, undefined, 2) : plain(table));
  if (options.write) write('tuning', scoresSection('tuning', '--tuning', table));
}

function tell(
  name: 'organisations' | 'makes',
  command: string,
  scores: readonly OrganisationScore[],
  details: readonly OrganisationScore[],
): void {
  const table = organisationTable(scores);
  if (options.json)
    print(
      JSON.stringify(
        scores.map((score) => ({ name: score.name, ...sumsOf(score) })),
        undefined,
        2,
      ),
    );
  else print(plain(table));
  if (!options.json && details.length > 0) print(`\n${organisationShortfalls(details).join('\n')}`);
  if (options.write) write(name, scoresSection(name, command, table));
}

async function measureSeeds(): Promise<void> {
  const results = await runSeeds(seeds, { accounts: options.accounts, days: options.days }, (seed) =>
    process.stderr.write(`seed ${seed} done\n`),
  );
  const figures = figuresOf(results);
  if (options.json)
    print(JSON.stringify(options.heldApart ? figures : { ...figures, results }, undefined, 2));
  else printTables(figures, options.heldApart ? [] : results);
  if (options.write) write('evaluation', sectionOf(figures));
}

function write(name: string, section: string): void {
  writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), name, section));
}

function printTables(figures: Figures, details: readonly SeedResult[]): void {
  print(plain(summaryTable(figures)));
  print(`\n${plain(attackTable(figures.attacks))}`);
  print(`\nWithout an attack, per 100 account-days:\n`);
  print(plain(routineTable(figures.routines, figures.accountDays)));
  if (details.length > 0) print(`\nFell short:\n\n${shortfalls(details).join('\n')}`);
}

/** One line for every attack missed and every needless finding. */
function shortfalls(results: readonly SeedResult[]): string[] {
  return results.flatMap(({ seed, attacks, needless }) => [
    ...attacks
      .filter((attack) => !asExpected(attack))
      .map(
        ({ attack, account, expected, found = 'nothing', score, signals }) =>
          `seed ${seed}: ${attack} in ${account}: ${found} ${score}, expected ${expected}: ${signals.join(', ')}`,
      ),
    ...needless
      .filter((finding) => finding.counts && isNeedless(finding))
      .map(
        ({ id, severity, score, day, routines, signals }) =>
          `seed ${seed}: ${routines.join(' + ')}, day ${day}: ${severity} ${score}: ${signals.join(', ')} (${id})`,
      ),
  ]);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

function seedsArgument(text: string): readonly number[] {
  const seeds = text.split(',').map((part) => part.trim());
  if (!seeds.every((seed) => /^\d{1,9}$/.test(seed))) {
    throw new InvalidArgumentError('Expected whole numbers with commas, e.g. 11,12.');
  }
  return [...new Set(seeds.map(Number))];
}
