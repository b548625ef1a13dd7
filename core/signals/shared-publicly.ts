import type { Outcome } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { nameOf } from '../activity/resources.ts';
import type { Memory } from './memory.ts';
import { listed, type Signal } from './signal.ts';

/** How much of a share remains when the call did not go through: refused is a clear intent, a malformed call may be a slip. */
const REFUSED = 0.55;
const FAILED = 0.35;

/** Strength and verb of a share by its outcome. */
export function attempt(outcome: Outcome): { strength: number; verb: string } {
  if (outcome === 'succeeded') return { strength: 1, verb: 'shared' };
  return { strength: outcome === 'failed' ? FAILED : REFUSED, verb: 'tried to share' };
}

/** `, with data of vol-1`: whose data is shared, as far as its making is known. */
export function whoseData({ lineage }: Pick<Memory, 'lineage'>): string {
  const origins = lineage.steps
    .flatMap(({ from }) => from)
    .filter(({ type }) => type === 'volume' || type === 'instance');
  return origins.length === 0 ? '' : `, with data of ${listed([...new Set(origins.map(nameOf))], 2)}`;
}

/** The making of what is shared, which its story begins with. */
export const madeBy = ({ lineage }: Pick<Memory, 'lineage'>): { refs?: readonly string[]; lineage?: true } =>
  lineage.steps.length === 0
    ? {}
    : { lineage: true, refs: [...new Set(lineage.steps.map(({ activity }) => activity.id))] };

/** A snapshot or image opened to every AWS account: nobody needs a stolen key to read it any more. */
export const sharedPublicly: Signal = {
  id: 'shared-publicly',
  family: 'share',
  description: 'A snapshot or image made public',
  appliesTo: kindsThat('share'),

  evaluate({ share, outcome, links, actor }, memory) {
    if (share?.public !== true) return undefined;
    const { strength, verb } = attempt(outcome);
    return {
      strength,
      reason: `${subjectLabel(actor)} ${verb} ${listed(links.map(({ id }) => id))} with everyone${whoseData(memory)}`,
      ...madeBy(memory),
    };
  },
};
