import { type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Simulator } from '../../app/check-with-aws.ts';

/** SimulatePrincipalPolicy; it tells AWS nothing that AWS does not know, and counts as a call of whoever runs it. */
export function iamSimulator(iam: IAMClient): Simulator {
  return async (principal, action, resource) => {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: principal,
        ActionNames: [action],
        ResourceArns: [resource],
      }),
    );
    const [result] = EvaluationResults;
    if (result === undefined) throw new Error(`AWS gave no answer for ${action} of ${principal}`);
    // what stands at the top became a summary; that of the resource counts
    const [own] = result.ResourceSpecificResults ?? [];
    const byScps = result.OrganizationsDecisionDetail?.AllowedByOrganizations;
    return {
      allowed: (own?.EvalResourceDecision ?? result.EvalDecision) === 'allowed',
      ...(byScps !== undefined && { allowedByScps: byScps }),
    };
  };
}
