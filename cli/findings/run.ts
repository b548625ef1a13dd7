import { findingsIn } from '../../app/findings-in.ts';
import { EXIT } from '../exit.ts';
import { openSource, type Source, unclear } from '../explain/source.ts';
import { loadPolicyOf } from '../load-policy.ts';
import { render } from '../replay/formats.ts';
import { type Asked, outcomeOf } from '../replay/outcome.ts';
import { emptyTally } from '../replay/tally.ts';
import { wrong } from '../wrong.ts';
import { differenceLines, differenceOf } from './difference.ts';

export interface ListOptions extends Source, Asked {
  readonly policy?: string;
}

/** Prints the findings that are there. */
export async function listFindings(options: ListOptions): Promise<number> {
  const { stack } = options;
  const problem = unclear(options);
  if (problem !== undefined) return wrong(problem);
  const stores = await openSource(options);
  if (typeof stores === 'string') return wrong(stores);
  try {
    const loaded = await loadPolicyOf(options.policy, stores);
    if (!loaded.ok) return wrong(...loaded.problems);
    const findings = await findingsIn(stores.verdicts, loaded.policy, stores.decisions);
    const { printed, hidden } = outcomeOf(findings, emptyTally(), loaded.policy, options, undefined);
    const toTerminal = process.stdout.isTTY;
    for (const text of await render(printed, loaded.policy, { format: options.format, toTerminal }))
      process.stdout.write(text);
    for (const line of hidden) process.stderr.write(`${line}\n`);
    return EXIT.done;
  } catch (error) {
    if (stack === undefined) throw error;
    return wrong((await import('../redrive/stack.ts')).awsTrouble(error, stack));
  } finally {
    stores.close();
  }
}

/** Says what the last run found. */
export async function diffFindings(
  state: string,
  file: string | undefined,
  format: 'text' | 'json',
): Promise<number> {
  const stores = await openSource({ state });
  if (typeof stores === 'string') return wrong(stores);
  try {
    const loaded = await loadPolicyOf(file, stores);
    if (!loaded.ok) return wrong(...loaded.problems);
    const [last, before] = stores.tellings?.runs(2) ?? [];
    if (last === undefined) return wrong(`state file ${state}: no run has told anything yet`);
    const told = [...(stores.tellings?.all().values() ?? [])].filter(({ run }) => run === last.number);
    const findings = await findingsIn(stores.verdicts, loaded.policy);
    const changes = differenceOf(told, findings, loaded.policy);
    process.stdout.write(
      format === 'json' ? `${JSON.stringify(changes, null, 2)}\n` : differenceLines(changes, last, before),
    );
    return EXIT.done;
  } finally {
    stores.close();
  }
}
