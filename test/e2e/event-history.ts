import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** CloudTrail's own history, which moto does not have: answers LookupEvents with those of some records that name what is asked for. */
export async function startEventHistory() {
  const records: object[] = [];
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk;
    const { LookupAttributes = [] } = JSON.parse(body) as {
      LookupAttributes?: { AttributeKey: string; AttributeValue: string }[];
    };
    const value = LookupAttributes[0]?.AttributeValue ?? '';
    asked.push(value);
    const found = records
      .map((record) => JSON.stringify(record))
      .filter((text) => text.includes(`"${value}"`));
    const Events = found.map((CloudTrailEvent) => ({ CloudTrailEvent }));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ Events }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    records,
    asked,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
