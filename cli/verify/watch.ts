import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoNotes } from '../../adapters/dynamo/notes.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { placeOf } from '../../app/place.ts';
import type { Marker } from '../../app/told.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import { timelineAccounts } from '../../core/history/looking-back.ts';
import { resourcesOf, type Stack } from '../redrive/stack.ts';

/** What can be seen in the tables of a deployment of what is on its way. */
export interface Watch {
  /** Whether a dry run of a launch has been judged that somebody made since a time, ms. */
  isJudged(account: string, caller: string, since: number): Promise<boolean>;
  hasVerdict(activity: Activity): Promise<boolean>;
  isTold(activity: Activity): Promise<boolean>;
  close(): void;
}

/** Subjects that begin with the caller's id: the people behind one role. */
const MAX_SUBJECTS = 50;

/** Opens the tables of a stack to read them. */
export async function openWatch(stack: Stack): Promise<Watch> {
  const table = (word: RegExp, what: string): string => {
    const [found] = resourcesOf(stack, 'AWS::DynamoDB::Table', word);
    if (found === undefined) throw new Error(`it has no ${what} table, so it is no detector of Launchtrail`);
    return found.physical;
  };
  const [historyTable, findingsTable] = [table(/History/, 'history'), table(/Findings/, 'findings')];
  const client = new DynamoDBClient(stack.caller);
  const documents = DynamoDBDocumentClient.from(client);
  const history = dynamoHistory(documents, historyTable);
  const verdicts = dynamoVerdicts(documents, findingsTable);
  const markers = dynamoNotes<Marker>(documents, findingsTable, 'T');
  return {
    async isJudged(account, caller, since) {
      const week = Math.floor(Date.now() / WEEK);
      const subjects = await history.active(account, week, caller, caller, MAX_SUBJECTS);
      const read = await history.stretches(
        subjects.flatMap((subject) =>
          timelineAccounts(account).map((each) => ({
            account: each,
            subject,
            from: since,
            to: Date.now(),
          })),
        ),
        Date.now(),
      );
      return read.flat().some(({ action }) => action === 'ec2:RunInstances');
    },
    hasVerdict: async (activity) => (await verdicts.at([placeOf(activity)])).length > 0,
    isTold: async (activity) => (await markers.read(placeOf(activity)))?.value.told !== undefined,
    close: () => client.destroy(),
  };
}
