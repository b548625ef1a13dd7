import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** One block of a table: a line of cells, one per column, and what stands under them over the whole width. */
export interface Block {
  readonly cells: readonly string[];
  readonly below: string;
}

/**
 * Draws blocks with borders; texts are wrapped, words too long for their column broken, nothing is cut.
 *
 * Own code because `cli-table3` took 45 ms for each finding (it measures the whole text again for every line it draws)
 * and cuts what it cannot wrap.
 *
 * @param columns inner widths, in terminal cells, of each column
 */
export function boxes(
  head: readonly string[],
  blocks: readonly Block[],
  { columns, colours }: { columns: readonly number[]; colours: boolean },
): string {
  const grey = (text: string): string =>
    colours ? styleText('gray', text, { validateStream: false }) : text;
  const rule = (left: string, cross: string, right: string): string =>
    grey(`${left}${columns.map((width) => '─'.repeat(width + 2)).join(cross)}${right}`);
  const row = (texts: readonly string[], widths: readonly number[]): string[] => {
    const cells = texts.map((text, index) =>
      wrapAnsi(text, widths[index] ?? 1, { hard: true, trim: false }).split('\n'),
    );
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const parts = cells.map((lines, index) => padded(lines[line] ?? '', widths[index] ?? 1));
      return `${grey('│')} ${parts.join(` ${grey('│')} `)} ${grey('│')}`;
    });
  };
  const whole = columns.reduce((sum, width) => sum + width + 3, -3);
  const lines = [rule('┌', '┬', '┐'), ...row(head, columns)];
  for (const [index, { cells, below }] of blocks.entries()) {
    lines.push(index === 0 ? rule('├', '┼', '┤') : rule('├', '┬', '┤'));
    lines.push(...row(cells, columns), rule('├', '┴', '┤'), ...row([below], [whole]));
  }
  lines.push(grey(`└${'─'.repeat(whole + 2)}┘`));
  return `${lines.join('\n')}\n`;
}

const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));
