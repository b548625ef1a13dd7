import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { partnersIn, sharingWith } from '../history/circles.ts';
import { accountScope, othersNamed, partnerScope, subjectScope } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { BY_SEVERAL, inTeam } from './circle.ts';
import type { Memory } from './memory.ts';
import { isOwnDoing } from './own-services.ts';
import { attempt, madeBy, whoseData } from './shared-publicly.ts';
import { listed, type Signal } from './signal.ts';

/** Id of the organisation in an id, or in the ARN of an organisation or of a unit of it. */
const organisationId = (written: string): string =>
  /(?:^|\/)(o-[a-z0-9]+)(?:\/|$)/.exec(written)?.[1] ?? written;

/**
 * Days on which a subject has shared with an account before sharing with it is its habit: a scanner comes every night, and
 * whoever wants to pass for one must be told of that often.
 */
const NIGHTS = 4;
/** A share older than this and not taken back stays; scanners are done within the hour, ms. */
const STAYS = 6 * 3_600_000;

/** Accounts and organisations that are not ours among those shared with. */
export function outsideOf(activity: Activity, memory: Memory, policy: Policy): string[] {
  const { share, account, outcome } = activity;
  if (share === undefined || isOwnDoing(activity)) return [];
  const { accounts: ours, organisations } = policy.organisation;
  const settled = (other: string): boolean =>
    outcome === 'succeeded' && memory.familiarity(accountScope(activity), 'share', other) === 'familiar';
  const ourOrganisations = new Set(organisations.map(organisationId));
  return [
    ...share.accounts.filter(
      (other) =>
        other !== account &&
        !ours.includes(other) &&
        !(ours.length === 0 && (settled(other) || isSeen(activity, other, memory))) &&
        !isPartner(activity, other, memory, policy),
    ),
    ...share.organisations.filter((other) =>
      organisations.length > 0 ? !ourOrganisations.has(organisationId(other)) : !settled(other),
    ),
  ];
}

/** Whether an account has records of its own: who hands over its logs is one of ours, as long as the policy names none. */
export const isSeen = (activity: Activity, other: string, memory: Memory): boolean =>
  othersNamed(activity).includes(other) &&
  memory.firstSeen(accountScope({ account: other }), 'since', '') !== undefined;

/**
 * Whether sharing with an account is a habit of the two: on so many earlier days, as a rule taken back, and nothing shared with
 * it left standing today. A partner that the policy names needs one earlier day only; a subject new to the partner, or a
 * partner new to the subject, is news all the same.
 */
function isPartner(activity: Activity, other: string, memory: Memory, policy: Policy): boolean {
  const named = policy.organisation.partners.includes(other);
  if (!partnersIn(activity).includes(other)) return false;
  const days = memory.daysOf(partnerScope(activity, other));
  // a role that shares with a named partner in other accounts does so in one that was taken on today
  const everywhere = named && inTeam(activity, [sharingWith(other)], memory, policy).part <= BY_SEVERAL;
  if (days < (named ? 1 : NIGHTS) && !everywhere) return false;
  const scope = subjectScope(activity);
  const clears = CLEARS.some((kind) => memory.familiarity(scope, 'kind', kind) === 'familiar');
  return (named || clears) && !memory.recent.some((earlier) => stays(earlier, other, activity, memory));
}

/** Kinds that take a copy, or access to it, away again. */
const CLEARS = kindsThat('clear');

function stays(earlier: Activity, other: string, { at }: Activity, { recent }: Memory): boolean {
  if (!partnersIn(earlier).includes(other) || at - earlier.at < STAYS) return false;
  const ids = earlier.links.map(({ id }) => id);
  return !recent.some(
    ({ kind, outcome, links }) =>
      CLEARS.includes(kind) && outcome === 'succeeded' && links.some(({ id }) => ids.includes(id)),
  );
}

/**
 * A snapshot or image opened to an account that is not ours (T1537): the data can be mounted there at leisure. While
 * the policy names no accounts of the organisation, accounts that have long been shared with count as ours; likewise
 * organisations. A scanner that shares with its maker every night and takes it back has a habit of two.
 */
export const sharedOutside: Signal = {
  id: 'shared-outside',
  family: 'share',
  description: 'A snapshot or image shared with an account or organisation outside',
  appliesTo: kindsThat('share'),

  evaluate(activity, memory, policy) {
    const { share, outcome, links } = activity;
    if (share === undefined || share.public) return undefined;
    const outside = outsideOf(activity, memory, policy);
    if (outside.length === 0) return undefined;
    const what = listed(links.map(({ id }) => id));
    return {
      strength: attempt(outcome).strength,
      reason: `${subjectLabel(activity.actor)} ${attempt(outcome).verb} ${what} with ${listed(outside)}, outside the organisation${whoseData(memory)}`,
      ...madeBy(memory),
    };
  },
};
