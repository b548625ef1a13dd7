import type { Activity, Launch } from '../../activity/activity.ts';
import { bytesIn, fitsInto } from '../../activity/size.ts';

/**
 * Bytes of JSON that an activity may take. Ordinary ones take 1 kB, and a launch of fifty instances from three snapshots each 14.
 * What did not succeed costs its caller nothing and needs no rights, and a look at an actor reads 64 of his records: he must not be
 * able to make each of them large.
 */
export const MAX_BYTES = 16_000;
export const MAX_FAILED_BYTES = 8_000;

/** Bytes of tags, or tag keys: fifty of ordinary length. */
const MAX_TAG_BYTES = 2_000;

/** Members of each list that are kept, one step after the other, until what is left fits. */
const STEPS = [20, 10, 5, 2, 0];

/** An activity within its budget. Tags go first, the longest before the others; then the ends of lists. */
export function bounded(activity: Activity): Activity {
  const most = activity.outcome === 'succeeded' ? MAX_BYTES : MAX_FAILED_BYTES;
  const tagged = withFewTags(activity);
  if (fitsInto(most, tagged)) return tagged;
  for (const members of STEPS) {
    const cut = cutTo(tagged, members);
    if (members === 0 || fitsInto(most, cut)) return cut;
  }
  return tagged;
}

function withFewTags(activity: Activity): Activity {
  const { launch, plan, tags } = activity;
  const entries = tags === undefined ? [] : Object.entries(tags);
  const fewTags = few(entries, ([key, value]) => bytesIn(key) + bytesIn(value));
  const [ofLaunch, ofPlan] = [launch, plan].map((each) => each && few(each.tagKeys, bytesIn));
  if (fewTags === entries && ofLaunch === launch?.tagKeys && ofPlan === plan?.tagKeys) return activity;
  return {
    ...activity,
    ...(launch && ofLaunch && { launch: { ...launch, tagKeys: ofLaunch } }),
    ...(plan && ofPlan && { plan: { ...plan, tagKeys: ofPlan } }),
    ...(tags && { tags: Object.fromEntries(fewTags) }),
  };
}

/** Those that fit, in their order: a tag that a policy asks for is short. */
function few<T>(all: readonly T[], bytesOf: (one: T) => number): readonly T[] {
  const sized = all.map((one, index) => ({ index, bytes: bytesOf(one) }));
  let left = MAX_TAG_BYTES;
  const kept = new Set<number>();
  for (const { index, bytes } of sized.toSorted((a, b) => a.bytes - b.bytes || a.index - b.index)) {
    left -= bytes;
    if (left >= 0) kept.add(index);
  }
  return kept.size === all.length ? all : all.filter((_, index) => kept.has(index));
}

/** An activity with so many members of each list; of links so many of a type and role, and as many sources of each. */
function cutTo(activity: Activity, members: number): Activity {
  const { links, launch, plan, share, ingress } = activity;
  const some = <T>(list: readonly T[]): readonly T[] => list.slice(0, members);
  const ofLaunch = (each: Launch): Launch => ({
    ...each,
    types: some(each.types),
    images: some(each.images),
    snapshots: some(each.snapshots),
    groups: some(each.groups),
  });
  const kinds = Map.groupBy(links, ({ type, role }) => `${type} ${role}`);
  const kept = new Set([...kinds.values()].flatMap(some));
  return {
    ...activity,
    links: links
      .filter((link) => kept.has(link))
      .map(({ from, ...link }) => (from === undefined ? link : { ...link, from: some(from) })),
    ...(launch && { launch: ofLaunch(launch) }),
    ...(plan && { plan: ofLaunch(plan) }),
    ...(share && {
      share: { ...share, accounts: some(share.accounts), organisations: some(share.organisations) },
    }),
    ...(ingress && { ingress: some(ingress) }),
  };
}
