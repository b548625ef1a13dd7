import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const answered = (action: string, result: string): string =>
  `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;

/** What of IAM moto does not have: reports of last access, in which nobody ever did anything. All else is moto's to answer. */
const REPORTS: Readonly<Record<string, string>> = {
  GenerateServiceLastAccessedDetails: '<JobId>6a1f2b3c-1111-2222-3333-444455556666</JobId>',
  GetServiceLastAccessedDetails:
    '<JobStatus>COMPLETED</JobStatus><JobCreationDate>2026-06-01T00:00:00Z</JobCreationDate><JobCompletionDate>2026-06-01T00:00:01Z</JobCompletionDate><ServicesLastAccessed/><IsTruncated>false</IsTruncated>',
};

/** IAM as the functions see it; `motoAt` says where moto is once it is there. */
export async function startIamFront(motoAt: () => string) {
  const asked: string[] = [];
  const server = createServer(async (incoming, answer) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const action = new URLSearchParams(body.toString()).get('Action') ?? '';
    asked.push(action);
    const report = REPORTS[action];
    if (report !== undefined) {
      answer.writeHead(200, { 'content-type': 'text/xml' }).end(answered(action, report));
      return;
    }
    const handed = request(motoAt(), { method: 'POST', headers: incoming.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    handed.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
