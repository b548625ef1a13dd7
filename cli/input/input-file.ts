import type { S3Version } from './s3/client.ts';

/** One thing to read: a file, an object in S3 (`s3://bucket/key`), or standard input as `-`. Plain data. */
export interface InputFile {
  readonly path: string;
  /** Bytes as stored; 0 where unknown (standard input, pipes). */
  readonly size: number;
  /** Whether it can be read whole, in any order: a plain file or an object, not a pipe. */
  readonly plain: boolean;
  /** Present for an object in S3. */
  readonly s3?: S3Version;
}
