import { type Activity, linked } from '../core/activity/activity.ts';
import { typeName } from '../core/activity/instance-types.ts';
import { aboutOf, does, type Kind, wordsOf } from '../core/activity/kinds.ts';
import { nameOf } from '../core/activity/resources.ts';
import { few } from './narrate.ts';

/** What a finding tells beside the activities that its headline is about. */
export interface Beside {
  /** Types that members of the finding gave the templates launched from. */
  readonly given: readonly string[];
  readonly all: readonly Activity[];
  /** The evidence cites launches that the finding does not hold: what can be counted is not all. */
  readonly more: boolean;
  /** Ids of the calls that a burst of copies counts: more than can be kept. */
  readonly copies: ReadonlySet<string>;
}

/** What was done in one clause, and what stands behind it: what was refused, or undone since. */
export interface Deed {
  readonly what: string;
  /** How many instances of which types, in brackets: the first to be left out for want of room. */
  readonly sorts?: string;
  readonly besides: string;
}

/** `1 snapshot`, `3 snapshots`, `2 identities`. */
function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** `; refused`, `; all dry runs`, `; 12 attempts refused, 1 failed`: how those ended that brought nothing about. */
function inVain(tried: readonly Activity[], besideDone: boolean): string {
  const of = (...outcomes: Activity['outcome'][]): number =>
    tried.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const counts = { refused: of('denied', 'limited'), failed: of('failed'), 'dry run': of('dry-run') };
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  const [only, ...others] = found;
  if (only === undefined) return '';
  if (!besideDone && others.length === 0) {
    const [word, count] = only;
    const dry = word === 'dry run';
    return count === 1 ? `; ${dry ? 'a dry run' : word}` : `; all ${dry ? 'dry runs' : word}`;
  }
  const parts = found.map(([word, count]) =>
    word === 'dry run' ? counted(count, word) : `${besideDone ? counted(count, 'attempt') : count} ${word}`,
  );
  const regions = new Set(tried.map(({ region }) => region)).size;
  return `; ${parts.join(', ')}${besideDone && regions > 1 ? ` in ${regions} Regions` : ''}`;
}

/** What a headline tells of: what worked, or where nothing did, what was tried. */
export function toldOf(activities: readonly Activity[]): {
  told: readonly Activity[];
  tried: readonly Activity[];
} {
  const done = activities.filter(({ outcome }) => outcome === 'succeeded');
  const tried = activities.filter(({ outcome }) => outcome !== 'succeeded');
  const told = done.length > 0 ? done : tried;
  // what names no instances is not what a service was told
  const plans = told.filter(({ plan }) => plan !== undefined);
  return { told: plans.length > 0 && plans.length < told.length ? plans : told, tried };
}

/**
 * What the story is about in one clause: `launched 49 instances in 4 calls (7 x p4d.24xlarge, 42 x g5.xlarge)`, `shared 8
 * snapshots with 3 accounts`. Numbers are sums over all activities, and what was asked for is told apart from what was got.
 */
export function deed(activities: readonly Activity[], beside: Beside): Deed {
  const { told, tried } = toldOf(activities);
  const [first] = told;
  if (first === undefined) return { what: 'acted', besides: '' };
  const besides = inVain(tried, first.outcome === 'succeeded');
  if (first.kind === 'instance.launch') return { ...launched(told, beside), besides };
  if (told.some(({ plan }) => plan !== undefined)) return { what: planned(told), besides };
  if (does(first.kind, 'share') || does(first.kind, 'unshare'))
    return { what: shared(told), besides: `${besides}${takenBack(told, beside.all)}` };
  return { what: others(told, beside), besides };
}

const verb = (activity: Activity): string => {
  const [infinitive, past] = wordsOf(activity.kind);
  return activity.outcome === 'succeeded' ? past : `tried to ${infinitive}`;
};

const inCalls = (count: number): string => (count > 1 ? ` in ${count} calls` : '');

/** Whether a call asks for instances that come later: a fleet or a spot request, which names none. */
const isRequest = (activity: Activity): boolean =>
  linked(activity, 'instance', 'made').length === 0 &&
  (linked(activity, 'fleet', 'made').length > 0 || /:(?:CreateFleet|RequestSpot)/.test(activity.action));

function launched(told: readonly Activity[], { given, all, more }: Beside): Omit<Deed, 'besides'> {
  const [first] = told as [Activity];
  const requests = told.filter(isRequest);
  const fleets = new Set(requests.flatMap((each) => linked(each, 'fleet', 'made')));
  const fulfilled = all.filter(
    (each) =>
      each.launch !== undefined &&
      each.outcome === 'succeeded' &&
      linked(each, 'fleet', 'used').some((fleet) => fleets.has(fleet)),
  );
  const got = requests.length > 0 ? fulfilled : [];
  const direct = told.filter((each) => !isRequest(each));
  // of what was requested and then came, what came is told
  const counts = got.length > 0 ? [...direct, ...got] : told;
  const wants = sum(told.map(({ launch }) => launch?.asked ?? launch?.count ?? 0));
  const total = sum(counts.map(({ launch }) => launch?.count ?? 0));
  const word =
    first.outcome !== 'succeeded'
      ? 'tried to launch'
      : requests.length === told.length && got.length === 0
        ? 'requested'
        : 'launched';
  if (counts.some(({ launch }) => launch === undefined))
    return { what: `${word} instances${inCalls(told.length)}` };
  if (first.outcome !== 'succeeded' && told.length > 1) return { what: attempted(told, given) };
  const short = wants > total ? ` of ${wants} asked for` : '';
  return {
    what: `${word}${more ? ' at least' : ''} ${composed(counts, total, short, given)}${inCalls(told.length)}`,
    sorts: bracket(counts, given),
  };
}

/** Types with how many instances of each; what one call launched of several types is one entry. */
function composition(
  activities: readonly Activity[],
  given: readonly string[],
): [types: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { launch } of activities) {
    const types = launch === undefined || launch.types.length === 0 ? given : launch.types;
    const key = [...new Set(types.map(typeName))].join(' or ');
    counts.set(key, (counts.get(key) ?? 0) + (launch?.count ?? 0));
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function composed(
  activities: readonly Activity[],
  total: number,
  short: string,
  given: readonly string[],
): string {
  const [only, ...more] = composition(activities, given);
  if (only === undefined || only[0] === '' || more.length > 0 || only[0].includes(' or '))
    return `${counted(total, 'instance')}${short}`;
  return `${total} x ${few([only[0]], 1)}${short}`;
}

/** Sorts of instances named in a headline; the rest is counted. */
const MAX_SORTS = 3;

function bracket(activities: readonly Activity[], given: readonly string[]): string {
  const sorts = composition(activities, given);
  const [only] = sorts;
  if (only === undefined || (sorts.length === 1 && (only[0] === '' || !only[0].includes(' or ')))) return '';
  if (sorts.length === 1) return ` (${few(only[0].split(' or '), MAX_SORTS)})`;
  const parts = sorts
    .slice(0, MAX_SORTS)
    .map(
      ([types, count]) =>
        `${count} ${types === '' ? 'of unknown type' : `x ${few(types.split(' or '), 2).replace(', ', ' or ')}`}`,
    );
  const rest = sorts.slice(MAX_SORTS);
  const sort = rest.length === 1 ? 'another sort' : `${rest.length} other sorts`;
  const more = rest.length === 0 ? '' : ` and ${sum(rest.map(([, count]) => count))} of ${sort}`;
  return ` (${parts.join(', ')}${more})`;
}

/** Attempts of which none worked: how much each asked for is told only where all asked alike, for it was one wish. */
function attempted(told: readonly Activity[], given: readonly string[]): string {
  const sizes = new Set(told.map(({ launch }) => launch?.count ?? 0));
  const types = [...new Set(told.flatMap(({ launch }) => [...(launch?.types ?? given)]))].map(typeName);
  const [size] = sizes;
  const times = `${told.length} times`;
  if (sizes.size === 1 && types.length === 1) return `tried to launch ${size} x ${few(types, 1)} ${times}`;
  return `tried to launch instances${types.length === 0 ? '' : ` (${few(types, MAX_SORTS)})`} ${times}`;
}

/** The most that one group, fleet or template was told to hold, summed over them. */
function most(told: readonly Activity[]): number {
  const wanted = new Map<string, number>();
  for (const { plan, links, region, account, id } of told) {
    const target = links.find(({ role }) => role !== 'used');
    const key = target === undefined ? id : `${account} ${region} ${target.type} ${target.id}`;
    wanted.set(key, Math.max(wanted.get(key) ?? 0, plan?.count ?? 0));
  }
  return sum([...wanted.values()]);
}

function planned(told: readonly Activity[]): string {
  const [first] = told as [Activity];
  const done = first.outcome === 'succeeded';
  const types = [...new Set(told.flatMap(({ plan }) => [...(plan?.types ?? [])]))].map(typeName);
  const count = most(told);
  if (count === 0 && first.kind === 'template.change') {
    const templates = new Set(
      told.flatMap((each) =>
        each.links
          .filter(({ type, role }) => type === 'launch-template' && role !== 'used')
          .map(({ id }) => id),
      ),
    ).size;
    const where = templates > 1 ? counted(templates, 'launch template') : 'a launch template';
    if (types.length === 0) return `${verb(first)} ${where}`;
    return `${done ? 'put' : 'tried to put'} ${few(types, MAX_SORTS)} into ${where}`;
  }
  // AWS Batch is told how many vCPUs, from which the number follows roughly
  const some = told.some(({ action }) => action.startsWith('batch:')) ? 'some ' : '';
  const [only, ...more] = types;
  const named = only === undefined ? 'instances' : few(types, MAX_SORTS);
  const much =
    count === 0
      ? named
      : only !== undefined && more.length === 0
        ? `${some}${count} x ${named}`
        : `${some}${counted(count, 'instance')}${only === undefined ? '' : ` (${named})`}`;
  return `${done ? 'told' : 'tried to tell'} a service to launch ${much}`;
}

/** Ids of what some activities are about, by their noun: `snapshot`, `image`. */
function aboutIds(told: readonly Activity[]): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const activity of told) {
    const about = aboutOf(activity.kind);
    if (about === null) continue;
    const set = ids.get(about) ?? new Set();
    for (const { type, id } of activity.links) if (type === about) set.add(id);
    ids.set(about, set);
  }
  return ids;
}

function things(told: readonly Activity[], object: string): string {
  const ids = aboutIds(told);
  const all = [...ids.values()].flatMap((set) => [...set]);
  if (all.length === 0) return object;
  if (all.length === 1) return few(all, 1);
  return [...ids]
    .filter(([, set]) => set.size > 0)
    .map(([noun, set]) => counted(set.size, noun))
    .join(' and ');
}

/** With whom: all of them together, named where they are two. */
function audienceOf(told: readonly Activity[]): string {
  const shares = told.flatMap(({ share }) => share ?? []);
  const accounts = [...new Set(shares.flatMap((share) => share.accounts))];
  const organisations = [...new Set(shares.flatMap((share) => share.organisations))];
  const named = (noun: string, ids: readonly string[]): string[] => {
    if (ids.length === 0) return [];
    if (ids.length > 2) return [counted(ids.length, noun)];
    return [`${noun}${ids.length > 1 ? 's' : ''} ${few(ids, 2).replace(', ', ' and ')}`];
  };
  const parts = [
    ...(shares.some((share) => share.public) ? ['everyone'] : []),
    ...named('account', accounts),
    ...named('organisation', organisations),
  ];
  return parts.length === 0 ? '' : ` with ${parts.join(' and ')}`;
}

function shared(told: readonly Activity[]): string {
  const [first] = told as [Activity];
  const done = first.outcome === 'succeeded';
  const [, , object] = wordsOf(first.kind);
  const to = audienceOf(told);
  const doing = does(first.kind, 'unshare')
    ? done
      ? 'stopped sharing'
      : 'tried to stop sharing'
    : verb(first);
  const times = !done && told.length > 1 ? ` (${told.length} times)` : '';
  return `${doing} ${things(told, object)}${to}${times}`;
}

/** Whether all that was given away has been taken back since, by whomever. */
function takenBack(told: readonly Activity[], all: readonly Activity[]): string {
  const shares = told.filter(({ kind, outcome }) => does(kind, 'share') && outcome === 'succeeded');
  return shares.length > 0 && shares.every((share) => isTakenBack(share, all)) ? '; taken back since' : '';
}

/** Whether a later activity took a share back as a whole. */
export function isTakenBack({ at, links, share }: Activity, all: readonly Activity[]): boolean {
  const later = all.filter(
    (each) =>
      does(each.kind, 'unshare') &&
      each.outcome === 'succeeded' &&
      each.at > at &&
      links.every(({ id }) => each.links.some((link) => link.id === id)),
  );
  const from = (has: (removed: NonNullable<Activity['share']>) => boolean): boolean =>
    later.some((each) => each.share === undefined || has(each.share));
  return (
    share !== undefined &&
    (!share.public || from((removed) => removed.public)) &&
    share.accounts.every((account) => from(({ accounts }) => accounts.includes(account))) &&
    share.organisations.every((one) => from(({ organisations }) => organisations.includes(one)))
  );
}

/** How some kinds are called where the deed is more telling than the call. */
function purpose({ posture, kind }: Activity): string | undefined {
  if (kind !== 'instance.modify') return undefined;
  if (posture?.protected) return 'put termination protection on';
  return undefined;
}

/** `created 35 snapshots`: by the ids that the records name, else by the records. */
function others(told: readonly Activity[], { copies }: Beside): string {
  const [first] = told as [Activity];
  const [, , object] = wordsOf(first.kind);
  const doing = told.every(purpose) ? (purpose(first) ?? verb(first)) : verb(first);
  const times = first.outcome !== 'succeeded' && told.length > 1 ? ` (${told.length} times)` : '';
  if (first.kind === 'snapshot.use')
    return `${doing} ${things(told, object)}, which ${new Set(told.flatMap((each) => linked(each, 'snapshot'))).size > 1 ? 'were' : 'was'} shared with it,`;
  const ids = [...new Set(told.flatMap(({ links }) => links.map(nameOf)))];
  if (ids.length === 1) return `${doing} ${object} (${few(ids, 1)})${times}`;
  return `${doing} ${first.outcome === 'succeeded' ? numbered(told, object, copies) : object}${times}`;
}

function numbered(told: readonly Activity[], object: string, copies: ReadonlySet<string>): string {
  const [, noun] = /^an? (.+)$/.exec(object) ?? [];
  if (noun === undefined) return object;
  const kind: Kind = told[0]?.kind ?? 'tag.delete';
  const about = aboutOf(kind);
  const of = (role: 'made' | 'changed'): number =>
    new Set(told.flatMap((each) => (about === null ? [] : linked(each, about, role)))).size;
  const calls = new Set([...copies, ...told.map(({ id }) => id)]);
  const count = Math.max(of('made'), of('changed'), does(kind, 'copy') ? calls.size : 0) || told.length;
  return count === 1 ? object : counted(count, noun);
}
