import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { answering, freePort, stopped, tailOf } from './moto.ts';

const FOLDER = resolve(process.env.LAUNCHTRAIL_DYNAMODB_LOCAL ?? '.venv/dynamodb-local');
/** Of the machine; any from 17 on. */
const JAVA = 'java';
const MAIN = 'software.amazon.dynamodb.services.local.main.ServerRunner';

/** Whether this machine can run DynamoDB Local: its jars (`mvn -f test/e2e/dynamodb-local …`) and Java 17. */
export const hasDynamoLocal = (): boolean =>
  existsSync(FOLDER) && spawnSync(JAVA, ['-version'], { stdio: 'ignore' }).status === 0;

/** Starts DynamoDB Local, in memory, on a port of its own. */
export async function startDynamoLocal(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const server = spawn(
    JAVA,
    [
      `-Djava.library.path=${FOLDER}`,
      '-cp',
      join(FOLDER, '*'),
      MAIN,
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    // It writes a file of its own where it runs.
    { cwd: FOLDER, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = () => stopped(server);
  try {
    await answering(endpoint, server, tailOf(server));
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}
