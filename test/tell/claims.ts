import { type Activity, isThroughService } from '../../core/activity/activity.ts';
import { type FindingRecord, inStory } from '../../core/findings/finding.ts';
import type { OcsfFinding } from '../../tell/ocsf-types.ts';

/**
 * Reads what a text says of a finding and holds it against the activities in it, by rules of its own: no code of `tell/` is
 * used. Each rule claims the stretch of text that it has read. A number that no rule claims is an error, so that a new
 * sentence cannot pass unread.
 */
interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Why what was read is false; undefined where it is true. */
  check(groups: readonly (string | undefined)[], story: Story): string | undefined;
}

/** A finding as the rules look at it. */
export interface Story {
  readonly record: FindingRecord;
  /** All that the finding holds, oldest first. */
  readonly all: readonly Activity[];
  /** The same as text, with the evidence: where names and ids must come from. */
  readonly written: string;
}

export function storyOf(record: FindingRecord): Story {
  const all = inStory(record).map(({ activity }) => activity);
  return { record, all, written: JSON.stringify([record, all]) };
}

/** Everything false or unread in a text. */
export function falseClaims(text: string, story: Story): string[] {
  const problems: string[] = [];
  let left = text;
  for (const { name, pattern, check } of RULES) {
    left = left.replace(pattern, (whole: string, ...groups: unknown[]) => {
      const read = groups.filter((each) => typeof each === 'string' || each === undefined) as string[];
      const problem = check(read, story);
      if (problem !== undefined) problems.push(`${name}: ${problem} in "${whole.trim()}"`);
      return '·'.repeat(whole.length).replace(/./g, '·');
    });
  }
  for (const { index, 0: number } of left.matchAll(/\d[\d.,:]*/g)) {
    problems.push(`unread number ${number} in "${text.slice(Math.max(0, index - 60), index + 40)}"`);
  }
  return problems;
}

const equal = (said: unknown, found: unknown, what: string): string | undefined =>
  String(said) === String(found) ? undefined : `says ${said} ${what}, found ${found}`;

const succeeded = ({ outcome }: Activity): boolean => outcome === 'succeeded';
const isLaunch = ({ kind }: Activity): boolean => kind === 'instance.launch';
const idsOf = (activities: readonly Activity[], type: string, role?: string): string[] => [
  ...new Set(
    activities.flatMap(({ links }) =>
      links
        .filter((link) => link.type === type && (role === undefined || link.role === role))
        .map(({ id }) => id),
    ),
  ),
];

/** Names by which an actor may be called. */
const namesOf = ({ actor }: Activity): string[] => [
  actor.label,
  actor.label.replace('account/', 'account '),
  ...(actor.person === undefined ? [] : [actor.person.label, `${actor.person.label} (${actor.label})`]),
];

const HOURS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Whether several activities lie within so many units of time, and not within one unit less. */
function withinProblem(
  said: string | undefined,
  activities: readonly Activity[],
  since?: number,
): string | undefined {
  if (said === undefined) return undefined;
  const [count = '', noun = ''] = said.split(' ');
  const unit = HOURS[noun.replace(/s$/, '')] ?? Number.NaN;
  const times = activities.map(({ at }) => at);
  const took = Math.max(...times) - Math.min(...times, since ?? Number.POSITIVE_INFINITY);
  return took <= Number(count) * unit && took > (Number(count) - 1) * unit - 1
    ? undefined
    : `says within ${said}, took ${took / 60_000} minutes`;
}

function whereProblem(said: string, activities: readonly Activity[]): string | undefined {
  const regions = [...new Set(activities.map(({ region }) => region))].sort();
  return equal(said, regions.length > 2 ? `${regions.length} Regions` : regions.join(' and '), 'as where');
}

const first = (...problems: (string | undefined)[]): string | undefined =>
  problems.find((problem) => problem !== undefined);

/** Whose deeds a headline tells: those of the actors it names, or of all that something speaks against. */
function byNamed(who: string, activities: readonly Activity[], { record }: Story): readonly Activity[] {
  const others = /^(.+) and (\d+) others$/.exec(who);
  if (others === null) {
    const names = who.replace(/ in two roles$/, '').split(' and ');
    return activities.filter((each) => namesOf(each).some((name) => names.includes(name)));
  }
  const telling = record.members
    .filter(({ evidence }) => evidence.length > 0)
    .map(({ activity }) => activity);
  const subjects = new Set(telling.map(({ actor }) => `${actor.key} ${actor.person?.key}`));
  return activities.filter(({ actor }) => subjects.has(`${actor.key} ${actor.person?.key}`));
}

/** Launches that only fulfil a request that the story holds, too: they are that request and not more. */
function withoutFulfilments(activities: readonly Activity[], { all }: Story): readonly Activity[] {
  const requested = new Set(
    idsOf(
      all.filter((each) => isLaunch(each) && each.actor.class !== 'service'),
      'fleet',
      'made',
    ),
  );
  return activities.filter((each) => !idsOf([each], 'fleet', 'used').some((id) => requested.has(id)));
}

const HEADLINE_END =
  ' in ([a-z]{2,5}(?:-[a-z]+)+-\\w+(?: and [a-z]{2,5}(?:-[a-z]+)+-\\w+)?|\\d+ Regions)(?: of (\\d+) accounts)?(?: within (\\d+ \\w+))?((?:, with credentials of \\S+ used elsewhere)?(?:; [^\\n]*?)?)$';

const TYPE = '[a-z0-9-]+\\.[a-z0-9-]+|[a-z0-9]+_\\d_\\d|any accelerated type|any type';

const nameOfType = (type: string): string =>
  type.startsWith('any-accelerated.') ? 'any accelerated type' : type.startsWith('any.') ? 'any type' : type;

/** What stands behind a headline's semicolon: attempts in vain. */
function besidesProblem(besides: string, tried: readonly Activity[]): string | undefined {
  const count = (...outcomes: string[]): number =>
    tried.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const counts = {
    refused: count('denied', 'limited'),
    failed: count('failed'),
    'dry run': count('dry-run'),
  };
  for (const [, number, noun] of besides.matchAll(/(\d+) (?:attempts? )?(refused|failed|dry run)s?/g)) {
    const problem = equal(number, counts[noun as keyof typeof counts], `attempts ${noun}`);
    if (problem !== undefined) return problem;
  }
  const regions = /in (\d+) Regions/.exec(besides)?.[1];
  if (regions !== undefined)
    return equal(regions, new Set(tried.map(({ region }) => region)).size, 'Regions of attempts');
  const all = /; (?:all )?(refused|failed|a dry run|dry runs)$/.exec(besides)?.[1];
  if (all === undefined) return undefined;
  return equal(
    counts[(all === 'a dry run' ? 'dry run' : all.replace(/runs$/, 'run')) as keyof typeof counts],
    tried.length,
    'attempts alike',
  );
}

/** The rule behind a headline's semicolon by which the world gets in: opened by a call that is known, and one of as many as it says. */
function openedProblem(besides: string, { all }: Story): string | undefined {
  const [, group, , ports, source, more = 0] =
    /; (sg-\S+) lets in (?:(\S+) (\S+|all ports)|everything) from ([^\s,]+)(?:, and (\d+) more rules?)?$/.exec(
      besides,
    ) ?? [];
  if (group === undefined) return undefined;
  const rules = all
    .filter(succeeded)
    .filter(({ kind }) => kind === 'ingress.open')
    .flatMap(({ ingress = [] }) => ingress);
  const isSaid = rules.some(
    (rule) =>
      rule.group.startsWith(group) &&
      rule.source === source &&
      (!/^\d/.test(ports ?? '') || ports?.startsWith(String(rule.fromPort)) === true),
  );
  if (!isSaid) return 'nobody added such a rule';
  return Number(more) < rules.length ? undefined : 'fewer rules were added';
}

/** The sorts of instances in brackets: how many of which, summed over calls that name one type, or several. */
function sortsProblem(
  said: string,
  launches: readonly Activity[],
  types: readonly string[],
): string | undefined {
  let sum = 0;
  const total = launches.reduce((count, { launch }) => count + (launch?.count ?? 0), 0);
  const entries = [...said.matchAll(/(\d+) x ([^,()]+?)(?=, \d|$| and \d+ of )/g)];
  for (const [, number, sort = ''] of entries) {
    const named = sort.split(' or ');
    const counted = launches
      .filter(({ launch }) => {
        const own = [...new Set((launch?.types.length ? launch.types : types).map(nameOfType))];
        return (
          own.length >= named.length &&
          named.every((each) => own.includes(each)) &&
          (own.length === named.length || sort.includes('more'))
        );
      })
      .reduce((count, { launch }) => count + (launch?.count ?? 0), 0);
    const problem = equal(number, counted, `x ${sort}`);
    if (problem !== undefined) return problem;
    sum += Number(number);
  }
  const rest = Number(/ and (\d+) of (?:another sort|\d+ other sorts)$/.exec(said)?.[1] ?? 0);
  const unknown = Number(/(\d+) of unknown type/.exec(said)?.[1] ?? 0);
  return entries.length === 0 ? undefined : equal(sum + rest + unknown, total, 'instances in brackets');
}

/** Types that changes in the story gave to templates. */
const planned = ({ all }: Story): string[] => [
  ...new Set(all.flatMap(({ plan }) => [...(plan?.types ?? [])])),
];

const HEADLINES: readonly Rule[] = [
  {
    name: 'launches',
    pattern: new RegExp(
      `^(?:.*?: )?([^\\n:]+?) (launched|requested) (at least )?(\\d+) (?:x (${TYPE})|instances?)(?: of (\\d+) asked for)?(?: in (\\d+) calls)?(?: \\(([^)]*)\\))?${HEADLINE_END}`,
      'gm',
    ),
    check(
      [who = '', verb, , number, type, wanted, calls, sorts, where = '', accounts, within, besides = ''],
      story,
    ) {
      const own = withoutFulfilments(byNamed(who, story.all.filter(isLaunch), story), story);
      const done = own.filter(succeeded);
      const requests = done.filter(
        (each) => idsOf([each], 'instance', 'made').length === 0 && idsOf([each], 'fleet', 'made').length > 0,
      );
      const fleets = idsOf(requests, 'fleet', 'made');
      const came = story.all.filter(
        (each) =>
          isLaunch(each) &&
          succeeded(each) &&
          idsOf([each], 'fleet', 'used').some((id) => fleets.includes(id)),
      );
      const counted = came.length > 0 ? [...done.filter((each) => !requests.includes(each)), ...came] : done;
      const total = counted.reduce((sum, { launch }) => sum + (launch?.count ?? 0), 0);
      return first(
        equal(number, total, 'instances'),
        verb === 'requested' && came.length > 0 ? 'says requested of what came' : undefined,
        type === undefined ? undefined : sortsProblem(`${number} x ${type}`, counted, planned(story)),
        sorts === undefined ? undefined : sortsProblem(sorts, counted, planned(story)),
        calls === undefined ? undefined : equal(calls, done.length, 'calls'),
        calls === undefined && done.length > 1 ? 'does not say in how many calls' : undefined,
        wanted === undefined
          ? undefined
          : equal(
              wanted,
              done.reduce((sum, { launch }) => sum + (launch?.asked ?? launch?.count ?? 0), 0),
              'asked for',
            ),
        whereProblem(where, done),
        accounts === undefined
          ? undefined
          : equal(accounts, new Set(done.map(({ account }) => account)).size, 'accounts'),
        withinProblem(within, done),
        besidesProblem(
          besides,
          own.filter((each) => !succeeded(each)),
        ),
        openedProblem(besides, story),
      );
    },
  },
  {
    name: 'launches of unknown size',
    pattern: new RegExp(`^(?:.*?: )?([^\\n:]+?) launched instances in (\\d+) calls${HEADLINE_END}`, 'gm'),
    check([who = '', calls, where = '', , within, besides = ''], story) {
      const own = withoutFulfilments(byNamed(who, story.all.filter(isLaunch), story), story);
      const done = own.filter(succeeded);
      return first(
        equal(calls, done.length, 'calls'),
        done.every(({ launch }) => launch !== undefined) ? 'says no number though all is known' : undefined,
        whereProblem(where, done),
        withinProblem(within, done),
        besidesProblem(
          besides,
          own.filter((each) => !succeeded(each)),
        ),
        openedProblem(besides, story),
      );
    },
  },
  {
    name: 'attempted launches',
    pattern: new RegExp(
      `^(?:.*?: )?([^\\n:]+?) tried to launch (?:(\\d+) (?:x (${TYPE})|instances?)|instances)(?: \\(([^)]*)\\))?(?: (\\d+) times)?${HEADLINE_END}`,
      'gm',
    ),
    check([who = '', number, type, , times = '1', where = '', , within, besides = ''], story) {
      const tried = byNamed(
        who,
        story.all.filter((each) => isLaunch(each) && !succeeded(each)),
        story,
      );
      return first(
        equal(times, tried.length, 'attempts'),
        number === undefined
          ? undefined
          : first(...tried.map(({ launch }) => equal(number, launch?.count, 'instances asked for'))),
        type === undefined
          ? undefined
          : first(
              ...tried.map(({ launch }) =>
                equal(
                  type,
                  (launch?.types.length ? launch.types : planned(story)).map(nameOfType).join(),
                  'as type',
                ),
              ),
            ),
        whereProblem(where, tried),
        withinProblem(within, tried),
        besidesProblem(besides, tried),
      );
    },
  },
  {
    name: 'shares',
    pattern: new RegExp(
      `^(?:.*?: )?([^\\n:]+?) (shared|tried to share|stopped sharing|tried to stop sharing) (.+?) with (everyone)?(?: and )?(?:accounts? (\\d+(?: and \\d+)?)|(\\d+) accounts)?(?:(?: and )?(?:organisations? (?:\\S+)(?: and (?:\\S+))?|(\\d+) organisations))?(?: \\((\\d+) times\\))?${HEADLINE_END}`,
      'gm',
    ),
    check(
      [who = '', verb = '', what = '', everyone, named, number, , times, where = '', , within, besides = ''],
      story,
    ) {
      const kinds = verb.includes('stop')
        ? ['snapshot.unshare', 'image.unshare']
        : ['snapshot.share', 'image.share'];
      const tried = verb.startsWith('tried');
      const telling = new Set(
        story.record.members.filter(({ evidence }) => evidence.length > 0).map(({ activity }) => activity),
      );
      const own = byNamed(who, story.all, story).filter(
        (each) =>
          kinds.includes(each.kind) &&
          succeeded(each) !== tried &&
          (verb !== 'shared' || telling.has(each)) &&
          (everyone === undefined || each.share?.public === true || verb !== 'shared'),
      );
      const accounts = new Set(own.flatMap(({ share }) => [...(share?.accounts ?? [])]));
      const ids = [...new Set([...idsOf(own, 'snapshot'), ...idsOf(own, 'image')])];
      const counts = [...what.matchAll(/(\d+) (snapshot|image)s?\b/g)].filter(
        ([whole]) => what.startsWith(whole) || what.includes(` and ${whole}`),
      );
      return first(
        own.length === 0 ? `found no ${verb}` : undefined,
        counts.length > 0
          ? first(...counts.map(([, count, noun = '']) => equal(count, idsOf(own, noun).length, `${noun}s`)))
          : ids.length === 0
            ? undefined
            : equal(what, ids.join(), 'as what'),
        everyone === undefined || own.some(({ share }) => share?.public) ? undefined : 'says everyone',
        everyone === undefined && own.some(({ share }) => share?.public)
          ? 'does not say everyone'
          : undefined,
        named === undefined ? undefined : equal(named, [...accounts].join(' and '), 'as accounts'),
        number === undefined ? undefined : equal(number, accounts.size, 'accounts'),
        times === undefined ? undefined : equal(times, own.length, 'times'),
        whereProblem(where, own),
        withinProblem(within, own),
        /taken back since/.test(besides) && !story.all.some(({ kind }) => kind.endsWith('.unshare'))
          ? 'found no taking back'
          : undefined,
      );
    },
  },
  {
    name: 'uses of a share',
    pattern: new RegExp(
      `^(?:.*?: )?(account \\d+|[^\\n:]+?) used (\\S+|\\d+ snapshots), which (?:was|were) shared with it,${HEADLINE_END}`,
      'gm',
    ),
    check([who = '', what = ''], story) {
      const used = byNamed(who, story.all, story).filter(({ kind }) => kind === 'snapshot.use');
      const ids = idsOf(used, 'snapshot');
      return equal(what, ids.length === 1 ? ids[0] : `${ids.length} snapshots`, 'as what was used');
    },
  },
  {
    name: 'plans',
    pattern: new RegExp(
      `^(?:.*?: )?([^\\n:]+?) (?:told|tried to tell) a service to launch (?:(some )?(\\d+) (?:x (${TYPE})|instances?)(?: \\(([^)]*)\\))?|[^\\n]*?)${HEADLINE_END}`,
      'gm',
    ),
    check([who = '', some, number, , , where = '', , within], story) {
      const own = byNamed(who, story.all, story).filter(
        ({ plan, kind }) => plan !== undefined && kind !== 'instance.launch',
      );
      const done = own.some(succeeded) ? own.filter(succeeded) : own;
      // of each group the most it was told to hold
      const most = new Map<string, number>();
      for (const each of done) {
        const group = each.links.find(({ role }) => role !== 'used');
        const key = `${each.account} ${each.region} ${group?.type} ${group?.id ?? each.id}`;
        most.set(key, Math.max(most.get(key) ?? 0, each.plan?.count ?? 0));
      }
      const kinds = new Set(done.map(({ kind }) => kind));
      const told = [...most.values()].reduce((sum, each) => sum + each, 0);
      return first(
        number === undefined || some !== undefined ? undefined : equal(number, told, 'instances'),
        kinds.size > 1 ? undefined : first(whereProblem(where, done), withinProblem(within, done)),
      );
    },
  },
  {
    name: 'templates',
    pattern: new RegExp(
      `^(?:.*?: )?([^\\n:]+?) (?:put [^\\n]+? into|changed|tried to change|tried to put [^\\n]+? into) (?:a launch template|(\\d+) launch templates)(?: \\([^)]*\\))?${HEADLINE_END}`,
      'gm',
    ),
    check([who = '', number = '1', where = '', , within], story) {
      const own = byNamed(who, story.all, story).filter(({ kind }) => kind === 'template.change');
      const changed = idsOf(own.filter(succeeded), 'launch-template', 'changed');
      const made = idsOf(own.filter(succeeded), 'launch-template', 'made');
      return first(
        equal(number, new Set([...changed, ...made]).size, 'templates'),
        whereProblem(where, own.filter(succeeded)),
        withinProblem(within, own.filter(succeeded)),
      );
    },
  },
  {
    name: 'copies and others',
    pattern: new RegExp(
      `^(?:.*?: )?([^\\n:]+?) (tried to \\w+|created|copied|exported|deleted|deregistered|terminated|put termination protection on|changed|attached|opened|replaced|disabled|enabled|requested|associated|started|stopped|removed|granted) (?:(\\d+) ([a-z ]+?)s|(an? [a-z ]+?|instances|[a-z ]+?)(?: \\(([^)]+)\\))?)(?: \\((\\d+) times\\))?${HEADLINE_END}`,
      'gm',
    ),
    check([who = '', verb = '', number, noun = '', , id, times, where = '', , within], story) {
      const KINDS: Readonly<Record<string, readonly string[]>> = {
        'created snapshot': ['snapshot.create'],
        'copied snapshot': ['snapshot.copy'],
        'created image': ['image.create'],
        'copied image': ['image.copy'],
        'deleted snapshot': ['snapshot.delete'],
        'put termination protection on instance': ['instance.modify'],
      };
      const kinds = KINDS[`${verb} ${noun}`];
      const copies = new Set(
        story.record.members
          .flatMap(({ evidence }) => evidence)
          .flatMap(({ signal, refs }) => (signal === 'snapshot-burst' ? [...(refs ?? [])] : [])),
      );
      if (number === undefined)
        return first(
          id === undefined || story.written.includes(id) ? undefined : `names ${id}`,
          times === undefined || Number(times) > 1 ? undefined : 'says 1 times',
        );
      if (kinds === undefined) return `no rule counts "${verb} ${noun}"`;
      const own = byNamed(who, story.all, story).filter(
        (each) => kinds.includes(each.kind) && succeeded(each),
      );
      const role = verb.startsWith('put') || verb === 'deleted' ? 'changed' : 'made';
      const calls = new Set([
        ...(verb === 'created' || verb === 'copied' ? copies : []),
        ...own.map(({ id: each }) => each),
      ]).size;
      const since = story.record.members
        .flatMap(({ evidence }) => evidence)
        .map((each) => each.since ?? Number.POSITIVE_INFINITY);
      return first(
        equal(number, Math.max(idsOf(own, noun, role).length, role === 'made' ? calls : 0), noun),
        whereProblem(where, own),
        withinProblem(within, own, role === 'made' ? Math.min(...since) : undefined),
      );
    },
  },
];

const OUTCOMES: Readonly<Record<string, string>> = {
  done: 'succeeded',
  DENIED: 'denied',
  'dry run only': 'dry-run',
  'REFUSED, over quota or out of capacity': 'limited',
  FAILED: 'failed',
};

/** One line of what happened, as all texts have it: `RunInstances 8 x p5.48xlarge, image ami-…, made i-…: done`. */
const LINE = `(\\w+)((?: [^\\n]*?)?): (done|DENIED|dry run only|REFUSED, over quota or out of capacity|FAILED)(?: \\(([\\w. -]+)\\))?`;

/** Whether one activity is what a line says of it. */
function isSaid(
  activity: Activity,
  [call = '', particulars = '', outcome = '', error]: readonly (string | undefined)[],
): boolean {
  const { launch, share, kind } = activity;
  if (activity.action.split(':')[1] !== call || OUTCOMES[outcome] !== activity.outcome) return false;
  if ((error ?? '') !== (activity.error ?? '')) return false;
  const size =
    / (\d+) x (any accelerated type|any type|\S+?)(?: of (\d+) asked for)?(?=,|$)| (\d+) instances?(?: \(([^)]*)\))?(?: of (\d+) asked for)?(?=,|$)/.exec(
      particulars,
    );
  if (launch !== undefined) {
    if (size === null || Number(size[1] ?? size[4]) !== launch.count) return false;
    if (
      Number(size[3] ?? size[6] ?? Number.NaN) !== (launch.asked ?? Number.NaN) &&
      (size[3] ?? size[6]) !== String(launch.asked)
    )
      if ((size[3] ?? size[6]) !== undefined || launch.asked !== undefined) return false;
    if (
      size[2] !== undefined &&
      !size[2].startsWith('any') &&
      !(launch.types.length === 1 && launch.types[0] === size[2])
    )
      return false;
  }
  if (particulars.includes('no longer to') !== kind.endsWith('.unshare')) return false;
  if (/ to everyone/.test(particulars) && share?.public !== true) return false;
  const made = /made ([^:]*)$/.exec(particulars)?.[1];
  if (made !== undefined) {
    const ids = activity.links.filter(({ role }) => role === 'made').map(({ id }) => id);
    if (
      !made
        .replace(/ and \d+ more$/, '')
        .split(', ')
        .every((id) => ids.some((each) => id === each || id.startsWith(`${each}:`)))
    )
      return false;
  }
  return true;
}

const second = (time: string): number => Date.parse(time.replace(' ', 'T'));
const at = (activity: Activity): number => Math.floor(activity.at / 1000) * 1000;

const TIME = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ';

/** Lines of texts that are read as a whole. */
const LINES: readonly Rule[] = [
  {
    name: 'commands',
    pattern:
      /^(?: *aws [^\n]*|for i in [^\n]*; do|done(?: {2}# and (\d+) more[^\n]*)?| {2}'\{"Version"[^\n]*)$/gm,
    check: () => undefined,
  },
  {
    name: 'exceptions',
    pattern: /^ {4}- (\{"signal"[^\n]*\})$/gm,
    check([json = '{}'], { record }) {
      const { account, expires } = JSON.parse(json);
      const days = (Date.parse(expires) - record.last) / 86_400_000;
      return first(
        record.members.some(({ activity }) => activity.account === account)
          ? undefined
          : `excepts account ${account}`,
        days > 88 && days <= 90 ? undefined : `expires after ${days} days`,
      );
    },
  },
  { name: 'steps', pattern: /^(\d)\. /gm, check: () => undefined },
  {
    name: 'happenings',
    pattern: new RegExp(`^(?:[ .] )?(${TIME}) {2}([\\w-]+) {2,}${LINE}(?: \\[([^\\n]*)\\])?$`, 'gm'),
    check([time = '', region, ...rest], { all }) {
      const said = rest.slice(0, 4);
      const asides = rest[4] ?? '';
      const begins = all.filter(
        (each) => at(each) === second(time) && each.region === region && isSaid(each, said),
      );
      const [one] = begins;
      if (one === undefined) return 'no such activity';
      const times = /(\d+) times, last (\S+ \S+Z)/.exec(asides);
      const alike = all.filter(
        (each) =>
          each.region === region &&
          isSaid(each, said) &&
          at(each) >= second(time) &&
          (times === null || at(each) <= second(times[2] ?? '')),
      );
      return first(
        times !== null && Number(times[1]) > alike.length
          ? `says ${times[1]} times, found ${alike.length}`
          : undefined,
        times !== null && !alike.some((each) => at(each) === second(times[2] ?? ''))
          ? 'none was the last'
          : undefined,
      );
    },
  },
  {
    name: 'asides of happenings',
    pattern: /^ {6}(?:by|from|in account|\d+ times)[^\n]*$/gm,
    check: () => undefined,
  },
  {
    name: 'score',
    pattern:
      /^(?:(?:LOW|MEDIUM|HIGH|CRITICAL),? (?:score )?(\d+\.\d) of 100|WHY IT SCORE[SD] (\d+\.\d)(?= |$))/gm,
    check: ([head, section], { record }) => equal(head ?? section, record.score.toFixed(1), 'as score'),
  },
  {
    name: 'records',
    pattern: /\(UTC; (\d+) records?, ([^)\n]*?)(?: and (\d+) more Regions)?\)/g,
    check([number, named = '', more = '0'], { all }) {
      const regions = new Set(all.map(({ region }) => region));
      return first(
        equal(number, all.length, 'records'),
        equal(named.split(', ').length + Number(more), regions.size, 'Regions'),
      );
    },
  },
  {
    name: 'signals',
    pattern: /^ *\+(\d+\.\d) {2}(.*) \[([a-z-]+)(?:, (\d+) records)?\]$/gm,
    check: ([, reason = '', signal, times = '1'], { record }) => signalProblem(signal, reason, times, record),
  },
  {
    name: 'signals of the table',
    pattern: /^ *\+(\d+\.\d) ([a-z-]+)(?: \((\d+) times\))?: (.*)$/gm,
    check: ([, signal, times = '1', reason = ''], { record }) => signalProblem(signal, reason, times, record),
  },
  {
    name: 'signals explained',
    pattern:
      /^ *\+(\d+\.\d) {2}([a-z-]+) {2}\((?:\w+); (\d\.\d\d) x (\d\.\d\d)(?:; compared with the past)?(?:, (\d+) records)?\)\n {9}(.*)$/gm,
    check: ([, signal, , , times = '1', reason = ''], { record }) =>
      signalProblem(signal, reason, times, record),
  },
  {
    name: 'further signals',
    pattern: /^ *\+(\d+\.\d) +from (\d+) (?:more|further) signals?(?:, listed in the finding)?$/gm,
    check([, number], { record }) {
      const signals = new Set(record.members.flatMap(({ evidence }) => evidence.map(({ signal }) => signal)));
      return Number(number) < signals.size && Number(number) > 0
        ? undefined
        : `says ${number} further signals of ${signals.size}`;
    },
  },
  {
    name: 'further records',
    pattern: /^\.\.\. and (\d+) more records?, listed in the finding$/gm,
    check: ([number], { all }) =>
      Number(number) < all.length ? undefined : `says ${number} more of ${all.length}`,
  },
  {
    name: 'further steps',
    pattern: /^# (\d+) more steps: see the runbook$|^# The same in (\d+) more Regions, see the finding$/gm,
    check: () => undefined,
  },
  {
    name: 'copies that are kept',
    pattern:
      /^# Keep the copies as evidence, and know that the data is in them(?:, and (\d+) more, see the finding)?/gm,
    check([more = '0'], { all }) {
      const copies = all.flatMap(({ links }) =>
        links.filter(({ type, role }) => role === 'made' && /^(?:snapshot|image|volume)$/.test(type)),
      );
      const left = new Set(copies.map(({ id }) => id)).size;
      return Number(more) < left ? undefined : `says ${more} more copies of ${left}`;
    },
  },
  {
    name: 'copies that a service keeps',
    pattern:
      /^# Copies in ([\w-]+) that a service made and deletes by its own rule: if they are still there, have it keep them: ([^\n]*?)(?: and (\d+) more)?$/gm,
    check([region, named = '', more = '0'], { all }) {
      const made = new Set(
        all
          .filter((each) => each.actor.class === 'service' || isThroughService(each))
          .flatMap(({ links, ...each }) =>
            links.flatMap((link) =>
              link.role === 'made' && (link.region ?? each.region) === region ? [link.id] : [],
            ),
          ),
      );
      const ids = named.split(' ');
      return first(
        ids.every((id) => made.has(id)) ? undefined : `names ${named}, made by no service in ${region}`,
        ids.length + Number(more) <= made.size
          ? undefined
          : `counts ${ids.length + Number(more)} of ${made.size} copies`,
      );
    },
  },
  {
    name: 'instances that are left running',
    pattern: /^# Copied from, and nothing speaks against them, so leave them running: (.+)$/gm,
    check([ids = ''], { record }) {
      const accused = record.members.filter(({ evidence }) => evidence.length > 0);
      const touched = new Set(accused.flatMap(({ activity }) => activity.links.map(({ id }) => id)));
      const wrong = (ids.match(/i-[0-9a-f]+/g) ?? []).filter((id) => touched.has(id));
      return wrong.length === 0 ? undefined : `leaves ${wrong.join(' ')} running, which evidence is about`;
    },
  },
  {
    name: 'what containment leaves alone',
    pattern:
      /^# Terminated already, at (\S+ \S+Z): (.+)$|^# Launched in the same session, with nothing against them: (.+)$/gm,
    check([at = '', gone, apart], { record, all }) {
      const idsIn = (text = ''): string[] => text.match(/i-[0-9a-f]+/g) ?? [];
      const ends = all.filter(
        ({ kind, outcome }) => kind === 'instance.terminate' && outcome === 'succeeded',
      );
      const isEnded = (id: string): boolean => ends.some(({ links }) => links.some((link) => link.id === id));
      const speaks = record.members
        .filter(({ evidence }) => evidence.length > 0)
        .map(({ activity }) => activity);
      return first(
        idsIn(gone).every(isEnded) ? undefined : 'an instance that nobody terminated',
        gone === undefined || ends.some((each) => Math.floor(each.at / 1000) * 1000 === second(at))
          ? undefined
          : `nothing ended at ${at}`,
        idsIn(apart).some(isEnded) ? 'an instance that is gone' : undefined,
        idsIn(apart).some((id) => speaks.some(({ links }) => links.some((link) => link.id === id)))
          ? 'an instance that evidence is about'
          : undefined,
      );
    },
  },
  {
    name: 'link to a record',
    pattern:
      /^The record that weighs most: https:\/\/(\S+?)\.console\.\S+?\/cloudtrailv2\/home\?region=(\S+)#\/events\/(\S+)$/gm,
    check: ([host, region, id], { record }) => {
      const main = record.members[0]?.activity;
      return first(
        equal(host ?? '', main?.region ?? '', 'as Region'),
        equal(region ?? '', main?.region ?? '', 'as Region'),
        equal(id ?? '', main?.id ?? '', 'as record'),
      );
    },
  },
  {
    name: 'records of explain',
    pattern: /^account (\S+), (\S+ \S+Z) to (\S+ \S+Z), (\d+) records?$/gm,
    check: ([account, begin = '', end = '', number], { record }) =>
      first(
        equal(account, record.account, 'as account'),
        equal(second(begin), Math.floor(record.start / 1000) * 1000, 'as start'),
        equal(second(end), Math.floor(record.last / 1000) * 1000, 'as end'),
        equal(number, record.members.length, 'records'),
      ),
  },
  {
    name: 'history behind it',
    pattern: /(\d+)\s+days?\s+of\s+history\s+of\s+account\s+(\d{12}),\s+from\s+(\d{4}-\d\d-\d\d)/g,
    check([days, account, from], { record }) {
      const own = record.members.filter(({ activity }) => activity.account === account);
      const times = own.map(({ activity }) => activity.at);
      const first = own.find(
        ({ activity }) => activity.at === Math.min(...times) && activity.account === account,
      );
      if (first?.since === undefined) return 'found no history';
      const whole = Math.floor((first.activity.at - first.since) / 86_400_000);
      return (
        equal(days, whole, 'days') ??
        equal(from, new Date(first.since).toISOString().slice(0, 10), 'as its beginning')
      );
    },
  },
  {
    name: 'learning',
    pattern: /^! learning: the account was not known well yet at (\d+) of (\d+) records/gm,
    check: ([number, of], { record }) =>
      first(
        equal(number, record.members.filter(({ learning }) => learning).length, 'learning'),
        equal(of, record.members.length, 'records'),
      ),
  },
  {
    name: 'notes of explain',
    pattern:
      /^! (?:(\d+) records that the evidence refers to are not in this history|(\d+) resources more are not listed or drawn|(\d+) records of this large finding no longer[^\n]*)$|^ {2}and \d+ more (?:lines|steps); --format json has all$|^ {2}and \d+ more$/gm,
    check: () => undefined,
  },
  {
    name: 'steps of the data',
    pattern: new RegExp(
      `^[ .] (${TIME}) {2}([^\\n]+) <- ([^\\n]+), (\\w+)(?: \\((\\d+) times\\))?(?: by [^\\n]*)?$`,
      'gm',
    ),
    check([time = '', , , call, times = '1'], { all }) {
      const made = all.filter((each) => each.action.split(':')[1] === call && succeeded(each));
      return first(
        made.some((each) => at(each) === second(time)) ? undefined : 'no such activity',
        Number(times) <= made.length ? undefined : `says ${times} times, found ${made.length}`,
      );
    },
  },
  {
    name: 'MFA',
    pattern: /, MFA (yes|NO)$/gm,
    check([said], { record }) {
      const actor = record.members[0]?.activity.actor;
      const isUser = actor?.class === 'root' || actor?.arn?.includes(':user/');
      return isUser && actor?.person === undefined
        ? equal(said, actor?.mfa ? 'yes' : 'NO', 'of MFA')
        : 'the record of a role cannot know';
    },
  },
  {
    name: 'held at LOW',
    pattern: /held (at LOW|down)/gi,
    check: ([where], { record }) =>
      (where?.toLowerCase() === 'at low') === (record.severity === 'low')
        ? undefined
        : `severity is ${record.severity}`,
  },
];

/** A sentence in which people go by their names, without the roles that stand in brackets behind them. */
const byName = (text: string, { members }: FindingRecord): string =>
  members.reduce(
    (told, { activity: { actor } }) =>
      actor.person === undefined
        ? told
        : told.replaceAll(`${actor.person.label} (${actor.label})`, actor.person.label),
    text,
  );

/** A reason must be one that a member gives, and its numbers true; how many give one is counted. */
function signalProblem(
  signal: string | undefined,
  reason: string,
  times: string,
  record: FindingRecord,
): string | undefined {
  const giving = record.members.filter(({ evidence }) => evidence.some((each) => each.signal === signal));
  const cut = reason.replace(/…$/, '').trim();
  const own = giving.flatMap(({ evidence }) => evidence).filter((each) => each.signal === signal);
  const given = own.find((each) =>
    [each.reason, byName(each.reason, record)].some((text) => text.replace(/\s+/g, ' ').startsWith(cut)),
  );
  if (given === undefined) return `no member says "${reason}"`;
  const asker = giving.find(({ evidence }) => evidence.includes(given));
  return first(
    equal(times, giving.length, 'records'),
    ...falseReasons(given.reason, asker?.activity as Activity, given.refs ?? [], storyOf(record)),
  );
}

interface ReasonRule {
  readonly pattern: RegExp;
  check(
    groups: readonly (string | undefined)[],
    told: {
      readonly activity: Activity;
      readonly cited: readonly Activity[];
      readonly known: boolean;
      readonly refs: readonly string[];
    },
  ): string | undefined;
}

/** How long before something was, rounded as people do. */
function ago(said: string | undefined, activity: Activity, cited: readonly Activity[]): string | undefined {
  const [count = '', noun = ''] = (said ?? '').split(' ');
  const unit = HOURS[noun.replace(/s$/, '')] ?? Number.NaN;
  const near = cited.some(
    (each) =>
      Math.abs((activity.at - each.at) / unit - Number(count)) <= 0.51 ||
      (count === '1' && activity.at - each.at < unit),
  );
  return cited.length === 0 || near ? undefined : `nothing cited was ${said} before`;
}

/** What evidence counts, held against its own activity and those that it cites, where the finding holds these. */
const REASONS: readonly ReasonRule[] = [
  {
    pattern: /asked for (\d+) instances? of/,
    check: ([number], { activity }) =>
      equal(number, activity.launch?.asked ?? activity.launch?.count ?? activity.plan?.count, 'asked for'),
  },
  {
    pattern: /made (\d+) snapshots? within/,
    check: ([number], { activity, refs }) =>
      refs.length + 1 <= Number(number) || Number(number) >= idsOf([activity], 'snapshot', 'made').length
        ? undefined
        : `says ${number} snapshots`,
  },
  {
    pattern:
      /^(\d+) launch attempts? of .*?(?: (refused)|, (?:(\d+) refused and (\d+) dry runs?|(a dry run|all dry runs)),) within/,
    check: ([number, refused, some, dry], { activity, refs, cited, known }) => {
      const total = refs.length + (succeeded(activity) ? 0 : 1);
      const tried = [activity, ...cited].filter((each) => !succeeded(each));
      const dryRuns = tried.filter(({ outcome }) => outcome === 'dry-run').length;
      const said = dry ?? (refused === undefined ? number : 0);
      return (
        equal(number, total, 'attempts') ??
        (some === undefined ? undefined : equal(Number(some) + Number(dry), total, 'attempts in all')) ??
        (known ? equal(said, dryRuns, 'dry runs') : undefined)
      );
    },
  },
  {
    pattern: /(?:started|had services keep) (\d+) instances? within/,
    check: ([number], { activity, cited, known }) =>
      !known || activity.launch === undefined || cited.some((each) => each.launch === undefined)
        ? undefined
        : equal(
            number,
            [activity, ...cited].filter(succeeded).reduce((sum, { launch }) => sum + (launch?.count ?? 0), 0),
            'instances started',
          ),
  },
  {
    pattern: /in (\d+) Regions within/,
    check: ([number], { activity, cited, known }) =>
      known
        ? equal(number, new Set([activity, ...cited].map(({ region }) => region)).size, 'Regions')
        : undefined,
  },
  {
    pattern: /is not (?:one of the (\d+) networks|the one network) it is known from/,
    check: ([number]) => (number === '1' ? 'says 1 networks' : undefined),
  },
  {
    pattern:
      /(?:,|^|:| in [\w-]+|it|him|her|key pair \S+, made|launched|attached|launch|created|after [\w:]+|Attribute|Snapshots?|\)|\w) (\d+ (?:minutes?|hours?|days?)) (?:before|after)/,
    check: ([said], { activity, cited, known }) => (known ? ago(said, activity, cited) : undefined),
  },
];

function falseReasons(reason: string, activity: Activity, refs: readonly string[], { all }: Story): string[] {
  const cited = all.filter(({ id }) => refs.includes(id));
  const known = refs.length > 0 && refs.every((id) => cited.some((each) => each.id === id));
  return REASONS.flatMap(({ pattern, check }) => {
    const read = pattern.exec(reason);
    const problem = read === null ? undefined : check(read.slice(1), { activity, cited, known, refs });
    return problem === undefined ? [] : [problem];
  });
}

/** Names, ids, places and times, wherever they stand: the finding must hold them. */
const TOKENS: readonly Rule[] = [
  {
    name: 'reasons',
    pattern: /$^/g,
    check: () => undefined,
  },
  {
    name: 'time',
    pattern: new RegExp(`(${TIME})`, 'g'),
    check: ([time = ''], { record, all }) =>
      [record.start, record.end, record.last, ...all.map((each) => each.at)].some(
        (each) => Math.floor(each / 1000) * 1000 === second(time),
      )
        ? undefined
        : 'nothing happened then',
  },
  {
    name: 'runbook',
    pattern: /docs\/runbook\.md#[a-z-]+|T1578\.\d{3}/g,
    check: () => undefined,
  },
  {
    name: 'name',
    // ids, ARNs, addresses, accounts, Regions, types, keys, names with digits in them
    pattern:
      /(?<![\w+.])(?=[\w@/:.-]*\d)((?:[A-Za-z][\w@/:.=+-]*|\d{5}\d*|\d+\.\d+\.\d+\.\d+(?:\/\d+)?|[0-9a-f]*:[0-9a-f:]+(?:\/\d+)?)(?:…)?)/g,
    check: ([name = ''], { written }) => {
      const bare = name.replace(/[.:…]+$/, '');
      return written.includes(bare) || /^IMDSv1$/.test(bare) ? undefined : 'the finding does not hold it';
    },
  },
];

/** What a line about the end of a story counts, by type. */
function countsIn(part: string): [number: number, type: string, names: string[]][] {
  return [...part.matchAll(/(\d+) (instance|snapshot|image|volume|access key)s?(?: \(([^)]*)\))?/g)].map(
    ([, number, type = '', names = '']) => [
      Number(number),
      type.replace(' ', '-'),
      names === '' ? [] : names.split(', '),
    ],
  );
}

const ENDS = ['instance.terminate', 'snapshot.delete', 'image.delete', 'volume.delete'];

/** What is left of a story and what is gone: no more than was made and is not ended, and what is named is among it. */
const STANDING: Rule = {
  name: 'still there',
  pattern:
    /^(Still there|Nothing that it made is left), as far as records tell(?:: (.*?))?\.(?: Gone since: (.*)\.)?$/gm,
  check([how, left = '', gone = ''], { all, written }) {
    const done = all.filter(succeeded);
    const ended = new Set(
      done.filter(({ kind }) => ENDS.includes(kind)).flatMap(({ links }) => links.map(({ id }) => id)),
    );
    const problemIn = (part: string, isTrue: (id: string) => boolean): string | undefined => {
      for (const [number, type, names] of countsIn(part)) {
        const true_ = idsOf(done, type, 'made').filter(isTrue);
        if (number > true_.length) return `says ${number} ${type}, at most ${true_.length} are`;
        if (names.some((name) => !true_.includes(name))) return `${names.join(' ')} are not all so`;
        if (names.length > 0 && names.length !== number)
          return `${number} ${type} have ${names.length} names`;
      }
      return undefined;
    };
    const named = left.match(/\S+(?= \(shared\)| that lets in)/g) ?? [];
    return first(
      (how === 'Still there') === (left !== '')
        ? undefined
        : 'says that there is something without naming it',
      named.every((id) => written.includes(id) && !ended.has(id)) ? undefined : `${named} are not all so`,
      problemIn(left, (id) => !ended.has(id)),
      problemIn(gone, (id) => ended.has(id)),
    );
  },
};

/** A rule that is to be taken away is one that was added. */
const CLOSING: Rule = {
  name: 'rule to close',
  pattern:
    /^# Close (\S+): take away the rule that lets in (?:(\S+) (\S+|all ports)|everything) from (\S+?)(?:,.*)?$/gm,
  check: ([group, , ports, source], { all }) =>
    all
      .filter(succeeded)
      .flatMap(({ ingress = [] }) => ingress)
      .some(
        (rule) =>
          rule.group === group &&
          rule.source === source &&
          (!/^\d/.test(ports ?? '') || ports?.startsWith(String(rule.fromPort)) === true),
      )
      ? undefined
      : 'nobody added such a rule',
};

/** Sentences of evidence that stand as headlines: read as reasons, by their own numbers. */
const SENTENCES: readonly Rule[] = [
  {
    name: 'copied data',
    pattern:
      /^(?:.*?: )?((?:Data of|\S+ got data of) [^\n]*?)(?:; (\d+) more instances? got copied data)?$/gm,
    check([sentence = '', more], story) {
      const told = sentence.replace(/ ?…$/, '').trim();
      const of = (...signals: string[]) =>
        story.record.members.filter(({ evidence }) =>
          evidence.some(({ signal }) => signals.includes(signal)),
        );
      const all = of('copied-data-exposed', 'copied-data-on-instance');
      const said = all.some(({ evidence }) => evidence.some(({ reason }) => reason.startsWith(told)));
      const got = new Set(
        all
          .filter(({ activity }) =>
            ['instance.launch', 'volume.attach', 'instance.replace-root'].includes(activity.kind),
          )
          .flatMap(({ activity }) =>
            activity.links
              .filter(({ type, role }) => type === 'instance' && role !== 'used')
              .map(({ id }) => id),
          )
          .filter((id) => !sentence.includes(id)),
      );
      return first(
        said ? undefined : 'no member says so',
        equal(more ?? 0, got.size, 'more instances with copied data'),
      );
    },
  },
];

const RULES: readonly Rule[] = [STANDING, CLOSING, ...LINES, ...SENTENCES, ...HEADLINES, ...TOKENS];

/** What an OCSF finding says by its fields and that is not so, by the same reading. */
export function falseFields(finding: OcsfFinding, story: Story): string[] {
  const { record, all, written } = story;
  const byId = new Map(all.map((activity) => [activity.id, activity]));
  const { finding_info: info, evidences, resources, observables } = finding;
  const events = info.related_events.flatMap(({ uid, created_time, status, title, type }) => {
    const activity = byId.get(uid);
    if (activity === undefined) return [`event ${uid}: the finding does not hold it`];
    return [
      equal(created_time, activity.at, 'as its time'),
      equal(status, activity.outcome, 'as its status'),
      equal(type, activity.action, 'as its type'),
      ...falseClaims(
        `${new Date(activity.at).toISOString().replace('T', ' ').slice(0, 19)}Z  ${activity.region}  ${title}`,
        story,
      ),
    ];
  });
  const actors = evidences.flatMap(({ uid, actor, src_endpoint }) => {
    const { actor: own, origin } = byId.get(uid) as Activity;
    const isUser = own.person === undefined && (own.class === 'root' || own.arn?.includes(':user/') === true);
    return [
      equal(actor.user.uid, own.person?.key ?? own.arn ?? own.key, 'as the user'),
      equal(actor.session?.is_mfa, isUser ? own.mfa : undefined, 'of MFA'),
      equal(src_endpoint?.ip, origin.ip, 'as the address'),
    ];
  });
  const owners = resources.map(({ uid, type, owner, region }) => {
    const touching = all.filter(({ links }) =>
      links.some((link) => link.type === type && nameOf(link) === uid),
    );
    const owning = touching.filter(
      (each) =>
        each.kind === 'snapshot.use' ||
        (type !== 'snapshot' && type !== 'image') ||
        each.links.some((link) => nameOf(link) === uid && link.role !== 'used'),
    );
    if (owner !== undefined && !owning.some(({ account }) => account === owner.account.uid))
      return `${uid} is said to be owned by ${owner.account.uid}`;
    const there = touching.some((each) => each.region === region || each.detail === `from ${region}`);
    return there ? undefined : `${uid} is said to be in ${region}`;
  });
  const sentences = [
    info.title,
    ...record.members.flatMap(({ evidence }) => evidence.map(({ reason }) => reason)),
  ];
  let left = info.desc;
  sentences.sort((a, b) => b.length - a.length);
  for (const each of sentences)
    left = left.replaceAll(`${each.replace(/\s+/g, ' ')}.`, '').replaceAll(each, '');
  return [
    ...events,
    ...actors,
    ...owners,
    equal(info.related_events_count, all.length, 'events'),
    equal(info.created_time, record.start, 'as created'),
    equal(info.modified_time, record.last, 'as modified'),
    /[A-Za-z0-9]/.test(left) && !info.desc.endsWith('…') ? `desc says besides: ${left}` : undefined,
    ...observables.map(({ value }) =>
      written.includes(value.replace(/:\d+$/, '')) ? undefined : `observes ${value}`,
    ),
  ].filter((problem) => problem !== undefined);
}

const nameOf = ({ id, version }: { readonly id: string; readonly version?: string }): string =>
  version === undefined ? id : `${id}:${version}`;
