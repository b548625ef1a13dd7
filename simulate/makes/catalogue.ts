import { data } from './data.ts';
import { enterprise } from './enterprise.ts';
import { games } from './games.ts';
import type { Make } from './make.ts';
import { provider } from './provider.ts';
import { startUp } from './start-up.ts';

/** Organisations of other shapes than the one that `organisation` generates. */
export const MAKES: readonly Make[] = [startUp, enterprise, provider, data, games];
