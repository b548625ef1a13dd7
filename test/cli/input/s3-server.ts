import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as S3 sees it. */
export interface Asked {
  readonly action: 'list' | 'get';
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** How a request ends instead of well: an error of S3, or a body cut off after so many bytes. */
export type Refusal =
  | {
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly headers?: Record<string, string>;
    }
  | { readonly cutAfter: number };

/**
 * S3 as far as replay uses it: ListObjectsV2 with prefix, delimiter and pages, GetObject with ranges and If-Match.
 *
 * `refuse` is asked first, for every request.
 */
export async function startS3(
  bucket: string,
  contents: Readonly<Record<string, Buffer>>,
  {
    pageSize = 1000,
    refuse = () => undefined,
  }: { pageSize?: number; refuse?: (asked: Asked) => Refusal | undefined } = {},
) {
  const objects = new Map(Object.entries(contents));
  const asked: Asked[] = [];
  let busy = 0;
  let busiest = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, name = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];
    const one: Asked = {
      action: key === '' ? 'list' : 'get',
      key,
      query: url.searchParams,
      headers: request.headers,
    };
    asked.push(one);
    busiest = Math.max(busiest, ++busy);
    response.on('close', () => busy--);
    const refusal = name === bucket ? refuse(one) : { status: 404, code: 'NoSuchBucket' };
    if (refusal !== undefined && 'code' in refusal) error(response, refusal);
    else if (one.action === 'list') list(response, objects, one.query, pageSize);
    else get(response, objects.get(key), one, refusal?.cutAfter);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    objects,
    /** Most requests that were in flight at the same time. */
    busiest: () => busiest,
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

function error(response: ServerResponse, refusal: Exclude<Refusal, { cutAfter: number }>): void {
  const { status, code, message = code, headers = {} } = refusal;
  response
    .writeHead(status, { 'content-type': 'application/xml', ...headers })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

function list(
  response: ServerResponse,
  objects: ReadonlyMap<string, Buffer>,
  query: URLSearchParams,
  pageSize: number,
): void {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const most = Math.min(Number(query.get('max-keys') ?? pageSize), pageSize);
  const entries = new Map<string, Buffer | undefined>();
  for (const key of [...objects.keys()].sort()) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end === -1 ? key : key.slice(0, end + 1);
    if (name > after) entries.set(name, end === -1 ? objects.get(key) : undefined);
  }
  const page = [...entries].slice(0, most);
  const more = entries.size > page.length;
  const xml = page.map(([name, bytes]) =>
    bytes === undefined
      ? `<CommonPrefixes><Prefix>${encodeURIComponent(name)}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${encodeURIComponent(name)}</Key><Size>${bytes.length}</Size><ETag>${etagOf(bytes)}</ETag></Contents>`,
  );
  const next = more ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : '';
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${xml.join('')}</ListBucketResult>`,
    );
}

function get(
  response: ServerResponse,
  bytes: Buffer | undefined,
  { headers }: Asked,
  cutAfter: number | undefined,
): void {
  if (bytes === undefined) {
    error(response, { status: 404, code: 'NoSuchKey' });
    return;
  }
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted !== etagOf(bytes)) {
    error(response, { status: 412, code: 'PreconditionFailed' });
    return;
  }
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const body = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': body.length,
    // as CloudTrail stores its files; the bytes are to come as they are
    'content-encoding': 'gzip',
    etag: etagOf(bytes),
  });
  if (cutAfter === undefined) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => response.destroy());
}
