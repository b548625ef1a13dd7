import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchtrail } from './desk.ts';

const statement = (more: object = {}) => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'ec2:*', Resource: '*', ...more },
});
const policy = (name: string, account = '111122223333') => `arn:aws:iam::${account}:policy/${name}`;
const trusting = (Principal: unknown, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more }],
});
const role = (name: string, attached: string, account = '111122223333') => ({
  Arn: `arn:aws:iam::${account}:role/${name}`,
  RoleId: `AROA${name}`,
  AssumeRolePolicyDocument: trusting({ Service: 'ec2.amazonaws.com' }),
  RolePolicyList: [],
  AttachedManagedPolicies: [{ PolicyName: attached, PolicyArn: policy(attached, account) }],
});
const managed = (name: string, document: unknown, account = '111122223333') => ({
  Arn: policy(name, account),
  PolicyVersionList: [{ IsDefaultVersion: true, Document: document }],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}
const able = (stdout: string): string[] =>
  JSON.parse(stdout)
    .able.filter(
      ({ capability, kind }: { capability: string; kind: string }) =>
        capability === 'run-instances' && kind !== 'root',
    )
    .map(
      ({ principal, answer }: { principal: string; answer: string }) =>
        `${principal.split('/').pop()} ${answer}`,
    );

describe('launchtrail access', () => {
  it('lists who can launch and through which statement, and says that it is before SCPs', async () => {
    const page = await file('one.json', {
      UserDetailList: [
        { Arn: 'arn:aws:iam::111122223333:user/ana', UserName: 'ana', UserId: 'AIDAANA', GroupList: ['ops'] },
      ],
      GroupDetailList: [
        {
          Arn: 'arn:aws:iam::111122223333:group/ops',
          GroupName: 'ops',
          GroupPolicyList: [
            { PolicyName: 'ec2', PolicyDocument: encodeURIComponent(JSON.stringify(statement())) },
          ],
        },
      ],
      RoleDetailList: [role('reader', 'Read')],
      Policies: [managed('Read', statement({ Action: 'ec2:Describe*' }))],
    });
    const { code, stdout, stderr } = await launchtrail(['access', page]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      'launch an instance\n  allow       arn:aws:iam::111122223333:user/ana\n              arn:aws:iam::111122223333:group/ops, inline ec2, statement 1\n',
    );
    expect(stdout).not.toContain('reader');
    expect(stdout).toContain('2 principals judged.');
    expect(stdout).toContain('before SCPs');
  });

  it('reads two accounts in one run, and the SCPs of one of them', async () => {
    const page = await file('two.json', {
      RoleDetailList: [role('one', 'Ec2'), role('two', 'Ec2', '444455556666')],
      Policies: [managed('Ec2', statement()), managed('Ec2', statement(), '444455556666')],
    });
    const everything = { id: 'p-FullAWSAccess', document: statement({ Action: '*' }) };
    const no = { id: 'p-no', document: statement({ Effect: 'Deny', Action: 'ec2:RunInstances' }) };
    const scps = await file('scps.json', {
      accounts: { '111122223333': [{ level: 'root', policies: [everything, no] }] },
    });
    const { code, stdout } = await launchtrail(['access', page, '--organisation', scps, '--format', 'json']);
    expect(code).toBe(0);
    expect(able(stdout)).toEqual(['two allow']);
  });

  it('says unknown where a document is missing, names the place, and ends with 2', async () => {
    const page = await file('part.json', {
      RoleDetailList: [role('lost', 'Gone'), role('odd', 'Odd')],
      Policies: [managed('Odd', statement({ Condition: { StringIs: { 'aws:SourceIp': 'x' } } }))],
    });
    const { code, stdout, stderr } = await launchtrail(['access', page, '--format', 'json']);
    expect(code).toBe(2);
    expect(able(stdout)).toEqual(['lost unknown', 'odd unknown']);
    expect(stderr).toContain(`${policy('Gone')}: there is no policy document that can be read`);
    expect(stderr).toContain(`${policy('Odd')}, statement 1: operator StringIs is not known`);
  });

  it('names a file that is something else', async () => {
    const { code, stderr } = await launchtrail(['access', await file('else.json', { Records: [] })]);
    expect(code).toBe(1);
    expect(stderr).toContain('else.json: it has none of UserDetailList');
  });
});
