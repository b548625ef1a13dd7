import { chainOf, sourceOf } from '../lineage/chain.ts';
import { openingsOf } from '../lineage/exposure.ts';
import { targetsOf } from '../lineage/timelines.ts';
import { broughtBy, restoresByHabit } from './brought.ts';
import { listed, type Signal } from './signal.ts';

/** Part left for whoever restores as a habit: even so, restored data should not face the world. */
const HABITUAL = 0.4;
/** Below this the ways in are no news: most instances carry a profile. */
const LEAST = 0.5;

/**
 * MITRE's sentence ends "…and a less restrictive security policy". The instance that copied data is on is open to the
 * world, or is being opened: at launch, or by a later change by anyone.
 */
export const copiedDataExposed: Signal = {
  id: 'copied-data-exposed',
  family: 'exposure',
  description: 'An instance with copied data is open, or is opened, to the world',
  appliesTo: [
    'instance.launch',
    'volume.attach',
    'instance.replace-root',
    'ingress.open',
    'address.associate',
    'profile.attach',
  ],

  evaluate(activity, around, policy) {
    const memory = broughtBy(activity, around);
    const chain = chainOf(activity, memory);
    if (chain === undefined || activity.actor.class === 'service') return undefined;
    const openings = openingsOf(activity, memory.lineage);
    const worst = openings[0];
    if (worst === undefined || worst.weight < LEAST) return undefined;
    const copy = chain.copies[0];
    const data = copy === undefined ? listed(chain.strangers) : sourceOf(copy);
    const origins = [...new Set(memory.lineage.origins.flatMap(targetsOf))];
    const origin = origins.length === 0 ? '' : ` (from ${listed(origins, 2)}, which was not open like that)`;
    const more = Math.min(1, worst.weight + 0.1 * (openings.length - 1));
    return {
      strength: more * (restoresByHabit(activity, chain, memory, policy) ? HABITUAL : 1),
      reason: `Data of ${data}${origin} is on ${listed(memory.lineage.instances)}, and ${openings
        .slice(0, 3)
        .map(({ words }) => words)
        .join(', ')}`,
      lineage: true,
      refs: [
        ...new Set([
          ...openings.flatMap(({ refs }) => refs),
          ...memory.lineage.steps.map((step) => step.activity.id),
        ]),
      ],
    };
  },
};
