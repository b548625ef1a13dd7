import { afterAll, describe, it } from 'vitest';
import { hasDynamoLocal, startDynamoLocal } from './dynamodb-local.ts';

if (hasDynamoLocal()) {
  // The contract reads the endpoint when it is imported, so the server comes first.
  const local = await startDynamoLocal();
  afterAll(() => local.stop());
  process.env.LAUNCHTRAIL_DYNAMODB_ENDPOINT = local.endpoint;
  await import('../contract/history-store.test.ts');
  await import('../contract/history-store-active.test.ts');
  await import('../contract/verdict-store.test.ts');
  await import('../contract/settings-store.test.ts');
} else {
  describe('DynamoDB Local', () => {
    // biome-ignore lint/suspicious/noSkippedTests: optional, and says so
    it.skip('keeps the store contract (skipped: needs Java and its jars, see CONTRIBUTING)', () => {});
  });
}
