import type { Activity } from '../activity/activity.ts';
import { subjectKey, subjectLabel } from '../activity/actor.ts';
import { type Deed, does } from '../activity/kinds.ts';
import { subjectScope } from '../history/facts.ts';
import { looksBack } from '../history/looking-back.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { listed, type Signal, span } from './signal.ts';

/** A copy made and deleted within one window may be a test; a share taken back is rarely anything but cleaning up. */
const AFTER_COPY = 0.3;
/** The copy was put to use in between. */
const AFTER_USE = 0.6;
/** Part left of whoever clears away every day, as scanners and pipelines do. */
const HABITUAL = 0.4;
/** Another subject clears away: an accomplice or a second role, but it may also be the answer to it. */
const BY_ANOTHER = 0.5;

const idsOf = ({ links }: Activity): string[] =>
  links.filter(({ type }) => type === 'snapshot' || type === 'image').map(({ id }) => id);

/** A snapshot or image deleted or unshared soon after it was made, shared outside or put to use, by the same subject or another. */
export const snapshotSoonRemoved: Signal = {
  id: 'snapshot-soon-removed',
  family: 'share',
  description: 'A snapshot or image deleted or unshared soon after it was made, shared or put to use',
  appliesTo: ['snapshot.delete', 'snapshot.unshare', 'image.delete', 'image.unshare'],

  evaluate(activity, memory, policy) {
    if (activity.outcome !== 'succeeded' || activity.actor.class === 'service') return undefined;
    if (!looksBack(activity)) return undefined;
    return ownRemoval(activity, memory) ?? removalByAnother(activity, memory, policy);
  },
};

const done = (activity: Activity, earlier: Activity): string =>
  `${listed(idsOf(activity))} ${does(activity.kind, 'end') ? 'deleted' : 'unshared'} ${span(activity.at - earlier.at)} after ${earlier.action}`;

function ownRemoval(
  activity: Activity,
  { recent, lineage, familiarity }: Memory,
): ReturnType<Signal['evaluate']> {
  const ids = idsOf(activity);
  const before = (deed: Deed): Activity | undefined =>
    recent.findLast(
      (earlier) =>
        does(earlier.kind, deed) &&
        earlier.outcome === 'succeeded' &&
        idsOf(earlier).some((id) => ids.includes(id)),
    );
  const shared = before('share');
  const made = shared ?? before('make');
  if (made === undefined) return undefined;
  const used = lineage.past.some((each) => uses(each, ids));
  const usual = familiarity(subjectScope(activity), 'kind', activity.kind) === 'familiar' ? HABITUAL : 1;
  return {
    strength: usual * (shared === undefined ? (used ? AFTER_USE : AFTER_COPY) : 1),
    reason: done(activity, made),
    refs: [made.id],
  };
}

function removalByAnother(
  activity: Activity,
  { familiarity, lineage }: Memory,
  policy: Policy,
): ReturnType<Signal['evaluate']> {
  // whoever clears up every day clears up this, too
  if (familiarity(subjectScope(activity), 'kind', activity.kind) === 'familiar') return undefined;
  const own = subjectKey(activity.actor);
  const ids = idsOf(activity);
  const others = lineage.past.filter(({ actor }) => subjectKey(actor) !== own);
  const earlier =
    others.findLast((each) => does(each.kind, 'share') && leaves(each, policy)) ??
    others.findLast((each) => does(activity.kind, 'end') && uses(each, ids));
  if (earlier === undefined) return undefined;
  return {
    strength: BY_ANOTHER,
    reason: `${done(activity, earlier)} by ${subjectLabel(earlier.actor)}`,
    lineage: true,
    refs: [earlier.id],
  };
}

/** Whether a share let somebody in who is not ours, as far as the policy alone can tell. */
function leaves({ share, account }: Activity, { organisation }: Policy): boolean {
  if (share === undefined) return false;
  const { accounts, organisations } = organisation;
  return (
    share.public ||
    share.accounts.some((other) => other !== account && !accounts.includes(other)) ||
    (organisations.length === 0 && share.organisations.length > 0)
  );
}

const uses = ({ kind, actor, links, launch }: Activity, ids: readonly string[]): boolean =>
  does(kind, 'reuse') &&
  actor.class !== 'service' &&
  [...links.flatMap(({ from = [] }) => from.map(({ id }) => id)), ...(launch?.snapshots ?? [])].some((id) =>
    ids.includes(id),
  );
