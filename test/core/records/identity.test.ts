import { describe, expect, it } from 'vitest';
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
