import type { DetectDeps } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { DecisionStore } from '../../app/ports.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { type ChosenPolicy, loadPolicy } from '../load-policy.ts';
import { openConsole } from '../replay/console.ts';
import { deciding } from '../replay/decided.ts';
import { foreignOf, nothingUnderstood } from '../replay/others.ts';
import { type InputOptions, prepare } from '../replay/prepare.ts';
import { replay } from '../replay/replay.ts';
import { rowOf } from '../replay/row.ts';
import type { ReplayOptions } from '../replay/run.ts';
import { openStores, type Stores } from '../replay/stores.ts';
import { openOutput, problemWriting } from '../replay/write-output.ts';
import { decisionsAsked } from '../triage/decisions.ts';
import { wrong } from '../wrong.ts';
import { changedKeys, withKey } from './keys.ts';
import { lines } from './lines.ts';
import { isHeardAt, isLouder, type Move, movesBetween, type Side } from './moves.ts';

export type CompareOptions = Omit<InputOptions, 'policy' | 'since'> &
  Pick<ReplayOptions, 'format' | 'output' | 'minSeverity' | 'failOn' | 'decisions'>;

type Deciding = DetectDeps & { readonly decisions: DecisionStore };

/** Keys that are tried one by one: each is a detector of its own, with a history of its own. */
const MOST_TRIED = 8;

/**
 * Judges records by two policies in one read and prints what people would hear otherwise; gives the exit code.
 *
 * Each policy has a detector and a history of its own, and is told the same decisions: what a policy takes for suspect is not learnt, so scores alone would not
 * tell. Which key is behind a change is found out the same way, by the first policy with this key of the second.
 *
 * @param first the policy that is in force: a file, or `none` for the defaults
 * @param rest the other policy, and the paths to read
 */
export async function runCompare(
  first: string,
  [second, ...paths]: readonly string[],
  options: CompareOptions,
): Promise<number> {
  if (second === undefined) return wrong('--compare takes two policies: --compare A B PATH');
  if (options.format !== 'table' && options.format !== 'json')
    return wrong('--compare prints a table or json');
  const loaded = await Promise.all([first, second].map(loadPolicy));
  const problems = loaded.flatMap((each) => (each.ok ? [] : each.problems));
  if (problems.length > 0) return wrong(...problems);
  const [before, after] = loaded.map((each) => (each as ChosenPolicy & { ok: true }).policy) as [
    Policy,
    Policy,
  ];
  const problem = options.output === undefined ? undefined : await problemWriting(options.output);
  if (problem !== undefined) return wrong(problem);
  const decided = await decisionsAsked(options.decisions);
  if (!decided.ok) return wrong(...decided.problems);
  const prepared = await prepare(paths, options);
  if (typeof prepared === 'string') return wrong(prepared);
  const { found, networks } = prepared;

  const keys = changedKeys(before, after);
  const tried = keys.length > 1 && keys.length <= MOST_TRIED ? keys : [];
  const opened: Stores[] = [];
  const detector = (policy: Policy): Promise<Deciding> => {
    const stores = openStores(undefined);
    opened.push(stores);
    const { history, verdicts } = stores;
    return deciding({ history, verdicts, policy, networks }, decided.decisions);
  };
  const [own, other, ...single] = (await Promise.all(
    [before, after, ...tried.map((key) => withKey(before, after, key))].map(detector),
  )) as [Deciding, Deciding, ...Deciding[]];
  const console = await openConsole(prepared.size);
  try {
    const { tally, findings } = await replay(own, found, prepared.options, console, {
      beside: [other, ...single],
    });
    console.stop();
    const nothing = nothingUnderstood(
      tally,
      found.files.every(({ path }) => path === '-'),
    );
    if (nothing !== undefined) return wrong(...nothing);
    const sideOf = async ({ verdicts, policy, decisions }: Deciding): Promise<Side> => ({
      policy,
      findings: await findingsIn(verdicts, policy, decisions),
    });
    const sides: [Side, Side] = [{ policy: before, findings }, await sideOf(other)];
    const alone = new Map(
      await Promise.all(
        single.map(async (each, index) => [tried[index] as string, await sideOf(each)] as const),
      ),
    );
    const all = movesBetween(...sides, alone);
    const least = options.minSeverity ?? (options.format === 'table' ? 'medium' : 'low');
    const moves = all.filter((move) => isHeardAt(move, least));
    const text =
      options.format === 'json'
        ? `${JSON.stringify({ keys, moves: moves.map((move) => plain(move, sides)) }, undefined, 2)}\n`
        : `${lines(all, moves, keys, sides, [first, second]).join('\n')}\n`;
    await openOutput(options.output).write([text]);
    const { failOn } = options;
    if (failOn !== undefined && all.some((move) => isLouder(move, failOn))) return EXIT.failOn;
    return tally.damaged + tally.failed + foreignOf(tally) > 0 ? EXIT.damaged : EXIT.done;
  } catch (error) {
    return wrong(reasonOf(error));
  } finally {
    console.stop();
    for (const stores of opened) stores.close();
  }
}

/** A move for a program: the finding as one line of a list. */
const plain = ({ kind, finding, from, to, by }: Move, [before, after]: readonly [Side, Side]) => ({
  kind,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  by,
  finding: rowOf(finding, kind === 'vanished' ? before.policy : after.policy),
});
