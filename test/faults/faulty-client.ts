import {
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
} from '@aws-sdk/lib-dynamodb';

/** What may happen to one call to AWS, the SDK having given up to try it again. */
export const FAULTS = [
  'throttled',
  'connection reset before it took effect',
  'connection reset after it took effect',
  'timed out and takes effect later',
  'internal error',
  'process dies before it',
  'process dies after it',
  'half of the batch left undone',
  'refused for its size',
  'refused because another was first',
  'took effect, tried again and refused as if another had been first',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How long the trouble lasts: this one call, or until the function has given its batch back. */
export type Lasting = 'for one call' | 'until the batch is given back';

const isDeath = (fault: Fault): boolean => fault.startsWith('process dies');

/** Whether a fault can befall a call; what befalls only batches or writes befalls no other. */
function befalls(fault: Fault, command: object): boolean {
  if (fault === 'half of the batch left undone')
    return command instanceof BatchGetCommand || command instanceof BatchWriteCommand;
  if (fault === 'refused for its size')
    return command instanceof PutCommand || command instanceof BatchWriteCommand;
  if (isCondition(fault))
    return command instanceof PutCommand && command.input.ConditionExpression !== undefined;
  return true;
}

const isCondition = (fault: Fault): boolean => fault.includes('first');

type Client = Pick<DynamoDBDocumentClient, 'send'>;
type Command = { readonly input: { RequestItems?: Record<string, unknown> } };
type Send = (command: Command) => Promise<object>;

const meta = { $metadata: {}, message: 'injected' };
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

function errorOf(fault: Fault): Error {
  if (fault === 'throttled') return new ProvisionedThroughputExceededException(meta);
  if (isCondition(fault)) return new ConditionalCheckFailedException(meta);
  if (fault === 'internal error') return new InternalServerError(meta);
  if (fault.startsWith('timed out')) return named('TimeoutError', 'injected: no answer');
  if (isDeath(fault)) return named('Death', 'injected: the process is dead');
  if (fault === 'refused for its size')
    return named('ValidationException', 'Item size has exceeded the maximum allowed size');
  return named('ECONNRESET', 'injected: read ECONNRESET');
}

/** A client one of whose calls goes wrong. */
export interface FaultyClient {
  readonly client: DynamoDBDocumentClient;
  /** Calls made so far. */
  readonly calls: () => number;
  /** Whether the call that should go wrong has done so. */
  readonly struck: () => boolean;
  /** Whether its process has died: it does nothing any more. */
  readonly dead: () => boolean;
  /** The function has given its batch back: trouble that lasted until then is over. */
  readonly batchIsOver: () => Promise<void>;
}

/**
 * @param at the number of the call, from 0, that goes wrong; absent: none
 */
export function faultyClient(real: Client, at?: number, fault?: Fault, lasting?: Lasting): FaultyClient {
  const send = real.send.bind(real) as unknown as Send;
  let calls = 0;
  let struck = false;
  let dead = false;
  let out = false;
  const late: (() => Promise<object>)[] = [];

  const strike = async (command: Command, how: Fault): Promise<object> => {
    struck = true;
    out = lasting === 'until the batch is given back';
    if (how === 'half of the batch left undone') return half(command, send);
    if (how === 'timed out and takes effect later') late.push(() => send(command));
    if (/after it|^took effect/.test(how)) await settled(send(command));
    dead = isDeath(how);
    throw errorOf(how);
  };

  return {
    calls: () => calls,
    struck: () => struck,
    dead: () => dead,
    batchIsOver: async () => {
      out = false;
      for (const each of late.splice(0)) await settled(each());
    },
    client: {
      send: async (command: Command) => {
        const number = calls;
        calls += 1;
        if (dead) throw errorOf('process dies before it');
        if (fault !== undefined && number === at && befalls(fault, command)) return strike(command, fault);
        if (out) throw errorOf('internal error');
        return send(command);
      },
    } as unknown as DynamoDBDocumentClient,
  };
}

/** A call whose answer nobody gets. */
const settled = (call: Promise<object>): Promise<unknown> => Promise.allSettled([call]);

/** Does the first half of a batch and hands back the rest. */
async function half(command: Command, send: Send): Promise<object> {
  const isGet = command instanceof BatchGetCommand;
  const [[table, asked] = ['', []]] = Object.entries(command.input.RequestItems ?? {});
  const list = (isGet ? (asked as { Keys: unknown[] }).Keys : asked) as unknown[];
  const shape = (some: unknown[]): unknown => (isGet ? { ...(asked as object), Keys: some } : some);
  const doing = list.slice(0, Math.ceil(list.length / 2));
  const rest = list.slice(doing.length);
  const Batch = command.constructor as new (input: object) => Command;
  const answer = await send(new Batch({ ...command.input, RequestItems: { [table]: shape(doing) } }));
  if (rest.length === 0) return answer;
  return { ...answer, [isGet ? 'UnprocessedKeys' : 'UnprocessedItems']: { [table]: shape(rest) } };
}
