import { createServer, type IncomingMessage } from 'node:http';

/** Stands between a function and the server, and notes what the function calls there. */
export interface Recorder {
  readonly endpoint: string;
  /** Each call once, as `dynamodb:Query <table name>`, `sns:Publish <topic ARN>` or `ec2:CreateTags`. */
  calls(): string[];
  stop(): void;
}

export async function startRecorder(server: string): Promise<Recorder> {
  const calls = new Set<string>();
  const proxy = createServer(async (request, response) => {
    const body = await bodyOf(request);
    for (const call of callsIn(request, body.toString())) calls.add(call);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !['host', 'connection', 'content-length'].includes(name),
    );
    const answer = await fetch(server + (request.url ?? '/'), {
      method: request.method ?? 'POST',
      headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
      // fetch lets no GET have a body
      ...(body.length > 0 && { body }),
    });
    const text = Buffer.from(await answer.arrayBuffer());
    const kept = [...answer.headers].filter(([name]) => /^(content-type|x-amz)/.test(name));
    response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the recorder listens on no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls: () => [...calls].sort(),
    stop() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The action and its resources, from either of the two protocols that the functions speak. */
function callsIn({ headers, url }: IncomingMessage, body: string): string[] {
  const service = headers.authorization?.split('/')[3];
  const target = headers['x-amz-target'];
  if (target === undefined && headers['content-type'] === 'application/json') return [`${service}:${url}`];
  if (target === undefined) {
    const form = new URLSearchParams(body);
    const topic = form.get('TopicArn');
    return [`${service}:${form.get('Action')}${topic === null ? '' : ` ${topic}`}`];
  }
  const { TableName, RequestItems = {}, Entries = [] } = JSON.parse(body);
  const buses = Entries.map(({ EventBusName }: { EventBusName?: string }) => EventBusName ?? 'default');
  if (buses.length > 0) return [...new Set(buses)].map((bus) => `${service}:PutEvents ${bus}`);
  const tables: string[] = TableName === undefined ? Object.keys(RequestItems) : [TableName];
  return tables.map((table) => `${service}:${String(target).split('.')[1]} ${table}`);
}
