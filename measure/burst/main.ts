import { fork } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { burstOfMessages } from './messages.ts';
import { expectedOf, workOffBurst } from './run.ts';

/** How often it is said how far the workers are, ms. */
const SAID_MS = 60_000;

/** `npm run bench:burst -- RECORDS [SEED [DAYS]]`: whether a burst loses anything, and what it takes; some come so many days too late. */
const [count = 20_000, seed = 1, astray] = process.argv.slice(2).map(Number);
const burst = burstOfMessages(count, seed, astray);
const server = fork(new URL('server.ts', import.meta.url));
const [{ endpoint, tables }] = await once(server, 'message');
const aftermath = await workOffBurst(burst, { endpoint, tables, workers: 8, said: saidNowAndThen() });
server.send('calls');
const [{ calls }] = await once(server, 'message');
server.disconnect();
const { meant, replayed } = await expectedOf(burst);
const lost = [...burst.poison].filter((body) => !aftermath.dead.includes(body));
console.log({
  records: burst.records.length,
  messages: burst.bodies.length,
  poison: burst.poison.size,
  dead: aftermath.dead.length,
  invocations: aftermath.invocations,
  putOff: aftermath.putOff,
  longest: Math.round(aftermath.longest),
  calls,
  seconds: Math.round(aftermath.seconds),
  findings: aftermath.findings.length,
  poisonLost: lost.length,
  equalToReplay: isDeepStrictEqual(aftermath.findings, replayed),
  equalToDefinition: isDeepStrictEqual(aftermath.findings, meant),
});

function saidNowAndThen(): (waiting: number, invocations: number) => void {
  const began = performance.now();
  let next = SAID_MS;
  return (waiting, invocations) => {
    const passed = performance.now() - began;
    if (passed < next) return;
    next += SAID_MS;
    console.error(`${Math.round(passed / 1_000)} s: ${invocations} invocations, ${waiting} messages wait`);
  };
}
