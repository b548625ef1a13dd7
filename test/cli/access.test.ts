import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

/** Ten in the morning, UTC: retention counts from now. */
const daysAgo = (days: number): string =>
  `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}T10:00:00Z`;

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

  it('names a file that is something else, and what is wrong with it', async () => {
    const whole = JSON.stringify({ RoleDetailList: [role('one', 'Ec2')] });
    for (const [content, says] of [
      ['{"Records": []}', 'it has none of UserDetailList'],
      ['[]', 'it is no JSON object'],
      [' \n', 'it is empty'],
      [whole.slice(0, 100), 'it is cut off'],
      [whole.slice(0, -1), 'it is cut off'],
      ['{"RoleDetailList": [}]}', "it is no JSON: Unexpected token '}'"],
      [`${whole}\n${whole}`, 'it holds more than one JSON value: give each page as a file of its own'],
    ] as const) {
      const path = join(folder, 'else.json');
      await writeFile(path, content);
      const { code, stderr } = await launchtrail(['access', path]);
      expect([code, stderr], content).toEqual([1, expect.stringContaining(`else.json: ${says}`)]);
      expect(stderr).toContain('it should be what aws iam get-account-authorization-details wrote');
    }
  });

  it('reads what PowerShell writes, and pages of which the last is given', async () => {
    const page = (name: string, more: object) => ({ RoleDetailList: [role(name, 'Ec2')], ...more });
    const Policies = [managed('Ec2', statement())];
    const first = join(folder, 'first.json');
    const text = JSON.stringify(page('one', { IsTruncated: true, Marker: 'm' }));
    await writeFile(first, Buffer.from(`\ufeff${text}`, 'utf16le'));
    const last = join(folder, 'last.json');
    await writeFile(last, `\ufeff${JSON.stringify(page('two', { IsTruncated: false, Policies }))}`);
    const both = await launchtrail(['access', first, last, '--format', 'json']);
    expect([both.code, both.stderr, able(both.stdout)]).toEqual([0, '', ['one allow', 'two allow']]);
    const part = await launchtrail([
      'access',
      await file('part.json', page('one', { NextToken: 't', Policies })),
    ]);
    expect([part.code, part.stderr]).toEqual([
      2,
      expect.stringMatching(/part\.json: it is one page of several.*without --max-items/),
    ]);
  });

  const admin = (name: string, more: object = {}) => ({
    ...role(name, 'Admin'),
    RolePolicyList: [{ PolicyName: 'all', PolicyDocument: statement({ Action: '*' }) }],
    AttachedManagedPolicies: [],
    ...more,
  });

  it('begins with those from outside whom an able role lets in, and names administrators once', async () => {
    const page = await file('outside.json', {
      RoleDetailList: [
        admin('partner', { AssumeRolePolicyDocument: trusting({ AWS: '444455556666' }) }),
        admin('build', { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trusting('*'))) }),
      ],
    });
    const { code, stdout } = await launchtrail(['access', page]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Able roles that let in somebody from outside\n {2}anyone .*role\/build .*\n.*\n {2}other-account .*role\/partner/,
    );
    expect(stdout.match(/ arn\S+role\/partner( |$)/gm)).toHaveLength(2);
    // that there is no role to pass makes an administrator none the less
    expect(stdout).toMatch(/^Administrators\n {2}allow {7}arn\S+role\/partner$/m);
    expect(stdout).not.toContain('launch an instance');
    expect(stdout).toContain('Root users\n  allow       arn:aws:iam::111122223333:root');
  });

  it('says of those who are able when they launched last, and who never did', async () => {
    const state = join(folder, 'state.sqlite');
    const replayed = await launchtrail(['replay', '--state', state, '--format', 'json'], {
      stdin: [
        launch('AROAdid', 'did', daysAgo(50)),
        launch('AROAtried', 'tried', daysAgo(49), { errorCode: 'Client.UnauthorizedOperation' }),
      ]
        .map((each) => JSON.stringify(each))
        .join('\n'),
    });
    expect(replayed.code).toBe(0);
    const page = await file('used.json', {
      RoleDetailList: ['did', 'tried', 'never'].map((name) => role(name, 'Ec2')),
      Policies: [managed('Ec2', statement())],
    });
    const { stdout } = await launchtrail(['access', page, '--state', state, '--format', 'json']);
    const told = JSON.parse(stdout).able.filter(
      ({ capability }: { capability: string }) => capability === 'run-instances',
    );
    expect(
      told.map(({ principal, lastDone, lastTried, neverSince }: Record<string, string>) => [
        principal?.split(/[/:]/).pop(),
        lastDone ?? `never since ${neverSince}`,
        lastTried,
      ]),
    ).toEqual([
      ['did', daysAgo(50).replace('Z', '.000Z'), undefined],
      ['tried', `never since ${daysAgo(50).replace('Z', '.000Z')}`, daysAgo(49).replace('Z', '.000Z')],
      ['never', `never since ${daysAgo(50).replace('Z', '.000Z')}`, undefined],
      ['root', `never since ${daysAgo(50).replace('Z', '.000Z')}`, undefined],
    ]);
    expect((await launchtrail(['access', page, '--state', `${state}.none`])).code).toBe(1);

    const remedy = await launchtrail(['access', page, '--state', state, '--remedy']);
    const [did = '', tried = ''] = remedy.stdout.split(/(?=^arn:)/m);
    expect(did).toContain(
      "do:   aws iam put-role-policy --role-name did --policy-name launchtrail-unused --policy-document '{",
    );
    expect(did).toContain(
      'undo: aws iam delete-role-policy --role-name did --policy-name launchtrail-unused',
    );
    expect(did).not.toContain('"ec2:RunInstances"');
    expect(tried).toContain('"ec2:RunInstances"');
    expect(remedy.stdout).toContain('3 principals have ways that nobody used');
    expect((await launchtrail(['access', page, '--remedy'])).code).toBe(1);
  });

  it('writes a page without a script, on which nothing of a policy is markup', async () => {
    const output = join(folder, 'access.html');
    const page = await file('page.json', {
      RoleDetailList: [
        admin('odd', { AssumeRolePolicyDocument: trusting({ AWS: '<img src=x onerror=alert(1)>' }) }),
        role('ec2', 'Ec2<script>'),
      ],
      Policies: [managed('Ec2<script>', statement({ Sid: '"><script>alert(1)</script>' }))],
    });
    const { code, stdout } = await launchtrail(['access', page, '--format', 'html', '--output', output]);
    expect([code, stdout]).toEqual([0, '']);
    const html = await readFile(output, 'utf8');
    expect(html).toContain("default-src 'none'; style-src 'sha256-");
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('launch an instance');
  });

  it('names what is wrong with an organisation, and an output that cannot be written', async () => {
    const page = await file('few.json', {
      RoleDetailList: [role('one', 'Ec2')],
      Policies: [managed('Ec2', statement())],
    });
    const none = await launchtrail([
      'access',
      page,
      '--organisation',
      await file('none.json', { roots: [] }),
    ]);
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining('it has no accounts; docs/access.md'),
    ]);
    const nowhere = await launchtrail(['access', page, '--output', join(folder, 'no', 'where')]);
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('its folder does not exist')]);
    const level = await file('level.json', { accounts: { '111122223333': [{ level: 'root' }] } });
    const part = await launchtrail(['access', page, '--organisation', level, '--format', 'json']);
    expect([part.code, able(part.stdout)]).toEqual([2, ['one unknown']]);
    expect(part.stderr).toContain('the SCPs at root: there is no policy document that can be read');
  });

  it('says unknown, never denied, of what a part of a listing lacks', async () => {
    const page = await file('lacks.json', {
      IsTruncated: true,
      UserDetailList: [
        { Arn: 'arn:aws:iam::111122223333:user/no-group', UserName: 'a', GroupList: ['gone'] },
        { UserName: 'without an ARN' },
      ],
      RoleDetailList: [
        role('bounded', 'Ec2'),
        { ...role('boundary-gone', 'Ec2'), PermissionsBoundary: { PermissionsBoundaryArn: policy('Edge') } },
        { ...role('boundary-odd', 'Ec2'), PermissionsBoundary: 'text' },
        { ...role('inline-gone', 'Ec2'), AttachedManagedPolicies: [], RolePolicyList: [{ PolicyName: 'x' }] },
      ],
      Policies: [managed('Ec2', JSON.stringify(statement()))],
    });
    const { code, stdout, stderr } = await launchtrail(['access', page, '--format', 'json']);
    expect([code, able(stdout)]).toEqual([
      2,
      [
        'no-group unknown',
        'bounded allow',
        'boundary-gone unknown',
        'boundary-odd unknown',
        'inline-gone unknown',
      ],
    ]);
    expect(stderr).toContain('lacks.json: it is one page of several of account 111122223333, and the last');
    expect(stderr).toContain('lacks.json, UserDetailList, entry 2: no Arn');
    expect(stderr).toContain('group gone of arn:aws:iam::111122223333:user/no-group');
  });
});

describe('launchtrail access ask', () => {
  const ask = (...inputs: unknown[]) =>
    launchtrail(['access', 'ask'], {
      stdin: inputs.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'),
    });
  const decisions = (stdout: string): string[][] =>
    stdout
      .trim()
      .split('\n')
      .map((line) =>
        JSON.parse(line).EvaluationResults.map(({ EvalDecision }: { EvalDecision: string }) => EvalDecision),
      );
  const PolicyInputList = [
    JSON.stringify(statement({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })),
    JSON.stringify(statement({ Effect: 'Deny', Action: 'ec2:CopySnapshot' })),
  ];
  const ActionNames = ['ec2:RunInstances', 'ec2:CopySnapshot', 's3:GetObject'];

  it('answers what SimulateCustomPolicy takes, and says conditional where context is left out', async () => {
    const mfa = (value: string) => [
      { ContextKeyName: 'aws:MultiFactorAuthPresent', ContextKeyType: 'boolean', ContextKeyValues: [value] },
    ];
    const { code, stdout } = await ask(
      { PolicyInputList, ActionNames },
      { PolicyInputList, ActionNames, ContextEntries: mfa('true') },
      { PolicyInputList, ActionNames, ContextEntries: [] },
      {
        PolicyInputList,
        ActionNames: ['ec2:RunInstances'],
        ContextEntries: mfa('true'),
        PermissionsBoundaryPolicyInputList: [JSON.stringify(statement({ Action: 's3:*' }))],
      },
      {
        PolicyInputList,
        ActionNames: ['ec2:RunInstances'],
        ContextEntries: mfa('true'),
        OrganizationPolicyInputLists: [
          [statement({ Action: '*' })],
          [statement({ Resource: 'arn:aws:ec2:*:*:instance/*' })],
        ],
        ResourceArns: [
          'arn:aws:ec2:eu-west-1:111122223333:instance/i-1',
          'arn:aws:ec2:eu-west-1::image/ami-1',
        ],
      },
    );
    expect(code).toBe(0);
    expect(decisions(stdout)).toEqual([
      ['conditional', 'explicitDeny', 'implicitDeny'],
      ['allowed', 'explicitDeny', 'implicitDeny'],
      ['implicitDeny', 'explicitDeny', 'implicitDeny'],
      ['implicitDeny'],
      ['allowed', 'implicitDeny'],
    ]);
  });

  it('names an input that it cannot read by its line, and answers the rest', async () => {
    const { code, stdout, stderr } = await ask(
      '{"PolicyInputList": [',
      { ActionNames },
      { PolicyInputList, ActionNames },
    );
    expect([code, decisions(stdout).length]).toEqual([2, 1]);
    expect(stderr).toMatch(/-, line 1: .*\n.*PolicyInputList is missing/);
    expect((await ask('')).code).toBe(1);
  });
});

/** One launch by a session of a role, as CloudTrail writes it. */
function launch(id: string, name: string, at: string, more: object = {}): object {
  const arn = `arn:aws:iam::111122223333:role/${name}`;
  return {
    eventVersion: '1.11',
    eventID: `launch-${id}`,
    eventTime: at,
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RunInstances',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '192.0.2.7',
    userAgent: 'aws-cli/2.15',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `${id}:session`,
      arn: `arn:aws:sts::111122223333:assumed-role/${name}/session`,
      accountId: '111122223333',
      sessionContext: {
        sessionIssuer: { type: 'Role', principalId: id, arn, accountId: '111122223333', userName: name },
      },
    },
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0123456789abcdef0', minCount: 1, maxCount: 1 }] },
      instanceType: 't3.micro',
    },
    responseElements: {
      instancesSet: {
        items: [{ instanceId: `i-0123456789abc${name.length}`, imageId: 'ami-0123456789abcdef0' }],
      },
    },
    ...more,
  };
}
