import { awsEndpoint } from './adapters/http-server.ts';

type Answer = Readonly<Record<string, unknown>>;

const REFUSALS: Readonly<Record<string, string>> = {
  DescribeExecution: 'ExecutionDoesNotExist',
  StartExecution: 'ExecutionAlreadyExists',
};

/**
 * Step Functions of one state machine on this machine, as far as a replay calls them.
 *
 * @param trail bucket in its definition
 * @param work what a run does; it fails where this throws, and again when it is redriven
 */
export async function fakeStates(trail: string, work: (input: Answer) => Promise<void>) {
  const runs = new Map<string, { status: string; input: Answer; cause?: string }>();
  const asked: string[] = [];
  const go = (name: string, input: Answer): void => {
    runs.set(name, { status: 'RUNNING', input });
    work(input).then(
      () => runs.set(name, { status: 'SUCCEEDED', input }),
      (error) => runs.set(name, { status: 'FAILED', input, cause: String(error) }),
    );
  };
  const answer = (action: string, input: Record<string, string>): Answer | undefined => {
    const name = input.name ?? input.executionArn?.split(':').at(-1) ?? '';
    const run = runs.get(name);
    switch (action) {
      case 'DescribeStateMachine':
        return { definition: JSON.stringify({ States: { Read: { trail } } }) };
      case 'StartExecution':
        if (run !== undefined) return undefined;
        go(name, JSON.parse(String(input.input)));
        return {};
      case 'RedriveExecution':
        go(name, run?.input ?? {});
        return {};
      case 'DescribeExecution':
        return run && { status: run.status, ...(run.cause && { error: 'Error', cause: run.cause }) };
      case 'ListMapRuns':
        return { mapRuns: [{ mapRunArn: `arn:aws:states:eu-west-1:111122223333:mapRun:Seed/Read:${name}` }] };
      default:
        return { itemCounts: { total: 12, succeeded: run?.status === 'RUNNING' ? 7 : 12, failed: 0 } };
    }
  };
  const endpoint = await awsEndpoint(({ headers, body }) => {
    const action = String(headers['x-amz-target']).replace('AWSStepFunctions.', '');
    asked.push(action);
    const given = answer(action, JSON.parse(body));
    return given === undefined
      ? {
          status: 400,
          body: JSON.stringify({ __type: `com.amazonaws.states#${REFUSALS[action]}`, message: 'no' }),
        }
      : { status: 200, body: JSON.stringify(given) };
  });
  return {
    asked,
    runs,
    endpoint: endpoint.config.endpoint,
    close: () => endpoint[Symbol.asyncDispose](),
  };
}
