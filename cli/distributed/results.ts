import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type BacktestSummary, RESULTS } from '../../app/backtest.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { openBucket } from '../input/s3/client.ts';

/** What a run has left in its bucket. */
export async function resultsOf(
  place: { readonly bucket: string; readonly run: string },
  region: string,
): Promise<{ readonly summary: BacktestSummary; readonly findings: FindingRecord[] }> {
  const { sdk, client } = await openBucket({ region });
  const get = async (name: string): Promise<Readable> => {
    const Key = `${place.run}/${name}`;
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: place.bucket, Key }));
    return Body as Readable;
  };
  try {
    const summary = JSON.parse(Buffer.concat(await (await get(RESULTS.summary)).toArray()).toString('utf8'));
    const findings: FindingRecord[] = [];
    const packed = await get(RESULTS.findings);
    for await (const line of createInterface({ input: packed.pipe(createGunzip()) }))
      if (line !== '') findings.push(JSON.parse(line));
    return { summary, findings };
  } finally {
    client.destroy();
  }
}
