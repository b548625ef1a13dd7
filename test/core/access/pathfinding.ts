import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditOf } from '../../../core/access/audit.ts';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { allow, role, trusting } from './subjects.ts';

/** A path of pathfinding.cloud with the permissions that it calls required. */
export interface Path {
  readonly id: string;
  readonly required: readonly string[];
}

interface Lab {
  readonly pathfindingCloudId: string | null;
  readonly permissions: { readonly required: readonly { readonly permission: string }[] };
}

/** The paths of `docs/labs.json`, each once; a lab of two hops (`a + b`) or of none is no path. */
export function paths(folder: string): Path[] {
  const labs = JSON.parse(readFileSync(join(folder, 'docs/labs.json'), 'utf8')) as Lab[];
  const found = new Map<string, Path>();
  for (const { pathfindingCloudId: id, permissions } of labs)
    if (id !== null && !id.includes('+'))
      found.set(id, { id, required: permissions.required.map(({ permission }) => permission) });
  return [...found.values()];
}

/** Services that may take the administrator on, who is there for each path to end in. */
const SERVICES = [
  'airflow-env',
  'bedrock-agentcore',
  'cloudformation',
  'codebuild',
  'datapipeline',
  'ec2',
  'ecs-tasks',
  'glue',
  'lambda',
  'sagemaker',
  'tasks.apprunner',
].map((name) => `${name}.amazonaws.com`);

/** What a role with these permissions and no other may, in an account with an administrator that it may assume. */
export function waysWith(permissions: readonly string[]): readonly string[] {
  const administrator = role('administrator', [allow()], {
    AssumeRolePolicyDocument: trusting({ Service: SERVICES, AWS: '111122223333' }),
    InstanceProfileList: [{ InstanceProfileName: 'administrator' }],
  });
  const caller = role('caller', permissions.length === 0 ? [] : [allow({ Action: permissions })]);
  const judged = auditOf(readAuthorization([{ RoleDetailList: [caller, administrator] }], NO_ORGANISATION));
  const [it, other] = ['caller', 'administrator'].map((name) =>
    judged.find(({ principal }) => principal.arn.endsWith(`/${name}`)),
  );
  const assumes = other?.assumers?.first.includes(it?.principal.arn ?? '') ?? false;
  return [...(it?.ways ?? []).map(({ capability }) => capability.id), ...(assumes ? ['assume-it'] : [])];
}
