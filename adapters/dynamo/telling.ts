import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { NotifyDeps } from '../../app/notify.ts';
import { dynamoDecisions } from './decisions.ts';
import { dynamoFlood, dynamoNotes } from './notes.ts';
import { dynamoSilence } from './silence.ts';
import { dynamoStories } from './stories.ts';

/** Everything in the table of the verdicts that telling needs: stories, what was told of them, and who is not to be told. */
export const dynamoTelling = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<NotifyDeps, 'stories' | 'silence' | 'markers' | 'decisions' | 'flood'> => ({
  stories: dynamoStories(client, tableName),
  silence: dynamoSilence(client, tableName).read,
  markers: dynamoNotes(client, tableName, 'T'),
  decisions: dynamoDecisions(client, tableName),
  flood: dynamoFlood(client, tableName),
});
