import type { S3Client } from '@aws-sdk/client-s3';

/** Where a bucket is reached and at whose cost; plain data, so that it can be handed to a worker. */
export interface S3Bucket {
  readonly bucket: string;
  /** The Region the bucket lies in, as far as it is known. */
  readonly region?: string;
  /** The caller agrees to pay for requests and transfer, as a requester-pays bucket asks for. */
  readonly requesterPays: boolean;
}

/** One version of an object in a bucket: reading fails once it has been replaced. */
export interface S3Version extends S3Bucket {
  readonly etag?: string;
}

export interface S3Object extends S3Version {
  readonly key: string;
  /** Bytes as stored. */
  readonly size: number;
}

type Sdk = typeof import('@aws-sdk/client-s3');

/** The SDK and a client for one bucket. */
export interface S3Access {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** Connections kept open; enough for the small objects that CloudTrail writes, of which latency is most of the time. */
const MAX_SOCKETS = 64;
const CONNECT_WITHIN_MS = 10_000;
/** A connection that says nothing for this long is given up and the request tried again. */
const SILENT_MS = 30_000;
/** S3 answers "slow down" while it spreads a busy prefix; eight tries wait some twenty seconds in all. */
const MAX_ATTEMPTS = 8;
/** S3 tells every Region where a bucket lies, so without a configured Region any will do to ask. */
const ANY_REGION = 'us-east-1';

/**
 * Opens a bucket with the usual chain of AWS settings: environment, profile, SSO, container, instance.
 *
 * The SDK is loaded here and not before: a replay of files starts in a third of the time without it.
 */
export async function openBucket({ region }: Pick<S3Bucket, 'region'>): Promise<S3Access> {
  const sdk = await import('@aws-sdk/client-s3');
  const configured =
    region ?? (await new sdk.S3Client({}).config.region().catch((): undefined => undefined)) ?? ANY_REGION;
  const client = new sdk.S3Client({
    region: configured,
    maxAttempts: MAX_ATTEMPTS,
    // servers other than AWS are reached by address, where a bucket cannot be part of the name
    ...(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL ? { forcePathStyle: true } : {}),
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      socketTimeout: SILENT_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  });
  return { sdk, client };
}

/** The Region a bucket really lies in, where an error says that it is not the one asked; else undefined. */
export function regionTold(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $response, Region } = error as {
    $response?: { headers?: Record<string, string> };
    Region?: unknown;
  };
  const told = $response?.headers?.['x-amz-bucket-region'] ?? Region;
  return typeof told === 'string' && told !== '' ? told : undefined;
}
