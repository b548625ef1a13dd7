import type { Outcome } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { listed, type Signal } from './signal.ts';

/** How much of a share remains when the call did not go through: refused is a clear intent, a malformed call may be a slip. */
const REFUSED = 0.55;
const FAILED = 0.35;

/** Strength and verb of a share by its outcome. */
export function attempt(outcome: Outcome): { strength: number; verb: string } {
  if (outcome === 'succeeded') return { strength: 1, verb: 'shared' };
  return { strength: outcome === 'failed' ? FAILED : REFUSED, verb: 'tried to share' };
}

/** A snapshot or image opened to every AWS account: nobody needs a stolen key to read it any more. */
export const sharedPublicly: Signal = {
  id: 'shared-publicly',
  family: 'share',
  description: 'A snapshot or image made public',
  appliesTo: kindsThat('share'),

  evaluate({ share, outcome, links, actor }) {
    if (share?.public !== true) return undefined;
    const { strength, verb } = attempt(outcome);
    return {
      strength,
      reason: `${subjectLabel(actor)} ${verb} ${listed(links.map(({ id }) => id))} with everyone`,
    };
  },
};
