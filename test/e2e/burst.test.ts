import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { burstOfMessages } from '../../measure/burst/messages.ts';
import { expectedOf, workOffBurst } from '../../measure/burst/run.ts';
import { type CountingServer, startDynalite } from '../dynalite.ts';

let dynamo: CountingServer;
beforeAll(async () => {
  dynamo = await startDynalite();
});
afterAll(() => dynamo.stop());

describe('a burst through the queue and eight workers', () => {
  it('loses nothing: what can be read ends as it is meant and as a replay finds it, the rest in the dead-letter queue', async () => {
    const burst = burstOfMessages(3_000, 7);
    expect(burst.bodies.length).toBeGreaterThan(3_250);
    const tables = [await dynamo.makeTable(), await dynamo.makeTable()] as const;
    const aftermath = await workOffBurst(burst, { endpoint: dynamo.endpoint, tables, workers: 8 });
    const { meant, replayed } = await expectedOf(burst);
    expect(new Set(aftermath.dead)).toEqual(burst.poison);
    expect(aftermath.dead).toHaveLength(burst.poison.size);
    expect(meant.length).toBeGreaterThan(10);
    expect(aftermath.findings).toEqual(meant);
    expect(aftermath.findings).toEqual(replayed);
  }, 600_000);
});
