import { afterAll } from 'vitest';
import { startMoto } from './moto.ts';

// The contract reads the endpoint when it is imported, so the server comes first.
const moto = await startMoto();
afterAll(() => moto.stop());
process.env.LAUNCHTRAIL_DYNAMODB_ENDPOINT = moto.endpoint;
await import('../contract/history-store.test.ts');
await import('../contract/history-store-active.test.ts');
await import('../contract/verdict-store.test.ts');
await import('../contract/settings-store.test.ts');
