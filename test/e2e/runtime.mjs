// Stands in for the Lambda runtime: imports a bundle, hands it one event at a time and sends back its answer.
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

process.on('message', async ({ event }) => {
  try {
    process.send({ result: await handler(event, {}) });
  } catch (error) {
    process.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
