// Stands in for the Lambda runtime: imports a bundle, hands it one event at a time and sends back its answer.
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

process.on('message', async ({ event, remaining }) => {
  // the times left, ms, one for each time that the function asks; the last stays
  const left = [...remaining];
  try {
    const result = await handler(event, {
      getRemainingTimeInMillis: () => (left.length > 1 ? left.shift() : left[0]),
    });
    process.send({ result });
  } catch (error) {
    process.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
