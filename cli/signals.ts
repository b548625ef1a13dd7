import { closest } from 'fastest-levenshtein';
import { weightOf } from '../core/findings/severity.ts';
import type { Policy } from '../core/policy/policy.ts';
import { signals } from '../core/signals/index.ts';
import { EXIT } from './exit.ts';
import { loadPolicy } from './load-policy.ts';
import { page } from './pages.ts';
import { wrong } from './wrong.ts';

/** Lists the signals, or says what a page of docs says of one. */
export async function tellSignals(id: string | undefined, file: string | undefined): Promise<number> {
  const loaded = await loadPolicy(file);
  if (!loaded.ok) return wrong(...loaded.problems);
  if (id === undefined) {
    process.stdout.write(list(loaded.policy));
    return EXIT.done;
  }
  const signal = signals.find((each) => each.id === id);
  if (signal === undefined) {
    const near = closest(
      id,
      signals.map((each) => each.id),
    );
    return wrong(
      `there is no signal of that name; the nearest is ${near}, and \`launchtrail signals\` lists all`,
    );
  }
  process.stdout.write(
    `${signal.id} (${signal.family}, weight ${weight(loaded.policy, signal.id)})\n\n${section(id)}\n`,
  );
  return EXIT.done;
}

const weight = (policy: Policy, id: (typeof signals)[number]['id']): string =>
  policy.signals.off.includes(id) ? 'off' : String(weightOf(policy, id));

/** One line each, by family, the heaviest first. */
function list(policy: Policy): string {
  const families = Map.groupBy(signals, ({ family }) => family);
  return [...families]
    .map(([family, own]) => {
      const lines = own
        .toSorted((a, b) => weightOf(policy, b.id) - weightOf(policy, a.id))
        .map(({ id, description }) => `  ${id.padEnd(32)}${weight(policy, id).padEnd(6)}${description}\n`);
      return `${family}\n${lines.join('')}`;
    })
    .join('');
}

/** What docs/signals.md says of a signal. */
function section(id: string): string {
  const [, text = ''] = page('signals.md').split(`\n### ${id}\n`);
  return text.split(/\n##/)[0]?.trim() ?? '';
}
