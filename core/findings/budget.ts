import type { Activity, Launch } from '../activity/activity.ts';
import { fitsInto, headOf } from '../activity/size.ts';
import type { Evidence } from '../signals/signal.ts';
import type { Assessment, Shortened } from './finding.ts';

/**
 * Bytes of JSON that a verdict may take; an item of a store takes no more, and mostly a quarter. Ordinary ones take 3 kB, the
 * largest of a generated organisation 12. A look at a subject reads fifty of them.
 */
export const MAX_VERDICT_BYTES = 24_000;

/** Links and refs that a verdict keeps where it is over its budget. */
const MAX_KEPT = 50;
/** Bytes of a reason where nothing else is left to cut: a sentence or two. */
const MAX_REASON = 500;

/** What is cut one after the other until a verdict fits: what lies far behind it first, what tells it from others last. */
const CUTS: readonly ((verdict: Assessment) => Assessment)[] = [
  ...Array.from({ length: 12 }, (_, index) => (verdict: Assessment) => withBareBehind(verdict, 11 - index)),
  withoutBehind,
  withoutTags,
  (verdict) => withLinks(verdict, MAX_KEPT),
  (verdict) => withEvidence(verdict, (each) => withRefs(each, MAX_KEPT)),
  (verdict) => withLinks(verdict, 10),
  (verdict) => withEvidence(verdict, (each) => withRefs(each, 5)),
  (verdict) => withEvidence(verdict, (each) => ({ ...each, reason: headOf(each.reason, MAX_REASON) })),
  bare,
];

/** A verdict within its budget; the same wherever and whenever it is made, as what is cut depends on it alone. */
export function withinBudget(verdict: Assessment): Assessment {
  if (fitsInto(MAX_VERDICT_BYTES, verdict)) return verdict;
  let cut: Assessment = { ...verdict, shortened: 'bounded' };
  for (const next of CUTS) {
    cut = next(cut);
    if (fitsInto(MAX_VERDICT_BYTES, cut)) return cut;
  }
  return cut;
}

/** A verdict as it is kept where a store took no more; the same again where it is that short already. */
export function shortenedTo(verdict: Assessment, shortened: Shortened | undefined): Assessment {
  if (shortened === undefined || shortened === 'bounded') return verdict;
  const { behind: _, ...rest } = verdict;
  if (shortened === 'bare') return { ...bare(rest), shortened };
  return { ...rest, activity: { ...rest.activity, links: [] }, shortened };
}

/** What a verdict is kept as next where a store refuses it for its size. */
export const shorter = (verdict: Assessment): Assessment | undefined =>
  verdict.shortened === 'bare'
    ? undefined
    : shortenedTo(verdict, verdict.shortened === 'without behind' ? 'bare' : 'without behind');

/** An activity with who did what, where and when, and nothing of what to. */
function outlineOf({ id, at, account, region, kind, action, actor, origin, outcome }: Activity): Activity {
  return { id, at, account, region, kind, action, actor, origin, outcome, links: [] };
}

/** Of the activities behind a verdict, which come nearest first, those from a place on in outline. */
function withBareBehind(verdict: Assessment, from: number): Assessment {
  const { behind } = verdict;
  if (behind === undefined || behind.length <= from) return verdict;
  return { ...verdict, behind: behind.map((each, index) => (index < from ? each : outlineOf(each))) };
}

function withoutBehind({ behind: _, ...verdict }: Assessment): Assessment {
  return verdict;
}

const withActivity = (verdict: Assessment, changes: Partial<Activity>): Assessment => ({
  ...verdict,
  activity: { ...verdict.activity, ...changes },
});

function withoutTags(verdict: Assessment): Assessment {
  const { launch, plan, tags } = verdict.activity;
  const untagged = (each: Launch): Launch => ({ ...each, tagKeys: [] });
  return withActivity(verdict, {
    ...(launch && { launch: untagged(launch) }),
    ...(plan && { plan: untagged(plan) }),
    ...(tags && { tags: {} }),
  });
}

const withLinks = (verdict: Assessment, most: number): Assessment =>
  withActivity(verdict, { links: verdict.activity.links.slice(0, most) });

const withEvidence = (verdict: Assessment, change: (evidence: Evidence) => Evidence): Assessment => ({
  ...verdict,
  evidence: verdict.evidence.map(change),
});

const withRefs = (evidence: Evidence, most: number): Evidence =>
  evidence.refs === undefined ? evidence : { ...evidence, refs: evidence.refs.slice(0, most) };

/** A verdict that says just how much which signals say: its score, and that of its finding, stay. */
function bare(verdict: Assessment): Assessment {
  return {
    ...verdict,
    activity: outlineOf(verdict.activity),
    evidence: verdict.evidence.map(({ signal, strength, reason, novelty, lineage }) => ({
      signal,
      strength,
      reason: headOf(reason, 100),
      ...(novelty && { novelty }),
      ...(lineage && { lineage }),
    })),
  };
}
