import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server saw it: the form an AWS query API sends, or the raw body. */
export interface Seen {
  readonly body: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
}

/** An AWS endpoint on this machine that answers every request in the way given; close it with `await using`. */
export async function awsEndpoint(answer: (seen: Seen) => { status: number; body: string }) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk;
    const entry = { body, form: Object.fromEntries(new URLSearchParams(body)), headers: request.headers };
    seen.push(entry);
    const { status, body: text } = answer(entry);
    response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    config: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
      maxAttempts: 1,
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An endpoint that hands on what it is asked, and remembers which calls these were. */
export async function remembering(endpoint: string, asked: Set<string>) {
  const server = createServer((incoming, answer) => {
    asked.add(String(incoming.headers['x-amz-target']).replace(/^DynamoDB_\d+\./, 'dynamodb:'));
    const handed = request(endpoint, { method: incoming.method, headers: incoming.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    incoming.pipe(handed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
