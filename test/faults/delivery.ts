import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { sheetOf } from '../../adapters/dynamo/items.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { convergeAgain } from '../../app/converge.ts';
import { type DetectDeps, detectActivities } from '../../app/detect.ts';
import { verdictsIn } from '../../app/findings-in.ts';
import type { Reopening } from '../../app/reopening.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import type { Assessment, FindingRecord } from '../../core/findings/finding.ts';
import { findingsOf, isTold, soughtUnder } from '../../core/findings/stories.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import type { Fault, FaultyClient, Lasting } from './faulty-client.ts';
import type { Story } from './stories.ts';

/** When what has failed comes again: from the queue, or a day later from the dead-letter queue, after all the others. */
export type Again = 'at once' | 'after all the others';

/** What happens to one call of a run. */
export interface Trouble {
  readonly call: number;
  readonly fault: Fault;
  readonly lasting: Lasting;
  readonly again: Again;
}

/** Everything a table holds once all is over. */
export interface Outcome {
  readonly findings: readonly FindingRecord[];
  readonly told: readonly Assessment[];
  /** `s` and `d` of every fact sheet, by scope. */
  readonly sheets: Readonly<Record<string, unknown>>;
  /** Names that verdicts are sought under and no pointer leads from. */
  readonly astray: readonly string[];
}

const byId = <T extends { readonly id: string }>(records: readonly T[]): T[] =>
  records.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** What becomes of a story without the words: who is told, how badly, and what was learnt. */
export const inShort = ({ findings, told, ...rest }: Outcome): object => ({
  ...rest,
  findings: findings.map(({ members, ...finding }) => ({
    ...finding,
    members: members.map(({ activity: { id }, score }) => ({ id, score })),
  })),
  told: told.map(({ activity: { id }, score, suspect, follows }) => ({ id, score, suspect, follows })),
});

/** What the detector means by a story. */
export const meant = ({ before, batches }: Story): FindingRecord[] =>
  byId(definition([...before, ...batches.flat()], policy));

/** A call to SQS, so that trouble may befall it like any call to DynamoDB. */
export class SendMessage {
  readonly body: string;
  constructor(waiting: readonly Reopening[]) {
    this.body = JSON.stringify(waiting);
  }
}

/** Tables, how to look at all that is in them, and the messages of what was put off that nobody has taken yet. */
export interface Tables {
  readonly history: string;
  readonly findings: string;
  items(): Promise<readonly Record<string, unknown>[]>;
  takeSent(): string[];
}

function storesOf(client: DynamoDBDocumentClient, { history, findings }: Tables, story?: Story): DetectDeps {
  const send = client.send.bind(client) as unknown as (command: object) => Promise<object>;
  const defer = async (waiting: readonly Reopening[]) => void (await send(new SendMessage(waiting)));
  return {
    history: dynamoHistory(client, history),
    verdicts: dynamoVerdicts(client, findings),
    policy,
    ...(story?.late && { defer, isLate: () => true }),
  };
}

/** Judges what came before a story, without any trouble. */
export async function settle(client: DynamoDBDocumentClient, tables: Tables, story: Story): Promise<void> {
  await detectActivities(storesOf(client, tables), story.before);
}

/** What a function is handed: records, or the body of a message of what was put off. */
type Batch = readonly Activity[] | string;

/** Has one function work on a batch, and gives what failed, each part by itself. */
async function workOn(worker: FaultyClient, tables: Tables, story: Story, batch: Batch): Promise<Batch[]> {
  const stores = storesOf(worker.client, tables, story);
  if (typeof batch === 'string') {
    let slices = 0;
    const isLate = () => slices++ > 0;
    const done = convergeAgain({ ...stores, isLate }, JSON.parse(batch));
    const failed = await done.then(
      () => false,
      () => true,
    );
    await worker.batchIsOver();
    return failed || worker.dead() ? [batch] : [];
  }
  const outcomes = await detectActivities(stores, batch);
  await worker.batchIsOver();
  const failed = batch.filter((_, index) => worker.dead() || outcomes[index]?.status !== 'judged');
  return failed.map((activity) => [activity]);
}

/**
 * Hands a story to functions as SQS does: each batch to one, and what that says has failed, or all of it where it died, again to
 * another, record by record, until nothing is left. What they put off comes after all the others.
 *
 * @param start a function's client; the trouble befalls the first one's
 */
export async function deliver(
  start: (first: boolean) => FaultyClient,
  tables: Tables,
  story: Story,
  again: Again,
): Promise<FaultyClient> {
  const first = start(true);
  let worker = first;
  const waiting: Batch[] = [...story.batches];
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const failed = await workOn(worker, tables, story, batch);
    if (again === 'at once') waiting.unshift(...failed);
    else waiting.push(...failed);
    waiting.push(...tables.takeSent());
    if (worker.dead()) worker = start(false);
  }
  return first;
}

/** What has become of a story. */
export async function outcomeIn(client: DynamoDBDocumentClient, tables: Tables): Promise<Outcome> {
  const verdicts = await verdictsIn(dynamoVerdicts(client, tables.findings));
  const told = verdicts.filter((verdict) => isTold(verdict, policy));
  const items = await tables.items();
  const pointers = new Set(items.flatMap(({ pk }) => (String(pk).startsWith('N#') ? [String(pk)] : [])));
  const sheets = items.filter(({ pk, sk }) => String(pk).startsWith('F#') || sk === 'sheet');
  return {
    findings: byId(findingsOf(told, policy)),
    told: told.toSorted((a, b) => a.activity.at - b.activity.at || (a.activity.id < b.activity.id ? -1 : 1)),
    sheets: Object.fromEntries(sheets.map((item) => [sheetOf(item).value.scope, [item.s, item.d]])),
    astray: told.flatMap(soughtUnder).filter((name) => !pointers.has(`N#${name}`)),
  };
}
