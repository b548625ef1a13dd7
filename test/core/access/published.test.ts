import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditOf } from '../../../core/access/audit.ts';
import { type Principal, readAuthorization } from '../../../core/access/authorization.ts';
import { CAPABILITIES, callOf } from '../../../core/access/capabilities.ts';
import { evaluator } from '../../../core/access/evaluate.ts';
import { NO_ORGANISATION, readOrganisation } from '../../../core/access/organisation.ts';
import { printedPolicies, samplePolicies } from './published.ts';
import { ACCOUNT, allow, policy, role, user } from './subjects.ts';
import { hint, suite } from './suites.ts';

const EC2 = suite('amazon-ec2-user-guide');
const LAUNCH = 'run-instances=conditional';
const TAKEN = 'snapshot=conditional';

/**
 * What the prose of each section says of its policies, in their order: `allow` where it names no limit, `conditional` where it does,
 * nothing where they are about other calls. A policy of denials alone stands beside one that allows to launch and to start.
 */
const PROSE: Readonly<Record<string, readonly string[]>> = {
  'iam-example-read-only': [''],
  'iam-example-region': Array(2).fill('run-instances=conditional start-instances=conditional'),
  'iam-example-instances-all': ['run-instances=allow start-instances=allow'],
  'iam-example-instances-specific': ['start-instances=conditional'],
  // each is half of a way: it takes CreateVolume and AttachVolume
  'iam-example-manage-volumes-attach-detach': ['ec2:AttachVolume=conditional'],
  'iam-example-manage-volumes-create': ['ec2:CreateVolume=conditional'],
  'iam-example-manage-volumes-tags': ['ec2:CreateVolume=conditional', 'ec2:CreateVolume=allow'],
  'iam-creating-snapshot': [TAKEN],
  'iam-creating-snapshots': ['snapshots=conditional'],
  'iam-creating-snapshot-with-tags': [TAKEN],
  'iam-creating-snapshots-with-tags': [
    'snapshots=conditional',
    'snapshot=allow',
    'snapshots=allow',
    TAKEN,
    'no JSON',
    '',
    TAKEN,
    'snapshots=conditional',
    'snapshot=conditional snapshots=conditional',
  ],
  // its ARN has an account, and those of snapshots have none
  'iam-copy-snapshot': [''],
  // its action has a space
  'iam-modifying-snapshot-with-tags': [''],
  'iam-example-runinstances-ami': [LAUNCH, LAUNCH],
  'iam-example-runinstances-instance-type': [LAUNCH, LAUNCH],
  'iam-example-runinstances-subnet': [LAUNCH, LAUNCH],
  'iam-example-runinstances-volumes': [LAUNCH],
  'iam-example-runinstances-tags': [
    'run-instances=allow',
    LAUNCH,
    LAUNCH,
    'run-instances=allow',
    LAUNCH,
    'no JSON',
  ],
  'iam-example-tags-launch-template': [LAUNCH],
  'iam-example-runinstances-egpu': [LAUNCH],
  'iam-example-runinstances-launch-templates': [LAUNCH, LAUNCH, LAUNCH, LAUNCH],
  'iam-example-spot-instances': Array(6).fill(LAUNCH),
  'iam-example-reservedinstances': ['', ''],
  'iam-example-taggingresources': ['', '', '', ''],
  'iam-example-iam-roles': Array(2).fill('give-profile=conditional replace-profile=conditional'),
  'iam-example-route-tables': [''],
  'iam-example-source-instance': [''],
  'iam-example-launch-templates': ['launch-template=conditional', ''],
  'iam-example-instance-metadata-requireIMDSv2': ['run-instances=conditional start-instances=allow'],
  'iam-example-instance-metadata-maxHopLimit': ['run-instances=conditional start-instances=allow'],
  'iam-example-instance-metadata-limit-modify-IMDS-options': ['run-instances=allow start-instances=allow'],
  'iam-example-instance-metadata-require-roles-to-use-IMDSv2-credentials': [
    'run-instances=conditional start-instances=conditional',
  ],
};
const HALVES = ['ec2:AttachVolume', 'ec2:CreateVolume'];

/** What a role may with a policy, as the table above writes it; roles that it could pass are there. A role has no name of a user. */
function told(given: object): string {
  const isDenials = policyStatements(given).every(({ Effect }) => Effect === 'Deny');
  const all = policy(allow({ Action: ['ec2:RunInstances', 'ec2:StartInstances'] }));
  const entry = JSON.stringify(given).includes('aws:username') ? user('ana', []) : role('ana', []);
  const list = 'UserName' in entry ? 'User' : 'Role';
  const PolicyList = [
    { PolicyName: 'p', PolicyDocument: given },
    ...(isDenials ? [{ PolicyName: 'all', PolicyDocument: all }] : []),
  ];
  const worn = ['TestRole-1', 'DevTeam-1'].map((name) => role(name, [], { InstanceProfileList: [{}] }));
  const page = {
    RoleDetailList: [...worn, ...(list === 'Role' ? [{ ...entry, RolePolicyList: PolicyList }] : [])],
    UserDetailList: list === 'User' ? [{ ...entry, UserPolicyList: PolicyList }] : [],
  };
  const { principals } = readAuthorization([page], NO_ORGANISATION);
  const it = auditOf({ principals }).find(({ principal }) => principal.arn.endsWith('/ana'));
  if (it === undefined) throw new Error('nobody');
  const ways = it.ways.map(({ capability, answer }) => `${capability.id}=${answer}`);
  const halves = HALVES.flatMap((action) => {
    const { answer } = evaluator().judge(it.principal.subject, { action });
    return answer === 'deny' ? [] : [`${action}=${answer}`];
  });
  return [...ways, ...halves].join(' ');
}

const policyStatements = (given: object): { readonly Effect?: string }[] =>
  [(given as { Statement: { Effect?: string } | { Effect?: string }[] }).Statement].flat();

describe.skipIf(EC2 === undefined)(
  `the policies of AWS's guide to EC2${hint('amazon-ec2-user-guide')}`,
  () => {
    const printed = EC2 === undefined ? [] : printedPolicies(join(EC2, 'doc_source/ExamplePolicies_EC2.md'));

    it('are all read', () => {
      expect(printed).toHaveLength(Object.values(PROSE).flat().length);
    });

    it.each(printed.map((each) => [`${each.section} ${each.index + 1}`, each] as const))(
      '%s',
      (_, { section, index, policy: given }) => {
        expect(given === undefined ? 'no JSON' : told(given)).toBe(PROSE[section]?.[index]);
      },
    );
  },
);

/** What is left of an administrator's ways under an SCP or RCP. */
interface Left {
  /** Ways that are gone, of a role and of the root user where that is another. */
  readonly gone?: readonly string[];
  readonly goneOfRoot?: 'all' | 'EC2';
  /** Ways that depend on something, or those that do among others. */
  readonly conditional?: readonly string[];
  readonly among?: readonly string[];
  /** Who may assume a role depends. */
  readonly assume?: true;
}

const ROLES = ['put-role-policy', 'attach-role-policy', 'trust', 'no-role-boundary'];
const SAMPLES: Readonly<Record<string, Left>> = {
  'Deny-critical-IAM-user-actions.json': { conditional: ['access-key', 'password', 'new-password'] },
  'Deny-modifications-to-specific-IAM-roles.json': { conditional: ROLES, assume: true },
  'Deny-the-root-user-from-performing-actions-except-S3-bucketpolicy-changes.json': { goneOfRoot: 'all' },
  'Deny-unwarranted-IAM-users-and-access-key-creation.json': { conditional: ['access-key'] },
  'Deny-creation-of-default-VPC-and-subnet.json': {},
  'Deny-modifications-to-specific-AWS-CloudFormation-resources.json': {
    conditional: ['stack-with-role', 'stack-set', 'update-stack', 'change-set', 'update-stack-set'],
  },
  'Deny-use-of-IAM-user-credentials-from-unexpected-networks.json': {},
  // an image has no ec2:MetadataHttpTokens, so every launch is denied: docs/access.md
  'Prevent-IMDSv1.json': { gone: ['run-instances'], among: ['start-instances', 'trust'], assume: true },
  'Restrict-deletion-and-modification-of-privileged-policies.json': {
    conditional: ['policy-version', 'default-version'],
  },
  'Deny-access-to-AWS-based-on-the-requested-AWS-region-with-Bedrock-CRIS.json': { among: ['run-instances'] },
  'scp-hipaa-service.json': { gone: ['lightsail', 'lightsail-export', 'data-pipeline'] },
  'ProtectPodIdentitiesTagsOnRolesAndUsers.json': {},
  'identity_perimeter_rcp.json': { assume: true },
  'data_perimeter_governance_scp.json': {
    gone: ['copy-snapshot', 'share-snapshot', 'share-image'],
    among: ['run-instances'],
    assume: true,
  },
  'network_perimeter_sourcevpc_scp.json': { among: ['run-instances', 'trust'], assume: true },
  'resource_perimeter_scp.json': { among: ['run-instances', 'trust'], assume: true },
  'network_perimeter_ec2_scp.json': { among: ['run-instances', 'trust'], assume: true },
  'network_perimeter_lambda_scp.json': { among: ['run-instances', 'trust'], assume: true },
  'restrict_nonvpc_deployment_scp.json': {
    among: ['function', 'glue-job', 'notebook', 'training', 'processing', 'build', 'change-app-runner'],
  },
  'restrict_untrusted_resources_scp.json': { conditional: ['image-builder'] },
  'example-ec2-1': { conditional: ['run-instances'] },
  'example-scp-deny-region': { among: ['run-instances'] },
  'example-scp-restricts-iam-principals': { conditional: ROLES },
  'example-scp-restricts-with-exception': { conditional: ROLES },
  'example-scp-mfa': {},
  'example-scp-root-user': { goneOfRoot: 'EC2' },
  'example-scp-leave-org': {},
  'example-require-tag-on-create': { conditional: ['run-instances'] },
  'example-require-restrict-tag-mods-to-admin': {},
};

const FOLDERS = [
  'service-control-policy-examples',
  'data-perimeter-policy-examples',
  'aws-organizations-docs',
];
const MISSING = FOLDERS.find((name) => suite(name) === undefined);

function samples(): readonly (readonly [name: string, document: object])[] {
  if (MISSING !== undefined) return [];
  const [examples = '', perimeter = '', guide = ''] = FOLDERS.map((name) => suite(name) ?? '');
  const files = [examples, perimeter].flatMap((folder) => [...samplePolicies(folder)]);
  const pages = ['ec2', 'general', 'tagging'].flatMap((page) =>
    printedPolicies(join(guide, `doc_source/orgs_manage_policies_scps_examples_${page}.md`)),
  );
  const all = [
    ...files.map(([path, document]) => [path.split('/').at(-1) ?? '', document] as const),
    ...pages.map(({ section, policy: document = {} }) => [section, document] as const),
  ];
  return all.filter(([name]) => SAMPLES[name] !== undefined);
}

/** The account of an administrator, with one more policy over it. */
function under(name: string, document: object): readonly Principal[] {
  const full = { id: 'p-full', document: policy(allow()) };
  const more = { id: 'p-more', document };
  const isResource = name.endsWith('_rcp.json');
  const level = {
    level: 'root',
    policies: isResource ? [full] : [full, more],
    ...(isResource && {
      resourcePolicies: [{ id: 'p-all', document: policy(allow({ Principal: '*' })) }, more],
    }),
  };
  const organisation = readOrganisation({ accounts: { [ACCOUNT]: [level] } });
  if (organisation === undefined) throw new Error('no organisation');
  const page = { RoleDetailList: [role('admin', [allow()], { Tags: [] })] };
  return readAuthorization([page], organisation).principals;
}

const idsWith = ({ subject }: Principal, wanted: 'deny' | 'conditional'): readonly string[] => {
  const { judge } = evaluator();
  return CAPABILITIES.filter(({ needs }) => {
    const answers = needs.map((need) => judge(subject, callOf(need)).answer);
    return answers.includes(wanted) && (wanted === 'deny' || !answers.includes('deny'));
  }).map(({ id }) => id);
};

describe.skipIf(MISSING !== undefined)(`sample SCPs and RCPs of AWS${hint(MISSING ?? '')}`, () => {
  const all = samples();

  it('are all read', () => {
    expect(all.map(([name]) => name).toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
  });

  it.each(all)('%s leaves an administrator what its text says', (name, document) => {
    const { gone = [], goneOfRoot, conditional, among, assume } = SAMPLES[name] ?? {};
    const [admin, root] = under(name, document);
    if (admin === undefined || root === undefined) throw new Error('nobody');
    expect(idsWith(admin, 'deny')).toEqual(expect.arrayContaining([...gone]));
    if (gone.length === 0) expect(idsWith(admin, 'deny')).toEqual([]);
    const open = idsWith(admin, 'conditional');
    if (among === undefined) expect(open).toEqual(conditional ?? []);
    else expect(open).toEqual(expect.arrayContaining([...among]));
    if (goneOfRoot !== undefined) {
      const left = CAPABILITIES.filter(({ id }) => !idsWith(root, 'deny').includes(id));
      const isLeft = ({ needs }: (typeof CAPABILITIES)[number]): boolean =>
        goneOfRoot === 'EC2' && needs.every(({ action }) => !action.startsWith('ec2:'));
      expect(left).toEqual(CAPABILITIES.filter(isLeft));
    }
    const assumes = evaluator().judge(admin.subject, { action: 'sts:AssumeRole' });
    expect(assumes.answer).toBe(assume ? 'conditional' : 'allow');
  });
});
