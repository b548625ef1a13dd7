import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import {
  deadLettersOf,
  type Letter,
  lettersIn,
  putBack,
  type Refused,
  removeAll,
  sendAll,
} from '../../adapters/sqs/dead-letters.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { wrong } from '../wrong.ts';
import { exampleOf, type Reason, undeliveredReason, unjudgedReason } from './reasons.ts';
import { awsTrouble, openStack, resourcesOf, type Stack } from './stack.ts';
import { groupLines, tallyOf } from './tally.ts';

export interface RedriveOptions {
  readonly stack: string;
  readonly region?: string;
  /** Names of reasons; absent: all that would not fail again. */
  readonly reason?: readonly string[];
  readonly send?: true;
  readonly format: 'text' | 'json';
}

/** How long messages are hidden from others while they are looked at, s: enough for some ten thousand of them. */
const HIDDEN_S = 600;

/** A dead-letter queue, and how it is found out why a message lies there. */
interface Source {
  readonly name: string;
  readonly url: string;
  readonly reason: (letter: Letter) => Reason;
}

/** Where records that could not be judged, or not be delivered, lie; and where they belong. */
interface Queues {
  readonly target: string;
  readonly sources: readonly Source[];
}

/**
 * Sends records back that ended in dead-letter queues. Without `send` it says what lies there and why. Nothing is deleted before the
 * queue has confirmed that it has it, and what is sent twice is judged once more, which changes nothing; so whoever is interrupted
 * begins anew.
 */
export async function runRedrive(options: RedriveOptions): Promise<number> {
  try {
    const stack = await openStack(options);
    const queues = await queuesOf(stack);
    if (typeof queues === 'string') return wrong(queues);
    return await redrive(stack.caller, queues, options);
  } catch (error) {
    return wrong(awsTrouble(error, options.stack));
  }
}

async function queuesOf(stack: Stack): Promise<Queues | string> {
  const all = resourcesOf(stack, 'AWS::SQS::Queue', /./);
  for (const { physical: target } of resourcesOf(stack, 'AWS::SQS::Queue', /Ingest.*Queue/)) {
    const name = await deadLettersOf(stack.caller, target);
    const unjudged = all.find(({ physical }) => name !== undefined && physical.endsWith(`/${name}`));
    if (unjudged === undefined) continue;
    const undelivered = resourcesOf(stack, 'AWS::SQS::Queue', /Undelivered/);
    return {
      target,
      sources: [
        { name: 'could not be judged', url: unjudged.physical, reason: unjudgedReason },
        ...undelivered.map(({ physical }) => ({
          name: 'could not be delivered',
          url: physical,
          reason: undeliveredReason,
        })),
      ],
    };
  }
  return 'the stack has no queue with dead letters, so it is no detector of Launchtrail';
}

async function redrive(
  caller: AwsCaller,
  { target, sources }: Queues,
  options: RedriveOptions,
): Promise<number> {
  const tally = tallyOf();
  const result = { sent: 0, kept: 0, refused: [] as string[], twice: [] as string[] };
  for (const { name, url, reason } of sources) {
    const held: Letter[] = [];
    try {
      for await (const letters of lettersIn(caller, url, HIDDEN_S)) {
        const wanted: Letter[] = [];
        for (const letter of letters) {
          const why = reason(letter);
          tally.add(name, why, letter.sent, () => exampleOf(letter));
          (isWanted(why, options) ? wanted : held).push(letter);
        }
        if (wanted.length === 0) continue;
        const refused = await sendAll(caller, target, wanted);
        const confirmed = wanted.filter((letter) => !refused.some((each) => each.letter === letter));
        const undeleted = await removeAll(caller, url, confirmed);
        held.push(...refused.map(({ letter }) => letter));
        result.sent += confirmed.length;
        result.refused.push(...refused.map(saying));
        result.twice.push(...undeleted.map(saying));
      }
    } finally {
      result.kept += held.length;
      // what is not shown again now comes back by itself
      await putBack(caller, url, held);
    }
  }
  const groups = tally.groups();
  const unknown = (options.reason ?? []).filter((name) => !groups.some((group) => group.name === name));
  if (options.format === 'json') process.stdout.write(`${JSON.stringify({ groups, ...result }, null, 2)}\n`);
  else process.stdout.write(groups.length === 0 ? 'no dead letters\n' : groupLines(groups));
  if (options.send) process.stderr.write(`${result.sent} sent back and deleted here, ${result.kept} left\n`);
  else if (groups.length > 0)
    process.stderr.write(
      'nothing was sent: --send sends back what would not fail again, --reason NAME what you choose\n',
    );
  for (const name of unknown)
    process.stderr.write(`launchtrail: nothing lies there for the reason ${name}\n`);
  for (const each of result.refused)
    process.stderr.write(`launchtrail: not sent, and still there: ${each}\n`);
  for (const each of result.twice)
    process.stderr.write(`launchtrail: sent, but not deleted, which does no harm: ${each}\n`);
  return result.refused.length + result.twice.length > 0 ? EXIT.damaged : EXIT.done;
}

const isWanted = ({ name, hopeless }: Reason, { send, reason }: RedriveOptions): boolean =>
  send === true && (reason === undefined ? !hopeless : reason.includes(name));

const saying = ({ letter, reason }: Refused): string =>
  `${exampleOf(letter)}: ${reasonOf(new Error(reason))}`;
