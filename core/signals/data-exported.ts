import { subjectLabel } from '../activity/actor.ts';
import { kindsThat, wordsOf } from '../activity/kinds.ts';
import { roleScope, subjectScope } from '../history/facts.ts';
import type { Signal } from './signal.ts';

const EXPORTS = kindsThat('export');

/** Part left when the role behind a person exports as a matter of course. */
const ROLE_EXPORTS = 0.6;
/** A refused attempt shows the intent, and nothing has left. */
const REFUSED = 0.55;

/**
 * A disk written to a bucket as a file (T1537, T1578.001): no rule of EC2 holds it any more, and no record shows who reads
 * it there. Hardly anybody does it, and whoever moves machines does it again and again.
 */
export const dataExported: Signal = {
  id: 'data-exported',
  family: 'share',
  description:
    'An instance or image written to a bucket, or a download link made for a disk, by someone who does not do that',
  appliesTo: EXPORTS,

  evaluate(activity, memory) {
    const { actor, outcome, kind, detail } = activity;
    const exports = (scope: string): boolean =>
      EXPORTS.some((each) => memory.familiarity(scope, 'kind', each) === 'familiar');
    if (actor.class === 'service' || exports(subjectScope(activity))) return undefined;
    const role = actor.person !== undefined && exports(roleScope(activity)) ? ROLE_EXPORTS : 1;
    const [, , thing] = wordsOf(kind);
    const where = detail ?? 'to a bucket';
    if (kind === 'snapshot.link')
      return {
        strength: role * (outcome === 'succeeded' ? 1 : REFUSED),
        reason: `${subjectLabel(actor)} ${outcome === 'succeeded' ? 'made' : 'tried to make'} ${thing} and is not known to do so`,
      };
    return {
      strength: role * (outcome === 'succeeded' ? 1 : REFUSED),
      reason: `${subjectLabel(actor)} ${outcome === 'succeeded' ? 'exported' : 'tried to export'} ${thing} ${where} and is not known to do so`,
    };
  },
};
