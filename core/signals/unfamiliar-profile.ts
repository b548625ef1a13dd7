import { linked } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { accountScope, plannedProfile, subjectScope } from '../history/facts.ts';
import { inTeam, isKnownElsewhere } from './circle.ts';
import { untilNow } from './newness.ts';
import { CHANGES, established, LAUNCHES, type Signal, wantedBy } from './signal.ts';

/**
 * Part left when others in the account launch with it: with a new network it stays LOW. No less, since the profile worth
 * stealing is often one that a server has.
 */
const KNOWN_TO_ACCOUNT = 0.8;

/**
 * Names that say that a profile may do everything; whoever is new to such a one climbs. The record does not tell rights, and a
 * name without such a word says nothing, so it only ever raises.
 */
export const SAYS_ALL = /admin|root|super|full-?access|power-?user/i;
/** Part left of a name that does not. */
const ORDINARY = 0.6;

/** An instance profile is a way to more rights: launching with one never used before may be a climb (T1098.003). */
export const unfamiliarProfile: Signal = {
  id: 'unfamiliar-profile',
  family: 'thing',
  description: 'An instance profile that this subject has not passed before',
  appliesTo: [...LAUNCHES, ...CHANGES, 'profile.attach'],

  evaluate(activity, memory, policy) {
    const given = activity.kind === 'profile.attach';
    const profile = given ? linked(activity, 'instance-profile')[0] : wantedBy(activity)?.profile;
    if (profile === undefined || activity.actor.class === 'service') return undefined;
    const all = SAYS_ALL.test(profile);
    // in an account new to them, people who are known in others are asked about what may do everything
    if (!established(memory, policy) && !(all && isKnownElsewhere(activity, memory))) return undefined;
    const scope = subjectScope(activity);
    // who launches for the first time passes the first profile, too, and that is first-launch's to say, unless colleagues launch
    const change = !given && activity.launch === undefined;
    const kinds = change ? [...LAUNCHES, ...CHANGES] : LAUNCHES;
    const habits = kinds.map((kind) => memory.familiarity(scope, 'kind', kind));
    const launches =
      habits.includes('familiar') ||
      habits.includes('unknown') ||
      inTeam(activity, kinds, memory, policy).part < 1;
    if (!given && !launches) return undefined;
    if (change && memory.familiarity(scope, 'plan', plannedProfile(profile)) === 'familiar') return undefined;
    const familiarity = memory.familiarity(scope, 'profile', profile);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    const inAccount =
      !change &&
      activity.outcome === 'succeeded' &&
      memory.familiarity(accountScope(activity), 'profile', profile) === 'familiar';
    const team = inTeam(activity, [`profile ${profile}`], memory, policy);
    return {
      strength: all ? team.part : ORDINARY * Math.min(inAccount ? KNOWN_TO_ACCOUNT : 1, team.part),
      novelty: true,
      reason: `${subjectLabel(activity.actor)} had not passed instance profile ${profile} ${untilNow(familiarity, policy)}`,
    };
  },
};
