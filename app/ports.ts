import type { Activity, Network } from '../core/activity/activity.ts';
import type { Interval } from '../core/activity/interval.ts';
import type { Decision } from '../core/findings/decision.ts';
import type { Assessment } from '../core/findings/finding.ts';
import type { FactSheet } from '../core/history/facts.ts';
import type { Entry } from '../core/lineage/timelines.ts';
import type { SeenInstance } from '../core/records/inventory/seen.ts';
import type { AccountNaming } from '../tell/account-naming.ts';
import type { Message } from '../tell/telling.ts';

/** A stored document and the version to present when replacing it; 0 means it does not exist yet. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** A stretch of one timeline: a subject's, or under the account `RESOURCES` a resource's. */
export interface Stretch extends Interval {
  readonly account: string;
  /** Key of the subject (`subjectKey(actor)`), or of a resource's timeline. */
  readonly subject: string;
  /** At most this many, from the end named by `newestFirst`; absent means all. */
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

interface Around {
  readonly sheets: ReadonlyMap<string, Versioned<FactSheet>>;
  /** One for each stretch, oldest first. */
  readonly timelines: readonly (readonly Activity[])[];
}

/**
 * What has happened before. Reads are strongly consistent and see every earlier finished write.
 *
 * Whatever has outlived its time to live by `asOf` (ms, the time of the record being judged) is not returned, whether
 * or not the store has deleted it yet.
 */
export interface HistoryStore {
  /**
   * Writes activities into timelines, keyed by the timeline and the activity's time, id, account and subject. Writing one again
   * changes nothing. A copy with another time or of another subject stands beside it.
   *
   * @returns keys (`copyKey`) of those that had stood in their subject's timeline, or their act's, before
   */
  remember(entries: readonly Entry[]): Promise<ReadonlySet<string>>;
  /** Takes activities out of timelines again, by the same key: an act of which more is known now stands elsewhere. */
  forget(entries: readonly Entry[]): Promise<void>;
  /** Activities of each stretch, oldest first. */
  stretches(stretches: readonly Stretch[], asOf: number): Promise<Activity[][]>;
  /**
   * What lies around some activities: the sheets of the scopes that exist, and the activities of each stretch as
   * `stretches` gives them. Asked for together, since a store may keep a subject's sheet beside its activities.
   */
  around(scopes: readonly string[], stretches: readonly Stretch[], asOf: number): Promise<Around>;
  /** Replaces a sheet if its version is still `expected`; false where another worker was first. */
  saveSheet(sheet: FactSheet, expected: number): Promise<boolean>;
  /**
   * Some of the subjects with an activity in an account and epoch week, in order of their keys.
   *
   * @param from the first key that is wanted; all of them begin with `prefix`
   */
  active(account: string, week: number, prefix: string, from: string, limit: number): Promise<string[]>;
}

/** Where a verdict is kept for good: in the timeline of the one who acted. */
export interface Place {
  readonly account: string;
  /** Key of the subject (`subjectKey(actor)`). */
  readonly subject: string;
  /** Time of the activity, ms. */
  readonly at: number;
  readonly id: string;
}

/**
 * What is told of activities. Each has one verdict, which is put, replaced or emptied, and never moved. One that is not told any
 * more stays as an assessment below LOW. Strongly consistent like the history. In AWS the stream of its table is the outbox.
 */
export interface VerdictStore {
  /**
   * The verdict at each place, and on either side at least the `count` nearest of the same subject that lie no further away
   * than `within`, ms.
   */
  near(places: readonly Place[], count: number, within: number): Promise<Versioned<Assessment>[]>;
  /** The verdicts at some places, where there are any. */
  at(places: readonly Place[]): Promise<Versioned<Assessment>[]>;
  /**
   * Puts a verdict in its place if its version there is still `expected`; false where another worker was first.
   *
   * @param before the verdict that is there, if it is known: what it bears the name of is known to the store already
   */
  save(verdict: Assessment, expected: number, before?: Assessment): Promise<boolean>;
  /** Every verdict that is kept, in no particular order. */
  all(): AsyncIterable<Assessment>;
}

/** Verdicts as whoever tells of them reads them: in the time of a subject, and by the names that join stories. */
export interface StoryStore extends Pick<VerdictStore, 'at'> {
  /** Verdicts of a stretch of a subject's time, oldest first unless asked otherwise; read as they are taken. */
  along(stretch: Omit<Stretch, 'limit'>): AsyncIterable<Assessment>;
  /** Places of verdicts that are sought under a name (`soughtUnder`), or once were; oldest first, at most `limit`. */
  bearing(name: string, limit: number): Promise<Place[]>;
}

/**
 * Small notes on findings, each kept at the place of the verdict that the finding begins with; by the key (`activityKey`) of
 * that verdict's activity. Strongly consistent, each replaced on condition of its version.
 */
export interface NoteStore<T> {
  read(place: Place): Promise<Versioned<T> | undefined>;
  /** Those of a stretch of a subject's time. */
  within(stretch: Omit<Stretch, 'limit' | 'newestFirst'>): Promise<ReadonlyMap<string, Versioned<T>>>;
  /** Puts a note if its version is still `expected`; false where another worker was first. */
  write(place: Place, note: T, expected: number): Promise<boolean>;
}

/** What people have decided about findings, kept beside the verdicts and never changed. Strongly consistent. */
export interface DecisionStore {
  /** Keeps a decision; keeping it again changes nothing. */
  keep(decision: Decision): Promise<void>;
  /** Those with a time and an id, where they are kept. */
  at(which: readonly Pick<Decision, 'at' | 'id'>[]): Promise<Decision[]>;
  /** Those of a stretch of time, oldest first. */
  within(stretch: Interval): AsyncIterable<Decision>;
}

/** Looks an address up; undefined where nothing is known. */
export type NetworkLookup = (ip: string) => Network | undefined;

/** Publishes one message. It must not return before it is out. */
export interface Publisher {
  publish(message: Message): Promise<void>;
}

/** What came of trying to tag. It is `unknown` where EC2 does not know an instance, which may be too new or gone. */
export type TagResult = 'tagged' | 'unknown' | 'denied';

/** Tags instances with fixed keys. */
export interface Tagger {
  tag(
    region: string,
    instances: readonly string[],
    tags: Readonly<Record<string, string>>,
  ): Promise<TagResult>;
}

/** One page of an inventory, and where the next begins; absent after the last. */
export interface InventoryPage {
  readonly instances: readonly SeenInstance[];
  readonly next?: string;
}

/**
 * What runs in one Region of one account. Waits its turn where it is throttled; throws what does not go away.
 */
export interface Inventory {
  /** Instances that are not terminated, some hundred at a time; undefined where a cursor is too old to go on from. */
  page(cursor?: string): Promise<InventoryPage | undefined>;
  /** All instances of one reservation, also where a page divides it. */
  reservation(id: string): Promise<readonly SeenInstance[]>;
  /** Hash of an instance's user data; absent where it has none or is gone. A call for each. */
  userData(instance: string): Promise<string | undefined>;
  /** Regions that the account has enabled. */
  regions(): Promise<readonly string[]>;
}

/** Which records are looked up: those that name a resource, or those of one call; in a stretch of time, ms. */
export interface Lookup {
  readonly by:
    | { readonly resource: string }
    | { readonly call: string }
    /** Everything that changes anything. */
    | { readonly writes: true };
  readonly from: number;
  readonly to: number;
}

/** One page of looked-up records, newest first as CloudTrail gives them, and where the next begins; absent after the last. */
interface LookupPage {
  readonly records: readonly unknown[];
  readonly next?: string;
}

/** CloudTrail's own history of ninety days in one Region of one account, at the pace that it allows. */
export interface EventLookup {
  page(lookup: Lookup, cursor?: string): Promise<LookupPage>;
}

/** Takes what Launchtrail has seen itself, to be judged like any record. It must not return before all is safe. */
export interface SeenSink {
  send(seen: {
    readonly activities?: readonly Activity[];
    readonly records?: readonly unknown[];
  }): Promise<void>;
}

/** What an account is called in its organisation, and in which unit it is; nothing where that is not known. It never fails. */
export type AccountNames = (account: string) => Promise<AccountNaming>;
