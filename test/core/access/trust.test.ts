import { describe, expect, it } from 'vitest';
import { readTrust, type Trusted } from '../../../core/access/trust.ts';
import { ACCOUNT, policy, trusting } from './subjects.ts';

const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const sub = (operator: string, value: string) => ({
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { [operator]: { 'token.actions.githubusercontent.com:sub': value } },
});
const kindsOf = (document: unknown): Trusted['kind'][] =>
  readTrust(document, 'role r', ACCOUNT).trusted.map(({ kind }) => kind);

describe('whom a role lets in (id_roles_terms-and-concepts, reference_policies_elements_principal)', () => {
  it.each<[what: string, document: unknown, kinds: Trusted['kind'][]]>([
    ['a service', trusting({ Service: 'ec2.amazonaws.com' }), ['service']],
    ['a role of the account', trusting({ AWS: `arn:aws:iam::${ACCOUNT}:role/a` }), ['principal']],
    ['the account', trusting({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), ['account']],
    ['the account by its number', trusting({ AWS: ACCOUNT }), ['account']],
    ['another account', trusting({ AWS: '444455556666' }), ['other-account']],
    ['a role of another account', trusting({ AWS: 'arn:aws:iam::444455556666:role/a' }), ['other-account']],
    ['everyone', trusting('*'), ['anyone']],
    ['everyone as AWS', trusting({ AWS: '*' }), ['anyone']],
    ['all but one', policy({ Effect: 'Allow', NotPrincipal: { AWS: ACCOUNT }, Action: 'sts:*' }), ['anyone']],
    [
      'the account, where a Deny is of another call',
      policy(
        { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
        { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
      ),
      ['account'],
    ],
    [
      'the account with all calls, where the one it comes by is denied',
      policy(
        { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:*' },
        { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
      ),
      [],
    ],
    [
      'a service by a call that is not its own',
      trusting({ Service: 'ec2.amazonaws.com' }, { Action: 'sts:AssumeRoleWithSAML' }),
      [],
    ],
    ['one that was deleted', trusting({ AWS: 'AROAABCDEFGHIJKLMNOPQ' }), ['gone']],
    [
      'people by SAML',
      trusting(
        { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/x` },
        { Action: 'sts:AssumeRoleWithSAML' },
      ),
      ['saml'],
    ],
    [
      'one repository of GitHub',
      trusting({ Federated: GITHUB }, sub('StringLike', 'repo:owner/name:*')),
      ['oidc'],
    ],
    [
      'every repository of GitHub',
      trusting({ Federated: GITHUB }, sub('StringLike', 'repo:*')),
      ['open-oidc'],
    ],
    [
      'GitHub without a subject',
      trusting({ Federated: GITHUB }, { Action: 'sts:AssumeRoleWithWebIdentity' }),
      ['open-oidc'],
    ],
    [
      'all but one subject',
      trusting({ Federated: GITHUB }, sub('StringNotEquals', 'repo:owner/name')),
      ['open-oidc'],
    ],
    [
      'several, those from outside first',
      trusting({ Service: 'ec2.amazonaws.com', AWS: [ACCOUNT, '444455556666'] }),
      ['other-account', 'account', 'service'],
    ],
    ['nobody: another action', trusting({ AWS: ACCOUNT }, { Action: 'sts:TagSession' }), []],
    [
      'nobody: denied to everyone',
      policy(
        { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
        { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
      ),
      [],
    ],
    [
      'not who is denied',
      policy(
        { Effect: 'Allow', Principal: { AWS: [ACCOUNT, '444455556666'] }, Action: 'sts:AssumeRole' },
        { Effect: 'Deny', Principal: { AWS: '444455556666' }, Action: 'sts:*' },
      ),
      ['account'],
    ],
    [
      'who is denied only at times',
      policy(
        { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
        },
      ),
      ['account'],
    ],
    ['in percent encoding', encodeURIComponent(JSON.stringify(trusting('*'))), ['anyone']],
    ['as text', JSON.stringify(trusting('*')), ['anyone']],
  ])('%s', (_, document, kinds) => {
    expect(kindsOf(document)).toEqual(kinds);
  });

  it('says who, and on what condition', () => {
    const Condition = { StringEquals: { 'sts:ExternalId': 'x' } };
    expect(readTrust(trusting({ AWS: '444455556666' }, { Condition }), 'r', ACCOUNT).trusted).toEqual([
      { kind: 'other-account', who: '444455556666', when: JSON.stringify(Condition) },
    ]);
  });

  it('names a policy that is missing, and takes it for one that may let in anyone', () => {
    const { trusted, problems, tagsSessions } = readTrust(undefined, 'role r', ACCOUNT);
    expect([trusted[0]?.kind, tagsSessions, problems]).toEqual([
      'unknown',
      true,
      ['role r: there is no trust policy that can be read'],
    ]);
  });
});
