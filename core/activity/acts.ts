import { type Activity, byPlace, copyKey, type Link, type Phase } from './activity.ts';
import { resourceKey, uniqueResources } from './resources.ts';

/**
 * Some clouds tell one act in several records: that it was asked for, that it was taken on, how it ended. The details stand in one
 * of them and the outcome in another. A record becomes a *part*, and the parts of an act one activity, as a set: the order in which
 * they come does not matter, nor how often each does. Where a part never comes, the act stands on what is known.
 */

/** A part of an act, as a normaliser gives it. */
export type ActPart = Activity & { readonly part: NonNullable<Activity['part']> };

export const isPart = (activity: Activity): activity is ActPart => activity.part !== undefined;

/** Names an act among those of all accounts. */
export const actKey = ({ account, part }: ActPart): string => `${account}#${part.act}`;

/** Records of one phase that are kept of an act: a second is another delivery of it, or another word for it. */
const MAX_OF_PHASE = 2;
const PHASES: readonly Phase[] = ['accepted', 'ended', 'begun'];

/** The parts that count, once each: of each phase the earliest. */
function counted(parts: readonly ActPart[]): readonly ActPart[] {
  const distinct = [...new Map(parts.map((part) => [copyKey(part), part])).values()].sort(byPlace);
  return PHASES.flatMap((phase) =>
    distinct.filter(({ part }) => part.phase === phase).slice(0, MAX_OF_PHASE),
  );
}

/**
 * The act that some of its parts tell of; undefined while it has only begun, since nobody knows then whether it was taken on.
 *
 * It is placed at the time it was taken on, or ended where nothing says so. Once it is whole, no part that comes later moves it:
 * what it has taught by then stays true.
 */
export function joinParts(parts: readonly ActPart[]): Activity | undefined {
  const known = counted(parts);
  const of = (phase: Phase): ActPart | undefined => known.find(({ part }) => part.phase === phase);
  const [accepted, ended] = [of('accepted'), of('ended')];
  const base = accepted ?? ended;
  if (base === undefined) return undefined;
  const detailed = known.filter(({ part }) => part.details === true);
  const telling = detailed.length > 0 ? detailed : [base];
  const first = <K extends keyof Activity>(name: K): Pick<Activity, K> | undefined => {
    const holder = telling.find((each) => each[name] !== undefined);
    return holder === undefined ? undefined : ({ [name]: holder[name] } as Pick<Activity, K>);
  };
  const whole = ended !== undefined && (accepted !== undefined || ended.part.alone === true);
  const { part: _, error: __, ...rest } = base;
  return {
    ...rest,
    id: base.part.act,
    kind: (telling[0] as Activity).kind,
    region: (known.find(({ region }) => region !== 'unknown') ?? base).region,
    actor: (known.find(({ actor }) => actor.class !== 'unknown') ?? base).actor,
    origin: (known.find(({ origin }) => origin.ip !== undefined) ?? base).origin,
    outcome: (ended ?? base).outcome,
    ...(ended?.error !== undefined && { error: ended.error }),
    links: mergedLinks(telling, known),
    ...first('launch'),
    ...first('posture'),
    ...first('plan'),
    ...first('share'),
    ...first('ingress'),
    ...first('detail'),
    ...first('tags'),
    joined: whole ? 'whole' : 'partial',
  };
}

/**
 * Links of all parts that tell something, each once, with all sources that any of them names. What one of them calls by its number
 * alone has the name that any part says.
 */
function mergedLinks(telling: readonly Activity[], known: readonly Activity[]): Link[] {
  const named = known.flatMap(({ links }) => links.filter(({ alias }) => alias !== undefined));
  if (telling.length === 1 && named.length === 0) return [...(telling[0] as Activity).links];
  const links = new Map<string, Link>();
  for (const told of telling.flatMap((part) => part.links)) {
    const { id, alias } = named.find((each) => each.alias === told.id && each.type === told.type) ?? told;
    const link = alias === undefined ? told : { ...told, id, alias };
    const key = `${link.role} ${resourceKey(link)}`;
    const before = links.get(key);
    const from = uniqueResources([...(before?.from ?? []), ...(link.from ?? [])]);
    links.set(key, { ...(before ?? link), ...(from.length > 0 && { from }) });
  }
  return [...links.values()];
}

/** Activities as they are judged: of acts told in several records, what their parts together say. */
export function joinedActs(activities: readonly Activity[]): readonly Activity[] {
  const parts = activities.filter(isPart);
  if (parts.length === 0) return activities;
  const acts = [...Map.groupBy(parts, actKey).values()].map(joinParts);
  return [
    ...activities.filter((activity) => !isPart(activity)),
    ...acts.filter((activity) => activity !== undefined),
  ];
}

/** Forms that an act may have been given while not all of these parts were known, apart from the one it has now; each once. */
export function earlierForms(parts: readonly ActPart[], isNews: (part: ActPart) => boolean): Activity[] {
  const known = counted(parts);
  const forms = new Map<string, Activity>();
  for (let subset = 1; subset < 2 ** known.length - 1; subset += 1) {
    const some = known.filter((_, index) => (subset & (2 ** index)) !== 0);
    // what nobody else has had, nobody has joined
    if (some.every(isNews)) continue;
    const form = joinParts(some);
    if (form !== undefined)
      forms.set(`${copyKey(form)} ${form.kind} ${form.outcome} ${form.links.length}`, form);
  }
  return [...forms.values()];
}
