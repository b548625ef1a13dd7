import { type Cell, CHAIN, EXPOSED, OPENED, type Rows } from './rows.ts';

const BEGIN = '<!-- scenarios:begin -->';
const END = '<!-- scenarios:end -->';

const said = (cell: Cell | undefined): string => {
  if (cell === undefined) return '–';
  return cell.severity === undefined ? 'nothing' : `${cell.severity.toUpperCase()} ${cell.score}`;
};
const same = (yes: boolean): string => (yes ? 'the same' : '**differs**');
/** A finding's line without the digits of generated ids. */
const short = (sentence: string): string => sentence.replaceAll(/\b([a-z]+)-0[0-9a-f]{16}\b/g, '$1-…');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** The section of docs/evaluation.md between its markers, markers included. */
export function sectionOf({ paths, opened, behind, twins }: Rows): string {
  const chains = table(
    ['path', ...CHAIN, 'reversed', 'doubled', ...EXPOSED, 'signals'],
    paths.map(({ path, cells, reversedSame, doubledSame, signals }) => [
      path,
      ...CHAIN.map((column) => said(cells[column])),
      same(reversedSame),
      same(doubledSame),
      ...EXPOSED.map((column) => said(cells[column])),
      signals.join(', ') || '–',
    ]),
  );
  const ways = table(
    ['opened by', ...OPENED, 'reversed', 'doubled', 'signals', 'the finding says'],
    opened.map(({ way, cells, reversedSame, doubledSame, signals, sentence }) => [
      way,
      ...OPENED.map((column) => said(cells[column])),
      same(reversedSame),
      same(doubledSame),
      signals.join(', ') || '–',
      short(sentence) || '–',
    ]),
  );
  const services = table(
    ['what is done', 'by a launcher', 'by a new user', 'launches joined', 'reversed', 'doubled', 'signals'],
    behind.map(({ name, cells, joined, launches, reversedSame, doubledSame, signals }) => [
      name,
      said(cells.launcher),
      said(cells['new user']),
      `${joined} of ${launches}`,
      same(reversedSame),
      same(doubledSame),
      signals.join(', ') || '–',
    ]),
  );
  const work = table(
    ['work', 'first time', 'once a habit', 'that time alone', 'signals'],
    twins.map(({ twin, first, habit, alone, signals }) => [
      twin,
      said(first),
      said(habit),
      said(alone),
      signals.join(', ') || '–',
    ]),
  );
  return `${BEGIN}
## Data followed from snapshot to instance

Generated records, judged by \`detect\` with the memory stores and the default policy with the organisation's accounts
named. Before each chain lie three weeks of ordinary days in two accounts: nightly backups, scaling groups, and two people
who launch in both Regions, copy disks before changes and open ports to the office, but never restore. So nothing about
the people, the places or the single calls is new, and only the path of the data can speak. Regenerate with
\`node test/scenarios/write-table.ts\`; \`test/scenarios/scenarios.test.ts\` keeps the tables true.

- *same principal*: one person, six minutes between steps. *two principals*: one copies, another uses the copy.
- *three days*: the steps lie evenly over three days; the lower of one and two principals.
- *other Region*: a CopySnapshot or CopyImage to another Region in the middle; the lower of one and two principals.
- *reversed*, *doubled*: the records in reverse, and each twice, with two principals and exposure; compared with the open
  findings in order, member by member.
- *exposed*: afterwards port 22 of the instance's group is opened to 0.0.0.0/0; the lowest of all the ways before, those
  over three days apart.
- *signals*: of the path walked by one principal. ImportInstance is no row: its disk comes from a bucket, so no record joins
  it to a volume or snapshot.

A chain to an instance should be HIGH and an exposed one CRITICAL. Where a cell falls short it is listed with its reason in
\`test/scenarios/known-gaps.ts\`, and closing it without saying so fails the test.

${chains}

### Opened afterwards, by each way

CreateSnapshot → CreateVolume → RunInstances → AttachVolume by one person, six minutes between steps; then the instance is
opened: by the same one or by another principal six minutes later, or *three days later* by either (the lower). *Reversed*,
*doubled*, *signals* and the sentence are of another principal three days later. Letting the world in at a port by which
one enters should be CRITICAL; what is weaker, HIGH at least. The groups put on the instance were opened to the world an
hour before the chain, by a third person, with nothing in them.

${ways}

### Launches that somebody makes a service do

Someone makes a service launch, in the same accounts: one who launches by hand every day and has never told a service to, or a
user made half an hour before. Both should be MEDIUM, and HIGH where the new user gets accelerated instances. *launches
joined*: launches by the service that are members of the finding, which begins with whoever made the change. *signals*: of
the new user's.

${services}

### Work that resembles this

Work that resembles a path, an opening or such a change, in the same accounts. *First time*: nobody has done it before, in an account past its learning
period. *Once a habit*: the last of several times over at least three weeks; a finding may go on from earlier times,
so *that time alone* gives the score of its own part.

${work}
${END}`;
}

/** A page with its section replaced, or added at the end where it has none. */
export function withSection(page: string, section: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) return `${page.trimEnd()}\n\n${section}\n`;
  return page.slice(0, begin) + section + page.slice(end + END.length);
}
