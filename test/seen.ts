import type { SeenInstance } from '../core/records/inventory/seen.ts';
import { ACCOUNT, NOW } from './builders.ts';

/** An instance as an inventory describes it, launched at the builders' NOW. */
export const aSeenInstance = (overrides: Partial<SeenInstance> = {}): SeenInstance => ({
  account: ACCOUNT,
  region: 'eu-west-1',
  id: 'i-00000000000000001',
  reservation: 'r-00000000000000001',
  launched: NOW,
  started: NOW,
  image: 'ami-00000000000000001',
  type: 'm7g.large',
  groups: ['sg-00000000000000001'],
  interfaces: ['eni-00000000000000001'],
  httpTokens: 'required',
  tags: {},
  volumes: [{ id: 'vol-00000000000000001', snapshot: 'snap-00000000000000001', root: true }],
  ...overrides,
});
