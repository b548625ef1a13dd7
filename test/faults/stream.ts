import { BatchWriteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { verdictOf } from '../../adapters/dynamo/items.ts';
import { dynamoFlood, dynamoNotes } from '../../adapters/dynamo/notes.ts';
import { dynamoStories } from '../../adapters/dynamo/stories.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import type { Done, VerdictChange } from '../../app/changes.ts';
import { detectActivities } from '../../app/detect.ts';
import { MAX_SINGLY, type Singly } from '../../app/flood.ts';
import { type NotifyDeps, notify } from '../../app/notify.ts';
import type { NoteStore, Publisher, Tagger } from '../../app/ports.ts';
import { type RespondDeps, respond, type Tagged } from '../../app/respond.ts';
import type { Marker } from '../../app/told.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import type { Message } from '../../tell/telling.ts';
import { ACCOUNT, NOW } from '../builders.ts';
import type { FaultyClient } from './faulty-client.ts';
import type { Story } from './stories.ts';

type Item = Record<string, unknown>;
export const TABLE = 'findings';

/** What judging a batch of a story wrote into the table of the findings, and what the stream of that table says of it. */
export interface Written {
  readonly items: readonly Item[];
  readonly changes: readonly VerdictChange[];
}

/** Judges a story without any trouble and gives, batch by batch, what was written. */
export async function writtenOf({ before, batches }: Story): Promise<Written[]> {
  const { client } = countingDynamo();
  const verdicts = new Map<string, VerdictChange['after']>();
  let written: { items: Item[]; changes: VerdictChange[] } = { items: [], changes: [] };
  const note = (item: Item): void => {
    written.items.push(item);
    if (!String(item.pk).startsWith('V#')) return;
    const key = `${item.pk} ${item.sk}`;
    const was = verdicts.get(key);
    const after = verdictOf(item).value;
    written.changes.push({ ...(was && { before: was }), after });
    verdicts.set(key, after);
  };
  const send = async (command: object): Promise<object> => {
    const answer = await (client.send as (command: object) => Promise<object>)(command);
    if (command instanceof PutCommand && command.input.TableName === TABLE) note(command.input.Item ?? {});
    if (command instanceof BatchWriteCommand)
      for (const { PutRequest } of command.input.RequestItems?.[TABLE] ?? []) note(PutRequest?.Item ?? {});
    return answer;
  };
  const watched = { send } as unknown as DynamoDBDocumentClient;
  const stores = {
    history: dynamoHistory(watched, 'history'),
    verdicts: dynamoVerdicts(watched, TABLE),
    policy,
  };
  const all: Written[] = [];
  for (const batch of [before, ...batches]) {
    written = { items: [], changes: [] };
    await detectActivities(stores, batch);
    all.push(written);
  }
  return all;
}

type Topic = 'findings' | 'alerts' | 'chat';

/** Calls to SNS and EC2, so that trouble may befall them like any call to DynamoDB. */
export class Publish {
  readonly topic: Topic;
  readonly message: Message;
  constructor(topic: Topic, message: Message) {
    this.topic = topic;
    this.message = message;
  }
}
class CreateTags {
  readonly instances: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  constructor(instances: readonly string[], tags: Readonly<Record<string, string>>) {
    this.instances = instances;
    this.tags = tags;
  }
}

/** The table of the findings, three topics and EC2. */
export function tellingWorld() {
  const { client } = countingDynamo();
  const published: Message[] = [];
  const mailed: Message[] = [];
  const chatted: Message[] = [];
  const tags = new Map<string, Readonly<Record<string, string>>>();
  const send = async (command: object): Promise<object> => {
    if (command instanceof Publish) {
      ({ findings: published, alerts: mailed, chat: chatted })[command.topic].push(command.message);
      return {};
    }
    if (command instanceof CreateTags) {
      for (const instance of command.instances) tags.set(instance, command.tags);
      return {};
    }
    return (client.send as (command: object) => Promise<object>)(command);
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, published, mailed, chatted, tags };
}

/** One of the two functions that the stream calls. */
type Use = (client: DynamoDBDocumentClient, changes: readonly VerdictChange[]) => Promise<Done[]>;

export const sender = (client: DynamoDBDocumentClient) =>
  client.send.bind(client) as unknown as (command: object) => Promise<object>;

/** All room for messages one by one is taken, in whatever hour and account. */
const FULL: NoteStore<Singly> = {
  read: async () => ({ value: { news: Array.from({ length: MAX_SINGLY }, (_, n) => `${n}`) }, version: 1 }),
  within: async () => new Map(),
  write: async () => false,
};

/** Both functions, each told the time by the same clock. */
export function functionsOf(
  clock: { now: number },
  inFlood: boolean,
): { readonly notify: Use; readonly respond: Use } {
  const wait = async (ms: number): Promise<void> => {
    clock.now += ms;
  };
  const topic = (client: DynamoDBDocumentClient, name: Publish['topic']): Publisher => ({
    publish: async (message) => void (await sender(client)(new Publish(name, message))),
  });
  const notifyDeps = (client: DynamoDBDocumentClient): NotifyDeps => ({
    stories: dynamoStories(client, TABLE),
    markers: dynamoNotes<Marker>(client, TABLE, 'T'),
    history: dynamoHistory(client, 'history'),
    findings: topic(client, 'findings'),
    alerts: topic(client, 'alerts'),
    chat: topic(client, 'chat'),
    flood: { ...dynamoFlood(client, TABLE), ...(inFlood && { singly: FULL }) },
    policy,
    now: () => clock.now,
    wait,
  });
  const tagger = (client: DynamoDBDocumentClient): Tagger => ({
    async tag(region, ids, tags) {
      await sender(client)(
        new CreateTags(
          ids.map((id) => `${region} ${id}`),
          tags,
        ),
      );
      return 'tagged';
    },
  });
  const respondDeps = (client: DynamoDBDocumentClient): RespondDeps => ({
    stories: dynamoStories(client, TABLE),
    notes: dynamoNotes<Tagged>(client, TABLE, 'I'),
    tagger: tagger(client),
    mode: 'tag',
    policy,
    account: ACCOUNT,
    log: () => undefined,
    wait,
  });
  return {
    notify: (client, changes) => notify(notifyDeps(client), changes),
    respond: (client, changes) => respond(respondDeps(client), changes),
  };
}

/** What subscribers and EC2 have in the end, and what subscribers heard on the way. */
export interface Heard {
  /** By finding: what was told of it, one after the other; what was told twice in a row once. */
  readonly told: Readonly<Record<string, readonly string[]>>;
  /** The last message of each finding, without what says whether it is news. */
  readonly last: Readonly<Record<string, unknown>>;
  /** What people read, one after the other, by finding; what was sent twice in a row once. */
  readonly mailed: Readonly<Record<string, readonly string[]>>;
  /** The same in channels, by thread. */
  readonly chatted: Readonly<Record<string, readonly string[]>>;
  /** What waits to be told together, by finding: the last that was put off. */
  readonly waiting: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Writes a story batch by batch and hands each batch's changes to a function as a stream does: from the first that failed on again,
 * or all of them where the function died, minutes later, to another one.
 *
 * @param start a function's client; the trouble befalls the first one's
 */
export async function follow(
  written: readonly Written[],
  which: 'notify' | 'respond',
  world: ReturnType<typeof tellingWorld>,
  start: (first: boolean) => FaultyClient,
  inFlood = false,
): Promise<{ first: FaultyClient; heard: Heard }> {
  const clock = { now: NOW };
  const use = functionsOf(clock, inFlood)[which];
  const first = start(true);
  let worker = first;
  for (const { items, changes } of written) {
    for (const Item of items) await world.client.send(new PutCommand({ TableName: TABLE, Item }));
    let left = [...changes];
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries > 20) throw new Error('the stream does not get on');
      const done = await use(worker.client, left);
      await worker.batchIsOver();
      const failed = worker.dead() ? 0 : done.findIndex(({ ok }) => !ok);
      left = failed < 0 ? [] : left.slice(failed);
      if (worker.dead()) worker = start(false);
      clock.now += 60_000;
    }
  }
  return { first, heard: await heardIn(world) };
}

async function heardIn({
  client,
  published,
  mailed,
  chatted,
  tags,
}: ReturnType<typeof tellingWorld>): Promise<Heard> {
  const told: Record<string, string[]> = {};
  const last: Record<string, unknown> = {};
  for (const { body } of published) {
    const { activity_id, activity_name, type_uid, type_name, ...finding } = JSON.parse(body);
    const { uid, related_events = [] } = finding.finding_info;
    const events = related_events.map((event: { uid: string }) => event.uid);
    const said = `${finding.severity} ${finding.status} ${finding.risk_score} ${events.join(' ')}`;
    told[uid] ??= [];
    if (told[uid].at(-1) !== said) told[uid].push(said);
    last[uid] = finding;
  }
  const mails: Record<string, string[]> = {};
  for (const { body } of mailed) {
    const id = body.split('\n').at(-1)?.split(/[ ,]/)[1] ?? '';
    mails[id] ??= [];
    if (mails[id].at(-1) !== body) mails[id].push(body);
  }
  const threads: Record<string, string[]> = {};
  for (const { body } of chatted) {
    const { content, metadata } = JSON.parse(body);
    threads[metadata.threadId] ??= [];
    const thread = threads[metadata.threadId] ?? [];
    const said = `${content.title}: ${content.description}`;
    if (thread.at(-1) !== said) thread.push(said);
  }
  const waits = await dynamoFlood(client, TABLE).waiting.within({
    account: 'digest',
    subject: '#waiting',
    from: 0,
    to: NOW + 1_000 * DAY,
  });
  const waiting = [...waits.values()]
    .map(({ value }) => value)
    .sort((a, b) => a.at - b.at)
    .map(({ id, severity, title }) => [id, `${severity} ${title}`] as const);
  return {
    told,
    last,
    mailed: mails,
    chatted: threads,
    waiting: Object.fromEntries(waiting.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    tags: Object.fromEntries([...tags].sort()),
  };
}
