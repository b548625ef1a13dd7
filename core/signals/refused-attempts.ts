import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { subjectScope } from '../history/facts.ts';
import { count, LAUNCHES, listed, type Signal, span } from './signal.ts';

/** One refusal happens to everyone; each more says more, but fewer than the policy's threshold never say all. */
const ONE = 0.2;
const EACH_MORE = 0.2;
const NO_SWEEP = 0.9;
/** Refusals, then a launch that works: the way in was found. */
const THEN_SUCCESS = 0.7;
/** A subject that launches as a matter of course also meets refusals as a matter of course. */
const USUAL_LAUNCHER = 0.4;

/** AWS lacks what was asked for, whoever asks; unlike a quota, which is the account's. */
const isShortage = ({ outcome, error }: Activity): boolean =>
  outcome === 'limited' && error !== undefined && /Capacity/.test(error);

/**
 * Whether a refusal says anything: of those who launch only one for want of rights, since quotas and dry runs are part of their
 * work; of others a quota and a dry run, too. A shortage says nothing of anyone.
 */
const refused = (attempt: Activity, usual: boolean): boolean =>
  attempt.kind === 'instance.launch' &&
  !isShortage(attempt) &&
  (attempt.outcome === 'denied' ||
    (!usual && (attempt.outcome === 'dry-run' || attempt.outcome === 'limited')));

/**
 * Launches refused for want of rights or quota, or tried as a dry run: what someone does who does not know what a
 * stolen key can do. Judged alone, and again when a launch succeeds after them.
 */
export const refusedAttempts: Signal = {
  id: 'refused-attempts',
  family: 'volume',
  description: 'Launches refused for rights or quota or tried as a dry run, alone or before one that works',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service') return undefined;
    const scope = subjectScope(activity);
    const usual = memory.familiarity(scope, 'kind', 'instance.launch') === 'familiar';
    const attempts = [...memory.recent, activity].filter((attempt) => refused(attempt, usual));
    if (attempts.length === 0) return undefined;
    const sweep = attempts.length >= policy.rateThreshold.refused;
    if (activity.outcome !== 'succeeded' && !refused(activity, usual)) return undefined;
    // one quota met, or one dry run before the real call, happens to everybody
    if (!sweep && !attempts.some(({ outcome }) => outcome === 'denied')) return undefined;
    const alone = sweep ? 1 : Math.min(NO_SWEEP, ONE + (attempts.length - 1) * EACH_MORE);
    const raw = activity.outcome === 'succeeded' ? Math.max(THEN_SUCCESS, alone) : alone;
    const codes = [...new Set(attempts.map(({ error, outcome }) => error ?? outcome))].sort();
    return {
      strength: usual ? raw * USUAL_LAUNCHER : raw,
      reason: `${count(attempts.length, 'launch attempt')} of ${subjectLabel(activity.actor)}${endOf(attempts)} within ${span(policy.timeWindow)} (${listed(codes)})${activity.outcome === 'succeeded' ? ', then this one worked' : ''}`,
      refs: attempts.map(({ id }) => id).filter((id) => id !== activity.id),
    };
  },
};

/** How attempts ended: a dry run that would have worked was not refused. */
function endOf(attempts: readonly Activity[]): string {
  const dry = attempts.filter(({ outcome }) => outcome === 'dry-run').length;
  if (dry === 0) return ' refused';
  if (dry === attempts.length) return dry === 1 ? ', a dry run,' : ', all dry runs,';
  return `, ${attempts.length - dry} refused and ${count(dry, 'dry run')},`;
}
