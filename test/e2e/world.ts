import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { type Deployed, deploy } from './deploy.ts';
import { ACCOUNT, REGION, startMoto, withEnv } from './moto.ts';
import { drainQueue, followStream, listenTo, type Received } from './pipeline.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { type Synthesised, synth } from './synth.ts';
import { startFunction, type WarmFunction } from './warm-function.ts';

/** One stack on one moto server, with its functions running. */
export interface World {
  readonly deployed: Deployed;
  readonly queue: string;
  readonly fn: (name: string) => WarmFunction;
  /** What a function has called, see Recorder. */
  readonly calls: (name: string) => string[];
  /** The template it was made from. */
  readonly template: Synthesised['template'];
  readonly member: Synthesised['member'];
  readonly findings: () => Promise<Received[]>;
  readonly alerts: () => Promise<Received[]>;
  /** What channels got, where there is a topic for them. */
  readonly chat: () => Promise<Received[]>;
  /** Works off the queue, then the stream. */
  readonly workOff: () => Promise<void>;
  /** Hands what changed in the settings to whoever tells of it. */
  readonly announce: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What is different from AWS. */
interface Setting {
  /** Environment of all functions. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of Node. */
  readonly flags?: readonly string[];
}

/** Starts everything; `stop` ends it all again, and so does a failure half-way. */
export async function worldOf(
  context: Readonly<Record<string, string>>,
  { env: more = {}, flags = [] }: Setting = {},
): Promise<World> {
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const moto = await startMoto();
    undo.push(moto.stop, withEnv(moto.env));
    const synthesised = synth(context);
    undo.push(synthesised.remove);
    const deployed = await deploy(synthesised);
    const functions = new Map<string, WarmFunction>();
    const recorders = new Map<string, Recorder>();
    for (const [name, deployedFunction] of deployed.functions) {
      const recorder = await startRecorder(moto.endpoint);
      const env = Object.fromEntries(
        Object.entries(deployedFunction.env).map(([key, value]) => [key, atHome(value, recorder.endpoint)]),
      );
      const bundle = { ...deployedFunction, env };
      const fn = startFunction(bundle, { ...moto.env, AWS_ENDPOINT_URL: recorder.endpoint, ...more }, flags);
      undo.push(recorder.stop, fn.stop);
      recorders.set(name, recorder);
      functions.set(name, fn);
    }
    const fn = (name: string): WarmFunction => {
      const found = functions.get(name);
      if (found === undefined) throw new Error(`the stack has no function ${name}`);
      return found;
    };
    await subscribeQueues(synthesised.template, deployed);
    const queue = deployed.physical('IngestQueue');
    const follow = await followStream(deployed.physical('StoresFindings'), prefixIn(synthesised.template));
    const followSettings = await followStream(deployed.physical('StoresSettings'), '');
    return {
      deployed,
      template: synthesised.template,
      member: synthesised.member,
      queue,
      fn,
      calls: (name) => recorders.get(name)?.calls() ?? [],
      findings: await listenTo(deployed.physical('TopicsFindings'), 'listen-findings'),
      alerts: await listenTo(deployed.physical('TopicsAlerts'), 'listen-alerts'),
      chat:
        synthesised.template.Outputs?.ChatTopic === undefined
          ? async () => []
          : await listenTo(deployed.physical('TopicsChat'), 'listen-chat'),
      async workOff() {
        await drainQueue(queue, fn('detect'));
        await follow([...functions].filter(([name]) => FOLLOWERS.has(name)).map(([, consumer]) => consumer));
        for (const [name, queueName] of QUEUED) {
          const consumer = functions.get(name);
          if (consumer !== undefined) await drainQueue(deployed.physical(queueName), consumer);
        }
      },
      async announce() {
        await followSettings([fn('announce')]);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is called with the changes of verdicts. */
const FOLLOWERS: ReadonlySet<string> = new Set(['notify', 'respond']);

/** Subscribes queues to topics as the template says, for moto makes no subscriptions of a template. */
async function subscribeQueues({ Resources }: Synthesised['template'], deployed: Deployed): Promise<void> {
  for (const { Type, Properties = {} } of Object.values(Resources)) {
    if (Type !== 'AWS::SNS::Subscription' || Properties.Protocol !== 'sqs') continue;
    const [queue = ''] = (Properties.Endpoint as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
    const { Ref: topic } = Properties.TopicArn as { Ref: string };
    const name = deployed.physical(queue).split('/').at(-1);
    await new SNSClient().send(
      new SubscribeCommand({
        TopicArn: deployed.physical(topic),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
      }),
    );
  }
}

/** Functions that follow the findings topic, and their queues. */
const QUEUED = [
  ['hub', 'HubQueue'],
  ['bus', 'PutOnBusQueue'],
] as const;

/** The URL of a queue names a host of AWS also where moto made it. */
const atHome = (value: string, endpoint: string): string =>
  value.replace(/^https:\/\/sqs\.[^/]+/, () => endpoint);

/** With what a partition key must begin for the stream's followers to be called, as the template says. */
function prefixIn({ Resources }: Synthesised['template']): string {
  const patterns = Object.values(Resources).flatMap(({ Properties }) => {
    const criteria = Properties?.FilterCriteria as { Filters: { Pattern: string }[] } | undefined;
    return (criteria?.Filters ?? []).map(({ Pattern }) => Pattern);
  });
  const [pattern, ...others] = new Set(patterns);
  if (pattern === undefined || others.length > 0) throw new Error('the followers have no filter in common');
  return JSON.parse(pattern).dynamodb.Keys.pk.S[0].prefix;
}
