import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assess, explain } from '../../core/findings/assess.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { WEIGHTS } from '../../core/policy/weights.ts';
import { aLaunch, anActivity, anActor, memoryAfter } from '../builders.ts';
import { habit, MINUTE, someoneElse } from '../fixtures/signals/cases.ts';

const DOCS = readFileSync(new URL('../../docs/signals.md', import.meta.url), 'utf8');

/** What stands in the docs under "An example". */
function example() {
  const mallory = anActor({ key: 'AIDAEXAMPLEMALLORY001', label: 'user/mallory', class: 'human' });
  const asked = {
    actor: mallory,
    region: 'sa-east-1',
    launch: aLaunch({ types: ['p5.48xlarge'], count: 4 }),
  };
  const launch = anActivity(asked);
  const refusal = anActivity({
    ...asked,
    at: launch.at - MINUTE,
    outcome: 'limited',
    error: 'VcpuLimitExceeded',
  });
  const history = [...habit({ actor: someoneElse }), ...habit({ actor: mallory, kind: 'key-pair.create' })];
  const members = [refusal, launch].map((activity) =>
    assess(
      activity,
      memoryAfter([...history, ...[refusal, launch].filter((each) => each !== activity)], activity),
      defaultPolicy,
    ),
  );
  return explain({ members }, defaultPolicy);
}

it('the example in the docs is what the detector says', () => {
  const { parts, score, severity } = example();
  const families = new Set<string>();
  const rows = parts.map(({ signal, family, strength, points }) => {
    const counts = families.has(family) ? 0.35 : 1;
    families.add(family);
    return `| ${signal} | ${family} | ${WEIGHTS[signal]} | ${strength} | ${counts} | ${points} |`;
  });
  expect(DOCS).toContain(`\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`);
  expect(DOCS).toContain(`**${score} points, ${severity?.toUpperCase()}**`);
});
