import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import type { Letter } from '../../adapters/sqs/dead-letters.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';

/** Where Lambda put changes that a function failed at, as EventBridge tells the dead-letter queue of it. */
export function keptIn(body: string): { bucket: string; key: string } | undefined {
  try {
    const { source, detail } = Object(JSON.parse(body));
    if (source !== 'aws.s3' || !isObj(detail) || !isObj(detail.bucket) || !isObj(detail.object))
      return undefined;
    return { bucket: String(detail.bucket.name), key: String(detail.object.key) };
  } catch {
    return undefined;
  }
}

/**
 * A letter that names such an object, with what is in the object as its body; any other, and one whose object is gone, as it is.
 *
 * @throws what S3 refuses otherwise
 */
export async function opened(caller: AwsCaller, letter: Letter): Promise<Letter> {
  const kept = keptIn(letter.body);
  if (kept === undefined) return letter;
  const sdk = await import('@aws-sdk/client-s3');
  const isElsewhere = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  const client = new sdk.S3Client({ ...caller, ...(isElsewhere && { forcePathStyle: true }) });
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: kept.bucket, Key: kept.key }));
    return { ...letter, body: (await Body?.transformToString()) ?? '' };
  } catch (error) {
    if (error instanceof sdk.NoSuchKey) return letter;
    throw error;
  } finally {
    client.destroy();
  }
}
