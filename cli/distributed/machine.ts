import { type AwsCaller, AwsRefusal, signedCall } from '../../adapters/aws/signed-call.ts';

/** How far a run of a state machine is. */
interface Run {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  /** Why it failed. */
  readonly cause?: string;
}

/** How far a distributed map of a run is, in items: objects of a trail. */
export interface MapProgress {
  /** Name of the state. */
  readonly name: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** What Step Functions answers about one state machine, by its ARN. */
export interface Machine {
  /** Where it reads, as its definition says. */
  readsFrom(): Promise<string | undefined>;
  start(run: string, input: object): Promise<void>;
  /** undefined where there is no such run. */
  run(name: string): Promise<Run | undefined>;
  /** Goes on with what failed, from where it failed. */
  redrive(name: string): Promise<void>;
  maps(name: string): Promise<MapProgress[]>;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html */
export function machineOf(caller: AwsCaller, arn: string): Machine {
  const call = async (action: string, input: object): Promise<Record<string, unknown>> => {
    const target = `AWSStepFunctions.${action}`;
    const { text } = await signedCall(caller, { service: 'states', target, body: JSON.stringify(input) });
    return Object(JSON.parse(text || '{}'));
  };
  const executionArn = (name: string): string => `${arn.replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    async readsFrom() {
      const { definition } = await call('DescribeStateMachine', { stateMachineArn: arn });
      return /"trail":"([^"]+)"/.exec(String(definition))?.[1];
    },
    start: async (name, input) =>
      void (await call('StartExecution', { stateMachineArn: arn, name, input: JSON.stringify(input) })),
    async run(name) {
      try {
        const { status, error, cause } = await call('DescribeExecution', {
          executionArn: executionArn(name),
        });
        const why = [error, cause].filter((each) => typeof each === 'string').join(': ');
        return { status: status as Run['status'], ...(why !== '' && { cause: why }) };
      } catch (error) {
        if (error instanceof AwsRefusal && error.name === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
    redrive: async (name) => void (await call('RedriveExecution', { executionArn: executionArn(name) })),
    async maps(name) {
      const { mapRuns } = await call('ListMapRuns', { executionArn: executionArn(name) });
      const arns = (Array.isArray(mapRuns) ? mapRuns : []).map((each) => String(Object(each).mapRunArn));
      return Promise.all(
        arns.map(async (mapRunArn) => progressOf(mapRunArn, await call('DescribeMapRun', { mapRunArn }))),
      );
    },
  };
}

/** The ARN of a map's run ends in `MACHINE/STATE:ID`. */
function progressOf(arn: string, { itemCounts }: Record<string, unknown>): MapProgress {
  const counts = Object(itemCounts) as Record<string, number>;
  return {
    name: /\/([^:/]+):[^:]*$/.exec(arn)?.[1] ?? 'map',
    total: counts.total ?? 0,
    done: counts.succeeded ?? 0,
    failed: counts.failed ?? 0,
  };
}
