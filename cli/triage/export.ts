import { EXIT } from '../exit.ts';
import { openSource, type Source, unclear } from '../explain/source.ts';
import { reasonOf } from '../input/damage.ts';
import { awsTrouble } from '../redrive/stack.ts';
import { openOutput, problemWriting } from '../replay/write-output.ts';
import { wrong } from '../wrong.ts';
import { decisionLine, decisionsIn } from './decisions.ts';

export interface ExportOptions extends Source {
  readonly output?: string;
}

/** Writes all that was decided, a line each; gives the exit code. */
export async function exportDecisions({ output, ...source }: ExportOptions): Promise<number> {
  const problem = unclear(source) ?? (output === undefined ? undefined : await problemWriting(output));
  if (problem !== undefined) return wrong(problem);
  const stores = await openSource(source);
  if (typeof stores === 'string') return wrong(stores);
  try {
    const decisions = stores.decisions === undefined ? [] : await decisionsIn(stores.decisions);
    await openOutput(output).write(decisions.map(decisionLine));
    return EXIT.done;
  } catch (error) {
    return wrong(source.stack === undefined ? reasonOf(error) : awsTrouble(error, source.stack));
  } finally {
    stores.close();
  }
}
