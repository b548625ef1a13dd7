// Stands in for the Lambda runtime: imports a bundle, hands it one event at a time and sends back its answer.
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

/** Most memory taken so far (RSS), MB; where Linux tells it, of this process alone. */
function peakMb() {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return Math.round(Number(own ?? process.resourceUsage().maxRSS) / 1024);
}

process.on('message', async ({ event, remaining }) => {
  // the times left, ms, one for each time that the function asks, less what has passed; the last stays
  const left = [...remaining];
  const begun = performance.now();
  try {
    const result = await handler(event, {
      getRemainingTimeInMillis: () =>
        (left.length > 1 ? left.shift() : left[0]) - (performance.now() - begun),
    });
    process.send({ result, ms: performance.now() - begun, peakMb: peakMb() });
  } catch (error) {
    process.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
