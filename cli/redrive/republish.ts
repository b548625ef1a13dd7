import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import { type Letter, lettersIn, putBack, removeAll } from '../../adapters/sqs/dead-letters.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { wrong } from '../wrong.ts';
import { failedBatchIn, handTo, nameOf, recordsOf, untoldReason } from './changes.ts';
import { opened } from './kept-object.ts';
import { awsTrouble, openStack, resourcesOf } from './stack.ts';
import { sweep } from './sweep.ts';
import { groupLines, tallyOf } from './tally.ts';

export interface RepublishOptions {
  readonly stack: string;
  readonly region?: string;
  readonly reason?: readonly string[];
  readonly send?: true;
  readonly all?: true;
  /** ms */
  readonly since?: number;
  readonly format: 'text' | 'json';
}

/** As long as the slowest function may take for what one call hands to it, several times over, s. */
const HIDDEN_S = 900;

/** Functions that follow the stream of the findings. */
const FOLLOWERS = /^(?:Notify|Respond)/;

/**
 * Hands changes of verdicts that were not told to the functions that tell them. Without `send` it says what lies there and why.
 * What a function has not confirmed stays; what is told already is told once only, since each marks what it has told.
 */
export async function runRepublish(options: RepublishOptions): Promise<number> {
  try {
    const stack = await openStack(options);
    const queues = resourcesOf(stack, 'AWS::SQS::Queue', /^(?:Notify|Respond).*Failed/);
    const functions = resourcesOf(stack, 'AWS::Lambda::Function', FOLLOWERS);
    const [table] = resourcesOf(stack, 'AWS::DynamoDB::Table', /StoresFindings/);
    if (functions.length === 0 || table === undefined)
      return wrong('the stack has no functions that follow findings, so it is no detector of Launchtrail');
    if (options.all) return await sweepAll(stack.caller, table.physical, functions, options);
    return await republish(stack.caller, queues, options);
  } catch (error) {
    return wrong(awsTrouble(error, options.stack));
  }
}

async function sweepAll(
  caller: AwsCaller,
  table: string,
  functions: readonly { physical: string }[],
  { since = 0 }: RepublishOptions,
): Promise<number> {
  const names = functions.map(({ physical }) => physical);
  const swept = await sweep(caller, table, names, since, (verdicts) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${verdicts} verdicts`);
  });
  process.stderr.write(`${swept.verdicts} verdicts handed to ${names.map(nameOf).join(' and ')}\n`);
  for (const problem of swept.problems) process.stderr.write(`launchtrail: ${problem}\n`);
  return swept.problems.length > 0 ? EXIT.damaged : EXIT.done;
}

async function republish(
  caller: AwsCaller,
  queues: readonly { logical: string; physical: string }[],
  { send, reason, format }: RepublishOptions,
): Promise<number> {
  const tally = tallyOf();
  const result = { told: 0, kept: 0, problems: [] as string[] };
  for (const { logical, physical } of queues) {
    const held: Letter[] = [];
    try {
      for await (const letters of lettersIn(caller, physical, HIDDEN_S)) {
        for (const note of letters) {
          const letter = await opened(caller, note);
          const why = untoldReason(letter);
          tally.add(logical, why, letter.sent, () => exampleOf(letter));
          const wanted = send === true && !why.hopeless && (reason?.includes(why.name) ?? true);
          const problem = wanted ? await tell(caller, letter) : 'not asked for';
          const left = problem === undefined ? await removeAll(caller, physical, [letter]) : [];
          if (problem === undefined) result.told += 1;
          else held.push(letter);
          if (wanted && problem !== undefined) result.problems.push(`${exampleOf(letter)}: ${problem}`);
          for (const each of left)
            result.problems.push(
              `told, but not deleted, which does no harm: ${exampleOf(letter)}: ${each.reason}`,
            );
        }
      }
    } finally {
      result.kept += held.length;
      // what is not shown again now comes back by itself
      await putBack(caller, physical, held);
    }
  }
  const groups = tally.groups();
  if (format === 'json') process.stdout.write(`${JSON.stringify({ groups, ...result }, null, 2)}\n`);
  else process.stdout.write(groups.length === 0 ? 'nothing is left untold\n' : groupLines(groups));
  if (send) process.stderr.write(`${result.told} told and deleted here, ${result.kept} left\n`);
  else if (groups.length > 0)
    process.stderr.write(
      'nothing was told: --send hands it to the functions, --reason NAME what you choose\n',
    );
  for (const problem of result.problems) process.stderr.write(`launchtrail: ${problem}\n`);
  return result.problems.length > 0 ? EXIT.damaged : EXIT.done;
}

/** Hands what a message is about to the function that failed at it; gives why not, if not. */
async function tell(caller: AwsCaller, { body }: Letter): Promise<string | undefined> {
  const batch = failedBatchIn(body);
  if (batch === undefined) return 'is nothing that Lambda writes about a stream';
  try {
    const records = await recordsOf(caller, batch);
    if (records === undefined)
      return 'the stream has forgotten these changes: republish --all goes through all verdicts, then delete this';
    return records.length === 0 ? undefined : await handTo(caller, batch.functionArn, records);
  } catch (error) {
    return reasonOf(error);
  }
}

function exampleOf({ id, body }: Letter): string {
  const batch = failedBatchIn(body);
  return batch === undefined ? `message ${id}` : `message ${id} for ${nameOf(batch.functionArn)}`;
}
