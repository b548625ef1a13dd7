import { SENSITIVE, type Signal, span } from './signal.ts';

/** Block public access, allowed images or default encryption switched off, then the call that they would have stopped. */
export const guardrailDisabledBefore: Signal = {
  id: 'guardrail-disabled-before',
  family: 'cover',
  description: 'A guardrail disabled by the same subject shortly before',
  appliesTo: SENSITIVE,

  evaluate(activity, { recent }) {
    const disabled = recent.findLast(
      ({ kind, outcome }) => kind === 'guardrail.disable' && outcome === 'succeeded',
    );
    if (disabled === undefined) return undefined;
    return {
      strength: 1,
      reason: `${disabled.action} in ${disabled.region} ${span(activity.at - disabled.at)} before`,
      refs: [disabled.id],
    };
  },
};
