import { verdictsIn } from '../../app/findings-in.ts';
import { withNotes } from '../../app/triage.ts';
import { copyKey, placeKey } from '../../core/activity/activity.ts';
import { clean } from '../../core/activity/clean.ts';
import type { Decision } from '../../core/findings/decision.ts';
import { utc } from '../../tell/narrate.ts';
import { shown } from '../../tell/shown.ts';
import { triageLine } from '../../tell/triage.ts';
import { EXIT } from '../exit.ts';
import { openSource, type Source, unclear } from '../explain/source.ts';
import { reasonOf } from '../input/damage.ts';
import { loadPolicyOf } from '../load-policy.ts';
import { awsTrouble } from '../redrive/stack.ts';
import { jsonArray } from '../replay/render.ts';
import { table } from '../replay/table.ts';
import { wrong } from '../wrong.ts';
import { named } from './named.ts';
import { decisionsOn } from './run.ts';

export interface ShowOptions extends Source {
  readonly policy?: string;
  readonly format: 'text' | 'json';
}

const DEFAULT_WIDTH = 120;

/** Prints a finding, where it stands, and everything that was decided about any of it; gives the exit code. */
export async function showFinding(id: string, options: ShowOptions): Promise<number> {
  const { stack } = options;
  const problem = unclear(options);
  if (problem !== undefined) return wrong(problem);
  const stores = await openSource(options);
  if (typeof stores === 'string') return wrong(stores);
  try {
    const loaded = await loadPolicyOf(options.policy, stores);
    if (!loaded.ok) return wrong(...loaded.problems);
    const { policy } = loaded;
    const verdicts = await verdictsIn(stores.verdicts);
    const found = await named(stores, verdicts, id, policy);
    if (!('record' in found)) return wrong(...found);
    const all = stores.decisions === undefined ? [] : await decisionsOn(stores.decisions, verdicts);
    const members = new Set(found.members.map(({ activity }) => copyKey(activity)));
    const decisions = all.filter(({ records }) => records.some((record) => members.has(placeKey(record))));
    const [record] = await withNotes([found.record], stores.decisions);
    if (record === undefined) return EXIT.done;
    if (options.format === 'json') {
      const [, finding = '{}'] = [...jsonArray([record], policy)];
      process.stdout.write(`${JSON.stringify({ finding: JSON.parse(finding), decisions }, null, 2)}\n`);
      return EXIT.done;
    }
    for (const note of found.notes) process.stdout.write(`! ${note}\n`);
    const width = process.stdout.isTTY ? process.stdout.columns : DEFAULT_WIDTH;
    process.stdout.write(table([record], policy, { width, colours: process.stdout.isTTY, details: true }));
    process.stdout.write(`\n${[triageLine(record.triage), ...decisions.map(decisionLine)].join('\n')}\n`);
    return EXIT.done;
  } catch (error) {
    return wrong(stack === undefined ? reasonOf(error) : awsTrouble(error, stack));
  } finally {
    stores.close();
  }
}

function decisionLine({ at, as, by, note, records, finding, policy }: Decision): string {
  const who = `${shown(by.name, 200)}${by.verified ? '' : ' (not verified)'}`;
  const version = policy?.version === undefined ? policy?.sha256?.slice(0, 12) : `version ${policy.version}`;
  return [
    `${utc(at)}  ${as} by ${who}${note === undefined ? '' : `: ${shown(note, 500)}`}`,
    `${' '.repeat(22)}about ${records.length} ${records.length === 1 ? 'record' : 'records'} of ${clean(finding, 128)}${version === undefined ? '' : `, policy ${version}`}`,
  ].join('\n');
}
