/** One way to an instance or to data, by the calls that it takes together. */
export interface Capability {
  readonly id: string;
  readonly kind: 'launch' | 'launch-through-a-service' | 'rewrite-what-launches' | 'grant-itself' | 'data';
  readonly title: string;
  readonly actions: readonly string[];
}

/**
 * What the audit asks of every principal, the shortest way first.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export const CAPABILITIES: readonly Capability[] = [
  of('launch', 'run-instances', 'launch an instance', 'ec2:RunInstances'),
  of('launch', 'spot-instances', 'launch by a Spot request', 'ec2:RequestSpotInstances'),
  of(
    'launch-through-a-service',
    'launch-configuration',
    'launch by a launch configuration and a group, without RunInstances',
    'autoscaling:CreateLaunchConfiguration',
    'autoscaling:CreateAutoScalingGroup',
  ),
  of(
    'launch-through-a-service',
    'spot-fleet',
    'launch by a Spot fleet',
    'ec2:RequestSpotFleet',
    'iam:PassRole',
  ),
  of(
    'launch-through-a-service',
    'stack-with-role',
    'launch by a stack that acts as a role passed to it',
    'cloudformation:CreateStack',
    'iam:PassRole',
  ),
  of(
    'launch-through-a-service',
    'node-group',
    'launch by a node group of EKS',
    'eks:CreateNodegroup',
    'iam:PassRole',
  ),
  of(
    'launch-through-a-service',
    'emr-cluster',
    'launch by a cluster of EMR',
    'elasticmapreduce:RunJobFlow',
    'iam:PassRole',
  ),
  of(
    'launch-through-a-service',
    'batch-environment',
    'launch by a compute environment of Batch',
    'batch:CreateComputeEnvironment',
    'iam:PassRole',
  ),
  of(
    'launch-through-a-service',
    'scale-group',
    'launch by scaling a group that is there',
    'autoscaling:SetDesiredCapacity',
  ),
  of(
    'rewrite-what-launches',
    'launch-template',
    'change the template of the next launch',
    'ec2:CreateLaunchTemplateVersion',
    'ec2:ModifyLaunchTemplate',
  ),
  of(
    'rewrite-what-launches',
    'update-stack',
    'change a stack that acts as a role',
    'cloudformation:UpdateStack',
  ),
  of('grant-itself', 'put-user-policy', 'write a policy of a user', 'iam:PutUserPolicy'),
  of('grant-itself', 'put-role-policy', 'write a policy of a role', 'iam:PutRolePolicy'),
  of('grant-itself', 'attach-user-policy', 'attach a policy to a user', 'iam:AttachUserPolicy'),
  of('grant-itself', 'attach-role-policy', 'attach a policy to a role', 'iam:AttachRolePolicy'),
  of('grant-itself', 'policy-version', 'write a version of a managed policy', 'iam:CreatePolicyVersion'),
  of('grant-itself', 'access-key', 'make an access key for a user', 'iam:CreateAccessKey'),
  of('grant-itself', 'trust', 'change whom a role trusts', 'iam:UpdateAssumeRolePolicy'),
  of('data', 'snapshot', 'take a snapshot of a volume', 'ec2:CreateSnapshot'),
  of('data', 'copy-snapshot', 'copy a snapshot', 'ec2:CopySnapshot'),
  of('data', 'share-snapshot', 'share a snapshot', 'ec2:ModifySnapshotAttribute'),
  of('data', 'share-image', 'share an image', 'ec2:ModifyImageAttribute'),
  of('data', 'attach-volume', 'make a volume and attach it', 'ec2:CreateVolume', 'ec2:AttachVolume'),
];

function of(kind: Capability['kind'], id: string, title: string, ...actions: string[]): Capability {
  return { id, kind, title, actions };
}
