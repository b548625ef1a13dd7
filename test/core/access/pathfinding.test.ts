import { describe, expect, it } from 'vitest';
import { paths, waysWith } from './pathfinding.ts';
import { hint, suite } from './suites.ts';

const FOLDER = suite('pathfinding.cloud');

/** It begins at an address on the internet, with no policy at all. */
const NO_POLICY = new Set(['ctf-001']);

/**
 * Permissions without which there is still a way, and which way; docs/access.md says why. Of the others each is needed.
 */
const LEFT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // what remains is a path of its own
  'bedrock-001': {
    'iam:PassRole': 'use-code-interpreter',
    'bedrock-agentcore:CreateCodeInterpreter': 'use-code-interpreter',
  },
  'codebuild-001': {
    'iam:PassRole': 'run-build',
    'codebuild:CreateProject': 'run-build',
    'codebuild:StartBuild': 'build',
  },
  'codebuild-004': {
    'iam:PassRole': 'run-batch-build',
    'codebuild:CreateProject': 'run-batch-build',
    'codebuild:StartBuildBatch': 'build',
  },
  'iam-003': { 'iam:DeleteAccessKey': 'access-key' },
  'iam-012': { 'iam:UpdateAssumeRolePolicy': 'assume-it', 'sts:AssumeRole': 'trust' },
  'iam-014': { 'iam:AttachRolePolicy': 'assume-it', 'sts:AssumeRole': 'attach-role-policy' },
  'iam-015': { 'iam:AttachUserPolicy': 'access-key', 'iam:CreateAccessKey': 'attach-user-policy' },
  'iam-016': { 'iam:CreatePolicyVersion': 'assume-it', 'sts:AssumeRole': 'policy-version' },
  'iam-017': { 'iam:PutRolePolicy': 'assume-it', 'sts:AssumeRole': 'put-role-policy' },
  'iam-018': { 'iam:PutUserPolicy': 'access-key', 'iam:CreateAccessKey': 'put-user-policy' },
  'iam-019': { 'iam:AttachRolePolicy': 'trust', 'iam:UpdateAssumeRolePolicy': 'attach-role-policy' },
  'iam-020': { 'iam:CreatePolicyVersion': 'trust', 'iam:UpdateAssumeRolePolicy': 'policy-version' },
  'iam-021': { 'iam:PutRolePolicy': 'trust', 'iam:UpdateAssumeRolePolicy': 'put-role-policy' },
  // an instance without a role is one, too
  'ec2-001': { 'iam:PassRole': 'run-instances' },
  'ec2-004': { 'iam:PassRole': 'spot-instances' },
  // a stack set that an organisation manages passes no role
  'cloudformation-004': { 'iam:PassRole': 'update-stack-set' },
  // what can be done at once with what is there, or set off by others
  'ec2-002': {
    'ec2:ModifyInstanceAttribute': 'start-instances',
    'ec2:StopInstances': 'start-instances',
    'ec2:StartInstances': 'user-data',
  },
  'ecs-001': { 'ecs:CreateCluster': 'ecs-service', 'ecs:RegisterTaskDefinition': 'ecs-service' },
  'ecs-002': {
    'iam:PassRole': 'ecs-task',
    'ecs:CreateCluster': 'ecs-task',
    'ecs:RegisterTaskDefinition': 'ecs-task',
  },
  'ecs-003': { 'ecs:RegisterTaskDefinition': 'ecs-service' },
  'ecs-004': { 'iam:PassRole': 'ecs-task', 'ecs:RegisterTaskDefinition': 'ecs-task' },
  'ecs-005': { 'ecs:RegisterTaskDefinition': 'start-task' },
  'ecs-006': { 'ecs:DescribeTasks': 'task-shell' },
  'ecs-007': {
    'ecs:RegisterContainerInstance': 'start-task',
    'ecs:DeregisterContainerInstance': 'start-task',
  },
  'ecs-008': { 'iam:PassRole': 'ecs-task' },
  'glue-003': { 'glue:StartJobRun': 'glue-job' },
  'glue-004': { 'glue:CreateTrigger': 'glue-job' },
  'glue-005': { 'glue:StartJobRun': 'change-glue-job' },
  'glue-006': { 'glue:CreateTrigger': 'change-glue-job' },
  'glue-007': { 'glue:RunStatement': 'glue-session' },
  'ctf-002': { 'lambda:InvokeFunction': 'function-code' },
  'lambda-001': { 'lambda:InvokeFunction': 'function' },
  'lambda-002': { 'lambda:CreateEventSourceMapping': 'function' },
  'lambda-003': { 'lambda:InvokeFunction': 'function-code' },
  'lambda-004': { 'lambda:InvokeFunction': 'function-code' },
  'lambda-005': { 'lambda:InvokeFunction': 'function-code', 'lambda:AddPermission': 'function-code' },
  'lambda-006': { 'lambda:InvokeFunction': 'function', 'lambda:AddPermission': 'function' },
  'sagemaker-005': {
    'sagemaker:StopNotebookInstance': 'change-notebook',
    'sagemaker:StartNotebookInstance': 'change-notebook',
  },
};

/** Calls that look round, or prepare what is not ours: a path without them is the same path. */
const isAside = (permission: string): boolean =>
  /:(List|Describe|Get)|^s3:|CreateServiceLinkedRole|airflow:CreateCliToken|ec2:\w*(NetworkInterface|VpcEndpoint)|lambda:InvokeFunctionUrl/.test(
    permission,
  );

describe.skipIf(FOLDER === undefined)(`the paths of pathfinding.cloud${hint('pathfinding.cloud')}`, () => {
  const all = FOLDER === undefined ? [] : paths(FOLDER);
  const comparable = all.filter(({ id }) => !NO_POLICY.has(id));

  it('are all read', () => {
    expect([all.length, comparable.length]).toEqual([75, 74]);
  });

  it.each(comparable.map((each) => [each.id, each] as const))('%s is reported', (_, { required }) => {
    expect(waysWith(required)).not.toEqual([]);
  });

  it.each(comparable.map((each) => [each.id, each] as const))(
    '%s is not without any of its permissions, but for what is left',
    (id, { required }) => {
      for (const permission of required) {
        const ways = waysWith(required.filter((each) => each !== permission));
        const left = LEFT[id]?.[permission];
        if (left !== undefined) expect(ways, permission).toContain(left);
        else if (!isAside(permission)) expect(ways, permission).toEqual([]);
      }
    },
  );
});
