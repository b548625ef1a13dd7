import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../core/access/documents.ts';

const policyWith = (Condition: unknown) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ec2:RunInstances', Resource: '*', Condition }],
});

describe('a statement whose Condition cannot be read', () => {
  it.each([['text'], [7], [null], [[]], [{ StringEquals: 'x' }], [{ Bool: [] }]])(
    'is named and may allow or not, for it would allow without any: %j',
    (condition) => {
      const { statements, problems } = readDocument(policyWith(condition), 'policy p');
      expect(statements.map(({ unknown }) => unknown)).toEqual([true, true]);
      expect(problems).toEqual([
        'policy p, statement 1: element Condition does not hold keys under operators',
      ]);
    },
  );

  it('is not one that holds nothing, or keys under operators', () => {
    for (const condition of [undefined, {}, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }]) {
      const { statements, problems } = readDocument(policyWith(condition), 'policy p');
      expect([statements.map(({ unknown }) => unknown), problems]).toEqual([[false], []]);
    }
  });
});
