/** One call that a way needs; where it passes a role, to which service. */
export interface Need {
  readonly action: string;
  readonly passedTo?: string;
}

/** One way to an instance or to data, by the calls that it takes together. */
export interface Capability {
  readonly id: string;
  readonly kind: keyof typeof KINDS;
  readonly title: string;
  readonly needs: readonly Need[];
}

/** The sorts of ways, the shortest first, and what they are called. */
export const KINDS = {
  launch: 'Launch directly',
  'launch-through-a-service': 'Launch through a service',
  'rewrite-what-launches': 'Rewrite what launches',
  'take-over': 'Take over an instance that is there',
  'act-as-a-role': 'Act as a role through a service',
  data: 'Copy, share or read disks',
  'grant-itself': 'Grant itself the rest',
  elsewhere: 'Run machines outside EC2 of the account',
} as const;

type Step = string | Need;
type Row = readonly [id: string, title: string, ...needs: Step[]];

/** iam:PassRole of a role to a service (id_roles_use_passrole). */
const pass = (service: string): Need => ({
  action: 'iam:PassRole',
  passedTo: `${service}.amazonaws.com`,
});

/**
 * What the audit asks of every principal. A way whose instance the caller's own RunInstances launches is no row of its own: he is able
 * by that already.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const ROWS: Readonly<Record<Capability['kind'], readonly Row[]>> = {
  launch: [
    ['run-instances', 'launch an instance', 'ec2:RunInstances'],
    ['spot-instances', 'launch by a Spot request', 'ec2:RequestSpotInstances'],
    ['fleet', 'launch by an EC2 Fleet', 'ec2:CreateFleet'],
    ['scheduled-instances', 'launch scheduled instances', 'ec2:RunScheduledInstances'],
    ['import-instance', 'launch by importing a machine', 'ec2:ImportInstance'],
  ],
  'launch-through-a-service': [
    [
      'launch-configuration',
      'launch by a launch configuration and a group, without RunInstances',
      'autoscaling:CreateLaunchConfiguration',
      'autoscaling:CreateAutoScalingGroup',
    ],
    ['spot-fleet', 'launch by a Spot fleet', 'ec2:RequestSpotFleet', pass('spotfleet')],
    ['modify-spot-fleet', 'raise a Spot fleet that is there', 'ec2:ModifySpotFleetRequest'],
    ['modify-fleet', 'raise an EC2 Fleet that is there', 'ec2:ModifyFleet'],
    ['scale-group', 'scale a group that is there', 'autoscaling:SetDesiredCapacity'],
    ['update-group', 'change the sizes of a group that is there', 'autoscaling:UpdateAutoScalingGroup'],
    ['execute-policy', 'run a scaling policy', 'autoscaling:ExecutePolicy'],
    ['instance-refresh', 'replace the instances of a group', 'autoscaling:StartInstanceRefresh'],
    [
      'stack-with-role',
      'launch by a stack that acts as a role passed to it',
      'cloudformation:CreateStack',
      pass('cloudformation'),
    ],
    [
      'stack-set',
      'launch by a stack set',
      'cloudformation:CreateStackSet',
      'cloudformation:CreateStackInstances',
      pass('cloudformation'),
    ],
    ['node-group', 'launch by a node group of EKS', 'eks:CreateNodegroup', pass('ec2')],
    ['scale-node-group', 'scale a node group that is there', 'eks:UpdateNodegroupConfig'],
    ['eks-auto-mode', 'launch by a cluster of EKS in Auto Mode', 'eks:CreateCluster', pass('eks')],
    [
      'ecs-managed-instances',
      'launch by a capacity provider of ECS',
      'ecs:CreateCapacityProvider',
      pass('ecs'),
    ],
    ['ecs-task', 'launch by a task on a capacity provider that is there', 'ecs:RunTask'],
    [
      'ecs-service',
      'launch by a service on a capacity provider that is there',
      'ecs:CreateService',
      pass('ecs-tasks'),
    ],
    [
      'batch-environment',
      'launch by a compute environment of Batch',
      'batch:CreateComputeEnvironment',
      pass('batch'),
    ],
    ['batch-job', 'launch by a job in a compute environment that is there', 'batch:SubmitJob'],
    ['emr-cluster', 'launch by a cluster of EMR', 'elasticmapreduce:RunJobFlow', pass('elasticmapreduce')],
    ['emr-groups', 'add instances to a cluster of EMR', 'elasticmapreduce:AddInstanceGroups'],
    ['emr-fleet', 'add a fleet to a cluster of EMR', 'elasticmapreduce:AddInstanceFleet'],
    [
      'lambda-managed-instances',
      'launch by a capacity provider of Lambda',
      'lambda:CreateCapacityProvider',
      pass('lambda'),
    ],
    [
      'image-builder',
      'launch by a pipeline of Image Builder',
      'imagebuilder:CreateInfrastructureConfiguration',
      'imagebuilder:CreateImagePipeline',
      pass('ec2'),
    ],
    [
      'run-image-pipeline',
      'run a pipeline of Image Builder that is there',
      'imagebuilder:StartImagePipelineExecution',
    ],
    [
      'automation',
      'launch by an automation that acts as a role',
      'ssm:StartAutomationExecution',
      pass('ssm'),
    ],
    ['restore', 'launch by restoring a backup', 'backup:StartRestoreJob', pass('backup')],
    ['recovery', 'launch by Elastic Disaster Recovery', 'drs:StartRecovery'],
    ['migration-test', 'launch by a test of a migration', 'mgn:StartTest'],
    ['migration-cutover', 'launch by the cutover of a migration', 'mgn:StartCutover'],
    ['product', 'launch by a product of Service Catalog', 'servicecatalog:ProvisionProduct'],
    ['beanstalk', 'launch by an environment of Elastic Beanstalk', 'elasticbeanstalk:CreateEnvironment'],
    ['cloud9', 'launch by an environment of Cloud9', 'cloud9:CreateEnvironmentEC2'],
    ['parallel-cluster', 'launch by a compute node group of PCS', 'pcs:CreateComputeNodeGroup', pass('ec2')],
    ['rds-custom', 'launch by a database of RDS Custom', 'rds:CreateDBInstance', pass('ec2')],
  ],
  'rewrite-what-launches': [
    [
      'launch-template',
      'change the template of the next launch',
      'ec2:CreateLaunchTemplateVersion',
      'ec2:ModifyLaunchTemplate',
    ],
    ['update-stack', 'change a stack that acts as a role', 'cloudformation:UpdateStack'],
    [
      'change-set',
      'change a stack by a change set',
      'cloudformation:CreateChangeSet',
      'cloudformation:ExecuteChangeSet',
    ],
    ['update-stack-set', 'change a stack set', 'cloudformation:UpdateStackSet'],
  ],
  'take-over': [
    ['start-instances', 'start an instance', 'ec2:StartInstances'],
    ['user-data', 'change what an instance runs at its start', 'ec2:ModifyInstanceAttribute'],
    ['give-profile', 'give an instance a role', 'ec2:AssociateIamInstanceProfile', pass('ec2')],
    [
      'replace-profile',
      'give an instance another role',
      'ec2:ReplaceIamInstanceProfileAssociation',
      pass('ec2'),
    ],
    ['replace-root', 'replace the root volume of an instance', 'ec2:CreateReplaceRootVolumeTask'],
    ['session', 'open a shell on an instance', 'ssm:StartSession'],
    ['command', 'run a command on an instance', 'ssm:SendCommand'],
    ['ssh-key', 'put an SSH key on an instance', 'ec2-instance-connect:SendSSHPublicKey'],
  ],
  // what runs as a role can be set off in many ways, some of them by others: only what gives it its role or its code is asked for
  'act-as-a-role': [
    ['function', 'run a function of Lambda as a role', 'lambda:CreateFunction', pass('lambda')],
    [
      'function-code',
      'change the code of a function that is there, and act as its role',
      'lambda:UpdateFunctionCode',
    ],
    ['build', 'run a build of CodeBuild as a role', 'codebuild:CreateProject', pass('codebuild')],
    [
      'run-build',
      'run other commands in a project of CodeBuild that is there, and act as its role',
      'codebuild:StartBuild',
    ],
    [
      'run-batch-build',
      'run other commands in a batch build of CodeBuild, and act as its role',
      'codebuild:StartBuildBatch',
    ],
    ['glue-job', 'run a job of Glue as a role', 'glue:CreateJob', pass('glue')],
    ['change-glue-job', 'change a job of Glue that is there, and its role', 'glue:UpdateJob', pass('glue')],
    ['glue-session', 'run a session of Glue as a role', 'glue:CreateSession', pass('glue')],
    [
      'endpoint-key',
      'put an SSH key on a development endpoint of Glue, and act as its role',
      'glue:UpdateDevEndpoint',
    ],
    ['task', 'run a task of ECS as a role', 'ecs:RunTask', pass('ecs-tasks')],
    [
      'start-task',
      'start a task of ECS on an instance that is there as a role',
      'ecs:StartTask',
      pass('ecs-tasks'),
    ],
    ['task-shell', 'open a shell in a task of ECS, and act as its role', 'ecs:ExecuteCommand'],
    [
      'app-runner',
      'run a service of App Runner as a role',
      'apprunner:CreateService',
      pass('tasks.apprunner'),
    ],
    [
      'change-app-runner',
      'change a service of App Runner that is there, and act as its role',
      'apprunner:UpdateService',
    ],
    [
      'code-interpreter',
      'run a code interpreter of Bedrock as a role',
      'bedrock-agentcore:CreateCodeInterpreter',
      'bedrock-agentcore:StartCodeInterpreterSession',
      'bedrock-agentcore:InvokeCodeInterpreter',
      pass('bedrock-agentcore'),
    ],
    [
      'use-code-interpreter',
      'use a code interpreter of Bedrock that is there, and act as its role',
      'bedrock-agentcore:StartCodeInterpreterSession',
      'bedrock-agentcore:InvokeCodeInterpreter',
    ],
    ['airflow', 'run an environment of Airflow as a role', 'airflow:CreateEnvironment', pass('airflow-env')],
    [
      'change-airflow',
      'change an environment of Airflow that is there, and act as its role',
      'airflow:UpdateEnvironment',
    ],
    [
      'open-notebook',
      'open a notebook of SageMaker that is there, and act as its role',
      'sagemaker:CreatePresignedNotebookInstanceUrl',
    ],
    [
      'change-notebook',
      'change what a notebook of SageMaker runs at its start, and act as its role',
      'sagemaker:CreateNotebookInstanceLifecycleConfig',
      'sagemaker:UpdateNotebookInstance',
    ],
  ],
  data: [
    ['snapshot', 'take a snapshot of a volume', 'ec2:CreateSnapshot'],
    ['snapshots', 'take snapshots of an instance', 'ec2:CreateSnapshots'],
    ['copy-snapshot', 'copy a snapshot', 'ec2:CopySnapshot'],
    ['copy-volumes', 'copy a volume', 'ec2:CopyVolumes'],
    ['image', 'make an image of an instance', 'ec2:CreateImage'],
    ['share-snapshot', 'share a snapshot', 'ec2:ModifySnapshotAttribute'],
    ['share-image', 'share an image', 'ec2:ModifyImageAttribute'],
    ['attach-volume', 'make a volume and attach it', 'ec2:CreateVolume', 'ec2:AttachVolume'],
    ['export-image', 'export an image to a bucket', 'ec2:ExportImage'],
    ['store-image', 'store an image in a bucket', 'ec2:CreateStoreImageTask'],
    ['read-blocks', 'read the blocks of a snapshot', 'ebs:ListSnapshotBlocks', 'ebs:GetSnapshotBlock'],
    [
      'lifecycle',
      'have snapshots taken or copied by a lifecycle policy',
      'dlm:CreateLifecyclePolicy',
      pass('dlm'),
    ],
    ['backup', 'have a backup taken', 'backup:StartBackupJob', pass('backup')],
    ['copy-backup', 'have a backup copied', 'backup:StartCopyJob', pass('backup')],
  ],
  'grant-itself': [
    ['put-user-policy', 'write a policy of a user', 'iam:PutUserPolicy'],
    ['put-role-policy', 'write a policy of a role', 'iam:PutRolePolicy'],
    ['put-group-policy', 'write a policy of a group', 'iam:PutGroupPolicy'],
    ['attach-user-policy', 'attach a policy to a user', 'iam:AttachUserPolicy'],
    ['attach-role-policy', 'attach a policy to a role', 'iam:AttachRolePolicy'],
    ['attach-group-policy', 'attach a policy to a group', 'iam:AttachGroupPolicy'],
    ['policy-version', 'write a version of a managed policy', 'iam:CreatePolicyVersion'],
    ['default-version', 'put another version of a policy in force', 'iam:SetDefaultPolicyVersion'],
    ['add-to-group', 'put a user into a group', 'iam:AddUserToGroup'],
    ['trust', 'change whom a role trusts', 'iam:UpdateAssumeRolePolicy'],
    ['access-key', 'make an access key for a user', 'iam:CreateAccessKey'],
    ['password', 'give a user a password', 'iam:CreateLoginProfile'],
    ['new-password', 'change the password of a user', 'iam:UpdateLoginProfile'],
    ['no-user-boundary', 'take the boundary from a user', 'iam:DeleteUserPermissionsBoundary'],
    ['no-role-boundary', 'take the boundary from a role', 'iam:DeleteRolePermissionsBoundary'],
  ],
  elsewhere: [
    ['dev-endpoint', 'run a development endpoint of Glue', 'glue:CreateDevEndpoint', pass('glue')],
    ['notebook', 'run a notebook of SageMaker', 'sagemaker:CreateNotebookInstance', pass('sagemaker')],
    ['training', 'run a training of SageMaker', 'sagemaker:CreateTrainingJob', pass('sagemaker')],
    ['processing', 'run a processing of SageMaker', 'sagemaker:CreateProcessingJob', pass('sagemaker')],
    [
      'data-pipeline',
      'run a pipeline of Data Pipeline',
      'datapipeline:CreatePipeline',
      'datapipeline:PutPipelineDefinition',
      'datapipeline:ActivatePipeline',
      pass('datapipeline'),
    ],
    ['lightsail', 'run an instance of Lightsail', 'lightsail:CreateInstances'],
    ['lightsail-export', 'export Lightsail to EC2', 'lightsail:CreateCloudFormationStack'],
  ],
};

export const CAPABILITIES: readonly Capability[] = Object.entries(ROWS).flatMap(([kind, rows]) =>
  rows.map(([id, title, ...needs]) => ({
    id,
    kind: kind as Capability['kind'],
    title,
    needs: needs.map((need) => (typeof need === 'string' ? { action: need } : need)),
  })),
);

/** What a needed call is asked with. */
export const callOf = ({ action, passedTo }: Need) =>
  passedTo === undefined ? { action } : { action, request: { 'iam:passedtoservice': [passedTo] } };
