// Stands in for the Lambda runtime: imports a bundle, hands it one event at a time and sends back its answer.
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

process.on('message', async ({ event, remaining }) => {
  const end = Date.now() + remaining;
  try {
    const result = await handler(event, { getRemainingTimeInMillis: () => end - Date.now() });
    process.send({ result });
  } catch (error) {
    process.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
