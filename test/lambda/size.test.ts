import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** A handler is environment, wiring and one call; more belongs to app/ or an adapter. */
const MAX_LINES = 35;

it.each(['detect', 'notify', 'respond', 'announce', 'reconcile', 'heartbeat', 'audit-access'])(
  `the handler %s has at most ${MAX_LINES} lines`,
  (name) => {
    const lines = readFileSync(`lambda/${name}.ts`, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  },
);
