import type { VerdictStore } from '../../app/ports.ts';
import { clean } from '../../core/activity/clean.ts';
import type { Assessment, FindingRecord } from '../../core/findings/finding.ts';
import { findingId, membersOf } from '../../core/findings/stories.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { type Answer, findFinding } from '../explain/find.ts';
import type { Stores } from '../replay/stores.ts';

/** A finding that somebody decides about. */
export interface Named {
  readonly record: FindingRecord;
  /** All of its members, also those that it does not keep. */
  readonly members: readonly Assessment[];
  /** How the id led here, where it is not simply the finding's own. */
  readonly notes: readonly string[];
}

/**
 * Finds what is to be decided about. Stricter than who only reads: what touches a resource may be several findings, and one decides
 * about none that was not meant. An id may be a finding's, also one that is part of another now; a unique beginning of one; or a
 * record's that stands in one finding alone.
 *
 * @returns lines for a person where the id is no such thing
 */
export async function named(
  stores: Pick<Stores, 'history'>,
  verdicts: readonly Assessment[],
  id: string,
  policy: Policy,
): Promise<Named | readonly string[]> {
  const known: Pick<VerdictStore, 'all'> = {
    async *all() {
      yield* verdicts;
    },
  };
  const answer: Answer = await findFinding({ ...stores, verdicts: known }, id, policy);
  if (!answer.ok) return answer.lines;
  const { record, notes } = answer;
  if (record.status === 'withdrawn') return [`${notes[0] ?? id}, so there is nothing to decide about`];
  const members = membersOf(verdicts, record.id, policy);
  const isMeant =
    record.id.startsWith(id) ||
    members.some(({ activity }) => activity.id === id || findingId(activity) === id);
  if (isMeant) return { record, members, notes };
  return [
    `${clean(id, 80)} is the name of no finding, and a decision is about one`,
    `nearest: ${clean(record.id, 128)}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
  ];
}
