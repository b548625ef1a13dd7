import { isDeepStrictEqual } from 'node:util';
import { startDynalite } from '../../test/dynalite.ts';
import { burstOfMessages } from './messages.ts';
import { expectedOf, workOffBurst } from './run.ts';

/** `npm run bench:burst -- RECORDS [SEED]`: whether a burst loses anything, and what it takes. */
const [count = 20_000, seed = 1] = process.argv.slice(2).map(Number);
const burst = burstOfMessages(count, seed);
const dynamo = await startDynalite();
const tables = [await dynamo.makeTable(), await dynamo.makeTable()] as const;
const aftermath = await workOffBurst(burst, { endpoint: dynamo.endpoint, tables, workers: 8 });
const { meant, replayed } = await expectedOf(burst);
const lost = [...burst.poison].filter((body) => !aftermath.dead.includes(body));
console.log({
  records: burst.records.length,
  messages: burst.bodies.length,
  poison: burst.poison.size,
  dead: aftermath.dead.length,
  invocations: aftermath.invocations,
  putOff: aftermath.putOff,
  calls: dynamo.calls(),
  seconds: Math.round(aftermath.seconds),
  findings: aftermath.findings.length,
  poisonLost: lost.length,
  equalToReplay: isDeepStrictEqual(aftermath.findings, replayed),
  equalToDefinition: isDeepStrictEqual(aftermath.findings, meant),
});
await dynamo.stop();
