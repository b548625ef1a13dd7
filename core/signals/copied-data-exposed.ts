import type { Activity } from '../activity/activity.ts';
import { does, kindsThat } from '../activity/kinds.ts';
import { nameOf } from '../activity/resources.ts';
import { subjectScope } from '../history/facts.ts';
import { chainOf, dataOf } from '../lineage/chain.ts';
import { openingsOf } from '../lineage/exposure.ts';
import { broughtBy, isStrangeCopy, restoresByHabit } from './brought.ts';
import { listed, type Signal } from './signal.ts';

/** Part left for whoever restores as a habit: even so, restored data should not face the world. */
const HABITUAL = 0.4;
/** Below this the ways in are no news: most instances carry a profile. */
const LEAST = 0.4;
/** Each further way in adds this much. */
const FURTHER = 0.08;

/** `in account 444455556666`, as far as an earlier step was elsewhere. */
function place(there: Activity, here: Activity): string {
  const account = there.account === here.account ? '' : ` of account ${there.account}`;
  const region = there.region === here.region ? '' : ` in ${there.region}`;
  return account + region;
}

/**
 * MITRE's sentence ends "…and a less restrictive security policy". The instance that copied data is on is open to the
 * world, or is being opened: at launch, or by a later change by anyone.
 */
export const copiedDataExposed: Signal = {
  id: 'copied-data-exposed',
  family: 'exposure',
  description: 'An instance with copied data is open, or is opened, to the world',
  appliesTo: kindsThat('bring', 'open', 'posture'),

  evaluate(activity, around, policy) {
    const memory = broughtBy(activity, around);
    const { lineage } = memory;
    const chain = chainOf(activity, memory);
    if (chain === undefined || activity.actor.class === 'service') return undefined;
    const openings = openingsOf(activity, lineage);
    const worst = openings[0];
    if (worst === undefined || worst.weight < LEAST) return undefined;
    // what brings data finds the instance as open as it is; all else is asked what it opens itself, which a closed group is not
    if (!does(activity.kind, 'bring') && !openings.some(({ own }) => own)) return undefined;
    // sessions and commands are how many work on every machine of theirs
    if (
      (activity.kind === 'instance.run' || activity.kind === 'instance.enter') &&
      memory.familiarity(subjectScope(activity), 'kind', activity.kind) === 'familiar'
    )
      return undefined;
    const data = listed(dataOf(chain));
    const copy = chain.copies[0] ?? chain.written[0];
    const from = copy === undefined ? '' : place(copy.activity, activity);
    const origins = lineage.origins.map(({ instance }) => nameOf(instance)).filter((each) => each !== data);
    const origin =
      lineage.origins.length === 0
        ? ''
        : ` (${origins.length === 0 ? '' : `from ${listed(origins, 2)}, `}which was not open like that)`;
    const more = Math.min(1, worst.weight + FURTHER * (openings.length - 1));
    const habitual =
      restoresByHabit(activity, chain, memory, policy) && !isStrangeCopy(activity, chain, memory, policy);
    const words = openings.slice(0, 3).map((each) => each.words);
    const own = words.flatMap((each) => (each.startsWith('it ') ? each.slice(3) : []));
    return {
      strength: more * (habitual ? HABITUAL : 1),
      reason: `Data of ${data}${from}${origin} is on ${listed(lineage.instances.map(nameOf))}${own.length > 0 ? `, which ${own.join(' and ')}` : ''}${words
        .filter((each) => !each.startsWith('it '))
        .map((each) => `, and ${each}`)
        .join('')}`,
      lineage: true,
      refs: [
        ...new Set([
          ...openings.flatMap(({ refs }) => refs),
          ...lineage.steps.map((step) => step.activity.id),
        ]),
      ],
    };
  },
};
