import { describe, expect, it } from 'vitest';
import { subjectKey } from '../../../lambda/core/actor.ts';
import { actorOf } from '../../../lambda/core/normalise/cloudtrail-identity.ts';
import { cloudTrailRecord, roleIdentity } from './cloudtrail-record.ts';

const ACCOUNT = '111122223333';
const actor = (userIdentity: unknown, record: Record<string, unknown> = {}) =>
  actorOf(userIdentity, cloudTrailRecord({ userIdentity, ...record }));
const user = (change: Record<string, unknown> = {}) => ({
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLEALICE00001',
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  accountId: ACCOUNT,
  accessKeyId: 'AKIAEXAMPLEALICE0001',
  userName: 'alice',
  ...change,
});
const sso = 'aws-reserved/sso.amazonaws.com/eu-central-1/';

describe('actorOf', () => {
  it.each<[string, unknown, string, string, string]>([
    ['a user by principal id', user(), 'AIDAEXAMPLEALICE00001', 'user/alice', 'human'],
    ['a user of the old type name', user({ type: 'User' }), 'AIDAEXAMPLEALICE00001', 'user/alice', 'human'],
    [
      'a user by ARN where the id is masked',
      user({ principalId: 'AROA****************:User' }),
      `arn:aws:iam::${ACCOUNT}:user/alice`,
      'user/alice',
      'human',
    ],
    [
      'a user by ARN where the id is only the account',
      user({ principalId: ACCOUNT }),
      `arn:aws:iam::${ACCOUNT}:user/alice`,
      'user/alice',
      'human',
    ],
    [
      'a user by name and account where nothing else is left',
      user({ principalId: '...', arn: '...' }),
      `user/alice@${ACCOUNT}`,
      'user/alice',
      'human',
    ],
    [
      'a user whose name sounds like a robot, for anyone can choose it',
      user({ userName: 'github-deploy-bot' }),
      'AIDAEXAMPLEALICE00001',
      'user/github-deploy-bot',
      'human',
    ],
    [
      'a role by its id',
      roleIdentity('botocore-session-1700000000'),
      'AROAEXAMPLEDEPLOY0001',
      'role/Deploy',
      'workload',
    ],
    [
      'a role by ARN where its id is masked',
      roleIdentity('x', {
        principalId: 'AROA****:x',
        sessionContext: {
          sessionIssuer: {
            principalId: 'AROA****:x',
            arn: `arn:aws:iam::${ACCOUNT}:role/team/Deploy`,
            userName: 'Deploy',
          },
        },
      }),
      `arn:aws:iam::${ACCOUNT}:role/team/Deploy`,
      'role/Deploy',
      'workload',
    ],
    [
      'a role by the name in the session ARN where the issuer is missing',
      { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/thing`, accountId: ACCOUNT },
      `role/Deploy@${ACCOUNT}`,
      'role/Deploy',
      'workload',
    ],
    [
      'the root user',
      { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
      `root@${ACCOUNT}`,
      'root',
      'root',
    ],
    [
      'the root user without a type',
      { arn: `arn:aws:iam::${ACCOUNT}:root` },
      `root@${ACCOUNT}`,
      'root',
      'root',
    ],
    [
      'a session of the root user',
      roleIdentity('x', {
        sessionContext: { sessionIssuer: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` } },
      }),
      `root@${ACCOUNT}`,
      'root',
      'root',
    ],
    [
      'a service',
      { type: 'AWSService', invokedBy: 'backup.amazonaws.com' },
      'service/backup.amazonaws.com',
      'backup.amazonaws.com',
      'service',
    ],
    [
      'a service without a type',
      { accountId: ACCOUNT, invokedBy: 'ec2.amazonaws.com' },
      'service/ec2.amazonaws.com',
      'ec2.amazonaws.com',
      'service',
    ],
    [
      'another account',
      { type: 'AWSAccount', accountId: '444455556666' },
      'account/444455556666',
      'account/444455556666',
      'foreign-account',
    ],
    [
      'another account without a type',
      { accountId: '444455556666', invokedBy: 'ec2.amazonaws.com' },
      'account/444455556666',
      'account/444455556666',
      'foreign-account',
    ],
    [
      'a user of another account',
      user({ accountId: '444455556666' }),
      'AIDAEXAMPLEALICE00001',
      'user/alice',
      'foreign-account',
    ],
    [
      'an Identity Center user by id',
      { type: 'IdentityCenterUser', accountId: ACCOUNT, onBehalfOf: { userId: '93a4-user' } },
      '93a4-user',
      'user/93a4-user',
      'human',
    ],
    [
      'a federated user by the user who called',
      {
        type: 'FederatedUser',
        principalId: `${ACCOUNT}:bob`,
        arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
        accountId: ACCOUNT,
        sessionContext: {
          sessionIssuer: { type: 'IAMUser', principalId: 'AIDAEXAMPLEBROKER0001', userName: 'broker' },
        },
      },
      'AIDAEXAMPLEBROKER0001',
      'user/broker',
      'human',
    ],
    ['nobody', undefined, `unknown@${ACCOUNT}`, 'unknown', 'workload'],
    ['text where an identity should be', 'alice', `unknown@${ACCOUNT}`, 'unknown', 'workload'],
  ])('names %s', (_, identity, key, label, kind) => {
    const { key: gotKey, label: gotLabel, class: gotClass } = actor(identity);
    expect({ key: gotKey, label: gotLabel, class: gotClass }).toEqual({ key, label, class: kind });
  });

  it('gives sessions of one role one key, whatever they call themselves', () => {
    const keys = ['aws-go-sdk-1688990797103471741', 'i-0123456789abcdef0', 'thing', 'alice@example.com'].map(
      (session) => actor(roleIdentity(session)).key,
    );
    expect(new Set(keys).size).toBe(1);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'an Identity Center session',
      roleIdentity('Alice.B', { role: 'AWSReservedSSO_Admin_0123', path: sso }),
      'alice.b',
    ],
    [
      'an Identity Center role known by name alone',
      roleIdentity('alice', { role: 'AWSReservedSSO_Admin_0123' }),
      'alice',
    ],
    ['a session named like an address', roleIdentity('Alice@Example.com'), 'alice@example.com'],
    ['a source identity', roleIdentity('thing', { sessionContext: { sourceIdentity: 'alice' } }), 'alice'],
    ['a delegating user', roleIdentity('thing', { onBehalfOf: { userId: '93a4-user' } }), '93a4-user'],
  ])('finds the person behind a role in %s', (_, identity, person) => {
    const got = actor(identity);
    expect(got.person?.key).toBe(person);
    expect(got.class).toBe('human');
    expect(subjectKey(got)).toBe(`${got.key}/${person}`);
  });

  it.each([
    'i-0123456789abcdef0',
    'botocore-session-1688990797',
    'aws-go-sdk-1688990797103471741',
    'aws-sdk-js-1700000000000',
    '1700000000',
    '2026-03-02_09.15.30',
    '7f1c2a34-1b2c-4d3e-8f90-0123456789ab',
    'GitHubActions',
    'AutoScaling',
  ])('never takes the session name %s for a person', (session) => {
    const identity = roleIdentity(session, { path: sso, role: 'AWSReservedSSO_Ci_0123' });
    expect(actor(roleIdentity(session)).person).toBeUndefined();
    expect(actor(identity).person).toBeUndefined();
  });

  it.each<[string, unknown, Record<string, unknown>, string]>([
    ['a console session', roleIdentity('thing'), { sessionCredentialFromConsole: 'true' }, 'human'],
    [
      'a session with MFA',
      roleIdentity('thing', { sessionContext: { attributes: { mfaAuthenticated: 'true' } } }),
      {},
      'human',
    ],
    [
      'a federated build',
      roleIdentity('run-42', {
        sessionContext: { webIdFederationData: { federatedProvider: 'token.actions.example.com' } },
      }),
      {},
      'automation',
    ],
    [
      'a pod of a cluster',
      roleIdentity('pod', {
        sessionContext: {
          webIdFederationData: {
            federatedProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/1`,
          },
        },
      }),
      {},
      'workload',
    ],
    [
      'a role named after a build system',
      roleIdentity('thing', { role: 'GitHubActionsDeploy' }),
      {},
      'automation',
    ],
    ['instance credentials', roleIdentity('i-0123456789abcdef0'), {}, 'workload'],
    [
      'a service-linked role at work',
      roleIdentity('AutoScaling', {
        path: 'aws-service-role/autoscaling.amazonaws.com/',
        invokedBy: 'autoscaling.amazonaws.com',
      }),
      { sourceIPAddress: 'autoscaling.amazonaws.com' },
      'service',
    ],
    [
      'a service-linked role called from an address',
      roleIdentity('AutoScaling', {
        path: 'aws-service-role/autoscaling.amazonaws.com/',
        invokedBy: 'autoscaling.amazonaws.com',
      }),
      { sourceIPAddress: '203.0.113.9' },
      'workload',
    ],
    [
      'a user whose call a service forwards',
      user({ invokedBy: 'cloudformation.amazonaws.com' }),
      { sourceIPAddress: 'cloudformation.amazonaws.com' },
      'human',
    ],
  ])('classes %s', (_, identity, record, expected) => {
    expect(actor(identity, record).class).toBe(expected);
  });

  it('knows the instance whose credentials were used, from session name or scope', () => {
    const scope = {
      inScopeOf: { credentialsIssuedTo: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0123456789abcdef0` },
    };
    expect(actor(roleIdentity('i-0123456789abcdef0')).instance).toBe('i-0123456789abcdef0');
    expect(actor(roleIdentity('web', scope)).instance).toBe('i-0123456789abcdef0');
    expect(actor(roleIdentity('alice@example.com')).instance).toBeUndefined();
  });

  it.each([
    ['AKIAEXAMPLEALICE0001', 'long-lived', 'AKIAEXAMPLEALICE0001'],
    ['ASIAEXAMPLEALICE0001', 'temporary', 'ASIAEXAMPLEALICE0001'],
    ['AKIA****************', 'long-lived', undefined],
    ['...', undefined, undefined],
    ['', undefined, undefined],
  ])('reads access key %j', (accessKeyId, credential, accessKey) => {
    const got = actor(user({ accessKeyId }));
    expect(got.credential).toBe(credential);
    expect(got.accessKey).toBe(accessKey);
  });

  it('reads MFA as yes, no, or not said', () => {
    const mfa = (value: unknown) =>
      actor(user({ sessionContext: { attributes: { mfaAuthenticated: value } } })).mfa;
    expect([mfa('true'), mfa('false'), mfa(true), mfa(undefined)]).toEqual([true, false, true, undefined]);
  });

  it('reads an identity whose names a pipeline has lower-cased as the same actor', () => {
    const lower = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), lower(inner)]))
        : value;
    const identity = roleIdentity('alice@example.com', { invokedBy: 'cloudformation.amazonaws.com' });
    expect(actor(lower(identity))).toEqual(actor(identity));
  });

  it('keeps who forwards a call, but not the sign-in service, which is the console', () => {
    expect(actor(user({ invokedBy: 'autoscaling.amazonaws.com' })).invokedBy).toBe(
      'autoscaling.amazonaws.com',
    );
    expect(actor(user({ invokedBy: 'signin.amazonaws.com' })).invokedBy).toBeUndefined();
  });

  it('cleans names that a caller chose', () => {
    const got = actor(roleIdentity('eve\u202e@example.com\u001b[2J'));
    expect(got.person?.label).toBe('eve@example.com[2J');
  });
});
