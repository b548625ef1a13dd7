import { describe, expect, it } from 'vitest';
import { subjectKey } from '../../../core/activity/actor.ts';
import { actorOf } from '../../../core/records/cloudtrail/identity.ts';
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

describe('a role session', () => {
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

  it('vouches for a name only where Identity Center gives it, which its path shows', () => {
    const center = { role: 'AWSReservedSSO_Admin_0123' };
    expect(actor(roleIdentity('alice', { ...center, path: sso })).person?.vouched).toBe(true);
    expect(actor(roleIdentity('alice', center)).person?.vouched).toBeUndefined();
    expect(actor(roleIdentity('alice@example.com')).person?.vouched).toBeUndefined();
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
});
