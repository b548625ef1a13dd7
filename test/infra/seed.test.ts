import { describe, expect, it } from 'vitest';
import { configFrom } from '../../lib/config.ts';
import { appWith, templateWith } from './synth.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Choices?: readonly {
    readonly Next: string;
    readonly Variable?: string;
    readonly StringEquals?: string;
  }[];
  readonly [key: string]: unknown;
}

/** The definition of the state machine, with what stands for names of resources left as it is. */
function definitionIn(template: ReturnType<typeof templateWith>) {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts = machine?.Properties.DefinitionString['Fn::Join'][1] as unknown[];
  const text = parts
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', '')))
    .join('');
  return JSON.parse(text) as { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
}

describe('a seed from a bucket', () => {
  it('is deployed on request alone', () => {
    templateWith().resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    templateWith({ seedFrom: 'trail-bucket' }).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(() => configFrom({ seedFrom: 'No Bucket' })).toThrow("Context value 'seedFrom'");
  });

  const { StartAt, States } = definitionIn(templateWith({ seedFrom: 'trail-bucket' }));

  /** States from one on, by the way that a task takes through the choices. */
  function wayOf(task: string): string[] {
    const way: string[] = [];
    for (let name: string | undefined = StartAt; name !== undefined; ) {
      const state: State | undefined = States[name];
      way.push(name);
      const chosen: { Next: string } | undefined = state?.Choices?.find(
        (choice) => choice.Variable === '$.task' && choice.StringEquals === task,
      );
      name = chosen?.Next ?? (state?.Default as string | undefined) ?? state?.Next;
    }
    return way.filter((name) => States[name]?.Type !== 'Choice');
  }

  it('silences what it seeds first, reads, and judges into the tables of the stack', () => {
    expect(wayOf('seed')).toEqual(['Begin', 'Read', 'Judge', 'Done']);
  });

  it('makes tables for a replay, reads, judges and tells, and deletes them last', () => {
    expect(wayOf('replay')).toEqual([
      'Make history',
      'Make findings',
      'Make done',
      'Until they are ready',
      'Read',
      'Judge',
      'Tell',
      'Drop history',
      'Drop findings',
      'Drop done',
    ]);
  });

  it.each([
    ['Make', 'createTable', 'DynamoDb.ResourceInUseException'],
    ['Drop', 'deleteTable', 'DynamoDb.ResourceNotFoundException'],
  ])('goes on where tables of a replay are %s already', (verb, call, error) => {
    for (const [name, next] of [
      ['history', `${verb} findings`],
      ['findings', `${verb} done`],
    ] as const) {
      const state = States[`${verb} ${name}`];
      expect(state?.Resource).toMatch(new RegExp(`aws-sdk:dynamodb:${call}$`));
      expect(state?.Parameters).toMatchObject({
        'TableName.$': `States.Format('lt-replay-{}-${name}', $.run)`,
      });
      expect(state?.Catch).toEqual([{ ErrorEquals: [error], ResultPath: null, Next: next }]);
    }
  });

  it.each([
    ['Read', 'read', { Bucket: 'trail-bucket', 'Prefix.$': '$.prefix' }, 100],
    ['Judge', 'judge', { 'Prefix.$': "States.Format('{}/activities/', $.run)" }, 8],
  ] as const)('has a distributed map: %s', (name, step, source, concurrency) => {
    const state = States[name];
    expect(state).toMatchObject({
      Type: 'Map',
      MaxConcurrency: concurrency,
      ItemReader: { Resource: expect.stringContaining('s3:listObjectsV2'), Parameters: source },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
      ItemBatcher: {
        MaxItemsPerBatch: 100,
        BatchInput: {
          step,
          'task.$': '$.task',
          'run.$': '$.run',
          'wanted.$': '$.wanted',
          trail: 'trail-bucket',
        },
      },
    });
    const [task] = Object.values(Object(state?.ItemProcessor).States as Record<string, State>);
    expect(task).toMatchObject({
      Type: 'Task',
      Retry: [expect.anything(), expect.objectContaining({ ErrorEquals: ['States.ALL'], MaxAttempts: 3 })],
    });
  });

  it('may read the trail and not write to it, nor call anything else', () => {
    const template = templateWith({ seedFrom: 'trail-bucket' });
    const statements = Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith('Seed'))
      .flatMap(
        ([, { Properties }]) =>
          Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
      );
    const onTrail = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('trail-bucket'));
    expect(new Set(onTrail.flatMap(({ Action }) => Action))).toEqual(
      new Set(['s3:GetObject', 's3:ListBucket']),
    );
    const services = new Set(
      statements.flatMap(({ Action }) => [Action].flat().map((each) => each.split(':')[0])),
    );
    expect([...services].sort()).toEqual(['dynamodb', 'lambda', 'logs', 's3', 'states', 'xray']);
  });

  it('may make and delete tables of replays and no others', () => {
    const template = templateWith({ seedFrom: 'trail-bucket' });
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) =>
        Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
    );
    const changing = statements.filter(({ Action }) =>
      [Action].flat().some((each) => /^dynamodb:.*Table$/.test(each)),
    );
    expect(changing.length).toBeGreaterThan(0);
    for (const { Resource } of changing)
      for (const each of [Resource].flat())
        expect(JSON.stringify(each)).toMatch(/:table\/lt-replay-\*"\]\]\}$/);
  });

  it('passes the checks of the synth', () => {
    expect(() => appWith({ seedFrom: 'trail-bucket' }).synth()).not.toThrow();
  });
});
