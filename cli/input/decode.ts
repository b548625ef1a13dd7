import { gunzipSync } from 'node:zlib';

/**
 * Deflate makes at most 1,032 bytes of one (zlib, "Technical Details"). More comes only of layers over each other, and what
 * is zipped twice by accident hardly grows.
 */
export const MAX_RATIO = 1_100;
/** Inflated bytes that one value of the input may come to, in all its layers: so many for each of its own, and at most. */
const FREE = 256 * 1024;
const MOST = 64 * 1024 * 1024;
/** CloudWatch Logs zips once, and Firehose once more where it is asked to. */
const MAX_LAYERS = 3;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What takes text out of base64 of text or gzip, for one value of the input of `size` bytes, which bounds what comes out. */
export function decoder(size: number): (base64: string) => string {
  const most = Math.min(MOST, FREE + MAX_RATIO * size);
  let left = most;
  return (base64) => {
    let bytes: Buffer = Buffer.from(base64, 'base64');
    for (let layer = 0; layer < MAX_LAYERS && isGzip(bytes); layer++) {
      bytes = inflated(bytes, left, most);
      left -= bytes.length;
    }
    return bytes.toString('utf8');
  };
}

function inflated(bytes: Buffer, left: number, most: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    const tooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge ? new Error(`inflates to more than ${most} bytes: not read`) : error;
  }
}
