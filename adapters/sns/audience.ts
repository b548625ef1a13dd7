import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';

/** How many subscriptions of a topic are confirmed. Needs sns:GetTopicAttributes on it. */
export async function confirmedSubscriptions(
  client: Pick<SNSClient, 'send'>,
  topicArn: string,
): Promise<number> {
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
  return Number(Attributes?.SubscriptionsConfirmed ?? 0);
}
