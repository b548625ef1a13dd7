import { awsEndpoint, type Seen } from './adapters/http-server.ts';

interface Kept {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  hidden: boolean;
}

/** What may befall one entry of a batch, or a call as a whole. */
type Trouble = (action: string, body: string) => 'refused' | 'lost answer' | undefined;

/** SQS and CloudFormation of one stack on this machine, as far as a redrive calls them. */
export async function fakeSqs(
  queues: Readonly<Record<string, { logical: string; deadLetters?: string }>>,
  others: readonly Resource[] = [],
) {
  const kept = new Map<string, Kept[]>(Object.keys(queues).map((name) => [name, []]));
  const asked = new Set<string>();
  const state: { trouble: Trouble } = { trouble: () => undefined };
  let next = 0;
  const put = (queue: string, body: string, attributes: Record<string, string> = {}): void => {
    next += 1;
    kept.get(queue)?.push({ id: `m${next}`, body, attributes, hidden: false });
  };

  const answer = (seen: Seen): { status: number; body: string } => {
    const target = seen.headers['x-amz-target'];
    if (seen.form.Action === 'AssumeRole') {
      asked.add('sts:AssumeRole');
      const role = String(seen.form.RoleArn);
      return state.trouble('AssumeRole', role) === 'refused'
        ? {
            status: 403,
            body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
          }
        : { status: 200, body: ASSUMED };
    }
    if (target === undefined) {
      asked.add(`cloudformation:${seen.form.Action === 'ListStackResources' ? 'ListStackResources' : '?'}`);
      return { status: 200, body: listed([...resourcesOf(queues), ...others]) };
    }
    const action = String(target).replace('AmazonSQS.', '');
    asked.add(`sqs:${action.replace(/Batch$/, '')}`);
    const input = JSON.parse(seen.body);
    const name = String(input.QueueUrl).split('/').at(-1) ?? '';
    const queue = kept.get(name) ?? [];
    if (action === 'GetQueueAttributes') {
      const { deadLetters } = queues[name] ?? {};
      const policy = JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:eu-west-1:111122223333:${deadLetters}`,
      });
      return {
        status: 200,
        body: JSON.stringify({ Attributes: deadLetters ? { RedrivePolicy: policy } : {} }),
      };
    }
    if (action === 'ReceiveMessage') {
      const given = queue.filter(({ hidden }) => !hidden).slice(0, input.MaxNumberOfMessages);
      for (const each of given) each.hidden = true;
      const Messages = given.map(({ id, body, attributes }) => ({
        MessageId: id,
        ReceiptHandle: `r-${id}`,
        Body: body,
        Attributes: { SentTimestamp: '1781524800000' },
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([key, StringValue]) => [key, { StringValue, DataType: 'String' }]),
        ),
      }));
      return { status: 200, body: JSON.stringify(Messages.length > 0 ? { Messages } : {}) };
    }
    const Successful: object[] = [];
    const Failed: object[] = [];
    let lost = false;
    for (const entry of input.Entries) {
      const index = queue.findIndex(({ id }) => `r-${id}` === entry.ReceiptHandle);
      const body = entry.MessageBody ?? queue[index]?.body ?? '';
      const befallen = state.trouble(action, body);
      lost ||= befallen === 'lost answer';
      if (befallen === 'refused') {
        Failed.push({ Id: entry.Id, Code: 'InternalError', Message: 'SQS is unwell', SenderFault: false });
        continue;
      }
      Successful.push({ Id: entry.Id });
      if (action === 'SendMessageBatch') put(name, body);
      else if (action === 'DeleteMessageBatch') queue.splice(index, 1);
      else if (queue[index] !== undefined) queue[index].hidden = false;
    }
    if (lost)
      return {
        status: 400,
        body: JSON.stringify({ __type: 'com.amazonaws.sqs#Gone', message: 'no answer' }),
      };
    return { status: 200, body: JSON.stringify({ Successful, Failed }) };
  };

  const endpoint = await awsEndpoint(answer);
  return {
    put,
    asked,
    state,
    endpoint: endpoint.config.endpoint,
    bodies: (queue: string): string[] => (kept.get(queue) ?? []).map(({ body }) => body),
    hidden: (queue: string): number => (kept.get(queue) ?? []).filter(({ hidden }) => hidden).length,
    showAll: (queue: string): void => {
      for (const each of kept.get(queue) ?? []) each.hidden = false;
    },
    close: () => endpoint[Symbol.asyncDispose](),
  };
}

interface Resource {
  readonly type: string;
  readonly logical: string;
  readonly physical: string;
}

const resourcesOf = (queues: Readonly<Record<string, { logical: string }>>): Resource[] =>
  Object.entries(queues).map(([name, { logical }]) => ({
    type: 'AWS::SQS::Queue',
    logical,
    physical: `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`,
  }));

const ASSUMED =
  '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>';

const listed = (resources: readonly Resource[]): string =>
  `<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult><StackResourceSummaries>${resources
    .map(
      ({ type, logical, physical }) =>
        `<member><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>${type}</ResourceType><LastUpdatedTimestamp>2026-03-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
    )
    .join('')}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`;
