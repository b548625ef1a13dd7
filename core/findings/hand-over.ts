import { type Activity, activityKey } from '../activity/activity.ts';
import type { FindingRecord } from './finding.ts';

/**
 * Divides changed findings into those to write first, which hold every member that others will give up, and those to
 * write then. A record that both receives and gives is in both: first with what it gives still in it.
 *
 * A member that stands in two records may have its place in the one that does not change. That one is written first, too, as
 * it is: another worker may just be taking the member out of it, and of the two one must be refused. And a session that leaves
 * its story first still points to it, so that whoever finds a worker dead half way finds what it was to be taken out of.
 */
export function inTwoSteps(
  before: readonly FindingRecord[],
  changed: readonly FindingRecord[],
): { readonly receiving: readonly FindingRecord[]; readonly giving: readonly FindingRecord[] } {
  if (before.length + changed.length < 2) return { receiving: changed, giving: [] };
  const old = new Map(before.map((record) => [record.id, record]));
  const now = new Map([...before, ...changed].map((record) => [record.id, record]));
  const holders = new Map(
    [...now.values()].flatMap((record) =>
      record.members.map((m): [string, FindingRecord] => [activityKey(m.activity), record]),
    ),
  );
  const receiving: FindingRecord[] = [];
  const giving: FindingRecord[] = [];
  const unchanged = new Set<FindingRecord>();
  for (const record of changed) {
    const moving = (old.get(record.id)?.members ?? []).filter(({ activity }) => {
      const holder = holders.get(activityKey(activity));
      if (holder === undefined || holder.id === record.id) return false;
      if (holder === old.get(holder.id)) unchanged.add(holder);
      return true;
    });
    const { at } = old.get(record.id) ?? {};
    const leaves = record.status === 'open' && record.at === undefined ? at : undefined;
    if (moving.length === 0 && leaves === undefined) {
      receiving.push(record);
    } else {
      if (record.status === 'open')
        receiving.push({ ...record, ...(leaves && { at: leaves }), members: [...record.members, ...moving] });
      giving.push(record);
    }
  }
  return { receiving: [...receiving, ...unchanged], giving };
}

/** Members of changed findings that stood in others before. */
export function movedIn(before: readonly FindingRecord[], changed: readonly FindingRecord[]): Activity[] {
  if (changed.length === 0 || before.length === 0) return [];
  const holders = new Map(
    before.flatMap(({ id, members }) => members.map((m): [string, string] => [activityKey(m.activity), id])),
  );
  return changed.flatMap(({ id, members }) =>
    members.flatMap(({ activity }) => {
      const holder = holders.get(activityKey(activity));
      return holder === undefined || holder === id ? [] : [activity];
    }),
  );
}
