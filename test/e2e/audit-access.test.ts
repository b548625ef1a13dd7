import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEventHistory } from './event-history.ts';
import { startIamFront } from './iam-front.ts';
import { ACCOUNT } from './moto.ts';
import { putEvents } from './pipeline.ts';
import { launch } from './records.ts';
import { type World, worldOf } from './world.ts';

const DAY = 86_400_000;

const document = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

/** Its id, as records name it. */
async function makeRole(name: string, Action: string): Promise<string> {
  const iam = new IAMClient();
  const AssumeRolePolicyDocument = document({
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  const PolicyDocument = document({ Effect: 'Allow', Action, Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }));
  return Role?.RoleId ?? '';
}

/** Of a user the listing does not say when it was last used. */
async function makeUser(name: string, Action: string): Promise<void> {
  const client = new IAMClient();
  await client.send(new CreateUserCommand({ UserName: name }));
  const PolicyDocument = document({ Effect: 'Allow', Action, Resource: '*' });
  await client.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument }));
}

describe('a stack that audits who can launch', () => {
  let world: World;
  let history: Awaited<ReturnType<typeof startEventHistory>>;
  let iam: Awaited<ReturnType<typeof startIamFront>>;
  let folder: string;
  let build: string;
  const setClock = (days: number) => writeFile(join(folder, 'ahead'), String(days * DAY));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'launchtrail-audit-'));
    await setClock(0);
    const ahead = JSON.stringify(join(folder, 'ahead'));
    const clock = `data:text/javascript,import{readFileSync}from'node:fs';const now=Date.now;Date.now=()=>now()+Number(readFileSync(${ahead},'utf8'))`;
    history = await startEventHistory();
    iam = await startIamFront(() => process.env.AWS_ENDPOINT_URL ?? '');
    world = await worldOf(
      { auditAccess: 'true' },
      {
        env: { AWS_ENDPOINT_URL_CLOUDTRAIL: history.endpoint, AWS_ENDPOINT_URL_IAM: iam.endpoint },
        flags: [`--import=${clock}`],
      },
    );
    await makeRole('admin', '*');
    await makeUser('bob', 'ec2:*');
  });
  afterAll(async () => {
    history?.stop();
    iam?.stop();
    await world?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const audit = async () => {
    await world.fn('audit-access').invoke({}, [900_000]);
    await world.workOff();
    return world.findings();
  };

  it('tells nothing at its first audit, and asks AWS when those who are able last tried', async () => {
    expect(await audit()).toEqual([]);
    expect(iam.asked).toContain('GenerateServiceLastAccessedDetails');
  });

  it('tells of a new role with ec2:* a week later, and of the record that gave it that; once', async () => {
    build = await makeRole('build', 'ec2:*');
    history.records.push({
      eventID: 'r-put',
      eventName: 'PutRolePolicy',
      eventTime: new Date().toISOString(),
      userIdentity: { arn: `arn:aws:iam::${ACCOUNT}:user/ana` },
      requestParameters: { roleName: 'build', policyName: 'own' },
    });
    await setClock(7);
    const [finding, ...more] = await audit();
    expect(more).toEqual([]);
    expect(finding?.MessageAttributes.severity?.Value).toBe('medium');
    expect(finding?.Message).toContain('role/build is newly able by its policies to launch an instance');
    expect(finding?.Message).toMatch(/PutRolePolicy by user\/ana on \S+ gave it that/);
    await setClock(14);
    expect(await audit()).toEqual([]);
  });

  it('says of a launch by that role five days after the audit that it was found newly able', async () => {
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/build/ci`;
    const record = launch(['i-0123456789abcdef0'], 'ami-0123456789abcdef0', {
      eventTime: new Date(Date.now() + 12 * DAY).toISOString(),
      userIdentity: {
        type: 'AssumedRole',
        principalId: `${build}:ci`,
        arn: session,
        accountId: ACCOUNT,
        accessKeyId: 'ASIAEXAMPLEBUILD0001',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: build,
            arn: `arn:aws:iam::${ACCOUNT}:role/build`,
            accountId: ACCOUNT,
            userName: 'build',
          },
        },
      },
    });
    await putEvents([record]);
    await world.workOff();
    const messages = (await world.findings()).map(({ Message }) => Message);
    expect(messages.join()).toContain(
      'An audit found role/build newly able to launch, or to grant itself that, 5 days before',
    );
  });
});
