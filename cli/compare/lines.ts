import { rowOf } from '../replay/row.ts';
import type { Move, Side } from './moves.ts';

/** How two policies differ, in numbers and by keys, then one move after the other; for a person. */
export function lines(
  all: readonly Move[],
  moves: readonly Move[],
  keys: readonly string[],
  [before, after]: readonly [Side, Side],
  [first, second]: readonly [string, string],
): string[] {
  const counted = (kind: Move['kind']): string =>
    `${all.filter((move) => move.kind === kind).length} ${kind}`;
  const louder = keys.length === 1 ? 'one key differs' : `${keys.length} keys differ`;
  return [
    `${first} (${before.findings.length} findings) against ${second} (${after.findings.length}): ${counted('appeared')}, ${counted('vanished')}, ${counted('moved')}`,
    keys.length === 0 ? 'the two policies say the same' : `${louder}: ${keys.join(', ')}`,
    ...moves.flatMap((move) => {
      const {
        id,
        what,
        who,
        first: at,
      } = rowOf(move.finding, move.kind === 'vanished' ? before.policy : after.policy);
      const change = [move.from ?? 'nothing', move.to ?? 'nothing'].map((each) => each.toUpperCase());
      return [
        '',
        `${move.kind.padEnd(9)} ${change.join(' -> ')}  ${at.slice(0, 16)}Z  ${what}`,
        `          by ${who}; finding ${id}`,
        `          ${reasonOf(move, keys)}`,
      ];
    }),
    ...(all.length > moves.length
      ? ['', `${all.length - moves.length} more are not loud enough to print; --min-severity low prints all`]
      : []),
  ];
}

function reasonOf({ by }: Move, keys: readonly string[]): string {
  if (keys.length === 1) return `because of ${keys[0]}`;
  return by.length === 0 ? 'no key does this alone: several together' : `because of ${by.join(', or of ')}`;
}
