import { parentPort, workerData } from 'node:worker_threads';
import { runSeed, type Size } from './run-seed.ts';

// One seed per thread; findings stay here, for they are large and only their figures are wanted.
const { seed, size } = workerData as { seed: number; size: Size };
const { findings: _, ...result } = await runSeed(seed, size);
parentPort?.postMessage(result);
