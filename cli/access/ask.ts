import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { answer } from '../../core/access/ask.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { wrong } from '../wrong.ts';

/** Answers each input of a file: one JSON object, or one a line. One that cannot be read is named by its line, the rest answered. */
export async function tellAnswers(file: string): Promise<number> {
  let text: string;
  try {
    text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    return wrong(`${file}: ${reasonOf(error)}`);
  }
  const inputs = inputsOf(text);
  if (inputs.length === 0)
    return wrong(`${file}: it is empty; it should hold what SimulateCustomPolicy takes`);
  let code: number = EXIT.done;
  let answered = 0;
  for (const { place, value, reason } of inputs) {
    const found = reason === undefined ? answer(value) : { ok: false as const, reason };
    if (!found.ok) {
      process.stderr.write(`launchtrail: ${file}${place}: ${found.reason}\n`);
      code = EXIT.damaged;
      continue;
    }
    answered += 1;
    process.stdout.write(`${JSON.stringify({ EvaluationResults: found.answers })}\n`);
    for (const problem of found.problems) process.stderr.write(`launchtrail: ${file}${place}: ${problem}\n`);
    if (found.problems.length > 0) code = EXIT.damaged;
  }
  return answered === 0 ? EXIT.wrong : code;
}

interface Input {
  readonly place: string;
  readonly value?: unknown;
  readonly reason?: string;
}

function inputsOf(text: string): readonly Input[] {
  const whole = parsed(text, '');
  if (whole.reason === undefined) return [whole];
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parsed(line, `, line ${index + 1}`)]));
}

function parsed(text: string, place: string): Input {
  try {
    return { place, value: JSON.parse(text) };
  } catch (error) {
    return { place, reason: reasonOf(error) };
  }
}
