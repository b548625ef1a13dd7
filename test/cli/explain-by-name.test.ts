import { describe, expect, it } from 'vitest';
import { launchtrail, publicShare } from './desk.ts';

const bob = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEOPS:bob@example.com',
  arn: 'arn:aws:sts::111122223333:assumed-role/Ops/bob@example.com',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLEBOB000001',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEOPS',
      arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef',
      accountId: '111122223333',
      userName: 'AWSReservedSSO_Ops_0123456789abcdef',
    },
  },
};
const records = [
  publicShare('share-alice', '2026-03-02T10:00:00Z'),
  { ...publicShare('share-bob', '2026-03-12T10:00:00Z'), userIdentity: bob },
];

describe('explain', () => {
  it.each([
    ['a finding', 'lt-111122223333-share-bob', 'bob@example.com'],
    ['the beginning of one', 'lt-111122223333-share-b', 'bob@example.com'],
    ['an event', 'share-bob', 'bob@example.com'],
    ['a resource', 'snap-0share-bob', 'bob@example.com'],
    ['a user', 'user/alice', 'user/alice'],
    ['a user without what he is', 'Alice', 'user/alice'],
    ['an ARN', 'arn:aws:iam::111122223333:user/alice', 'user/alice'],
    ['an access key', 'AKIAEXAMPLEALICE', 'user/alice'],
    ['a person behind a role', 'bob@example.com', 'bob@example.com'],
  ])('tells by %s', async (_, what, who) => {
    const { code, stdout } = await launchtrail(['explain', what, '-'], { stdin: JSON.stringify(records) });
    expect(code).toBe(0);
    expect(stdout).toContain(`\nWHO\n  ${who}`);
  });

  it('says how a name led there, and what else it leads to', async () => {
    const more = publicShare('share-later', '2026-03-22T10:00:00Z');
    const { stdout } = await launchtrail(['explain', 'alice', '-'], {
      stdin: JSON.stringify([...records, more]),
    });
    expect(stdout).toContain('! alice acts in this finding');
    expect(stdout).toContain('! the same is true of lt-111122223333-share-later');
  });

  it('does not take part of a name for it', async () => {
    const ran = await launchtrail(['explain', 'ali', '-'], { stdin: JSON.stringify(records) });
    expect(ran).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('there is no finding ali'),
    });
  });
});
