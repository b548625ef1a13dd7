import type { Known } from '../../../core/access/conditions.ts';
import { readDocument } from '../../../core/access/documents.ts';
import { type Call, evaluator, type Subject, type Verdict } from '../../../core/access/evaluate.ts';

export type Statement = Readonly<Record<string, unknown>>;

export const ACCOUNT = '111122223333';

export const allow = (more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...more,
});
export const deny = (more: Statement = {}): Statement => ({ ...allow(more), Effect: 'Deny' });
export const only = (operator: string, key: string, value: unknown): Statement => ({
  Condition: { [operator]: { [key]: value } },
});
export const policy = (...Statement: Statement[]) => ({ Version: '2012-10-17', Statement });

const subjectOf = (
  layers: readonly (readonly Statement[])[],
  known: Readonly<Record<string, Known>> = {},
): Subject => ({
  partition: 'aws',
  account: ACCOUNT,
  layers: layers.map((statements, index) => ({
    name: `layer ${index}`,
    documents: [readDocument(policy(...statements), `layer ${index}`)],
  })),
  known,
});

export const verdict = (
  layers: readonly (readonly Statement[])[],
  call: Call = { action: 'ec2:RunInstances' },
  known: Readonly<Record<string, Known>> = {},
): Verdict => evaluator().judge(subjectOf(layers, known), call);

export const answer = (...all: Parameters<typeof verdict>): Verdict['answer'] => verdict(...all).answer;

/** A listing as `get-account-authorization-details` writes it. */
export const role = (name: string, statements: readonly Statement[], more: Statement = {}) => ({
  Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  RoleName: name.split('/').at(-1),
  RoleId: `AROA${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`,
  AssumeRolePolicyDocument: trusting({ Service: 'ec2.amazonaws.com' }),
  RolePolicyList: [{ PolicyName: 'own', PolicyDocument: policy(...statements) }],
  ...more,
});
export const user = (name: string, statements: readonly Statement[], more: Statement = {}) => ({
  Arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
  UserName: name,
  UserId: `AIDA${name.toUpperCase()}`,
  UserPolicyList: [{ PolicyName: 'own', PolicyDocument: policy(...statements) }],
  ...more,
});
export const trusting = (Principal: unknown, more: Statement = {}) =>
  policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more });
