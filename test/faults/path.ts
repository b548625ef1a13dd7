import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoFlood } from '../../adapters/dynamo/notes.ts';
import { DIGEST_EVERY, tellDigest } from '../../app/flood.ts';
import { type Notice, sendLatest, tryAll } from '../../app/forward.ts';
import type { Publisher } from '../../app/ports.ts';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import type { AsffFinding } from '../../tell/asff.ts';
import type { BusEvent } from '../../tell/bus-event.ts';
import type { OcsfFinding } from '../../tell/ocsf-types.ts';
import { FOLLOWERS } from '../../tell/outputs.ts';
import type { Message } from '../../tell/telling.ts';
import { ACCOUNT, NOW } from '../builders.ts';
import { type Fault, type FaultyClient, faultyClient, type Lasting } from './faulty-client.ts';
import { functionsOf, Publish, sender, TABLE, type Written } from './stream.ts';

/** The functions on the way of a finding from the stream of its table to whoever hears of it. */
export const STEPS = ['notify', 'hub', 'bus', 'digest'] as const;
export type Step = (typeof STEPS)[number];

export interface Trouble {
  readonly step: Step;
  readonly call: number;
  readonly fault: Fault;
  readonly lasting: Lasting;
}

/** Calls to Security Hub and EventBridge, so that trouble may befall them like any call to DynamoDB. */
class Import {
  readonly findings: readonly AsffFinding[];
  constructor(findings: readonly AsffFinding[]) {
    this.findings = findings;
  }
}
class PutEvents {
  readonly events: readonly BusEvent[];
  constructor(events: readonly BusEvent[]) {
    this.events = events;
  }
}

/** What everybody has in the end, by finding. */
export interface Reached {
  /** What was published of it last. */
  readonly published: Readonly<Record<string, ReturnType<typeof withoutNews>>>;
  /** What Security Hub holds. */
  readonly hub: Readonly<Record<string, unknown>>;
  /** The latest event. */
  readonly bus: Readonly<Record<string, unknown>>;
  /** The last line of a mail that told several together. */
  readonly digest: Readonly<Record<string, string>>;
  /** What still waits to be told together. */
  readonly waiting: number;
}

const HOME = { partition: 'aws', region: 'eu-west-1', account: ACCOUNT };
/** Messages that SQS gives a function at a time. */
const BATCH = 10;
/** Tries after which nothing gets on any more. */
const MANY = 30;

/** One table, the topics, two queues behind one of them, Security Hub and a bus. */
function pathWorld(clock: { now: number }) {
  const { client } = countingDynamo();
  const queues: Record<'hub' | 'bus', Notice[]> = { hub: [], bus: [] };
  const hub = new Map<string, AsffFinding>();
  const events: BusEvent[] = [];
  const mails: Message[] = [];
  const latest = new Map<string, OcsfFinding>();
  let published = 0;
  const send = async (command: object): Promise<object> => {
    if (command instanceof Publish) {
      const { topic, message } = command;
      published += 1;
      if (topic === 'alerts') mails.push(message);
      const finding = topic === 'findings' ? (JSON.parse(message.body) as OcsfFinding) : undefined;
      if (finding !== undefined) {
        latest.set(finding.finding_info.uid, finding);
        for (const name of ['hub', 'bus'] as const)
          queues[name].push({
            id: `${name} ${published}`,
            at: clock.now + published,
            finding,
          });
      }
      return {};
    }
    if (command instanceof Import) {
      for (const finding of command.findings) {
        const held = hub.get(finding.Id);
        // an update that is no later than what it holds is ignored
        if (held === undefined || finding.UpdatedAt > held.UpdatedAt) hub.set(finding.Id, finding);
      }
      return {};
    }
    if (command instanceof PutEvents) {
      events.push(...command.events);
      return {};
    }
    return (client.send as (command: object) => Promise<object>)(command);
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, queues, hub, events, mails, latest };
}

type World = ReturnType<typeof pathWorld>;

/**
 * Takes what was written all the way, and as often as whatever calls a function calls it again: the stream and the queues what failed or
 * died, the schedule a quarter of an hour later.
 */
export async function goAllTheWay(
  written: readonly Written[],
  inFlood: boolean,
  trouble?: Trouble,
): Promise<{ calls: Readonly<Record<Step, number>>; struck: boolean; reached: Reached }> {
  const clock = { now: NOW };
  const world = pathWorld(clock);
  const firsts = Object.fromEntries(
    STEPS.map((step) => [
      step,
      step === trouble?.step
        ? faultyClient(world.client, trouble.call, trouble.fault, trouble.lasting)
        : faultyClient(world.client),
    ]),
  ) as Record<Step, FaultyClient>;
  const workers = { ...firsts };
  /** Lets a function work; where its process has died, another one comes next. Whether it lived. */
  const use = async (
    step: Step,
    work: (client: DynamoDBDocumentClient) => Promise<void>,
  ): Promise<boolean> => {
    const worker = workers[step];
    await work(worker.client).catch(() => undefined);
    await worker.batchIsOver();
    if (!worker.dead()) return true;
    workers[step] = faultyClient(world.client);
    return false;
  };

  const tell = async (changes: Written['changes']): Promise<void> => {
    let left = [...changes];
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries > MANY) throw new Error('the stream does not get on');
      let next = left;
      const lived = await use('notify', async (client) => {
        const done = await functionsOf(clock, inFlood).notify(client, left);
        const failed = done.findIndex(({ ok }) => !ok);
        next = failed < 0 ? [] : left.slice(failed);
      });
      if (lived) left = next;
      clock.now += 60_000;
    }
  };
  const passOn = async (step: 'hub' | 'bus'): Promise<void> => {
    for (let tries = 0; world.queues[step].length > 0; tries += 1) {
      if (tries > MANY) throw new Error(`the queue of ${step} does not get empty`);
      const batch = world.queues[step].splice(0, BATCH);
      let again: readonly Notice[] = batch;
      const lived = await use(step, async (client) => {
        const failed = await FORWARD[step](client, batch);
        again = batch.filter(({ id }) => failed.has(id));
      });
      // what comes again comes behind all that has come since
      world.queues[step].push(...(lived ? again : batch));
    }
  };
  const topic = (client: DynamoDBDocumentClient, name: Publish['topic']): Publisher => ({
    publish: async (message) => void (await sender(client)(new Publish(name, message))),
  });
  const digest = async (): Promise<void> => {
    clock.now += DIGEST_EVERY;
    await use('digest', async (client) => {
      const { waiting } = dynamoFlood(client, TABLE);
      const [alerts, chat] = [topic(client, 'alerts'), topic(client, 'chat')];
      await tellDigest({ waiting, alerts, chat, now: clock.now });
    });
  };

  for (const [index, { items, changes }] of written.entries()) {
    for (const Item of items) await world.client.send(new PutCommand({ TableName: TABLE, Item }));
    await tell(changes);
    await digest();
    // so seldom that a batch holds several states of one finding
    if (index < written.length - 1 && index % 3 !== 2) continue;
    await passOn('hub');
    await passOn('bus');
  }
  await digest();
  const calls = Object.fromEntries(STEPS.map((step) => [step, firsts[step].calls()])) as Record<Step, number>;
  const struck = trouble !== undefined && firsts[trouble.step].struck();
  return { calls, struck, reached: await reachedIn(world, clock) };
}

type Forward = (
  client: DynamoDBDocumentClient,
  notices: readonly Notice[],
) => Promise<ReadonlyMap<string, string>>;

/** The two functions behind the queues. */
const FORWARD: Readonly<Record<'hub' | 'bus', Forward>> = {
  hub: (client, notices) =>
    sendLatest(notices, async (latest) => {
      await sender(client)(new Import(latest.map(({ finding, at }) => FOLLOWERS.hub(finding, HOME, at))));
      return new Map();
    }),
  bus: (client, notices) =>
    tryAll(notices, async (all) => {
      await sender(client)(new PutEvents(all.map(({ finding, at }) => FOLLOWERS.bus(finding, at))));
      return new Map();
    }),
};

/** Whether a finding is news is told of a message, and one that comes again may say otherwise. */
function withoutNews(
  finding: OcsfFinding,
): Omit<OcsfFinding, 'activity_id' | 'activity_name' | 'type_uid' | 'type_name'> {
  const { activity_id, activity_name, type_uid, type_name, ...rest } = finding;
  return rest;
}

async function reachedIn(
  { client, hub, events, mails, latest }: World,
  { now }: { now: number },
): Promise<Reached> {
  const bus: Record<string, unknown> = {};
  for (const { Detail } of events.toSorted((a, b) => a.Time - b.Time)) {
    const finding = withoutNews(JSON.parse(Detail));
    bus[finding.finding_info.uid] = finding;
  }
  const digest: Record<string, string> = {};
  for (const { body } of mails)
    for (const [, line = '', id = ''] of body.matchAll(/^(\S+ {2}.*)\n {10}launchtrail explain (\S+)/gm))
      digest[id] = line;
  const place = { account: 'digest', subject: '#waiting', from: 0, to: now };
  const waits = await dynamoFlood(client, TABLE).waiting.within(place);
  return {
    published: Object.fromEntries([...latest].map(([id, finding]) => [id, withoutNews(finding)]).sort()),
    hub: Object.fromEntries([...hub].map(([id, { UpdatedAt: _, ...finding }]) => [id, finding]).sort()),
    bus,
    digest,
    waiting: [...waits.values()].filter(({ value }) => value.told === undefined).length,
  };
}
