import { subjectLabel } from '../activity/actor.ts';
import type { Signal } from './signal.ts';

/** Somebody may launch or grant itself more who could not at the last audit: MITRE asks to look at that (M1018, M1047). */
export const newlyAble: Signal = {
  id: 'newly-able',
  family: 'person',
  description:
    'A user or role that an audit of access found able to launch, or to grant itself that, and was not before',
  appliesTo: ['access.gain'],

  evaluate: ({ actor, detail }) => ({
    strength: 1,
    reason: `${subjectLabel(actor)} is newly able by its policies to ${detail ?? 'launch'}`,
  }),
};
