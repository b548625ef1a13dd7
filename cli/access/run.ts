import { createHash } from 'node:crypto';
import { auditOf, type Judged } from '../../core/access/audit.ts';
import { remedies } from '../../core/access/remedy.ts';
import { watchedEvent } from '../../core/records/cloudtrail/events.ts';
import { accessPage } from '../../tell/access/page.ts';
import { remedyText } from '../../tell/access/remedy.ts';
import { type Line, type Section, sectionsOf } from '../../tell/access/report.ts';
import { type DoneOf, rowOf } from '../../tell/access/row.ts';
import { STYLE } from '../../tell/html/style.ts';
import { EXIT } from '../exit.ts';
import { openOutput, problemWriting } from '../replay/write-output.ts';
import { wrong } from '../wrong.ts';
import { readListing, readOrganisationFile } from './inputs.ts';
import { type Past, pastIn } from './past.ts';

export interface AccessOptions {
  readonly organisation?: string;
  readonly state?: string;
  readonly output?: string;
  readonly checkWithAws?: string;
  readonly remedy?: true;
  readonly format: 'table' | 'json' | 'html';
}

/** Says who can, from files alone; ends with 2 where a policy could not be read in full. */
export async function tellAccess(files: readonly string[], options: AccessOptions): Promise<number> {
  const { organisation, format, output, state } = options;
  const unwritable = output === undefined ? undefined : await problemWriting(output);
  if (unwritable !== undefined) return wrong(unwritable);
  const over = await readOrganisationFile(organisation);
  if (!over.ok) return wrong(over.reason);
  const listing = await readListing(files, over.value);
  if (!listing.ok) return wrong(listing.reason);
  const authorization = listing.value;
  if (options.checkWithAws !== undefined)
    return (await import('./check.ts')).tellChecked(authorization, options.checkWithAws);
  const judged = auditOf(authorization);
  const past = state === undefined ? undefined : await pastIn(state, judged);
  if (typeof past === 'string') return wrong(past);
  if (options.remedy && past === undefined)
    return wrong('--remedy needs --state: without a history nobody knows what is used');
  const { problems } = authorization;
  const report = { judged, problems, doneOf: past?.doneOf ?? NOTHING_DONE };
  await openOutput(output).write(
    options.remedy && past !== undefined ? writeRemedies(judged, past) : WRITERS[format](report),
  );
  for (const problem of problems) process.stderr.write(`launchtrail: ${shown(problem)}\n`);
  return problems.length > 0 ? EXIT.damaged : EXIT.done;
}

interface Report {
  readonly judged: readonly Judged[];
  readonly problems: readonly string[];
  readonly doneOf: DoneOf;
}

const WRITERS: Readonly<Record<AccessOptions['format'], (report: Report) => Iterable<string>>> = {
  json: writeJson,
  table: writeTable,
  html: writeHtml,
};

const NOTHING_DONE: DoneOf = () => ({});

/** Never the whole at once: 5,000 roles have some 200,000 ways. */
function* writeJson({ judged, problems, doneOf }: Report): Generator<string> {
  yield `{\n"principals": ${counted(judged)},\n"able": [`;
  let before = '';
  for (const each of judged)
    for (const way of each.ways) {
      yield `${before}\n${JSON.stringify(rowOf(each, way, doneOf))}`;
      before = ',';
    }
  yield '],\n"roles": [';
  before = '';
  for (const { principal, power, ways, assumers } of judged) {
    if (ways.length === 0 || principal.trusted.length === 0) continue;
    const { arn, id, trusted, lastUsed, stack } = principal;
    yield `${before}\n${JSON.stringify({ role: arn, roleId: id, power, trusted, assumers, lastUsed, stack })}`;
    before = ',';
  }
  yield `],\n"problems": ${JSON.stringify(problems)}\n}\n`;
}

/** Root users are in no listing, and are not counted with it. */
const counted = (judged: readonly Judged[]): number =>
  judged.filter(({ principal }) => principal.kind !== 'root').length;

const isBeforeScps = (judged: readonly Judged[]): boolean =>
  judged.some(({ principal, ways }) => ways.length > 0 && !principal.scpsKnown);

/** Lines of one section that a terminal is shown. */
const MOST_LINES = 50;

function* writeTable({ judged, doneOf }: Report): Generator<string> {
  for (const section of sectionsOf(judged, doneOf)) yield* tableOf(section);
  yield `${counted(judged)} principals judged. Each verdict is an upper bound: policies of sessions and endpoints only take away.\n`;
  if (isBeforeScps(judged))
    yield 'Some verdicts are before SCPs: --organisation names those over an account.\n';
}

function* tableOf({ title, lines }: Section): Generator<string> {
  yield `${title}\n`;
  for (const line of lines.slice(0, MOST_LINES)) yield lineOf(line);
  if (lines.length > MOST_LINES)
    yield `  … and ${lines.length - MOST_LINES} more: --format json has all of them\n`;
  yield '\n';
}

const lineOf = ({ mark, who, note, details }: Line): string =>
  [
    `  ${mark.padEnd(12)}${mark.length > 11 ? ' ' : ''}${shown(who)}${note === '' ? '' : `  (${shown(note)})`}\n`,
    ...details.map((each) => `              ${shown(each)}\n`),
  ].join('');

function* writeHtml({ judged, problems, doneOf }: Report): Generator<string> {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const made = `${new Date().toISOString().slice(0, 16).replace('T', ' ')}Z`;
  yield* accessPage(
    {
      made,
      judged: counted(judged),
      beforeScps: isBeforeScps(judged),
      problems,
      sections: sectionsOf(judged, doneOf),
    },
    { style: STYLE, policy },
  );
}

/** A history shorter than this, ms, proves nothing unused: much is done once a month. */
const LEAST_HISTORY = 35 * 86_400_000;

function* writeRemedies(judged: readonly Judged[], past: Past): Generator<string> {
  const remedyOf = remedies();
  let found = 0;
  for (const each of judged) {
    const { since, calls } = past.callsOf(each.principal);
    if (since === undefined || Date.now() - since < LEAST_HISTORY) continue;
    const remedy = remedyOf(each, { calls, isRecorded });
    if (remedy === undefined) continue;
    found += 1;
    yield remedyText(remedy, since);
  }
  yield `${found} principals have ways that nobody used, as far as the history tells; nothing was changed.\n`;
}

/** Whether Launchtrail keeps records of a call: `ec2:RunInstances`. */
function isRecorded(call: string): boolean {
  const [service = '', name = ''] = call.split(':');
  return watchedEvent(`${service}.amazonaws.com`, name) !== undefined;
}

/** What a policy says goes to a terminal as one line of plain characters. */
const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '�');
