import { subjectScope } from '../history/facts.ts';
import { inTeam } from './circle.ts';
import { CHANGES, LAUNCHES, type Signal, span, wantedBy } from './signal.ts';

/** Part left, at the least, where others behind the same permission set make key pairs, too. */
const AMONG_MAKERS = 0.6;

/**
 * A key pair made for the occasion and a start script: how an intruder gets into a machine of their own. Image builders
 * make a key pair for every build, so whoever has long made key pairs is left alone.
 */
export const userDataWithFreshKey: Signal = {
  id: 'user-data-with-fresh-key',
  family: 'thing',
  description: 'A launch with user data and a key pair created shortly before by the same subject',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    const { at, actor } = activity;
    // a service makes no key pairs, and whoever has it launch is asked where he says so
    if (actor.class === 'service') return undefined;
    const { recent, familiarity } = memory;
    const launch = wantedBy(activity);
    if (launch?.userData !== true || launch.keyName === undefined) return undefined;
    const made = recent.findLast(
      ({ kind, links, outcome }) =>
        kind === 'key-pair.create' &&
        outcome === 'succeeded' &&
        links.some(({ type, id }) => type === 'key-pair' && id === launch.keyName),
    );
    if (made === undefined) return undefined;
    if (familiarity(subjectScope(activity), 'kind', 'key-pair.create') === 'familiar') return undefined;
    return {
      strength: Math.max(AMONG_MAKERS, inTeam(activity, ['key-pair.create'], memory, policy).part),
      reason: `Launched with user data and with key pair ${launch.keyName}, made ${span(at - made.at)} before`,
      refs: [made.id],
    };
  },
};
