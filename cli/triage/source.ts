import { stat } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import { putOffAs } from '../../adapters/sqs/put-off-as.ts';
import { convergeAgain } from '../../app/converge.ts';
import type { DecisionStore } from '../../app/ports.ts';
import type { Reopening } from '../../app/reopening.ts';
import type { Decider } from '../../core/findings/decision.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { type Source, troubleOpening, unclear } from '../explain/source.ts';
import { openStack, resourcesOf } from '../redrive/stack.ts';
import type { Stores } from '../replay/stores.ts';

/** Stores in which decisions are kept, and how what they concern is judged again. */
export interface OpenedTriage extends Stores {
  readonly decisions: DecisionStore;
  readonly judgeAgain: (policy: Policy, waiting: readonly Reopening[]) => Promise<void>;
  /** It has been judged again when `judgeAgain` returns, and not by a queue some time later. */
  readonly atOnce: boolean;
  readonly who: () => Promise<Decider>;
  /** Options that name it in a command. */
  readonly options: string;
}

/** Opens a state file, or the tables of a deployment, to write decisions; gives the reason where it cannot. */
export async function openTriage(source: Source): Promise<OpenedTriage | string> {
  const { state = '', stack, region } = source;
  const problem = unclear(source);
  if (problem !== undefined) return problem;
  try {
    if (stack !== undefined) return await deployed(stack, region);
    await stat(state);
    return onDesk(state);
  } catch (error) {
    return troubleOpening(source.state, error);
  }
}

function onDesk(state: string): OpenedTriage {
  const stores = sqliteStores(state);
  const { history, verdicts } = stores;
  return {
    ...stores,
    judgeAgain: (policy, waiting) => convergeAgain({ history, verdicts, policy }, waiting),
    atOnce: true,
    who: async () => ({ name: `${userInfo().username} at ${hostname()}` }),
    options: `--state ${state}`,
  };
}

async function deployed(stack: string, region: string | undefined): Promise<OpenedTriage> {
  const opened = await openStack({ stack, ...(region !== undefined && { region }) });
  const [queue] = resourcesOf(opened, 'AWS::SQS::Queue', /Ingest.*Queue/);
  if (queue === undefined)
    throw new Error(`stack ${stack} has no queue, so it is no detector of Launchtrail`);
  const stores = await (await import('../explain/deployed.ts')).openDeployed({ stack, region });
  if (stores.decisions === undefined) throw new Error(`stack ${stack} keeps no decisions`);
  return {
    ...stores,
    decisions: stores.decisions,
    judgeAgain: (_, waiting) => putOffAs(opened.caller, queue.physical, waiting),
    atOnce: false,
    who: () => callerOf(opened.caller),
    options: `--stack ${stack}${region === undefined ? '' : ` --region ${region}`}`,
  };
}

/** Who AWS says is calling; anyone may ask that of himself. */
async function callerOf({ region, credentials }: AwsCaller): Promise<Decider> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ region, credentials });
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    if (Arn === undefined) throw new Error('STS did not say who is calling');
    return { name: Arn, verified: true };
  } finally {
    sts.destroy();
  }
}
