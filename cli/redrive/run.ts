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
import { isMember, memberQueue } from './members.ts';
import { exampleOf, type Reason, undeliveredReason, unjudgedReason } from './reasons.ts';
import { awsTrouble, openStack, resourcesOf, type Stack } from './stack.ts';
import { groupLines, tallyOf } from './tally.ts';

export interface RedriveOptions {
  readonly stack: string;
  readonly region?: string;
  /** Names of reasons; absent: all that would not fail again. */
  readonly reason?: readonly string[];
  /** Regions of member accounts, `444455556666/eu-west-1`, whose undelivered records are taken as well. */
  readonly member?: readonly string[];
  readonly send?: true;
  readonly format: 'text' | 'json';
}

/** How long messages are hidden from others while they are looked at, s: enough for some ten thousand of them. */
const HIDDEN_S = 600;

/** A dead-letter queue, and how it is found out why a message lies there. */
interface Source {
  readonly name: string;
  readonly caller: AwsCaller;
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
  const strange = options.member?.find((each) => !isMember(each));
  if (strange !== undefined)
    return wrong(`--member takes a Region of an account such as 444455556666/eu-west-1, not ${strange}`);
  try {
    const stack = await openStack(options);
    const queues = await queuesOf(stack);
    if (typeof queues === 'string') return wrong(queues);
    const members = await Promise.all(
      (options.member ?? []).map(async (member): Promise<Source> => {
        const queue = await memberQueue(stack.caller, member);
        return { ...queue, name: `could not be sent from ${member}`, reason: undeliveredReason };
      }),
    );
    return await redrive(stack.caller, { ...queues, sources: [...queues.sources, ...members] }, options);
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
        {
          name: 'could not be judged',
          caller: stack.caller,
          url: unjudged.physical,
          reason: unjudgedReason,
        },
        ...undelivered.map(({ physical }) => ({
          name: 'could not be delivered',
          caller: stack.caller,
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
  const result = {
    sent: 0,
    kept: 0,
    refused: [] as string[],
    twice: [] as string[],
    unreached: [] as string[],
  };
  for (const { name, caller: own, url, reason } of sources) {
    const held: Letter[] = [];
    try {
      for await (const letters of lettersIn(own, url, HIDDEN_S)) {
        const wanted: Letter[] = [];
        for (const letter of letters) {
          const why = reason(letter);
          tally.add(name, why, letter.sent, () => exampleOf(letter));
          (isWanted(why, options) ? wanted : held).push(letter);
        }
        if (wanted.length === 0) continue;
        const refused = await sendAll(caller, target, wanted);
        const confirmed = wanted.filter((letter) => !refused.some((each) => each.letter === letter));
        const undeleted = await removeAll(own, url, confirmed);
        held.push(...refused.map(({ letter }) => letter));
        result.sent += confirmed.length;
        result.refused.push(...refused.map(saying));
        result.twice.push(...undeleted.map(saying));
      }
    } catch (error) {
      // one member that cannot be reached must not keep the others' records
      if (own === caller) throw error;
      result.unreached.push(`${name}: ${reasonOf(error)}`);
    } finally {
      result.kept += held.length;
      // what is not shown again now comes back by itself
      if (held.length > 0) await putBack(own, url, held);
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
  for (const each of result.unreached) process.stderr.write(`launchtrail: not looked at: ${each}\n`);
  return result.refused.length + result.twice.length + result.unreached.length > 0 ? EXIT.damaged : EXIT.done;
}

const isWanted = ({ name, hopeless }: Reason, { send, reason }: RedriveOptions): boolean =>
  send === true && (reason === undefined ? !hopeless : reason.includes(name));

const saying = ({ letter, reason }: Refused): string =>
  `${exampleOf(letter)}: ${reasonOf(new Error(reason))}`;
