import type { Activity } from '../activity/activity.ts';
import { subjectKey, subjectLabel } from '../activity/actor.ts';
import { gainId } from '../activity/gains.ts';
import { actorScope, keyScope } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { fading } from './newness.ts';
import { listed, SENSITIVE, type Signal, span } from './signal.ts';

/** What remains at the end of the policy's period; in the first day the strength is full. */
const LEAST = 0.4;
/** Part left for roles: every rollout makes some and uses them at once; users and keys are made by hand, and seldom. */
const ROLE = 0.6;
/** Part left where somebody else gave the rights: administrators do that for those who are to work. */
const GIVEN = 0.5;
/** How the ids of roles begin; AWS gives them, so nobody can choose to look like one. */
const ROLE_ID = 'AROA';

/** An intruder makes a user, role or key of their own and uses it soon; people who join wait for their first task. */
export const freshIdentity: Signal = {
  id: 'fresh-identity',
  family: 'person',
  description:
    'A user, role or access key created or newly able in the last days, or given rights within the window, that now launches or copies',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const known = justMade(activity, memory, policy) ?? justGiven(activity, memory, policy);
    // with its making it is one story, which says more
    if (known?.lineage === true) return known;
    const able = newlyAble(activity, memory, policy);
    return able !== undefined && able.strength > (known?.strength ?? 0) ? able : known;
  },
};

type Answer = ReturnType<Signal['evaluate']>;

function justMade(activity: Activity, memory: Memory, policy: Policy): Answer {
  const { account, actor, at } = activity;
  const born = memory.firstSeen(actorScope(account, actor.key), 'created', '');
  const keyBorn =
    actor.accessKey === undefined || actor.credential !== 'long-lived'
      ? undefined
      : memory.firstSeen(keyScope(account, actor.accessKey), 'created', '');
  const created = Math.max(born ?? 0, keyBorn ?? 0);
  const age = at - created;
  const period = policy.userContext.newIdentity;
  if (created === 0 || age > period) return undefined;

  const role = actor.key.startsWith(ROLE_ID) ? ROLE : 1;
  const what = created === keyBorn && keyBorn !== born ? 'The access key of ' : '';
  return {
    strength: role * fading(age, period, LEAST),
    reason: `${what}${subjectLabel(actor)} was created ${span(age)} before${makersOf(activity, memory)}`,
    ...(memory.lineage.births.length > 0 && {
      lineage: true as const,
      refs: memory.lineage.births.map(({ id }) => id),
    }),
  };
}

/** Rights that its identity was given within the window: whoever takes an account over gives itself what it needs. */
function justGiven(activity: Activity, { lineage }: Memory, policy: Policy): Answer {
  if (activity.actor.identity === undefined) return undefined;
  const gift = lineage.births.findLast(
    ({ kind, at }) => kind === 'identity.grant' && activity.at - at <= policy.timeWindow,
  );
  if (gift === undefined) return undefined;
  const own = subjectKey(gift.actor) === subjectKey(activity.actor);
  return {
    strength: own ? 1 : GIVEN,
    reason: `${subjectLabel(gift.actor)} gave ${own ? 'itself' : subjectLabel(activity.actor)} rights${gift.detail === undefined ? '' : ` (${gift.detail})`} ${span(activity.at - gift.at)} before`,
    lineage: true,
    refs: [gift.id],
  };
}

/**
 * Its policies let it do more than at the audit before: from the record that gave it that, and again from the audit that found it. Most
 * of that is somebody's decision, as it is where another gave the rights.
 */
function newlyAble({ account, actor, at }: Activity, memory: Memory, { userContext }: Policy): Answer {
  let latest: { readonly from: number; readonly found: number } | undefined;
  for (const [value, given] of memory.allSeen(actorScope(account, actor.key), 'able')) {
    const found = Number(value);
    const from = found <= at ? Math.max(given, found) : given;
    const isLater =
      latest === undefined || from > latest.from || (from === latest.from && found > latest.found);
    if (isLater) latest = { from, found };
  }
  if (latest === undefined || at - latest.from > userContext.newIdentity) return undefined;
  const { from, found } = latest;
  const able = 'able to launch, or to grant itself that,';
  const ago = span(at - from);
  return {
    strength: GIVEN * fading(at - from, userContext.newIdentity, LEAST),
    reason:
      found <= at
        ? `An audit found ${subjectLabel(actor)} newly ${able} ${ago} before`
        : `${subjectLabel(actor)} became ${able} ${ago} before, as an audit found later`,
    refs: [gainId(actor.key, found)],
  };
}

/** ` by alice`, where somebody else made the user or its key. */
function makersOf(activity: Activity, { lineage }: Memory): string {
  const makers = lineage.births.filter(({ actor }) => subjectKey(actor) !== subjectKey(activity.actor));
  const names = [...new Set(makers.map(({ actor }) => subjectLabel(actor)))];
  return names.length === 0 ? '' : ` by ${listed(names, 2)}`;
}
