import { setTimeout as wait } from 'node:timers/promises';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** Where to call AWS and as whom; a client of the SDK has both in its `config`. */
export interface AwsCaller {
  readonly region: string;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
}

export interface AwsCall {
  /** Name under which requests to the service are signed, and with which its host begins: `lambda`, `sqs`. */
  readonly service: string;
  /** Of the JSON protocols: `AmazonSQS.ReceiveMessage`. */
  readonly target?: string;
  /** Of the REST protocols. */
  readonly path?: string;
  readonly contentType?: string;
  readonly body: string;
  /** How long one try may take, ms; longer than any call takes where it is left out. */
  readonly timeoutMs?: number;
}

export interface AwsAnswer {
  readonly text: string;
  readonly headers: Headers;
}

/** What AWS refused, by the name it gives the reason. */
export class AwsRefusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Longer than any call that is made here may take: a function that is invoked may run for a minute. */
const TIMEOUT_MS = 90_000;
/** Waits between tries of what AWS had no time for, ms: some six seconds in all. */
const WAITS = [200, 400, 800, 1_600, 3_200];

/**
 * One call to AWS, signed by the SDK's own signer, for services of which a command needs two or three calls: a client of each would
 * be larger than the command. What AWS had no time for is tried again.
 *
 * @throws AwsRefusal where AWS says no
 */
export async function signedCall(caller: AwsCaller, call: AwsCall): Promise<AwsAnswer> {
  for (const ms of [...WAITS, undefined]) {
    try {
      const answer = await once(caller, call);
      const text = await answer.text();
      if (answer.ok) return { text, headers: answer.headers };
      const refusal = refusalOf(answer, text);
      if (ms === undefined || !isBusy(answer.status, refusal.name)) throw refusal;
    } catch (error) {
      // fetch says so where the network failed
      if (ms === undefined || !(error instanceof TypeError)) throw error;
    }
    await wait(ms);
  }
  throw new Error('unreachable');
}

async function once({ region, credentials }: AwsCaller, call: AwsCall): Promise<Response> {
  const { service, target, path = '/', contentType = 'application/x-amz-json-1.0', body } = call;
  const { timeoutMs = TIMEOUT_MS } = call;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { origin, protocol, host, hostname } = new URL(endpointOf(service, region));
  const { headers } = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path,
    headers: { host, 'content-type': contentType, ...(target !== undefined && { 'x-amz-target': target }) },
    body,
  });
  return fetch(`${origin}${path}`, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
}

/** The same variables that the SDK asks for an endpoint other than AWS's. */
const endpointOf = (service: string, region: string): string =>
  process.env[`AWS_ENDPOINT_URL_${(SERVICE_IDS[service] ?? service).toUpperCase()}`] ||
  process.env.AWS_ENDPOINT_URL ||
  `https://${HOSTS[service] ?? service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;

/** What a service is called in the SDK's variables, where that is not how its requests are signed. */
const SERVICE_IDS: Readonly<Record<string, string>> = {
  states: 'sfn',
  dynamodb: 'dynamodb_streams',
  events: 'eventbridge',
};
const HOSTS: Readonly<Record<string, string>> = { dynamodb: 'streams.dynamodb' };

function refusalOf({ status, headers }: Response, text: string): AwsRefusal {
  const given = jsonOf(text);
  const type = String(given.__type ?? headers.get('x-amzn-errortype') ?? `status ${status}`);
  const name = type.split('#').at(-1)?.split(':')[0] ?? type;
  return new AwsRefusal(name, `${name}: ${String(given.message ?? given.Message ?? text).slice(0, 500)}`);
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

const isBusy = (status: number, name: string): boolean =>
  status >= 500 ||
  status === 429 ||
  /Throttl|TooManyRequests|LimitExceeded|ProvisionedThroughput/i.test(name);
