import { auditOf, type Judged, type Way } from '../core/access/audit.ts';
import { type Principal, readAuthorization } from '../core/access/authorization.ts';
import { NO_ORGANISATION } from '../core/access/organisation.ts';
import { DAY } from '../core/history/facts.ts';
import { gained } from '../core/records/inventory/gained.ts';
import type { EventLookup, HistoryStore, NoteStore, Place, SeenSink, Versioned } from './ports.ts';
import type { Target } from './reconcile.ts';
import { usesIn } from './uses.ts';
import { givenBy, giverText } from './who-gave.ts';

/** How far the audit of an account has come. */
export interface Audit {
  /** When it began, ms. */
  readonly began: number;
  readonly open: boolean;
  /** When the last one began that came to its end, ms. */
  readonly last?: number;
}

/** What is kept of a principal between two audits. */
export interface Able {
  /** Ids of the ways that it has. */
  readonly ways: readonly string[];
  /** When AWS says that it last tried to launch, ms, or that it never did; and when AWS was asked. */
  readonly tried?: { readonly at?: number; readonly asked: number };
}

/** One page of `GetAccountAuthorizationDetails`, and where the next begins. */
interface ListingPage {
  readonly page: object;
  readonly next?: string;
}

/** Who there is in an account, and what they may. Waits its turn where it is throttled; throws what does not go away. */
export type Listing = (from?: string) => Promise<ListingPage>;

/** When a principal last tried to launch, ms, as AWS saw it: refused attempts count, and 400 days; undefined where it never did. */
export type LastTried = (arn: string) => Promise<number | undefined>;

export interface AuditDeps {
  readonly history: Pick<HistoryStore, 'active' | 'stretches' | 'around'>;
  readonly listing: Listing;
  readonly lastTried: LastTried;
  readonly events: EventLookup;
  readonly audits: NoteStore<Audit>;
  readonly kept: NoteStore<Able>;
  readonly seen: SeenSink;
  readonly now: () => number;
  /** Whether there is no time to begin with anything. */
  readonly isLate: () => boolean;
}

/** What came of an audit. */
export interface Audited {
  /** All of it is done; else the next call goes on. */
  readonly done: boolean;
  /** It was not due. */
  readonly rested?: true;
  readonly principals: number;
  readonly able: number;
  readonly gained: number;
  /** Able to launch, and neither our history nor AWS has seen it try. */
  readonly unused: number;
  readonly problems: readonly string[];
}

/** How often an account is audited, ms: a little less than a week, since the schedule comes round every day. */
const EVERY = 7 * DAY - DAY / 4;
/** How long AWS's answer when a principal last tried is kept, ms. */
const KEEP_TRIED = 7 * DAY;
/** Principals newly able whose records are looked up in one audit: CloudTrail answers two calls a second. */
const MOST_LOOKED_UP = 20;
/** Activities handed on at a time. */
const AT_ONCE = 10;

/** Ways that are told when they are new: to launch, by whatever path, and to grant oneself that. */
const TOLD: ReadonlySet<Way['capability']['kind']> = new Set([
  'launch',
  'launch-through-a-service',
  'rewrite-what-launches',
  'grant-itself',
]);

const auditPlace = (account: string): Place => ({ account, subject: 'access', at: 0, id: 'audit' });
const ablePlace = ({ account, id }: Principal): Place => ({ account, subject: 'able', at: 0, id });

/**
 * Says who of an account can launch, once a week, and tells of those who could not at the audit before.
 *
 * The listing is judged whole or not at all. A gain is told, under an id that comes from the audit, before it is noted: whoever
 * dies in between tells the same again. The first audit of an account notes and tells nothing. What AWS says of attempts is asked for
 * one principal a second, and gone on with by the next call.
 *
 * @throws when a store, the queue, or AWS refuses
 */
export async function auditAccess(deps: AuditDeps, target: Target): Promise<Audited> {
  const nothing = { principals: 0, able: 0, gained: 0, unused: 0, problems: [] };
  const audit = await begin(deps, target.account);
  if (audit === undefined) return { done: true, rested: true, ...nothing };
  const pages = await wholeListing(deps);
  if (pages === undefined) return { done: false, ...nothing };
  const { principals, problems } = readAuthorization(pages, NO_ORGANISATION);
  const judged = auditOf({ principals }).filter(isOwn);
  const notes = await deps.kept.within({ account: target.account, subject: 'able', from: 0, to: 0 });
  const noteOf = ({ principal }: Judged): Versioned<Able> | undefined =>
    notes.get(`${target.account}#${principal.id}`);
  const gains = judged.filter((each) => waysGained(each, noteOf(each)?.value).length > 0);
  if (audit.value.last !== undefined) await tell(deps, target, audit.value, gains, noteOf);
  for (const each of judged) {
    const note = noteOf(each);
    const ways = waysOf(each, note?.value);
    if (ways.join() !== (note?.value.ways ?? []).join())
      await deps.kept.write(ablePlace(each.principal), { ...note?.value, ways }, note?.version ?? 0);
  }
  const { began } = audit.value;
  const unused = await askLastTried(deps, target.account, judged);
  const counts = {
    principals: judged.length,
    able: judged.filter(({ ways }) => ways.length > 0).length,
    gained: audit.value.last === undefined ? 0 : gains.length,
    unused: unused.count,
    problems: [...problems, ...unused.problems],
  };
  // what is left to ask AWS is gone on with; who could do what is noted
  const value: Audit = { began, open: !unused.done, last: began };
  const written = await deps.audits.write(auditPlace(target.account), value, audit.version);
  return { done: unused.done && written, ...counts };
}

/** The audit that is under way, or a new one where one is due. */
async function begin({ audits, now }: AuditDeps, account: string): Promise<Versioned<Audit> | undefined> {
  const place = auditPlace(account);
  const known = await audits.read(place);
  if (known?.value.open) return known;
  const last = known?.value.last;
  if (last !== undefined && now() - last < EVERY) return undefined;
  const value: Audit = { began: now(), open: true, ...(last !== undefined && { last }) };
  const version = known?.version ?? 0;
  // another that was first goes on with it
  return (await audits.write(place, value, version)) ? { value, version: version + 1 } : undefined;
}

/** All pages, or none where there is no time for them: who is missing in half a listing would seem new in the next. */
async function wholeListing({ listing, isLate }: AuditDeps): Promise<readonly object[] | undefined> {
  const pages: object[] = [];
  for (let from: string | undefined; ; ) {
    if (isLate()) return undefined;
    const { page, next } = await listing(from);
    pages.push(page);
    if (next === undefined) return pages;
    from = next;
  }
}

/** A service-linked role is its service's, and a root user is always able. */
const isOwn = ({ principal }: Judged): boolean =>
  principal.kind !== 'service-linked-role' && principal.kind !== 'root';

/** Ways that are told of and whose documents could be read. */
const sure = ({ ways }: Judged): readonly Way[] =>
  ways.filter(({ capability, answer }) => TOLD.has(capability.kind) && answer !== 'unknown');

/** What is noted: of a way whose documents could not be read this time, what was noted before. */
const waysOf = ({ ways }: Judged, before: Able | undefined): readonly string[] =>
  ways
    .filter(({ capability: { id, kind }, answer }) =>
      answer === 'unknown' ? before?.ways.includes(id) : TOLD.has(kind),
    )
    .map(({ capability }) => capability.id);

const waysGained = (judged: Judged, before: Able | undefined): readonly Way[] =>
  sure(judged).filter(({ capability }) => !before?.ways.includes(capability.id));

async function tell(
  deps: AuditDeps,
  { account, region }: Target,
  { began, last = 0 }: Audit,
  gains: readonly Judged[],
  noteOf: (each: Judged) => Versioned<Able> | undefined,
): Promise<void> {
  const activities = [];
  for (const [index, each] of gains.entries()) {
    const { arn, id } = each.principal;
    const ways = waysGained(each, noteOf(each)?.value);
    const giver =
      index < MOST_LOOKED_UP && !deps.isLate()
        ? await givenBy(deps.events, each.principal, ways, { from: last, to: deps.now() })
        : undefined;
    const detail = `${titles(ways)}, by ${ways[0]?.because[0] ?? 'no statement'}; ${giverText(giver, each.principal)}`;
    // what it did between the record and the audit is judged again with that
    const at = giver?.gave === true ? Date.parse(giver.at) : began;
    activities.push(gained({ account, region, found: began, at, arn, id, detail }));
  }
  for (let from = 0; from < activities.length; from += AT_ONCE)
    await deps.seen.send({ activities: activities.slice(from, from + AT_ONCE) });
}

/** The first, and how many there are. */
const titles = ([first, ...rest]: readonly Way[]): string =>
  `${first?.capability.title ?? ''}${rest.length > 0 ? ` and ${rest.length} more ways` : ''}`;

/** Asks AWS of those who may launch and whom the history has not seen launch. */
async function askLastTried(
  deps: AuditDeps,
  account: string,
  judged: readonly Judged[],
): Promise<{ readonly done: boolean; readonly count: number; readonly problems: readonly string[] }> {
  const able = judged.filter(({ ways }) => ways.some(({ capability }) => capability.kind === 'launch'));
  const ids = new Set(able.map(({ principal }) => principal.id));
  const { uses } = await usesIn(deps.history, account, deps.now(), (key) => ids.has(key));
  const notes = await deps.kept.within({ account, subject: 'able', from: 0, to: 0 });
  const problems: string[] = [];
  let count = 0;
  for (const { principal } of able) {
    if (uses.get(principal.id)?.launched !== undefined) continue;
    const note = notes.get(`${account}#${principal.id}`);
    let tried = note?.value.tried;
    if (tried === undefined || deps.now() - tried.asked > KEEP_TRIED) {
      if (deps.isLate()) return { done: false, count, problems };
      const asked = deps.now();
      try {
        // a role that was never used has tried nothing
        const at = principal.lastUsed === 'never' ? undefined : await deps.lastTried(principal.arn);
        tried = { asked, ...(at !== undefined && { at }) };
      } catch (error) {
        // one that is gone by now, or that AWS says nothing of, holds up no other
        problems.push(`${principal.arn}: ${String(error)}`);
        continue;
      }
      await deps.kept.write(
        ablePlace(principal),
        { ways: note?.value.ways ?? [], tried },
        note?.version ?? 0,
      );
    }
    if (tried.at === undefined) count += 1;
  }
  return { done: true, count, problems };
}
