import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../core/access/documents.ts';
import { evaluator } from '../../../core/access/evaluate.ts';
import { ACCOUNT, allow, policy } from './subjects.ts';

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

describe('a policy of which a part cannot be read', () => {
  it.each<[what: string, statement: object, problem: RegExp]>([
    ['no action', { Resource: '*' }, /element Action/],
    ['all but an empty list', { NotAction: [], Resource: '*' }, /element Action/],
    ['an action that is no text', { Action: ['s3:*', {}], Resource: '*' }, /element Action/],
    ['all but one that is no text', { NotAction: ['ec2:*', null], Resource: '*' }, /element Action/],
    ['no resource', { Action: 'ec2:*' }, /element Resource/],
    [
      'all but what it names',
      { Action: 'ec2:*', NotAction: 's3:*', Resource: '*' },
      /NotAction stands beside/,
    ],
    [
      'all but where it is',
      { Action: 'ec2:*', Resource: '*', NotResource: 'x' },
      /NotResource stands beside/,
    ],
    ['a resource that is no text', { Action: 'ec2:*', Resource: [['*']] }, /element Resource/],
  ])('may allow what it names or not: %s', (_, statement, problem) => {
    for (const Effect of ['Allow', 'Deny']) {
      const document = readDocument({ Version: '2012-10-17', Statement: { Effect, ...statement } }, 'p');
      expect(document.problems).toEqual([expect.stringMatching(problem)]);
      const all = readDocument(policy(allow()), 'all');
      const subject = {
        partition: 'aws',
        account: ACCOUNT,
        layers: [{ name: 'identity', documents: Effect === 'Allow' ? [document] : [document, all] }],
        known: {},
      };
      const { answer } = evaluator().judge(subject, { action: 'ec2:RunInstances' });
      expect(answer).toBe('unknown');
    }
  });

  it('is unknown whole where its version is none that there is', () => {
    const given = { ...policy(allow()), Version: '2099-01-01' };
    const { statements, problems } = readDocument(given, 'p');
    expect(statements.every(({ unknown }) => unknown)).toBe(true);
    expect(problems).toEqual(['p: its Version is neither 2012-10-17 nor 2008-10-17']);
  });

  it.each([null, undefined])('is unknown whole where its Statement is %j', (Statement) => {
    expect(readDocument({ Version: '2012-10-17', Statement }, 'p').problems).toHaveLength(1);
  });
});
