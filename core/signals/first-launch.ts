import { subjectLabel } from '../activity/actor.ts';
import { capacityOf } from '../activity/instance-types.ts';
import { personOf } from '../history/circles.ts';
import { roleScope, subjectScope } from '../history/facts.ts';
import type { Familiarity } from '../history/habits.ts';
import { capacityInTeam, doesElsewhere, inTeam, isAtCircle, isKnownElsewhere } from './circle.ts';
import { untilNow } from './newness.ts';
import { accountKnown, CHANGES, LAUNCHES, type Signal, wantedBy } from './signal.ts';

/** Part left when the role behind a person launches as a matter of course: the person is new to it, the role is not. */
const ROLE_LAUNCHES = 0.6;
/**
 * Part left when the call could not have started anything, for want of rights or by mistake: people try a button once.
 * With one refusal it stays LOW, with a sweep of them it is MEDIUM. A quota refusal counts in full: the rights were there.
 */
const NOTHING_STARTED = 0.5;
/** Part left, at the least, of someone whom no account knows yet, though colleagues launch: joiners begin, and so do intruders. */
const STRANGER = 0.8;
/** Part left where the earlier launches are part of a finding, which has told of them. */
const TOLD = 0.8;
/** Part left of a person who launches in other accounts. */
const ELSEWHERE = 0.5;
/** Part left of a change that asks for no instances by itself: a template, or a group's limits. */
const PREPARED = 0.6;

/**
 * MITRE's first analytic for T1578.002: an instance created by someone who does not usually create them. Launches by a
 * service are left out: whoever told the service to launch is asked instead, and who launches or has told services to is
 * no newcomer to it.
 */
export const firstLaunch: Signal = {
  id: 'first-launch',
  family: 'person',
  description: 'An instance launched by someone who has not launched one before',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service' || !accountKnown(activity, memory, policy)) return undefined;
    const change = activity.launch === undefined;
    // a stack may be anything; only what names instances is asked about
    if (change && activity.plan === undefined) return undefined;
    const kinds = change ? [...LAUNCHES, ...CHANGES] : LAUNCHES;
    const answers = (scope: string): Familiarity[] =>
      kinds.map((kind) => memory.familiarity(scope, 'kind', kind));
    const known = answers(subjectScope(activity));
    if (known.includes('familiar') || known.includes('unknown')) return undefined;
    const own = known.includes('suspect') ? 'suspect' : 'new';

    const team = inTeam(activity, kinds, memory, policy);
    const elsewhere = doesElsewhere(activity, kinds, memory) ? ELSEWHERE : 1;
    // a stranger to the whole organisation is no member of a circle yet, unless they call from where it does for no more than it does
    const wanted = wantedBy(activity);
    const joins =
      isAtCircle(activity, memory) &&
      capacityInTeam(activity, wanted === undefined ? 0 : capacityOf(wanted), memory, policy).part < 1;
    const stranger = personOf(activity) !== undefined && !isKnownElsewhere(activity, memory) && !joins;
    const circle = stranger ? Math.max(team.part, STRANGER) : team.part;
    const behindRole = activity.actor.person !== undefined;
    const roleDoes = behindRole && answers(roleScope(activity)).includes('familiar');
    const prepared = change && activity.plan?.count === 0 ? PREPARED : 1;
    const couldStart = activity.outcome === 'succeeded' || activity.outcome === 'limited';
    return {
      strength:
        prepared *
        Math.min(roleDoes ? ROLE_LAUNCHES : 1, circle) *
        elsewhere *
        (own === 'suspect' ? TOLD : 1) *
        (couldStart ? 1 : NOTHING_STARTED),
      novelty: true,
      reason:
        own === 'suspect'
          ? `The earlier launches by ${subjectLabel(activity.actor)} in account ${activity.account} are part of a finding themselves`
          : `${subjectLabel(activity.actor)} had launched no instance${change ? ', nor told a service to,' : ''} in account ${activity.account} ${untilNow(own, policy)}`,
    };
  },
};
