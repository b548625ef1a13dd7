import type { Activity, Network } from '../core/activity/activity.ts';
import type { Interval } from '../core/activity/interval.ts';
import type { Assessment } from '../core/findings/finding.ts';
import type { FactSheet } from '../core/history/facts.ts';

/** A stored document and the version to present when replacing it; 0 means it does not exist yet. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** A stretch of one subject's activities. */
export interface Stretch extends Interval {
  readonly account: string;
  /** Key of the subject (`subjectKey(actor)`). */
  readonly subject: string;
  /** At most this many, from the end named by `newestFirst`; absent means all. */
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

/** One activity in one timeline: that of its subject, or that of a resource it touched. */
export interface Entry {
  /** Account of the timeline, or `~` for a resource, whose key is unique by itself. */
  readonly account: string;
  /** Key of the subject, or of the resource's timeline. */
  readonly subject: string;
  readonly activity: Activity;
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
   * Writes activities into timelines, keyed by the timeline and the activity's time, id, account and subject; writing one again
   * changes nothing, and a copy with another time or of another subject stands beside it.
   *
   * @returns keys (`copyKey`) of those that stood in their subject's timeline before
   */
  remember(entries: readonly Entry[]): Promise<ReadonlySet<string>>;
  /** Activities of each stretch, oldest first. */
  stretches(stretches: readonly Stretch[], asOf: number): Promise<Activity[][]>;
  /**
   * What lies around some activities: the sheets of the scopes that exist, and the activities of each stretch as
   * `stretches` gives them. Asked for together, since a store may keep a subject's sheet beside its activities.
   */
  around(scopes: readonly string[], stretches: readonly Stretch[], asOf: number): Promise<Around>;
  /**
   * Replaces a sheet if its version is still `expected`; false where another worker was first.
   *
   * @param lastDay that of the sheet as it was read, if there was one
   */
  saveSheet(sheet: FactSheet, expected: number, lastDay?: number): Promise<boolean>;
  /**
   * Some of the subjects with an activity in an account and epoch week, in order of their keys.
   *
   * @param from the first key that is wanted; all of them begin with `prefix`
   */
  active(account: string, week: number, prefix: string, from: string, limit: number): Promise<string[]>;
}

/** Where a verdict is kept: in the timeline of the one who acted, for good. */
export interface Place {
  readonly account: string;
  /** Key of the subject (`subjectKey(actor)`). */
  readonly subject: string;
  /** Time of the activity, ms. */
  readonly at: number;
  readonly id: string;
}

/**
 * What is told of activities: one verdict each, put, replaced or emptied, never moved. One that is not told any more stays
 * as an assessment below LOW. Strongly consistent like the history; in AWS its stream is the outbox.
 */
export interface VerdictStore {
  /**
   * The verdict at each place, and of its subject's at least the `count` nearest on either side, as far as they are no
   * further than `within` (ms).
   */
  near(places: readonly Place[], count: number, within: number): Promise<Versioned<Assessment>[]>;
  /** The verdicts at some places, where there are any. */
  at(places: readonly Place[]): Promise<Versioned<Assessment>[]>;
  /** Puts a verdict in its place if its version there is still `expected`; false where another worker was first. */
  save(verdict: Assessment, expected: number): Promise<boolean>;
  /** Every verdict that is kept, in no particular order. */
  all(): AsyncIterable<Assessment>;
}

/** Looks an address up; undefined where nothing is known. */
export type NetworkLookup = (ip: string) => Network | undefined;

/** Publishes one finding; must not return before it is out. */
export interface Publisher {
  publish(message: {
    readonly subject: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }): Promise<void>;
}

/** Result of trying to tag: `unknown` when EC2 does not know the instance yet, `gone` when it no longer does. */
export type TagResult = 'tagged' | 'unknown' | 'denied';

/** Tags instances with fixed keys. */
export interface Tagger {
  tag(
    region: string,
    instances: readonly string[],
    tags: Readonly<Record<string, string>>,
  ): Promise<TagResult>;
}
