import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IVersion, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Gives batches to a new version of a function little by little, a tenth for five minutes and then all, and to the old one again as
 * soon as one of the alarms is raised. What the new one failed at comes again, so that either does it in the end.
 *
 * @returns what is to be called in place of the function
 */
export function released(scope: Construct, fn: LambdaFunction, alarms: readonly Alarm[]): Alias {
  // CDK's own Version does not satisfy its IVersion under exactOptionalPropertyTypes.
  const alias = new Alias(scope, 'Live', { aliasName: 'live', version: fn.currentVersion as IVersion });
  // AWS's own policy for this would let it change the aliases of all functions and call some of them.
  const role = new Role(scope, 'ReleaseRole', {
    assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
      resources: [fn.functionArn, alias.functionArn],
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'cloudwatch:DescribeAlarms is asked of all alarms; it reads their state and nothing else.',
  });
  new LambdaDeploymentGroup(scope, 'Release', {
    alias,
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    alarms: [...alarms],
    role: role.withoutPolicyUpdates(),
  });
  return alias;
}
