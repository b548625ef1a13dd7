import { type AwsCaller, AwsRefusal, signedCall } from '../../adapters/aws/signed-call.ts';
import { SEEN } from '../../adapters/sqs/message-batch.ts';
import { lost } from '../../core/records/inventory/coverage.ts';
import { resourcesOf, type Stack } from '../redrive/stack.ts';
import type { Link } from './link.ts';
import type { Watch } from './watch.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_11 = 'application/x-amz-json-1.1';
const TRAIL = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101';
/** Clocks differ, and CloudTrail writes whole seconds. */
const SLACK_MS = 60_000;
/** The smallest that there is, of an image that is in every Region. */
const LAUNCH = {
  InstanceType: 't4g.nano',
  ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
};

const query = async (caller: AwsCaller, service: string, form: Record<string, string>): Promise<string> =>
  (await signedCall(caller, { service, contentType: FORM, body: new URLSearchParams(form).toString() })).text;

const json = async (caller: AwsCaller, service: string, target: string, body: object) =>
  JSON.parse(
    (await signedCall(caller, { service, target, contentType: JSON_11, body: JSON.stringify(body) })).text,
  );

/** The links from a call to whoever hears of it, in their order. */
export function chainOf(stack: Stack, watch: Watch, launch: boolean): Link[] {
  const test = testOf(stack);
  return [
    ...(launch ? [trailLogs(stack.caller)] : []),
    rulesAreOn(stack),
    ...(launch ? [launchIsJudged(stack.caller, watch)] : []),
    {
      name: 'queue and detect',
      holds: once(
        () => send(stack, test),
        async () =>
          (await watch.hasVerdict(test)) ? `the test finding ${test.id} has a verdict` : undefined,
      ),
      remedy:
        'look at the log of the detect function and at its event source mapping; see launchtrail redrive',
    },
    {
      name: 'notify and topic',
      holds: async () => ((await watch.isTold(test)) ? 'the test finding was published' : undefined),
      remedy:
        'look at the log of the notify function and at its event source mapping; see launchtrail republish',
    },
    someoneHears(stack),
    nothingIsDead(stack),
  ];
}

/** Does something the first time that it is asked. */
function once(first: () => Promise<void>, ask: Link['holds']): Link['holds'] {
  let done = false;
  return async () => {
    if (!done) await first();
    done = true;
    return ask();
  };
}

const trailLogs = (caller: AwsCaller): Link => ({
  name: 'trail',
  async holds() {
    const { trailList = [] } = await json(caller, 'cloudtrail', `${TRAIL}.DescribeTrails`, {});
    for (const { TrailARN, Name } of trailList) {
      const { IsLogging } = await json(caller, 'cloudtrail', `${TRAIL}.GetTrailStatus`, { Name: TrailARN });
      if (IsLogging) return `${Name} logs`;
    }
    throw new Error('no trail of this account and Region logs');
  },
  remedy:
    'create a trail that logs management events, or start its logging: without one EventBridge hears of no call',
});

const rulesAreOn = (stack: Stack): Link => ({
  name: 'rules',
  async holds() {
    const rules = resourcesOf(stack, 'AWS::Events::Rule', /./);
    for (const { physical } of rules) {
      const [Name, EventBusName] = physical.split('|').toReversed();
      const { State } = await json(stack.caller, 'events', 'AWSEvents.DescribeRule', {
        Name,
        ...(EventBusName !== undefined && { EventBusName }),
      });
      if (State !== 'ENABLED') throw new Error(`${Name} is ${State}`);
    }
    return `${rules.length} are enabled`;
  },
  remedy: 'enable the rule, or deploy the stack again; then find out who disabled it',
});

function launchIsJudged(caller: AwsCaller, watch: Watch): Link {
  const since = Date.now() - SLACK_MS;
  let who: { account: string; key: string } | undefined;
  return {
    name: 'CloudTrail, EventBridge and detect',
    holds: once(
      async () => {
        who = await callerOf(caller);
        await dryRun(caller);
      },
      async () =>
        who !== undefined && (await watch.isJudged(who.account, who.key, since))
          ? 'the dry-run launch was judged'
          : undefined,
    ),
    remedy:
      'if the next link holds, the way from CloudTrail is broken: trail, rules, their dead-letter queue, in an organisation the member stack of this account and Region',
  };
}

/** Key by which the caller's own activities are kept: the id of the user or role. */
async function callerOf(caller: AwsCaller): Promise<{ account: string; key: string }> {
  const text = await query(caller, 'sts', { Action: 'GetCallerIdentity', Version: '2011-06-15' });
  const account = /<Account>(\d{12})</.exec(text)?.[1] ?? '';
  const id = /<UserId>([^<]+)</.exec(text)?.[1]?.split(':')[0] ?? '';
  return { account, key: id === account ? `root@${account}` : id };
}

/** Every answer will do: CloudTrail writes down refusals as well. */
async function dryRun(caller: AwsCaller): Promise<void> {
  const form = {
    Action: 'RunInstances',
    Version: '2016-11-15',
    DryRun: 'true',
    MinCount: '1',
    MaxCount: '1',
  };
  const token = { ClientToken: `launchtrail-verify-${Date.now()}` };
  try {
    await query(caller, 'ec2', { ...form, ...LAUNCH, ...token });
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
  }
}

/** A finding that says of itself that it is a test, of a subject of its own. */
function testOf(stack: Stack) {
  const [topic] = resourcesOf(stack, 'AWS::SNS::Topic', /Findings/);
  const account = topic?.physical.split(':')[4];
  if (account === undefined)
    throw new Error('it has no topic for findings, so it is no detector of Launchtrail');
  const { region } = stack.caller;
  return lost({ account, region, at: Date.now(), what: 'verify', detail: 'a test by launchtrail verify' });
}

async function send(stack: Stack, activity: object): Promise<void> {
  const [queue] = resourcesOf(stack, 'AWS::SQS::Queue', /^IngestQueue/);
  if (queue === undefined) throw new Error('the stack has no queue of records');
  const MessageBody = JSON.stringify({ kind: SEEN, activities: [activity], records: [] });
  await signedCall(stack.caller, {
    service: 'sqs',
    target: 'AmazonSQS.SendMessage',
    body: JSON.stringify({ QueueUrl: queue.physical, MessageBody }),
  });
}

const someoneHears = (stack: Stack): Link => ({
  name: 'people',
  async holds() {
    const [topic] = resourcesOf(stack, 'AWS::SNS::Topic', /Alerts/);
    const form = { Action: 'GetTopicAttributes', Version: '2010-03-31', TopicArn: topic?.physical ?? '' };
    const text = await query(stack.caller, 'sns', form);
    const confirmed = Number(/SubscriptionsConfirmed<\/key>\s*<value>(\d+)</.exec(text)?.[1] ?? 0);
    if (confirmed === 0) throw new Error('nobody has confirmed a subscription of the alerts topic');
    return `${confirmed} subscription${confirmed === 1 ? '' : 's'} of the alerts topic`;
  },
  remedy: 'deploy with -c alertEmail=… and confirm the mail that AWS sends, or subscribe something else',
});

const nothingIsDead = (stack: Stack): Link => ({
  name: 'dead letters',
  async holds() {
    const queues = resourcesOf(stack, 'AWS::SQS::Queue', /^(?!IngestQueue)/);
    for (const { physical: QueueUrl, logical } of queues) {
      const AttributeNames = ['ApproximateNumberOfMessages'];
      const body = JSON.stringify({ QueueUrl, AttributeNames });
      const target = 'AmazonSQS.GetQueueAttributes';
      const { text } = await signedCall(stack.caller, { service: 'sqs', target, body });
      const count = Number(JSON.parse(text).Attributes?.ApproximateNumberOfMessages ?? 0);
      if (count > 0) throw new Error(`${count} in ${logical}`);
    }
    return `none in ${queues.length} queues`;
  },
  remedy: 'launchtrail redrive says why, and sends them back',
});
