import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Channels that get the chat topic; workspace and team are let in once by hand, in the console of Amazon Q Developer. */
export interface Channels {
  readonly slack?: { readonly workspace: string; readonly channel: string };
  readonly teams?: { readonly team: string; readonly tenant: string; readonly channel: string };
}

/**
 * Brings the chat topic to channels. Whoever is in a channel can give commands to Amazon Q Developer; these run as a role that may
 * do nothing, within a guardrail that forbids everything. Without one the guardrail would be AdministratorAccess.
 */
export class ChatChannels extends Construct {
  constructor(scope: Construct, id: string, { topic, slack, teams }: Channels & { readonly topic: ITopic }) {
    super(scope, id);
    if (slack === undefined && teams === undefined) return;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'Launchtrail: Amazon Q Developer in its channels, which may do nothing',
    });
    const common = {
      iamRoleArn: role.roleArn,
      snsTopicArns: [topic.topicArn],
      guardrailPolicies: [`arn:${Stack.of(this).partition}:iam::aws:policy/AWSDenyAll`],
      loggingLevel: 'ERROR',
    };
    if (slack !== undefined)
      new CfnSlackChannelConfiguration(this, 'Slack', {
        ...common,
        configurationName: 'launchtrail-slack',
        slackWorkspaceId: slack.workspace,
        slackChannelId: slack.channel,
      });
    if (teams !== undefined)
      new CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        ...common,
        configurationName: 'launchtrail-teams',
        teamId: teams.team,
        teamsTenantId: teams.tenant,
        teamsChannelId: teams.channel,
      });
  }
}
