import { describe, expect, it } from 'vitest';
import { configFrom } from '../../lib/config.ts';
import { appWith, templateWith } from './synth.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Choices?: readonly { readonly Next: string }[];
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

  it('begins by silencing what it seeds, reads, and judges only where it is a seed', () => {
    expect(States[StartAt]).toMatchObject({ Type: 'Choice', Default: 'Read', Choices: [{ Next: 'Begin' }] });
    expect(States.Begin).toMatchObject({ Type: 'Task', Next: 'Read' });
    expect(States.Read?.Next).toBe('Is it to be judged?');
    expect(States['Is it to be judged?']).toMatchObject({ Default: 'Done', Choices: [{ Next: 'Judge' }] });
    expect(States.Judge).toMatchObject({ Type: 'Map', End: true });
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
        BatchInput: { step, 'run.$': '$.run', 'wanted.$': '$.wanted', trail: 'trail-bucket' },
      },
    });
    const [task] = Object.values(Object(state?.ItemProcessor).States as Record<string, State>);
    expect(task).toMatchObject({
      Type: 'Task',
      Retry: [expect.objectContaining({ MaxAttempts: expect.any(Number) })],
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

  it('passes the checks of the synth', () => {
    expect(() => appWith({ seedFrom: 'trail-bucket' }).synth()).not.toThrow();
  });
});
